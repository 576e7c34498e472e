"""Keeping the user's script out of the workers.

A new process imports the `__main__` of its parent first. The workers need nothing from it (their work is
found in modules), and a script of three lines that calls `recallsim.run` would start itself again in each of
them.
"""

import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()


@contextmanager
def hidden_main(*, needed: bool) -> Iterator[None]:
    """Let processes that are started inside see an empty `__main__`, unless it is needed."""
    if needed:
        yield
        return
    with _LOCK:
        kept = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = kept
