"""Numbers as people read them: shares in percent, durations in the unit that fits, intervals beside them."""

import math
import re
from enum import Enum
from typing import NamedTuple, Protocol

from recallsim.reporting.plain import Signs

_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))
_SECONDS = re.compile(r"(?<![\w.])([0-9]{2,}\.[0-9]+)s\b")
_RARE = 5e-5  # a rate below this would be 0.00 %: it is written as a number
_LOPSIDED = 0.06  # share of the half-width by which the sides may differ and still be written as one


class Estimated(Protocol):
    """A mean with its interval; what is missing is None or NaN."""

    @property
    def metric(self) -> str:
        """The metric's name."""

    @property
    def mean(self) -> float | None:
        """The point estimate."""

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""


class Measure(Enum):
    """What a metric counts, hence how its numbers are written."""

    RATE = "rate"
    SECONDS = "seconds"
    COUNT = "count"
    NUMBER = "number"


class Cell(NamedTuple):
    """An estimate in writing: the number with its unit, and what is to be said of its interval."""

    middle: str
    spread: str = ""

    def __str__(self) -> str:
        return f"{self.middle} {self.spread}".rstrip()


class Scale(NamedTuple):
    """A unit: what it is called, and how much of the plain number is one."""

    factor: float
    unit: str


def measure_of(metric: str) -> Measure:
    """Tells from a metric's name what it counts."""
    head = metric.split(":", 1)[0]
    if head.endswith("_rate") or head in {
        "reason",
        "waited_over",
        "success_count",
        "all_succeeded",
        "none_saw",
    }:
        return Measure.RATE
    if "_seconds" in head:
        return Measure.SECONDS
    if "seen_count" in head or head == "peak_queue":
        return Measure.COUNT
    return Measure.NUMBER


def finite(value: float | None) -> float | None:
    """Gives the number, or None where there is none."""
    return float(value) if value is not None and math.isfinite(value) else None


def cell(estimate: Estimated, signs: Signs) -> Cell:
    """Writes an estimate with its interval.

    The interval is "±1.3", or "(0–4.9)" where its sides differ, or "≤4.9" and "≥95.1" where a rate was 0 or 1
    in every replication.
    """
    mean, low, high = finite(estimate.mean), finite(estimate.low), finite(estimate.high)
    if mean is None:
        return Cell(signs.dash)
    measure = measure_of(estimate.metric)
    factor, unit = scale_of(measure, mean, high)
    unit = f" {unit}" if unit else ""
    given = [value for value in (mean, low, high) if value is not None]
    whole = measure is Measure.COUNT and all(value.is_integer() for value in given)
    if low is None or high is None or low == high:
        plain_rate = measure is Measure.RATE and mean >= 0.01
        places = 0 if whole or mean == 0 else 1 if plain_rate else decimals(abs(mean) / factor / 100, measure)
        return Cell(f"{_number(mean / factor, places)}{unit}")
    half = (high - low) / 2 / factor
    if measure is Measure.RATE and 0 < mean < _RARE:
        return Cell(f"{mean:.2g}", f"({low:.2g}{signs.dash}{high:.2g})")
    places = 0 if whole else decimals(half, measure)
    middle = f"{_number(mean / factor, places)}{unit}"
    below, above = mean - low, high - mean
    if measure is Measure.RATE and mean in (0.0, 1.0):
        if mean:
            return Cell("100 %", f"{signs.at_least}{_short(low / factor, places)}")
        return Cell("0 %", f"{signs.at_most}{_short(high / factor, places)}")
    if abs(above - below) <= _LOPSIDED * max(above, below):
        return Cell(middle, f"{signs.plus_minus}{_number(max(half, 10.0**-places), places)}")
    return Cell(middle, f"({_short(low / factor, places)}{signs.dash}{_short(high / factor, places)})")


def scale_of(measure: Measure, mean: float, high: float | None) -> Scale:
    """Gives the unit in which a number of this size is written."""
    if measure is Measure.RATE:
        return Scale(0.01, "%")
    if measure is Measure.SECONDS:
        size = mean or high or 0.0
        return next(
            (Scale(factor, unit) for factor, unit in _UNITS if abs(size) >= 0.9995 * factor), Scale(1, "s")
        )
    return Scale(1.0, "")


def decimals(half_width: float, measure: Measure) -> int:
    """Gives the places after the point that an uncertainty of this size leaves meaning to."""
    if measure is Measure.NUMBER:
        return 6 if half_width <= 0 else min(6, max(0, -math.floor(math.log10(half_width))))
    if half_width >= 9.5:
        return 0
    return 1 if half_width >= 0.045 else 2


def _number(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def _short(value: float, places: int) -> str:
    text = _number(value, places)
    return text.rstrip("0").rstrip(".") if "." in text and float(text.replace(",", "")).is_integer() else text


def percent(value: float, places: int = 1) -> str:
    """Writes a share in percent: "40.6 %"."""
    return f"{_number(100 * value, places)} %"


def count(value: float) -> str:
    """Writes a mean number of people: whole from 10 on, else with one place."""
    return _number(value, 0 if abs(value) >= 9.95 or abs(value - round(value)) < 1e-9 else 1)


def duration(seconds: float) -> str:
    """Writes a duration in the largest unit that leaves a number of at least one: "2.5 min"."""
    scale = scale_of(Measure.SECONDS, seconds, None)
    value = seconds / scale.factor
    places = 0 if value >= 99.5 or abs(value - round(value)) < 0.005 else 1
    return f"{_number(value, places)} {scale.unit}"


def spelled(settings: str) -> str:
    """Gives settings, as `notices=2024.35s`, with fractions of seconds from a minute on as a duration: `33.7 min`."""
    return _SECONDS.sub(lambda found: duration(float(found[1])), settings)


def plural(number: float, one: str, many: str | None = None) -> str:
    """Writes a count with its noun: "1 recipient", "2,000 recipients"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
