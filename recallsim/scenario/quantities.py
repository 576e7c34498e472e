"""Numbers with their units, to be counted with and written down again: what ranges are made of."""

import math
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple

from recallsim.scenario.base import Refusal, shown
from transport.errors import UnitError
from transport.units import parse_duration, parse_rate, parse_size

_DIGITS: Final = 6
_UNITS: Final = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


class Measured(Enum):
    """What a number counts; the value is its name in messages."""

    NUMBER = "a plain number"
    DURATION = "a duration"
    SIZE = "a size"
    RATE = "a rate"


class Quantity(NamedTuple):
    """A number and what it counts.

    Attributes:
        value: in seconds, bytes, events per second, or as it stands.
        measured: what it counts.
        whole: it was written as a whole number without a unit.
    """

    value: float
    measured: Measured
    whole: bool = False


def quantity(value: object) -> Quantity:
    """The quantity that a value of a scenario stands for.

    Raises:
        Refusal: It is neither a number nor a text with a unit.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value) or abs(value) > 1e15:
            raise Refusal(f"{shown(value)} is not a number to count with")
        return Quantity(float(value), Measured.NUMBER, isinstance(value, int))
    if isinstance(value, str):
        for measured, parse in (
            (Measured.DURATION, parse_duration),
            (Measured.SIZE, parse_size),
            (Measured.RATE, parse_rate),
        ):
            try:
                return Quantity(float(parse(value)), measured)
            except UnitError:
                continue
    raise Refusal(f"expected a number or a quantity with its unit, found {shown(value)}", "0.5, 90s or 2 MB")


def written(value: float, measured: Measured, *, whole: bool = False) -> int | float | str:
    """The value as a scenario writes it: rounded to six digits, with its unit."""
    if measured is Measured.NUMBER:
        return round(value) if whole else float(f"{value:.{_DIGITS}g}")
    if measured is Measured.SIZE:
        return f"{round(value)} B"
    if measured is Measured.RATE:
        return f"{_plain(value)}/s"
    for factor, unit in _UNITS:
        count = round(value / factor)
        if count and math.isclose(count * factor, value, rel_tol=1e-12):
            return f"{count}{unit}"
    return f"{_plain(value)}s"


def _plain(value: float) -> str:
    """The number to six digits, without an exponent."""
    text = format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
