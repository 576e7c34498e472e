"""From a sweep to its cells: every combination, sampled points among them, less what a constraint forbids."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recallsim.arguments import RequestError
from recallsim.designs.points import hypercube, sobol_points
from recallsim.scenario.base import Refusal
from recallsim.scenario.expressions import Expression, expression
from recallsim.scenario.models_designs import Sweep
from recallsim.scenario.models_ranges import Axis, Range, paths_of, rows_of

MOST_CELLS: Final = 100_000

Settings = tuple[tuple[str, Any], ...]


class DesignError(RequestError):
    """A design that gives no cells, or too many."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a sweep.

    Attributes:
        number: from 0, in the order in which the last axis goes round first.
        settings: paths and values, as a scenario writes them.
    """

    number: int
    settings: Settings

    @property
    def words(self) -> str:
        """The settings as `--set` takes them."""
        return ", ".join(f"{path}={brief(value)}" for path, value in self.settings)


def paths(sweep: Sweep) -> tuple[str, ...]:
    """The paths that a sweep varies, in its order."""
    return tuple(path for _, part in sweep.parts() for key in part for path in paths_of(key))


def cells(sweep: Sweep, seed: int) -> tuple[Cell, ...]:
    """The cells of a sweep.

    Args:
        sweep: what to go through.
        seed: of the points that are sampled.

    Raises:
        DesignError: There are none, or too many.
    """
    if sweep.empty:
        raise DesignError("nothing is varied: give the scenario a sweep, or a --grid PATH=[VALUES]")
    axes = list(_axes(sweep, seed))
    many = math.prod(len(axis) for axis in axes)
    if many > MOST_CELLS:
        raise DesignError(f"the sweep has {many:,} combinations; at most {MOST_CELLS:,} are taken")
    constraints = [expression(text, paths(sweep)) for text in sweep.constraint]
    combined = (tuple(itertools.chain(*rows)) for rows in itertools.product(*axes))
    found = tuple(
        Cell(number, settings)
        for number, settings in enumerate(each for each in combined if _allowed(each, constraints))
    )
    if not found:
        raise DesignError(f"no cell is left: none of {many:,} combinations keeps the constraint")
    return found


def _check_once(where: str, rows: Sequence[Settings]) -> None:
    """Make sure that no two rows of an axis are equal: their cells would be the same."""
    for at, row in enumerate(rows):
        if row in rows[:at]:
            raise DesignError(f"{where}: {Cell(at, row).words} stands there twice; its cells would be equal")


def _axes(sweep: Sweep, seed: int) -> Iterator[Sequence[Settings]]:
    for key, axis in sweep.grid.items():
        rows = list(rows_of(key, axis))
        _check_once("sweep.grid", rows)
        yield rows
    for group in sweep.zip:
        columns = [list(rows_of(key, axis)) for key, axis in group.items()]
        together = [tuple(itertools.chain(*rows)) for rows in zip(*columns, strict=True)]
        _check_once("sweep.zip", together)
        yield together
    if sweep.lhs is not None:
        yield sampled(sweep.lhs.over, hypercube(sweep.lhs.samples, len(sweep.lhs.over), seed))
    if sweep.sobol is not None:
        yield sampled(sweep.sobol.over, sobol_points(sweep.sobol.samples, len(sweep.sobol.over), seed))


def sampled(over: Mapping[str, Axis], points: Sequence[Sequence[float]]) -> list[Settings]:
    """The settings at points of the unit cube."""
    return [
        tuple((path, value_at(axis, u)) for (path, axis), u in zip(over.items(), point, strict=True))
        for point in points
    ]


def value_at(axis: Axis, u: float) -> Any:
    """The value at a share `u` (0 to 1) of an axis; listed values take equal parts."""
    if isinstance(axis, Range):
        return axis.at(u)
    return axis[min(int(u * len(axis)), len(axis) - 1)]


def _allowed(settings: Settings, constraints: Sequence[Expression]) -> bool:
    values = dict(settings)
    try:
        return all(each.holds(values) for each in constraints)
    except Refusal as refusal:
        raise DesignError(f"{refusal} (at {Cell(0, settings).words})") from None


def brief(value: object) -> str:
    """A value in YAML, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {brief(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(brief(inner) for inner in value) + "]"
    return str(value)
