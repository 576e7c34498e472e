"""Dots: a share for each cell of a sweep whose cells lie scattered."""

from collections.abc import Sequence
from typing import NamedTuple

from recallsim.reporting.numbers import percent
from recallsim.reporting.pictures.axes import Scale, round_steps, share_axis
from recallsim.reporting.pictures.svg import WIDTH, Picture, cut, drawing, element, line, number, text

_LEFT, _RIGHT, _TOP, _HIGH = 48.0, 24.0, 14.0, 200.0
_LABELS = 6


class Dot(NamedTuple):
    """A cell: the value that it has, in writing and as a place on the axis, and its share with the interval."""

    label: str
    place: float | None
    mean: float
    low: float | None = None
    high: float | None = None


def dots(
    key: str, title: str, words: str, shown: Sequence[Dot], listed: Sequence[Dot], axis: str, note: str = ""
) -> Picture:
    """Draws a dot for each cell over the value that it has.

    Args:
        key, title, words, note: as of any picture.
        shown: in the order of their places, at least one.
        listed: those that the table has.
        axis: what the values are.
    """
    places = [dot.place or 0.0 for dot in shown]
    bottom = _TOP + _HIGH
    log = places[0] > 0.0 and places[-1] > 300.0 * places[0]
    across = Scale(places[0], places[-1], _LEFT + 16, WIDTH - _RIGHT - 16, log=log)
    top = max(round_steps(0.0, max([*(dot.mean for dot in shown), 1e-6]) * 1.05, 6)[-1], 1e-6)
    top = max(top, *(dot.mean for dot in shown))
    up = Scale(0.0, top, bottom, _TOP)
    body = list(share_axis(up, _LEFT, WIDTH - _RIGHT, round_steps(0.0, top, 6)))
    # One path of strokes without length, which round ends turn into dots: thousands of them stay small.
    drawn = "".join(
        f"M{number(across.at(place))} {number(up.at(dot.mean))}h0"
        for place, dot in zip(places, shown, strict=True)
    )
    body.append(element("path", d=drawn, class_="cells"))
    body.append(line(_LEFT, bottom, WIDTH - _RIGHT, bottom, "axis"))
    free = -1e9
    for at in range(_LABELS):
        wanted = across.start + (across.end - across.start) * at / (_LABELS - 1)
        dot, place = min(zip(shown, places, strict=True), key=lambda each: abs(across.at(each[1]) - wanted))
        if across.at(place) - free >= 60.0:
            free = across.at(place)
            body.append(line(free, bottom, free, bottom + 4, "axis"))
            body.append(text(cut(_mark(dot.label), 84), free, bottom + 17, "soft small", "middle"))
    body.append(text(axis, (_LEFT + WIDTH) / 2, bottom + 34, "soft small", "middle"))
    rows = tuple(
        (dot.label, *("" if value is None else percent(value, 2) for value in (dot.mean, dot.low, dot.high)))
        for dot in listed
    )
    svg = drawing(key, title, words, bottom + 44, body)
    return Picture(key, title, words, svg, (axis, "mean", "low", "high"), rows, note)


def _mark(label: str) -> str:
    """Writes a value at the axis: a number with four digits at most."""
    try:
        return f"{float(label):.4g}"
    except ValueError:
        return label
