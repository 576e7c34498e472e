"""Compiling the kernel with numba, and keeping what was compiled where a change of its sources cannot meet it.

The cache folder's name is a digest of everything that goes into the machine code: the sources of the basement and of the
kernel, the versions of numba and Python, the processor. numba's own cache looks at one file only and would go on using a
kernel whose rules have changed in another.
"""

import functools
import hashlib
import importlib
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

from transport.compilable import COMPILABLE

KERNEL: Final = (
    "kernel_layout",
    "kernel_people_layout",
    "kernel_servers_layout",
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
    "kernel_effects",
    "kernel_person",
    "kernel_client",
    "kernel_habits",
    "kernel_sessions",
    "kernel_company",
    "kernel_life",
    "kernel_sender",
    "kernel_heap",
    "kernel_stage",
    "kernel_relay",
    "kernel_plain",
    "kernel",
)
"""The kernel's modules, each after those that it imports."""
BASEMENT: Final = (
    "transport.recall.decide",
    "transport.recall.eligibility",
    "transport.recall.facts",
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


def missing() -> str:
    """What the batch engine lacks on this machine, in one line; empty if nothing."""
    from importlib.util import find_spec

    if find_spec("numba") is None:
        return "the batch engine needs numba, which is not installed: pip install 'recallsim[batch]'"
    return ""


def is_compiled() -> bool:
    """Whether the kernel was compiled on this machine before, so that it only has to be loaded."""
    from importlib.metadata import version

    return any(_folder(version("numba")).rglob("*.nbc"))


@functools.cache
def kernel() -> Callable[..., Any]:
    """The compiled `kernel.replicate`; from the cache if it was compiled before.

    Raises:
        ImportError: numba is not installed.
    """
    # Intel's vector library has logarithms of its own, which differ from those of `math` in the last bit.
    os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
    numba: Any = importlib.import_module("numba")
    register_jitable: Any = importlib.import_module("numba.extending").register_jitable

    modules = _modules()
    numba.config.CACHE_DIR = str(cache_folder(numba.__version__))
    for function in (*_marked(), *_functions(modules)):
        # A generator that is called is computed one draw at a time; in place, a loop of draws becomes vectors.
        if function.__name__ in IN_PLACE:
            register_jitable(forceinline=True)(function)
        else:
            register_jitable(function)
    # Without counts of references (`_nrt`): the kernel makes no array, and counting took two thirds of its time.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
        compiled: Callable[..., Any] = numba.njit(nogil=True, cache=True, error_model="numpy", _nrt=False)(
            modules[-1].replicate
        )
    return compiled


def _modules() -> list[types.ModuleType]:
    return [importlib.import_module(f"recallsim.engines.{name}") for name in KERNEL]


def _marked() -> Iterator[Callable[..., Any]]:
    """What is marked in the basement, and the one function of the servers that the kernel shares."""
    for name in BASEMENT:
        importlib.import_module(name)
    yield from (function for function in COMPILABLE if function.__module__ in BASEMENT)
    yield importlib.import_module("transport.relay.stationary").stationary_jobs


def _functions(modules: list[types.ModuleType]) -> Iterator[Callable[..., Any]]:
    """Every function of the kernel but the one that is compiled from outside."""
    for module in modules:
        for function in vars(module).values():
            own = isinstance(function, types.FunctionType) and function.__module__ == module.__name__
            if own and function.__name__ != "replicate":
                yield function


# --- where compiled code is kept -------------------------------------------------------------------------------------------


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
    names = [*BASEMENT, *(f"recallsim.engines.{name}" for name in KERNEL), __name__]
    files = (importlib.import_module(name).__file__ for name in names)
    return [Path(file) for file in files if file is not None]


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
