"""The errors of the transport floor: whose fault it is, and whether the run can go on."""

from collections.abc import Iterable


class TransportError(Exception):
    """The base of every error that this floor raises."""


class UnitError(TransportError, ValueError):
    """A text that is not the duration, size or rate it should be; the writer of the text is at fault.

    Attributes:
        help: A suggestion ("did you mean 'min'?"), or an empty text.
    """

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.help = suggestion


class AddressError(TransportError, ValueError):
    """A text that is not a mail address, or one that the directory does not know."""


class ClockError(TransportError, RuntimeError):
    """A misuse of the clock: an event in the past, a stock timer inside virtual time, a stalled society."""


class Stalled(ClockError):  # noqa: N818
    """A society in which nothing is left to happen although someone still waits.

    Attributes:
        now: The tick at which it stalled.
        waiting: Who waits for what, one line each.
    """

    def __init__(self, now: int, waiting: Iterable[str]) -> None:
        self.now = now
        self.waiting = tuple(waiting)
        lines = "; ".join(self.waiting) or "nobody waits"
        super().__init__(f"nothing is left to happen at tick {now}: {lines}")


class TiedEvents(ClockError):  # noqa: N818
    """Two pending events with one key: which comes first would be left to chance.

    Attributes:
        tick: The tick of both.
        order: Their packed order.
        first: What one of them does.
        second: What the other does.
    """

    def __init__(self, tick: int, order: int, first: object, second: object) -> None:
        self.tick = tick
        self.order = order
        self.first = first
        self.second = second
        super().__init__(f"two events have the key ({tick}, {order}): {first!r} and {second!r}")


class ConservationError(TransportError, AssertionError):
    """Copies of a message lost in the books; the simulator is at fault and the replication is void."""
