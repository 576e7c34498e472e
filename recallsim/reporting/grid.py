"""A table of estimates as lines of text: numbers aligned at their units, wide tables in stacked bands."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from recallsim.reporting.numbers import Cell

_GAP = 2
_INDENT = 2
_HEADER = 14  # a longer header is folded


class Line(NamedTuple):
    """One line of a grid: a label, and a cell for each column; a line without cells is a heading."""

    label: str
    cells: tuple[Cell, ...] = ()
    depth: int = 0


class _Column(NamedTuple):
    header: tuple[str, ...]
    middle: int
    spread: int
    width: int


def render(
    headers: Sequence[str], lines: Sequence[Line], width: int, rule: str = "-", header: int = _HEADER
) -> Iterator[Text]:
    """Gives the lines of the grid, in as many bands, one below the other, as the width asks for.

    Args:
        headers: one for each column.
        lines: the labels with their cells.
        width: how many characters fit in a line.
        header: how wide a header may be before it is folded.
        rule: the character of the line below the headers.
    """
    labels = max((cell_len(_label(line)) for line in lines if line.cells), default=0)
    columns = [
        _column(name, [line.cells[i] for line in lines if line.cells], header)
        for i, name in enumerate(headers)
    ]
    for number, band in enumerate(_bands(columns, width - labels)):
        if number:
            yield Text()
        yield from _band([columns[i] for i in band], band, lines, labels, rule)


def _label(line: Line) -> str:
    return " " * (_INDENT * (line.depth + 1) if line.cells else 0) + line.label


def _column(header: str, cells: Sequence[Cell], widest: int) -> _Column:
    middle = max((cell_len(cell.middle) for cell in cells), default=0)
    spread = max((cell_len(cell.spread) for cell in cells), default=0)
    content = middle + (1 + spread if spread else 0)
    folded = tuple(_fold(header, max(content, widest)))
    return _Column(folded, middle, spread, max(content, *map(cell_len, folded)))


def _fold(header: str, width: int) -> Iterator[str]:
    line = ""
    for word in header.split(" "):
        if line and cell_len(f"{line} {word}") > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
        while cell_len(line) > width:
            piece = set_cell_size(line, width).rstrip()
            yield piece
            line = line[len(piece) :]
    yield line


def _bands(columns: Sequence[_Column], room: int) -> Iterator[list[int]]:
    band: list[int] = []
    used = 0
    for number, column in enumerate(columns):
        if band and used + _GAP + column.width > room:
            yield band
            band, used = [], 0
        band.append(number)
        used += _GAP + column.width
    if band:
        yield band


def _band(
    columns: Sequence[_Column], numbers: Sequence[int], lines: Sequence[Line], labels: int, rule: str
) -> Iterator[Text]:
    for level in range(max(len(column.header) for column in columns)):
        text = Text(" " * labels)
        for column in columns:
            part = column.header[level] if level < len(column.header) else ""
            text.append(" " * _GAP + _centred(part, column.width), "bold")
        text.rstrip()
        yield text
    yield Text(rule * (labels + sum(_GAP + column.width for column in columns)), "dim")
    for line in lines:
        yield _line(line, columns, numbers, labels)


def _line(line: Line, columns: Sequence[_Column], numbers: Sequence[int], labels: int) -> Text:
    label = _label(line)
    if not line.cells:
        return Text(label, "bold")
    text = Text(label + " " * (labels - cell_len(label)))
    for column, number in zip(columns, numbers, strict=True):
        cell = line.cells[number]
        spread = f" {cell.spread}" if cell.spread else ""
        content = column.middle + (1 + column.spread if column.spread else 0)
        left = (column.width - content) // 2
        text.append(" " * (_GAP + left + column.middle - cell_len(cell.middle)) + cell.middle)
        text.append(spread, "dim")
        text.append(" " * (column.width - left - column.middle - cell_len(spread)))
    text.rstrip()
    return text


def _centred(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return " " * left + text + " " * (width - cell_len(text) - left)
