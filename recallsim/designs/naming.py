"""What cells are called: by the last keys of their paths and their values, as short as is unmistakable."""

import hashlib
from collections.abc import Sequence
from typing import Final

from recallsim.designs.cells import Cell, brief

_LONGEST: Final = 64


def short_paths(paths: Sequence[str]) -> dict[str, str]:
    """Each path by as few of its last keys as no other path ends with."""
    found = {}
    for path in paths:
        keys = path.split(".")
        for count in range(1, len(keys) + 1):
            short = ".".join(keys[-count:])
            if sum(other == short or other.endswith(f".{short}") for other in paths) <= 1:
                break
        found[path] = short
    return found


def name_of(cell: Cell, short: dict[str, str]) -> str:
    """The cell's name: in estimates, and of its store; one that would be long is cut and marked."""
    name = ", ".join(f"{short[path]}={brief(value)}" for path, value in cell.settings)
    if len(name) <= _LONGEST:
        return name
    mark = hashlib.sha256(repr(cell.settings).encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9].rstrip(' ,')} {mark}"
