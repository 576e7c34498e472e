"""Time and memory against size, both logarithmic: two panels, a line for each engine."""

import math
from collections.abc import Callable, Iterator, Sequence

from recallsim.reporting.pictures.axes import Scale
from recallsim.reporting.pictures.svg import WIDTH, Picture, drawing, element, extent, line, path, text
from recallsim.running.stress import Measured

_LEFT, _RIGHT, _TOP, _HIGH, _BETWEEN = 64.0, 24.0, 44.0, 170.0, 64.0
_ROW = 18.0


def growth_picture(measured: Sequence[Measured], name: str) -> Picture:
    """Draws what one recipient costs at each size, in time and in memory; what is unknown is left out."""
    panels: tuple[tuple[str, Callable[[Measured], float]], ...] = (
        ("processor time each, microseconds", lambda each: each.each * 1e6),
        ("memory each at the peak, bytes", lambda each: each.peak / each.recipients),
    )
    engines = list(dict.fromkeys(each.engine for each in measured))
    sizes = [each.recipients for each in measured]
    across = Scale(min(sizes), max(max(sizes), min(sizes) * 1.001), _LEFT, WIDTH - _RIGHT, log=True)
    body, rows_of_names = _legend(engines)
    top = _TOP + (rows_of_names - 1) * _ROW
    for heading, value in panels:
        if not any(value(each) > 0 for each in measured):
            continue
        points = {
            engine: [
                (each.recipients, value(each))
                for each in measured
                if each.engine == engine and value(each) > 0
            ]
            for engine in engines
        }
        body += _panel(heading, points, across, top)
        top += _HIGH + _BETWEEN
    rows = tuple(
        (
            each.engine,
            f"{each.recipients:,}",
            f"{each.each * 1e6:.3g}",
            f"{each.peak / each.recipients:,.0f}" if each.peak > 0 else "unknown",
        )
        for each in measured
    )
    title, words = (
        f"What a recipient costs: {name}",
        "Time and memory for one recipient, by how many there are.",
    )
    svg = drawing("growth", title, words, top - _BETWEEN + 44, body)
    return Picture("growth", title, words, svg, ("engine", "recipients", "us each", "bytes each"), rows)


def _panel(
    heading: str, points: dict[str, list[tuple[int, float]]], across: Scale, top: float
) -> Iterator[str]:
    found = [value for line_points in points.values() for _, value in line_points] or [1.0]
    low, high = (
        10.0 ** math.floor(math.log10(min(found))),
        10.0 ** math.ceil(math.log10(max(found) * 1.0001)),
    )
    bottom = top + _HIGH
    up = Scale(low, high, bottom, top, log=True)
    yield text(heading, _LEFT, top - 10, "small")
    for power in _powers(low, high):
        y = up.at(power)
        yield line(_LEFT, y, WIDTH - _RIGHT, y, "grid")
        yield text(_short(power), _LEFT - 6, y + 4, "soft small", "end")
    for power in _powers(across.low, across.high):
        x = across.at(power)
        yield line(x, top, x, bottom + 4, "grid")
        yield text(_short(power), x, bottom + 17, "soft small", "middle")
    yield line(_LEFT, bottom, WIDTH - _RIGHT, bottom, "axis")
    yield text("recipients", (_LEFT + WIDTH - _RIGHT) / 2, bottom + 32, "soft small", "middle")
    for order, line_points in enumerate(points.values()):
        places = [(across.at(size), up.at(value)) for size, value in line_points]
        if len(places) > 1:
            yield path(places, f"curve line-{order}")
        for x, y in places:
            yield element("circle", cx=x, cy=y, r=3.5, class_="mark")


def _powers(low: float, high: float) -> list[float]:
    """The powers of ten within a range."""
    return [
        10.0**k for k in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    ]


def _short(value: float) -> str:
    """Writes a power of ten: 0.1, 100, 10k, 1M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _legend(engines: Sequence[str]) -> tuple[list[str], int]:
    """The names with their lines, and how many rows they take."""
    x, row, body = _LEFT, 0, []
    for order, engine in enumerate(engines):
        if x > _LEFT and x + 30 + extent(engine) > WIDTH - _RIGHT:
            x, row = _LEFT, row + 1
        y = 12.0 + row * _ROW
        body += [line(x, y, x + 24, y, f"curve line-{order}"), text(engine, x + 30, y + 4, "small")]
        x += 46 + extent(engine)
    return body, row + 1
