"""Arithmetic that gives a scenario's words their numbers: group sizes, open hours of the week, zone offsets.

It is part of the model: the fingerprint covers this file.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY = 1440
WEEK = 7 * DAY


def apportion(count: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Whole numbers that add up to `count`, by largest remainder; ties go to the earlier one.

    Shares count as the decimals that were written, so that 0.7 of 10 is 7 and leaves no remainder.
    """
    exact = [Fraction(repr(share)) * count for share in shares]
    total = sum(exact, Fraction(0))
    if total:
        exact = [part * count / total for part in exact]
    sizes = [math.floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (sizes[index] - exact[index], index))
    for index in by_remainder[: count - sum(sizes)]:
        sizes[index] += 1
    return tuple(sizes)


def open_week(openings: Iterable[tuple[Sequence[int], int, int]]) -> tuple[tuple[int, int], ...]:
    """The open intervals of a week in minutes from Monday 00:00: half-open, ascending, disjoint.

    Args:
        openings: Triples of days (0 for Monday), opening and closing minute of the day.
    """
    spans = sorted((day * DAY + begin, day * DAY + end) for days, begin, end in openings for day in days)
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def standard_offset(zone: str) -> int:
    """Seconds by which a zone's standard time is ahead of UTC; without a date there is no summer time."""
    moment = datetime(2026, 1, 15, 12, tzinfo=ZoneInfo(zone))
    offset = (moment.utcoffset() or timedelta()) - (moment.dst() or timedelta())
    return int(offset.total_seconds())
