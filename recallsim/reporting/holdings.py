"""The runs that stores hold, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, cell, spelled
from recallsim.reporting.plain import Signs, plain, shortened

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


_WIDE = 10_000
_LABEL, _SHORT = 84, 24


def show(runs: Sequence["Held"], terminal: Terminal) -> None:
    """Prints a line for each run, below the name of its file.

    A star marks those that have less than their command wanted. Where a line is wider than the terminal, names are
    cut (the file has them, too), then the day goes.
    """
    for label, with_day in ((_LABEL, True), (_SHORT, True), (_SHORT, False)):
        headers, lines = _table(runs, terminal.signs, label, with_day=with_day)
        printed = [*render(headers, lines, _WIDE, terminal.signs.rule)]
        rule = next(line for line in printed if set(line.plain) == {terminal.signs.rule})
        if rule.cell_len <= terminal.width:
            break
    else:
        printed = [*render(headers, lines, terminal.width, terminal.signs.rule)]
    for line in printed:
        terminal.print(line)
    if states := dict.fromkeys(run.state for run in runs if run.state != "complete"):
        terminal.print(f"* {' or '.join(states)}: the same command goes on where it was")


def _table(
    runs: Sequence["Held"], signs: Signs, label: int, *, with_day: bool
) -> tuple[list[str], list[Line]]:
    headers = ["seed", "replications of recipients"]
    headers += [*(["begun"] if with_day else []), *(words for _, words in _COLUMNS)]
    lines: list[Line] = []
    for run in runs:
        title = plain(str(run.path), 200)
        if not lines or title not in [line.label for line in lines]:
            lines.append(Line(title))
        estimates = [
            cell(_Kept(metric, *run.headlines[metric]), signs) if metric in run.headlines else Cell("")
            for metric, _ in _COLUMNS
        ]
        mark = "" if run.state == "complete" else "*"
        known = [Cell(run.seed), Cell(f"{run.replications:,}{mark} of {run.recipients:,}")]
        known += [Cell(run.created[:10])] if with_day else []
        variant = f" ({spelled(run.variant)})" if run.variant not in ("", "base") else ""
        lines.append(Line(shortened(run.scenario + variant, label), (*known, *estimates)))
    return headers, lines
