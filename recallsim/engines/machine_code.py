"""Machine code of the kernel: read from a file, put where it can run, called with arrays and numbers.

Needs llvmlite alone, numba's lower half: to import numba, and to let it load what it had compiled, took longer than a
hundred replications do.
"""

import ctypes
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NAME: Final = "kernel.o"
_DIGEST: Final = 32
_LEFT_OUT: Final = (
    "numba_do_raise",
    "numba_gil_ensure",
    "numba_gil_release",
    "numba_runtime_build_excinfo_struct",
    "numba_unpickle",
)
"""What compiled code calls where it raises; the kernel raises nothing."""


def read(folder: Path) -> tuple[str, bytes] | None:
    """The entry's name and the machine code that a folder has; None if it has none, or half of it."""
    try:
        found = (folder / NAME).read_bytes()
    except OSError:
        return None
    check, rest = found[:_DIGEST], found[_DIGEST:]
    if hashlib.sha256(rest).digest() != check:
        return None
    name, _, code = rest.partition(b"\n")
    return name.decode(), code


def write(folder: Path, name: str, code: bytes) -> None:
    """Keep machine code in a folder; another process that does the same meets either the old file or the new one."""
    rest = name.encode() + b"\n" + code
    path = folder / f"{NAME}.{os.getpid()}"
    path.write_bytes(hashlib.sha256(rest).digest() + rest)
    path.replace(folder / NAME)


class Kernel:
    """Machine code that is ready to run; to be called as `kernel.replicate` is. It holds no lock while it runs."""

    def __init__(self, name: str, code: bytes) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        nowhere = ctypes.cast(ctypes.pythonapi.Py_FatalError, ctypes.c_void_p).value
        for symbol in _LEFT_OUT:
            if llvm.address_of_symbol(symbol) is None:
                llvm.add_symbol(symbol, nowhere)
        machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(jit=True)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)  # owns the code
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        entry = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)
        self._enter: Callable[[int], int] = entry(self._engine.get_function_address(name))

    def __call__(self, *arguments: Any) -> int:
        """Enter the machine code; the arrays are written to in place."""
        row = np.array(_cells(arguments), dtype=np.int64)
        return self._enter(_address(row))

    def among(self, before: Sequence[Any], numbers: int, behind: Sequence[Any]) -> Callable[..., int]:
        """Itself, with arrays that stay, as a function of the numbers between them; one thread at a time may call it."""
        ahead = _cells(before)
        row = np.array([*ahead, *[0] * numbers, *_cells(behind)], dtype=np.int64)
        between, address, enter = row[len(ahead) : len(ahead) + numbers], _address(row), self._enter
        arrays = (before, behind)

        def call(*given: int) -> int:
            assert arrays  # whose addresses are in the row
            between[:] = given
            return enter(address)

        return call


def _cells(arguments: Sequence[Any]) -> list[int]:
    """What the machine code is given: numbers, and of an array its address, its rows and the cells of a row."""
    cells: list[int] = []
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            rows = 1 if argument.ndim == 1 else argument.shape[0]
            cells += (_address(argument), rows, argument.shape[-1])
        else:
            cells.append(argument)
    return cells


def _address(array: NDArray[Any]) -> int:
    found: int = array.__array_interface__["data"][0]
    return found
