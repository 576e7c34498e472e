"""Compiling the kernel with numba, and keeping what was compiled where a change of its sources cannot meet it.

The cache folder's name is a digest of everything that goes into the machine code: the sources of the basement and of the
kernel, the versions of numba and Python, the processor. numba's own cache looks at one file only and would go on using a
kernel whose rules have changed in another; and to load from it takes numba, which machine_code.py does without.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from recallsim.engines import machine_code, sources
from recallsim.extras import how_to_install

KEPT: Final = 4
"""So many folders of compiled kernels are kept, the latest."""
ROOM: Final = 1 << 20
"""So many bytes a kernel may take; a folder without room for them is as good as none."""
_ROOT: Final = Path(__file__).parents[2]


class CompileError(RuntimeError):
    """The kernel could not be compiled; one line says why."""


def missing() -> str:
    """What the batch engine lacks on this machine, in one line; empty if nothing."""
    spec = importlib.util.find_spec("numba")
    if spec is None or spec.origin is None:  # a folder of that name is no numba
        return f"the batch engine needs numba, which is not installed: {how_to_install('batch')}"
    return ""


def is_compiled() -> bool:
    """Whether the kernel was compiled on this machine before, so that it only has to be loaded."""
    return _compiled_folder(numba_version()) is not None


@functools.cache
def failure() -> str:
    """Why the kernel cannot be had, in one line; empty if it is compiled, now or before. It is not loaded.

    Raises:
        ImportError: numba is not installed.
    """
    try:
        _compiled()
    except CompileError as error:
        return str(error)
    return ""


@functools.cache
def kernel() -> Callable[..., int]:
    """The compiled `kernel.replicate`; from the cache if it was compiled before.

    Raises:
        ImportError: numba is not installed.
        CompileError: numba cannot compile it.
    """
    return machine_code.Kernel(*_compiled())


def _compiled() -> tuple[str, bytes]:
    """The kernel's machine code; compiled into the cache if it is not there."""
    folder = cache_folder(numba_version())
    found = machine_code.read(folder)
    if found is None:
        _say("compiling the batch engine, once on this machine: half a minute or so")
        try:
            done = subprocess.run(
                command(folder), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
            )
        except OSError as error:
            raise CompileError(f"the batch engine could not be compiled: {error}") from error
        found = machine_code.read(folder)
        if found is None:
            why = _last_line(done.stderr) or f"its process ended with {done.returncode}"
            raise CompileError(f"the batch engine could not be compiled: {why}")
    return found


def _last_line(text: str) -> str:
    """The last line that says something: of a traceback, the error."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def command(folder: Path) -> tuple[str, ...]:
    """The command of a process that puts the kernel's machine code into a folder."""
    path = f"import sys; sys.path[:] = {[str(_ROOT), *filter(None, sys.path)]!r}"
    return (
        sys.executable,
        "-c",
        f"{path}; from recallsim.engines.translate import main; main()",
        str(folder),
    )


def _say(text: str) -> None:
    """Put a line into the log; where nobody has set one up, as in a notebook, on standard error."""
    import structlog

    if structlog.is_configured():
        structlog.get_logger().info(text)
    else:
        print(text, file=sys.stderr, flush=True)


# --- where compiled code is kept -------------------------------------------------------------------------------------------


def numba_version() -> str:
    """What tells one numba from another, without importing it.

    Raises:
        ImportError: numba is not installed.
    """
    spec = importlib.util.find_spec("numba")
    if spec is None or spec.origin is None:
        raise ImportError(missing() or "numba has no file of its own")
    try:
        return Path(spec.origin).with_name("_version.py").read_text(encoding="utf-8")
    except OSError:
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("numba")
        except PackageNotFoundError:  # never installed, only put on the path
            return spec.origin


def cache_folder(numba_version: str) -> Path:
    """The folder of this very kernel; made if there is none, with those that were not used for long dropped.

    Where the cache cannot be written to, or is full, it is one in the folder for temporary files.
    """
    if (found := _compiled_folder(numba_version)) is not None:
        with contextlib.suppress(OSError):  # others' caches may be used, too
            found.touch()
        return found
    for home in _homes(make=True):
        folder = _folder(home, numba_version)
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                _drop_old(folder.parent)
            folder.touch()
        except OSError:
            continue
        if _can_hold(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="recallsim-"))


def _can_hold(folder: Path) -> bool:
    """Whether a kernel can be written into a folder; to find out afterwards would cost half a minute."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
    except OSError:
        return False
    return True


def _compiled_folder(numba_version: str) -> Path | None:
    """The folder in which this very kernel lies already."""
    folders = (_folder(home, numba_version) for home in _homes())
    return next((folder for folder in folders if machine_code.read(folder) is not None), None)


def _folder(home: Path, numba_version: str) -> Path:
    return home / f"kernel-{digest(numba_version, processor())}"


def digest(numba_version: str, processor_name: str) -> str:
    """What the compiled code depends on, as 16 hexadecimal digits."""
    found = hashlib.sha256(f"{numba_version}\n{sys.version}\n{processor_name}\n".encode())
    for path in sources.files():
        found.update(f"{path.name}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def processor() -> str:
    """The processor's name, as far as the system tells; numba itself looks at what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.machine()} {model or platform.processor()}"


def _homes(*, make: bool = False) -> Iterator[Path]:
    """Where folders of kernels may be: in the cache; failing that, in this user's own among the temporary files."""
    with contextlib.suppress(RuntimeError):  # a user without a home
        yield _cache_home() / "recallsim"
    if not hasattr(os, "getuid"):
        return
    own = Path(tempfile.gettempdir()) / f"recallsim-{os.getuid()}"
    try:
        if make:
            own.mkdir(mode=0o700, exist_ok=True)
        found = own.lstat()
    except OSError:
        return
    # Machine code is run: nobody else may be able to put it there.
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        yield own


def _cache_home() -> Path:
    asked = os.environ.get("RECALLSIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    if asked:
        return Path(asked)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home()))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path.home() / ".cache"


def _drop_old(home: Path) -> None:
    folders = sorted(home.glob("kernel-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
