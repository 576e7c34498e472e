"""The mark of the basement: functions that a compiler may take over as they stand.

A marked function is appended to `COMPILABLE`; an engine that compiles registers that list with its compiler, so that
nothing below it has to import one. The list is the one mutable global of the project and grows at import only.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

COMPILABLE: Final[list[Callable[..., Any]]] = []


def compilable(function: F) -> F:
    """Mark `function` as one that obeys the basement's law, and return it unchanged."""
    COMPILABLE.append(function)
    return function
