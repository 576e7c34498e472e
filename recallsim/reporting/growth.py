"""What a stress measurement says: a table of speed and memory by size, and rows for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell
from recallsim.running.stress import Measured

HEADERS = ("a second", "time each", "growth", "memory each", "of it results", "growth")


def growth_table(measured: Sequence[Measured], width: int, rule: str) -> Iterator[Text]:
    """Gives the table: a line a size and engine; growth is against the smallest size of that engine."""
    lines = []
    for engine in dict.fromkeys(each.engine for each in measured):
        of_engine = [each for each in measured if each.engine == engine]
        lines.append(Line(f"engine {engine}"))
        lines += [Line(f"{each.recipients:,}", _cells(each, of_engine[0])) for each in of_engine]
    return render(HEADERS, lines, width, rule)


def _cells(each: Measured, first: Measured) -> tuple[Cell, ...]:
    return (
        Cell(f"{1 / each.each:,.0f}"),
        Cell(_seconds(each.each)),
        Cell(f"{each.each / first.each:.2f}x"),
        Cell(_bytes(each.peak / each.recipients) if each.peak >= 0 else "unknown"),
        Cell(_bytes(each.result / each.recipients)),
        Cell(_grown(each, first)),
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} us" if seconds >= 1e-6 else f"{seconds * 1e9:.0f} ns"


def _bytes(count: float) -> str:
    return f"{count:,.0f} B"


def _grown(each: Measured, first: Measured) -> str:
    if each.peak <= 0 or first.peak <= 0:
        return "-"
    return f"{each.peak / each.recipients / (first.peak / first.recipients):.2f}x"


def growth_rows(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """Gives the same as tidy rows; bytes that the system does not tell are None."""
    return [
        {
            "engine": each.engine,
            "recipients": each.recipients,
            "recipients_per_second": 1 / each.each,
            "seconds": each.seconds,
            "replications": each.replications,
            "peak_bytes_per_recipient": each.peak / each.recipients if each.peak >= 0 else None,
            "result_bytes_per_recipient": each.result / each.recipients,
        }
        for each in measured
    ]
