"""A job of the servers: one message on its way to one recipient, to a batch of them, or to all."""

from typing import Final

from transport.clock.ranks import ENTITY_SHIFT, MESSAGE_SHIFT
from transport.recall.codes import Kind
from transport.streams.draws import WHOLE

REPORT: Final = Kind.REPORT.value
FOREIGN: Final = Kind.BACKGROUND.value


class Envelope:
    """One job, from its submission until it leaves the servers.

    Attributes:
        kind: what the message is (codes.Kind).
        law: index of its laws "by kind".
        entity: the recipient's number, `WHOLE` for a job of several recipients, or the background of a stage.
        cell: the recipient's number where its times are noted by recipient, else 0.
        ordinal: number of the batch, or of the background arrival; on the way back to the sender the news
            (codes.Told) and, << 8, the how-manieth news about one recipient it is.
        packed: entity, kind and ordinal as in an event's order.
        entered: tick at which it entered the stage it is in.
        failures: attempts that have failed there.
        epoch: counts what makes a scheduled end of service void (an outage).
        waits: it stands in line.
        withdrawn: it was taken back; whoever meets it next drops it.
    """

    __slots__ = (
        "cell",
        "entered",
        "entity",
        "epoch",
        "failures",
        "kind",
        "law",
        "ordinal",
        "packed",
        "waits",
        "withdrawn",
    )

    def __init__(self, kind: int, number: int, ordinal: int = 0) -> None:
        """Make the job of one recipient's mail, or of a report on it."""
        self.kind = self.law = kind
        self.entity = self.cell = number
        self.ordinal = ordinal
        self.packed = number << ENTITY_SHIFT | kind << MESSAGE_SHIFT | ordinal
        self.entered = self.failures = self.epoch = 0
        self.waits = self.withdrawn = False

    @property
    def first(self) -> int:
        """The first recipient it is for."""
        return self.entity

    @property
    def last(self) -> int:
        """The last recipient it is for."""
        return self.entity

    @property
    def attempt(self) -> int:
        """The ordinal under which this attempt draws: batches of one message, or reports on one recipient, share none."""
        return self.ordinal >> 8 << 16 | self.failures


class Notice(Envelope):
    """A DSN, or a further report, on its way back: it follows the laws of reports, and its times are nobody's."""

    __slots__ = ()

    def __init__(self, kind: int, number: int, ordinal: int) -> None:
        super().__init__(kind, number, ordinal)
        self.law = REPORT
        self.cell = 0


class Foreign(Envelope):
    """A job of a stage's background."""

    __slots__ = ()

    def __init__(self, kind: int, entity: int, ordinal: int) -> None:
        super().__init__(kind, entity, ordinal)
        self.law = REPORT
        self.cell = 0


class Distribution(Envelope):
    """One job of several recipients: a message before it is expanded, a part of it, or one batch.

    Attributes:
        span: first and last recipient of the part that it was cut from.
        is_parted: it is a part of a message already, and no list is looked for in it again.
    """

    __slots__ = ("_first", "_last", "is_parted", "span")

    def __init__(
        self, kind: int, first: int, last: int, ordinal: int = 0, span: tuple[int, int] | None = None
    ) -> None:
        super().__init__(kind, WHOLE, ordinal)
        self.cell = 0
        self._first = first
        self._last = last
        self.span = (first, last) if span is None else span
        self.is_parted = False

    @property
    def is_undivided(self) -> bool:
        """Whether it is a whole message, or a whole part of one."""
        return (self._first, self._last) == self.span

    @property
    def first(self) -> int:
        """The first recipient it is for."""
        return self._first

    @property
    def last(self) -> int:
        """The last recipient it is for."""
        return self._last

    @property
    def attempt(self) -> int:
        """The ordinal under which this attempt draws."""
        return self.ordinal << 16 | self.failures
