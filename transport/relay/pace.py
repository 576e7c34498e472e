"""An even pace: so many a time, and never two closer together than that."""

from math import floor
from typing import Final


class Pace:
    """A rate limit without a bucket: an event is due one interval after the one before was due, or at once if later.

    Args:
        interval: ticks between two events, above 0; below 1 there are several a tick.
    """

    __slots__ = ("_due", "_interval")

    def __init__(self, interval: float) -> None:
        self._interval: Final = interval
        self._due = float("-inf")

    @property
    def opens(self) -> int:
        """The tick from which the next event may happen, of a pace that has begun."""
        return floor(self._due)

    def allows(self, now: int) -> bool:
        """Whether an event may happen at tick `now`."""
        return self._due < now + 1

    def take(self, now: int) -> None:
        """An event happens at tick `now`, which the pace allows."""
        self._due = max(self._due, float(now)) + self._interval
