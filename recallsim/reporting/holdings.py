"""The runs that stores hold, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, cell
from recallsim.reporting.plain import plain

if TYPE_CHECKING:
    from recallsim.store.reading import Held

_COLUMNS = (
    ("success_rate", "succeeded"),
    ("unseen_success_rate", "lost unseen"),
    ("seen_rate", "saw it"),
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An estimate as it stands in a store."""

    metric: str
    mean: float | None
    low: float | None
    high: float | None


def show(runs: Sequence["Held"], terminal: Terminal) -> None:
    """Prints a line for each run, below the name of its file."""
    headers = ["seed", "replications", "recipients", "begun", *(words for _, words in _COLUMNS)]
    lines: list[Line] = []
    for run in runs:
        title = plain(str(run.path), 200)
        if not lines or title not in [line.label for line in lines]:
            lines.append(Line(title))
        estimates = [
            cell(_Kept(metric, *run.headlines[metric]), terminal.signs)
            if metric in run.headlines
            else Cell("")
            for metric, _ in _COLUMNS
        ]
        known = [Cell(run.seed), Cell(f"{run.replications:,}"), Cell(f"{run.recipients:,}")]
        variant = f" ({plain(run.variant, 40)})" if run.variant not in ("", "base") else ""
        begun = Cell(run.created[:16].replace("T", " "))
        lines.append(Line(plain(run.scenario, 40) + variant, (*known, begun, *estimates)))
    for line in render(headers, lines, terminal.width, terminal.signs.rule):
        terminal.print(line)
