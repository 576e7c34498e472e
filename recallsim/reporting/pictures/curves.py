"""Curves over time with their bands, lines over any values, and success against the time to notice."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from recallsim.reporting.numbers import duration, percent
from recallsim.reporting.pictures.axes import Scale, round_steps, share_axis, time_axis
from recallsim.reporting.pictures.svg import WIDTH, Picture, cut, drawing, element, extent, line, path, text

_LEFT, _RIGHT, _TOP, _HIGH = 48.0, 24.0, 30.0, 220.0
STYLES = 8
"""So many lines differ in colour and dashes; further ones begin anew."""


class Curve(NamedTuple):
    """A share over time; where there is no interval, `low` and `high` are empty.

    Attributes:
        label: what it is.
        seconds: the times, rising.
        mean, low, high: one for each time.
    """

    label: str
    seconds: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Bin(NamedTuple):
    """Replications in which the sender noticed about equally soon."""

    replications: int
    earliest: float
    median: float
    latest: float
    mean: float
    low: float | None
    high: float | None


def over_time(key: str, title: str, words: str, curves: Sequence[Curve], axis: str) -> Picture:
    """Draws shares over a logarithmic axis of time, each with its band."""
    begin = max(min(curve.seconds[0] for curve in curves), 1e-6)
    end = max(curve.seconds[-1] for curve in curves)
    bottom = _TOP + _HIGH
    across = Scale(begin, max(end, begin * 1.001), _LEFT, WIDTH - _RIGHT, log=True)
    up = Scale(0.0, 1.0, bottom, _TOP)
    body = [
        *share_axis(up, _LEFT, WIDTH - _RIGHT, (0.0, 0.25, 0.5, 0.75, 1.0)),
        *time_axis(across, _TOP, bottom, axis),
    ]
    for at, curve in enumerate(curves):
        body += _curve(curve, at % STYLES, across, up)
    body += _legend([(curve.label, f"curve line-{at % STYLES}") for at, curve in enumerate(curves)])
    svg = drawing(key, title, words, bottom + 44, body)
    return Picture(key, title, words, svg, *table(curves))


def _curve(curve: Curve, style: int, across: Scale, up: Scale) -> list[str]:
    drawn = []
    if curve.low:
        drawn += [path(outline, f"band band-{style}", closed=True) for outline in _bands(curve, across, up)]
    points = ((across.at(x), up.at(y)) for x, y in zip(curve.seconds, curve.mean, strict=True))
    drawn.append(path(points, f"curve line-{style}"))
    return drawn


def _bands(curve: Curve, across: Scale, up: Scale) -> Iterator[list[tuple[float, float]]]:
    """Gives the outlines of the band: none where every replication had 0 or 1, and nothing varied."""
    rows = zip(curve.seconds, curve.mean, curve.low, curve.high, strict=True)
    for varied, part in groupby(rows, key=lambda row: 0.0 < row[1] < 1.0):
        if varied:
            kept = list(part)
            low = [(across.at(x), up.at(y)) for x, _, y, _ in kept]
            yield low + [(across.at(x), up.at(y)) for x, _, _, y in reversed(kept)]


def _legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    drawn, x, y = [], _LEFT, 12.0
    for label, classes in entries[:STYLES]:
        shown = cut(label, 240)
        drawn.append(line(x, y, x + 24, y, classes))
        drawn.append(text(shown, x + 30, y + 4, "small"))
        x += 46 + extent(shown)
    return drawn


def table(curves: Sequence[Curve]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Gives headers and rows: the times, and for each curve its share with the interval."""
    headers = ["after"]
    for curve in curves:
        headers += [curve.label, *(["low", "high"] if curve.low else [])]
    rows = []
    for at, seconds in enumerate(curves[0].seconds):
        row = [duration(seconds)]
        for curve in curves:
            row.append(percent(curve.mean[at], 2))
            if curve.low:
                row += [percent(curve.low[at], 2), percent(curve.high[at], 2)]
        rows.append(tuple(row))
    return tuple(headers), tuple(rows)


