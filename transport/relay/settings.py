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
    gaps: tuple[int, ...]  # between attempts, the last one repeats
    attempts: int  # 0: no limit
    give_up: int  # -1: never
    jitter: float
    background: Background | None
    outages: tuple[tuple[int, int], ...]  # (from, to), ascending, disjoint


@dataclass(frozen=True, slots=True)
class Link:
    """The way from the last server into the mailbox."""

    latency: ByKind
    shared: tuple[bool, ...]
    loss: tuple[float, ...]
