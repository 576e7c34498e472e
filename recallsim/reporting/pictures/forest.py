"""Differences with their intervals, one below the other, about a line at zero."""

from collections.abc import Sequence
from typing import NamedTuple

from recallsim.reporting.pictures.axes import Scale, round_steps
from recallsim.reporting.pictures.svg import WIDTH, Picture, cut, drawing, element, line, text

_LABEL, _VALUE, _ROW = 150.0, 150.0, 26.0


class Difference(NamedTuple):
    """What a variant changes: mean and interval of the difference to the base, as a share."""

    label: str
    mean: float
    low: float | None
    high: float | None


def forest(
    key: str, title: str, words: str, rows: Sequence[Difference], axis: str, *, less_is_better: bool = False
) -> Picture:
    """Draws each difference as a dot with its interval: blue for the better, orange for the worse, grey about zero."""
    ends = [value for row in rows for value in (row.mean, row.low, row.high) if value is not None]
    reach = max([abs(value) for value in ends] + [1e-4]) * 1.08
    scale = Scale(-reach, reach, _LABEL, WIDTH - _VALUE)
    top, bottom = 8.0, 8.0 + len(rows) * _ROW
    body: list[str] = []
    for value in round_steps(-reach, reach, 7):
        body.append(line(scale.at(value), top, scale.at(value), bottom, "grid"))
        body.append(text(points(value, 4), scale.at(value), bottom + 15, "soft small", "middle"))
    body.append(line(scale.at(0.0), top - 4, scale.at(0.0), bottom + 3, "axis"))
    for at, row in enumerate(rows):
        y = top + (at + 0.5) * _ROW
        low, high = row.low, row.high
        body.append(text(cut(row.label, _LABEL - 14), _LABEL - 8, y + 4, "", "end"))
        certain = low is not None and high is not None and (low > 0 or high < 0)
        look = "neither" if not certain else "for" if (row.mean > 0) != less_is_better else "against"
        if low is not None and high is not None:
            body.append(line(scale.at(low), y, scale.at(high), y, "whisker"))
        body.append(element("circle", cx=scale.at(row.mean), cy=y, r=5, class_=f"mark-{look}"))
        body.append(text(_written(row), WIDTH - 4, y + 4, "small", "end"))
    body.append(text(axis, (_LABEL + WIDTH - _VALUE) / 2, bottom + 32, "soft small", "middle"))
    table = tuple(
        (row.label, points(row.mean), *("" if end is None else points(end) for end in (row.low, row.high)))
        for row in rows
    )
    svg = drawing(key, title, words, bottom + 40, body)
    return Picture(key, title, words, svg, ("variant", "difference, points", "low", "high"), table)


def _written(row: Difference) -> str:
    if row.low is None or row.high is None:
        return points(row.mean)
    return f"{points(row.mean)} ({points(row.low)} to {points(row.high)})"


def points(value: float, digits: int = 0) -> str:
    """Writes a difference of shares in percentage points, with its sign."""
    shown = f"{100 * value:+.{digits}g}" if digits else f"{100 * value:+.1f}"
    return "0" if float(shown) == 0 else shown.replace("-", "−")
