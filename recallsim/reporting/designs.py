"""The tables and sentences of sweeps."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.reporting.caveats import of_sweep
from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, cell, duration, finite, plural, spelled
from recallsim.reporting.plain import Signs, paragraph, plain, shortened

if TYPE_CHECKING:
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sweeping import CellResult

_LABEL = 64


def as_text(lines: Callable[[Signs, int], Iterable[Text]]) -> str:
    """Gives a report as plain text."""
    out = io.StringIO()
    terminal = Terminal(out)
    for line in lines(terminal.signs, terminal.width):
        terminal.print(line)
    return out.getvalue().rstrip("\n")


def spoken(metric: str) -> str:
    """A metric's name as the head of a column."""
    return plain(metric.replace("_rate", "").replace("_", " "), 40)


def sweep_lines(result: "SweepResult", signs: Signs, width: int) -> Iterator[Text]:
    """The report of a sweep: head, one line a cell, what failed, the sentence."""
    yield Text(plain(result.title), "bold")
    counted = {each.number for each in result.cells}
    parts = [plural(len(counted), "cell"), _replications(result.cells), duration(result.elapsed)]
    yield Text(paragraph(f" {signs.dot} ".join(parts), width), "dim")
    yield Text()
    lines = [
        Line(
            shortened(label_of(each, repeats=_repeated(result)), _LABEL), _cells(each, result.metrics, signs)
        )
        for each in result.cells
        if each.estimates
    ]
    if lines:
        yield from render([spoken(metric) for metric in result.metrics], lines, width, signs.rule)
    for each in result.cells:
        if each.error:
            yield Text(paragraph(f"failed: {plain(each.name)}: {plain(each.error, 400)}", width), "yellow")
    yield Text()
    yield Text(paragraph(result.sentence(), width), "bold")


def label_of(each: "CellResult", *, repeats: bool) -> str:
    """What a cell is called in a table."""
    name = spelled(each.name)
    return f"{name} #{each.repeat + 1}" if repeats else name


def _repeated(result: "SweepResult") -> bool:
    return any(each.repeat for each in result.cells)


def _cells(each: "CellResult", metrics: Iterable[str], signs: Signs) -> tuple[Cell, ...]:
    found = {one.metric: one for one in each.estimates if one.group == "all"}
    return tuple(cell(found[metric], signs) if metric in found else Cell(signs.dash) for metric in metrics)


def _replications(cells: "Iterable[CellResult]") -> str:
    counts = [each.replications for each in cells]
    if not counts:
        return "no replications"
    low, high = min(counts), max(counts)
    return f"{plural(low, 'replication')} each" if low == high else f"{low:,} to {high:,} replications each"


def sweep_sentence(result: "SweepResult") -> str:
    """Says between what and what the first metric went, where, and what failed."""
    parts = []
    metric = result.metrics[0]
    found = [
        (mean, each)
        for each in result.cells
        for one in each.estimates
        if one.group == "all" and one.metric == metric and (mean := finite(one.mean)) is not None
    ]
    if found:
        low, high = min(found, key=lambda pair: pair[0]), max(found, key=lambda pair: pair[0])
        repeats = _repeated(result)
        said = f"{metric} goes from {_number(low, metric)} ({label_of(low[1], repeats=repeats)}) to "
        said += f"{_number(high, metric)} ({label_of(high[1], repeats=repeats)})."
        parts.append(plain(said, 1000))
    if caveat := of_sweep(result):
        parts.append(caveat)
    return " ".join(parts) or "No replication was completed, so there is nothing to say yet."


def _number(pair: "tuple[float, CellResult]", metric: str) -> str:
    from recallsim.estimate.estimates import Estimate
    from recallsim.reporting.plain import UNICODE

    return str(cell(Estimate("", "all", metric, pair[0], None, None, 1), UNICODE))
