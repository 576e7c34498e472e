"""What a server is set to: one record a stage, one for the link. Times in ticks, laws as rows in seconds.

Tuples "by kind" are indexed by the message kinds original, request, replacement, report.
"""

from dataclasses import dataclass
from enum import IntEnum

LawRow = tuple[float, ...]
ByKind = tuple[LawRow, ...]


class Grain(IntEnum):
    """What one job of a stage is."""

    MESSAGE = 0
    BATCH = 1
    RECIPIENT = 2


class Trouble(IntEnum):
    """What a fault does to an attempt, in the words of test mail servers."""

    REJECT = 0  # refused for good (5xx)
    DEFER = 1  # refused for now (4xx)
    DISCONNECT = 2  # the connection breaks before the attempt is over
    RATE_LIMIT = 3  # refused for now, beyond so many attempts in a time
    DELAY = 4  # the attempt takes longer


class Start(IntEnum):
    """The state in which a stage's background is found (model.md 6)."""

    STATIONARY = 0
    EMPTY = 1


@dataclass(frozen=True, slots=True)
class Background:
    """Foreign mail that a stage also serves."""

    gap: LawRow  # between two arrivals
    service: LawRow
    start: Start
    load: float  # arrival rate times mean service, in workers
    begins: int  # tick at which arrivals begin (EMPTY); negative for a warm-up


@dataclass(frozen=True, slots=True)
class Greylist:
    """The deferral of mail from a sender and a server that a recipient's server has not met before."""

    delay: tuple[int, ...]  # by kind: ticks that must have passed since the first attempt
    window: tuple[int, ...]  # by kind: ticks within which the mail must have passed; later it counts as new
    known: tuple[float, ...]  # by kind: share of recipients whose server has met the sender before


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a stage; those of a stage are numbered in their order."""

    number: int
    trouble: Trouble
    odds: tuple[float, ...]  # by kind
    kinds: tuple[bool, ...]  # by kind: whether it meets them
    begins: int
    ends: int  # half-open
    by: ByKind  # DELAY: how much longer
    interval: float  # RATE_LIMIT: ticks between two attempts that pass


@dataclass(frozen=True, slots=True)
class Moderation:
    """What mail to a list waits for."""

    moderators: int
    reads: ByKind  # until one of them decides
    approve: tuple[float, ...]  # by kind
    kinds: tuple[bool, ...]  # by kind: whether it waits at all
    expires: tuple[int, ...]  # by kind: ticks after which the message goes back undecided


@dataclass(frozen=True, slots=True)
class MailingList:
    """A distribution group among the recipients."""

    name: str
    number: int
    spans: tuple[tuple[int, int], ...]  # (first, last) recipient numbers, ascending, not touching
    moderation: Moderation | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A queueing place of the servers."""

    name: str
    number: int
    grain: Grain
    batch: int  # envelope recipients in one job of a BATCH stage
    workers: int  # 0: unlimited
    serves: tuple[bool, ...]  # by kind; others bypass it
    service: ByKind
    shared: tuple[bool, ...]  # by kind: one service draw for all recipients
    failure: tuple[float, ...]  # by kind
    lanes: tuple[int, ...]  # by kind: the lane it queues in, 0 goes first
    background_lane: int
    gaps: tuple[tuple[int, ...], ...]  # by kind: between attempts, the last one repeats
    attempts: tuple[int, ...]  # by kind; 0: no limit
    give_up: tuple[int, ...]  # by kind; -1: never
    jitter: tuple[float, ...]  # by kind
    background: Background | None
    outages: tuple[tuple[int, int], ...]  # (from, to), ascending, disjoint
    interval: float = 0.0  # ticks between two services that begin; 0: no limit
    greylist: Greylist | None = None
    faults: tuple[Fault, ...] = ()
    delay_notice: tuple[int, ...] = (-1, -1, -1, -1)  # by kind: ticks until the sender hears; -1: never
    strips: bool = False  # what passes loses its TNEF part: a request is an ordinary mail from here on (S9)
    members: tuple[
        tuple[int, int], ...
    ] = ()  # (first, last) of the recipients whose mail it takes; empty: all

    @property
    def is_obstructed(self) -> bool:
        """Whether attempts meet more than the odds of `failure`, or are told of: the stage is no plain one."""
        tells = any(after >= 0 for after in self.delay_notice)
        return self.interval > 0.0 or self.greylist is not None or bool(self.faults) or tells

    @property
    def defers(self) -> bool:
        """Whether an attempt may fail, so that a job comes again or bounces."""
        return (
            any(odds > 0.0 for odds in self.failure)
            or self.greylist is not None
            or any(fault.trouble is not Trouble.DELAY for fault in self.faults)
        )


@dataclass(frozen=True, slots=True)
class Link:
    """The way from the last server into the mailbox."""

    latency: ByKind
    shared: tuple[bool, ...]
    loss: tuple[float, ...]
    duplicate: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
