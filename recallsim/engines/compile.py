"""Compiling the kernel with numba, and keeping what was compiled where a change of its sources cannot meet it.

The cache folder's name is a digest of everything that goes into the machine code: the sources of the basement and of the
kernel, the versions of numba and Python, the processor. numba's own cache looks at one file only and would go on using a
kernel whose rules have changed in another; and to load from it takes numba, which machine_code.py does without.
"""

import contextlib
import functools
import hashlib
import importlib
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from recallsim.engines import machine_code
from transport.compilable import COMPILABLE

KERNEL: Final = (
    "kernel_layout",
    "kernel_people_layout",
    "kernel_servers_layout",
    "kernel_systems_layout",
    "kernel_state",
    "kernel_columns",
    "kernel_presence",
    "kernel_running",
    "kernel_seeing",
    "kernel_forwarding",
    "kernel_idle",
    "kernel_checks",
    "kernel_folders",
    "kernel_attentive",
    "kernel_meeting",
    "kernel_showing",
    "kernel_mailbox",
    "kernel_ways",
    "kernel_sender",
    "kernel_heap",
    "kernel_jobs",
    "kernel_obstacles",
    "kernel_stage",
    "kernel_purge",
    "kernel_effects",
    "kernel_person",
    "kernel_client",
    "kernel_removal",
    "kernel_habits",
    "kernel_sessions",
    "kernel_company",
    "kernel_life",
    "kernel_agent",
    "kernel_link",
    "kernel_lists",
    "kernel_expansion",
    "kernel_relay",
    "kernel_ends",
    "kernel_order",
    "kernel_travel",
    "kernel_plain",
    "kernel",
)
"""The kernel's modules, each after those that it imports."""
ENTRY: Final = "kernel_entry"
BASEMENT: Final = (
    "transport.recall.decide",
    "transport.recall.eligibility",
    "transport.recall.facts",
    "transport.recall.servers",
    "transport.relay.stationary",
    "transport.streams.laws",
    "transport.streams.normal",
    "transport.streams.philox",
    "transport.streams.purposes",
    "transport.timing",
)
"""The modules of the ground floor whose functions the kernel calls."""
IN_PLACE: Final = ("philox", "uniform")
"""Functions that are compiled into each place that calls them."""
KEPT: Final = 4
"""So many folders of compiled kernels are kept, the latest."""
_ROOT: Final = Path(__file__).parents[2]


def missing() -> str:
    """What the batch engine lacks on this machine, in one line; empty if nothing."""
    if importlib.util.find_spec("numba") is None:
        return "the batch engine needs numba, which is not installed: pip install 'recallsim[batch]'"
    return ""


def is_compiled() -> bool:
    """Whether the kernel was compiled on this machine before, so that it only has to be loaded."""
    return (_folder(numba_version()) / machine_code.NAME).is_file()


@functools.cache
def kernel() -> Callable[..., int]:
    """The compiled `kernel.replicate`; from the cache if it was compiled before.

    Raises:
        ImportError: numba is not installed.
    """
    folder = cache_folder(numba_version())
    found = machine_code.read(folder)
    if found is None:
        _say("compiling the batch engine, once on this machine: a minute or two")
        found = _compiled()
        with contextlib.suppress(OSError):
            machine_code.write(folder, *found)
    return machine_code.Kernel(*found)


def _say(text: str) -> None:
    """Put a line into the log; where nobody has set one up, as in a notebook, on standard error."""
    import structlog

    if structlog.is_configured():
        structlog.get_logger().info(text)
    else:
        print(text, file=sys.stderr, flush=True)


def _compiled() -> tuple[str, bytes]:
    """Compile the kernel: the name of its entry, and the machine code."""
    # Intel's vector library has logarithms of its own, which differ from those of `math` in the last bit.
    os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
    numba: Any = importlib.import_module("numba")
    register_jitable: Any = importlib.import_module("numba.extending").register_jitable

    for function in (*_marked(), *_functions(_modules())):
        # A generator that is called is computed one draw at a time; in place, a loop of draws becomes vectors.
        if function.__name__ in IN_PLACE:
            register_jitable(forceinline=True)(function)
        else:
            register_jitable(function)
    entry = importlib.import_module(f"recallsim.engines.{ENTRY}")
    # Without counts of references (`_nrt`): the kernel makes no array, and counting took two thirds of its time.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
        compiled = numba.cfunc(entry.SIGNATURE, error_model="numpy", _nrt=False)(entry.enter)
    return compiled.native_name, bytes(compiled._library._get_compiled_object())


def _modules() -> list[types.ModuleType]:
    return [importlib.import_module(f"recallsim.engines.{name}") for name in KERNEL]


def _marked() -> Iterator[Callable[..., Any]]:
    """What is marked in the basement, and the one function of the servers that the kernel shares."""
    for name in BASEMENT:
        importlib.import_module(name)
    yield from (function for function in COMPILABLE if function.__module__ in BASEMENT)
    yield importlib.import_module("transport.relay.stationary").stationary_jobs


def _functions(modules: list[types.ModuleType]) -> Iterator[Callable[..., Any]]:
    """Every function of the kernel."""
    for module in modules:
        for function in vars(module).values():
            if isinstance(function, types.FunctionType) and function.__module__ == module.__name__:
                yield function


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
        from importlib.metadata import version

        return version("numba")


def cache_folder(numba_version: str) -> Path:
    """The folder of this very kernel; made if there is none, with those that were not used for long dropped."""
    folder = _folder(numba_version)
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _drop_old(folder.parent)
        folder.touch()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="recallsim-"))
    return folder


def _folder(numba_version: str) -> Path:
    return _cache_home() / "recallsim" / f"kernel-{digest(numba_version, processor())}"


def digest(numba_version: str, processor_name: str) -> str:
    """What the compiled code depends on, as 16 hexadecimal digits."""
    found = hashlib.sha256(f"{numba_version}\n{sys.version}\n{processor_name}\n".encode())
    for path in sources():
        found.update(f"{path.name}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def sources() -> list[Path]:
    """The files whose text decides what the compiled kernel does."""
    names = [*BASEMENT, *(f"recallsim.engines.{name}" for name in (*KERNEL, ENTRY)), __name__]
    return [_ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in names]


def processor() -> str:
    """The processor's name, as far as the system tells; numba itself looks at what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{platform.machine()} {model or platform.processor()}"


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
