"""The jobs that wait in a stage, in lanes: the first lane goes first, and in each lane whoever came first."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from transport.relay.envelope import FOREIGN, Envelope
from transport.relay.settings import Stage as Settings
from transport.sometimes import Rare, Sometimes


class Line:
    """Who waits. A job that was withdrawn stays until its turn would have come, and counts no more.

    Args:
        settings: which lane each kind takes.
        sometimes: counts what is rare.

    Attributes:
        lanes: the jobs.
        waiting: how many wait.
        foreign: how many of them are not the scenario's own.
        peak: the greatest number of own jobs that ever waited.
    """

    __slots__ = (
        "_foreign_lane",
        "_has_priorities",
        "_lane_of",
        "_sometimes",
        "foreign",
        "lanes",
        "peak",
        "waiting",
    )

    def __init__(self, settings: Settings, sometimes: Sometimes) -> None:
        self._lane_of: Final = settings.lanes
        self._foreign_lane: Final = settings.background_lane
        self._sometimes: Final = sometimes
        self.lanes: tuple[deque[Envelope], ...] = tuple(
            deque() for _ in range(1 + max(*settings.lanes, settings.background_lane))
        )
        self._has_priorities: Final = len(self.lanes) > 1
        self.waiting = self.foreign = self.peak = 0

    def append(self, envelope: Envelope) -> None:
        """A job joins at the end of its lane."""
        self._lane(envelope).append(envelope)
        self._count(envelope)

    def put_back(self, envelope: Envelope) -> None:
        """A job whose service was broken off goes to the head of the line, whatever its lane was."""
        self.lanes[0].appendleft(envelope)
        self._count(envelope)

    def take(self) -> Envelope:
        """The next job; there is one."""
        for place, lane in enumerate(self.lanes):
            while lane:
                envelope = lane.popleft()
                if not envelope.withdrawn:
                    self.waiting -= 1
                    envelope.waits = False
                    if envelope.kind >= FOREIGN:
                        self.foreign -= 1
                    if self._has_priorities and self._jumps(envelope, place):
                        self._sometimes.note(Rare.PRIORITY_OVERTAKES)
                    return envelope
        raise AssertionError("nobody waits")

    def withdraw(self) -> None:
        """One of the own jobs that wait was withdrawn."""
        self.waiting -= 1

    def note_peak(self) -> None:
        """Jobs have joined."""
        own = self.waiting - self.foreign
        if own > self.peak:
            self.peak = own

    def __iter__(self) -> Iterator[Envelope]:
        """Everybody in line, those who were withdrawn included."""
        return (envelope for lane in self.lanes for envelope in lane)

    def _lane(self, envelope: Envelope) -> deque[Envelope]:
        return self.lanes[self._lane_of[envelope.law] if envelope.kind < FOREIGN else self._foreign_lane]

    def _count(self, envelope: Envelope) -> None:
        envelope.waits = True
        self.waiting += 1
        if envelope.kind >= FOREIGN:
            self.foreign += 1

    def _jumps(self, envelope: Envelope, place: int) -> bool:
        """Whether somebody who came earlier waits in a later lane."""
        return any(lane[0].entered < envelope.entered for lane in self.lanes[place + 1 :] if lane)
