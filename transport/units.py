"""Durations, sizes and rates as people write them: `90s`, `1h 30min`, `2 MB`, `1.6/min`, `1/45min`.

Everything is parsed to seconds, bytes and events per second. A number without a unit is refused, and so are
units whose meaning is doubtful (`m`) or whose length varies (`month`).
"""

import math
import re
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from transport.errors import UnitError

DURATION_UNITS: Final = "us, ms, s, min, h, d or w"
SIZE_UNITS: Final = "B, kB, MB, GB, KiB, MiB or GiB"

# (multiplier, divisor): dividing keeps 40ms the float nearest to 0.04
_SECONDS: Final = MappingProxyType(
    {
        "us": (1, 1_000_000),
        "ms": (1, 1_000),
        "s": (1, 1),
        "min": (60, 1),
        "h": (3_600, 1),
        "d": (86_400, 1),
        "w": (604_800, 1),
    }
)
_MEANT: Final = MappingProxyType(
    {
        "microseconds": "us",
        "µs": "us",
        "milliseconds": "ms",
        "msec": "ms",
        "seconds": "s",
        "sec": "s",
        "minutes": "min",
        "mins": "min",
        "m": "min",
        "hours": "h",
        "hr": "h",
        "hrs": "h",
        "days": "d",
        "weeks": "w",
    }
)
_BYTES: Final = MappingProxyType(
    {
        "b": 1,
        "kb": 1_000,
        "mb": 1_000_000,
        "gb": 1_000_000_000,
        "kib": 1 << 10,
        "mib": 1 << 20,
        "gib": 1 << 30,
    }
)
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"
_PART: Final = re.compile(rf"\s*({_NUMBER})\s*([^\W\d_]*)")
_SIZE: Final = re.compile(rf"\s*({_NUMBER})\s*([^\W\d_]*)\s*")
_RATE: Final = re.compile(rf"\s*({_NUMBER})\s*/\s*(.+?)\s*", re.DOTALL)
_LIMIT: Final = 1e13
"""Longest duration in seconds (some 300,000 years)."""


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _negative(text: str) -> bool:
    return re.match(r"\s*-\s*[0-9.]", text) is not None


def _unit_suggestion(word: str) -> str:
    plain = word.lower()
    if plain in _SECONDS:
        return f"did you mean '{plain}'?"
    if plain.startswith(("mon", "year", "yr")) or plain in {"mo", "y"}:
        return "their length varies: write days, as in '30d'"
    close = get_close_matches(plain, (*_MEANT, *_SECONDS), n=1, cutoff=0.6)
    return f"did you mean '{_MEANT.get(close[0], close[0])}'?" if close else ""


def parse_duration(text: str) -> float:
    """Seconds from a text such as `90s`, `1h 30min` or `40 ms`.

    Raises:
        UnitError: The text is not a duration; it says which units there are.
    """
    if _negative(text):
        raise UnitError(f"{_shown(text)} is negative; a duration is 0 or more")
    place, total, used = 0, 0.0, set[str]()
    stripped = text.rstrip()
    while place < len(stripped):
        match = _PART.match(stripped, place)
        if match is None:
            break
        number, unit = match.groups()
        if not unit:
            if used or match.end() < len(stripped):
                break
            raise UnitError(
                f"{_shown(text.strip())} has no unit; use {DURATION_UNITS}", f"'{number}s' or '{number}min'?"
            )
        if unit not in _SECONDS:
            raise UnitError(
                f"{_shown(text)} has the unknown unit '{unit[:20]}'; use {DURATION_UNITS}",
                _unit_suggestion(unit),
            )
        if unit in used:
            raise UnitError(f"{_shown(text)} names the unit '{unit}' twice")
        used.add(unit)
        times, parts = _SECONDS[unit]
        total += float(number) * times / parts
        place = match.end()
    if not used or place < len(stripped):
        raise UnitError(
            f"{_shown(text)} is not a duration; write a number and a unit ({DURATION_UNITS})",
            "'90s' or '1h 30min'",
        )
    if not total <= _LIMIT:
        raise UnitError(f"{_shown(text)} is too long; the longest duration is some 300,000 years")
    return total


def parse_size(text: str) -> int:
    """Bytes from a text such as `2 MB`; the decimal units are powers of 1000, the binary ones of 1024.

    Raises:
        UnitError: The text is not a size; it says which units there are.
    """
    if _negative(text):
        raise UnitError(f"{_shown(text)} is negative; a size is 0 or more")
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UnitError(
            f"{_shown(text)} is not a size; write a number and a unit ({SIZE_UNITS})", "'20 kB' or '2 MB'"
        )
    number, unit = match.groups()
    if not unit:
        raise UnitError(
            f"{_shown(text.strip())} has no unit; use {SIZE_UNITS}", f"'{number} kB' or '{number} MB'?"
        )
    factor = _BYTES.get(unit.lower())
    if factor is None:
        raise UnitError(f"{_shown(text)} has the unknown unit '{unit[:20]}'; use {SIZE_UNITS}")
    size = float(number) * factor
    if not size <= 1e15:
        raise UnitError(f"{_shown(text)} is too large")
    if size != math.floor(size):
        raise UnitError(f"{_shown(text)} is not a whole number of bytes")
    return int(size)


def parse_rate(text: str) -> float:
    """Events per second from a text such as `1.6/min` or `1/45min`.

    Raises:
        UnitError: The text is not a rate; it says which units there are.
    """
    if _negative(text):
        raise UnitError(f"{_shown(text)} is negative; a rate is 0 or more")
    match = _RATE.fullmatch(text)
    if match is None:
        raise UnitError(
            f"{_shown(text)} is not a rate; write a number, a slash and a unit ({DURATION_UNITS})",
            "'1.6/min' or '1/45min'",
        )
    number, per = match.groups()
    period = parse_duration(per if per[0].isdigit() or per[0] == "-" else "1" + per)
    if period <= 0:
        raise UnitError(f"{_shown(text)} divides by a time of 0")
    rate = float(number) / period
    if not rate <= 1e12:
        raise UnitError(f"{_shown(text)} is too large")
    return rate


def _trimmed(value: float) -> str:
    text = f"{value:.6g}"
    return text if "e" not in text else f"{value:.0f}"


def format_duration(seconds: float) -> str:
    """A duration in words of at most two units: `1 h 30 min`, `40 ms`, `2.5 s`; `never` for infinity."""
    if math.isinf(seconds):
        return "never"
    if seconds < 0:
        return "-" + format_duration(-seconds)
    seconds = float(f"{seconds:.7g}")  # so that 59.99999999 min are an hour
    if seconds == 0:
        return "0 s"
    if seconds < 1:
        return f"{_trimmed(seconds * 1e3)} ms" if seconds >= 1e-3 else f"{_trimmed(seconds * 1e6)} us"
    if seconds < 60:
        return f"{_trimmed(seconds)} s"
    for large, small in (("d", "h"), ("h", "min"), ("min", "s")):
        length, part = _SECONDS[large][0], _SECONDS[small][0]
        if seconds >= length:
            whole = math.floor(seconds / length)
            rest = float(_trimmed((seconds - whole * length) / part))
            if rest * part >= length:
                whole, rest = whole + 1, 0.0
            return f"{whole} {large}" + (f" {_trimmed(rest)} {small}" if rest else "")
    raise AssertionError(seconds)