def against_time(
    key: str, title: str, words: str, bins: Sequence[Bin], dots: Sequence[tuple[float, float]], axis: str
) -> Picture:
    """Draws shares against a time: a dot for each replication, and the mean of each bin with its interval."""
    times = [seconds for seconds, _ in dots] or [each.median for each in bins]
    begin = max(min(times), 1e-3)
    bottom = _TOP + _HIGH
    across = Scale(begin / 1.2, max(times) * 1.2, _LEFT, WIDTH - _RIGHT, log=True)
    up = Scale(0.0, 1.0, bottom, _TOP)
    body = [
        *share_axis(up, _LEFT, WIDTH - _RIGHT, (0.0, 0.25, 0.5, 0.75, 1.0)),
        *time_axis(across, _TOP, bottom, axis),
    ]
    body += [
        element("circle", cx=across.at(max(x, begin)), cy=up.at(y), r=2.5, class_="dot") for x, y in dots
    ]
    middles = [(across.at(max(each.median, begin)), up.at(each.mean)) for each in bins]
    if len(middles) > 1:
        body.append(path(middles, "curve line-0"))
    for (x, y), each in zip(middles, bins, strict=True):
        if each.low is not None and each.high is not None:
            body.append(line(x, up.at(each.low), x, up.at(each.high), "whisker"))
        body.append(element("circle", cx=x, cy=y, r=4.5, class_="mark"))
    rows = tuple(
        (
            f"{duration(each.earliest)} to {duration(each.latest)}",
            str(each.replications),
            percent(each.mean, 2),
            *("" if end is None else percent(end, 2) for end in (each.low, each.high)),
        )
        for each in bins
    )
    headers = ("noticed after", "replications", "mean", "low", "high")
    return Picture(key, title, words, drawing(key, title, words, bottom + 44, body), headers, rows)


class Series(NamedTuple):
    """A line of a sweep: a value with its interval at each place of the axis."""

    label: str
    mean: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


def steps(
    key: str, title: str, words: str, places: Sequence[str], series: Sequence[Series], axis: str
) -> Picture:
    """Draws a line for each series over named places, such as the values of a sweep; shares from 0 to 1."""
    bottom = _TOP + _HIGH
    across = Scale(0.0, max(len(places) - 1, 1), _LEFT + 24, WIDTH - _RIGHT - 24)
    found = [value for each in series for value in (*each.mean, *each.high) if value is not None]
    top = max(round_steps(0.0, max([*found, 1e-6]) * 1.05, 5)[-1], max(found, default=1.0))
    up = Scale(0.0, top, bottom, _TOP)
    body = list(share_axis(up, _LEFT, WIDTH - _RIGHT, round_steps(0.0, top, 5)))
    room = (WIDTH - _LEFT) / max(len(places), 1)
    for at, place in enumerate(places):
        body.append(text(cut(place, max(room, 30)), across.at(at), bottom + 17, "soft small", "middle"))
    body.append(text(axis, (_LEFT + WIDTH) / 2, bottom + 34, "soft small", "middle"))
    for order, each in enumerate(series):
        style = order % STYLES
        points = [(across.at(at), up.at(y)) for at, y in enumerate(each.mean) if y is not None]
        if points:
            body.append(path(points, f"curve line-{style}"))
        for at, (low, high) in enumerate(zip(each.low, each.high, strict=True)):
            if low is not None and high is not None:
                body.append(line(across.at(at), up.at(low), across.at(at), up.at(high), "whisker"))
    body += _legend([(each.label, f"curve line-{order % STYLES}") for order, each in enumerate(series)])
    rows = []
    for at, place in enumerate(places):
        rows.append((place, *(_with_interval(each, at) for each in series)))
    headers = (axis, *(each.label for each in series))
    return Picture(key, title, words, drawing(key, title, words, bottom + 44, body), headers, tuple(rows))


def _with_interval(series: Series, at: int) -> str:
    mean = series.mean[at]
    if mean is None:
        return "–"
    low, high = (ends[at] if ends else None for ends in (series.low, series.high))
    if low is None or high is None:
        return percent(mean)
    return f"{percent(mean)} ({percent(low)[:-2]}–{percent(high)})"
