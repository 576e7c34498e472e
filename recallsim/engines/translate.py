"""Translates the kernel into machine code, in a process of its own, since numba is not itself afterwards.

Left alone, numba optimises each function together with all that it calls before it turns to its callers, so what lies deep
is optimised dozens of times. Here functions are only translated; then all are linked into one module, from outside of which
nothing but the entry can be reached, and that is optimised once. This takes a third of the time, and because a function
with one caller can vanish into it, the code is a tenth faster.
"""

import importlib
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from recallsim.engines import machine_code
from recallsim.engines.sources import ENTRY, IN_PLACE, basement_functions, kernel_functions


def main() -> None:
    """Put the kernel's machine code into the folder that the command line names."""
    machine_code.write(Path(sys.argv[1]), *translate())


def translate() -> tuple[str, bytes]:
    """Compile the kernel: the name of its entry, and the machine code."""
    # Intel's vector library has logarithms of its own, which differ from those of `math` in the last bit.
    os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
    numba: Any = importlib.import_module("numba")
    register_jitable: Any = importlib.import_module("numba.extending").register_jitable
    target: Any = importlib.import_module("numba.core.registry").cpu_target

    for function in (*basement_functions(), *kernel_functions()):
        # A generator that is called is computed one draw at a time; in place, a loop of draws becomes vectors.
        if function.__name__ in IN_PLACE:
            register_jitable(forceinline=True)(function)
        else:
            register_jitable(function)
    entry = importlib.import_module(f"recallsim.engines.{ENTRY}")
    maker = target.target_context.codegen()
    library: Any = maker._library_class
    maker._library_class = _only_translated(library)
    maker.set_env = lambda *_: None  # environments are for functions that work with Python's objects
    # Without counts of references (`_nrt`): the kernel makes no array, and counting took two thirds of its time.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
        compiled = numba.cfunc(entry.SIGNATURE, error_model="numpy", _nrt=False)(entry.enter)
    whole = compiled._library
    _link(whole)
    for function in whole._final_module.functions:
        if not function.is_declaration and function.name != compiled.native_name:
            function.linkage = "internal"
    library._optimize_final_module(whole)
    whole._final_module.verify()
    return compiled.native_name, bytes(maker._tm.emit_object(whole._final_module))


def _only_translated(library: Any) -> Any:
    """A library of numba's that neither optimises what is in it nor loads it."""

    def finalize(self: Any) -> None:
        self._finalized = True

    def get_pointer_to_function(_self: Any, _name: str) -> int:
        return 1  # it is asked for, and not called

    return type(
        "Translated",
        (library,),
        {"finalize": finalize, "get_pointer_to_function": get_pointer_to_function},
    )


def _link(whole: Any) -> None:
    """Put into a library's module those of all libraries that it needs, each once."""
    known, waiting = {whole}, list(whole._linking_libraries)
    while waiting:
        library = waiting.pop()
        if library not in known:
            known.add(library)
            waiting += library._linking_libraries
            whole._final_module.link_in(library._final_module)
