"""Scales and the marks along them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recallsim.reporting.numbers import duration
from recallsim.reporting.pictures.svg import line, text

_MOMENTS = (1e-3, 0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400)
_CLOSE = 44.0  # marks nearer to each other than this would run into one another


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies on a picture.

    Attributes:
        low, high: the values at its ends.
        start, end: where the ends lie, in units.
        log: whether equal ratios are equally long; the values are then above 0.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Gives the place of a value; what lies outside goes to the nearer end."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)


def round_steps(low: float, high: float, most: int = 6) -> list[float]:
    """Gives round values within a range, `most` at most."""
    if not high > low:
        return [low]
    rough = (high - low) / max(most - 1, 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def moments(scale: Scale) -> list[float]:
    """Gives the round times of a logarithmic scale, far enough from each other to be labelled."""
    kept: list[float] = []
    for moment in _MOMENTS:
        if scale.low * 0.999 <= moment <= scale.high * 1.001 and (
            not kept or scale.at(moment) - scale.at(kept[-1]) >= _CLOSE
        ):
            kept.append(moment)
    return kept or [scale.low, scale.high]


def share_axis(scale: Scale, left: float, right: float, steps: Sequence[float]) -> Iterator[str]:
    """Draws the lines of a scale of shares that stands upright, with percents to their left."""
    for value in steps:
        y = scale.at(value)
        yield line(left, y, right, y, "grid")
        yield text(percent_mark(value), left - 6, y + 4, "soft small", "end")


def time_axis(scale: Scale, top: float, bottom: float, label: str) -> Iterator[str]:
    """Draws a scale of times that lies below a picture."""
    for moment in moments(scale):
        x = scale.at(moment)
        yield line(x, top, x, bottom + 4, "grid")
        yield text(duration(moment), x, bottom + 17, "soft small", "middle")
    yield line(scale.start, bottom, scale.end, bottom, "axis")
    yield text(label, (scale.start + scale.end) / 2, bottom + 34, "soft small", "middle")


def percent_mark(value: float) -> str:
    """Writes a share at an axis: "20 %", "2.5 %"."""
    return f"{100 * value:.4g} %"
