"""A queueing place where nothing can happen to a job but waiting and service.

One line, no failed attempt, no outage, no foreign mail, nothing ever taken back: when a job leaves is certain as it
enters, and no event marks the end of its service. What it gives is what `Stage` gives, to the tick (a test compares).
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from heapq import heapreplace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from transport.clock.ranks import MESSAGE_SHIFT, RANK_SHIFT, SUB_SHIFT, Rank
from transport.relay.envelope import REPORT, Envelope
from transport.relay.settings import Grain
from transport.relay.settings import Stage as Settings
from transport.streams.draws import WHOLE
from transport.streams.purposes import QUEUE_ORDER, SERVICE
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

Job = tuple[int, int, int]
"""Recipient number, kind and ordinal, as in an event's order."""
Exit = Callable[[int, int, int], None]
"""Takes the tick of a departure, the recipient's number and the ordinal of a job."""
LATER_NEWS: Final = 8
"""Above these bits, the ordinal of a report counts the reports on one recipient."""
PART: Final = 512
"""So many jobs of one message to everybody are handed on at once."""


class Part(NamedTuple):
    """Some jobs of one message to everybody, in the order of the line: none leaves before the tick `since`."""

    since: int
    numbers: Sequence[int]
    ends: Sequence[int]


def is_plain(settings: Settings) -> bool:
    """Whether nothing but waiting and service can happen in a stage, as far as its own settings go."""
    return (
        settings.grain is Grain.RECIPIENT
        and settings.workers > 0
        and not any(settings.lanes)
        and settings.background is None
        and not settings.outages
        and not any(odds > 0.0 for odds in settings.failure)
    )


class PlainStage:
    """One plain stage at work.

    Args:
        settings: what it is set to.
        clock: the loop it lives in.
        times: chance, in ticks.
        horizon: what lies beyond is not noted.

    Attributes:
        exits: by law: takes a job that will have been served; set by the relay.
        exits_together: by law: the same for many jobs at once, as ticks and recipient numbers.
        waits, sojourns: by kind, ticks of each recipient's first attempt, -1 where there was none; cell 0 means nothing.
        peak: the greatest number of jobs that ever waited.
    """

    def __init__(self, settings: Settings, clock: "VirtualLoop", times: Times, horizon: int) -> None:
        self.settings = settings
        self.clock = clock
        self.times = times
        self.exits: list[Exit] = []
        self.exits_together: list[Callable[[Sequence[int], Sequence[int]], None]] = []
        self.waits = tuple(array("q", [-1]) * (times.count + 1) for _ in range(4))
        self.sojourns = tuple(array("q", [-1]) * (times.count + 1) for _ in range(4))
        self.peak = 0
        self._horizon = horizon
        self._free_at = [-1] * settings.workers
        self._starts = array(
            "q"
        )  # of those who had to wait, in order; from `_in_line_from` on they may wait still
        self._service: list[Sequence[int]] = [()] * 4
        self._incoming: dict[int, list[Job]] = {}
        self._in_line_from = 0
        self._leaving: dict[int, list[Part]] = {}
        self._taking_in: Final = self._take_in
        self._takes_in = Rank.SERVE << RANK_SHIFT | 3 * settings.number + 1 << SUB_SHIFT

    # --- coming in -----------------------------------------------------------------------------------------------

    def enter(self, envelope: Envelope) -> None:
        """Take a job at the present tick; it queues with all that enter at this tick."""
        self.enter_at(envelope.kind, self.clock.now, envelope.entity, envelope.ordinal)

    def enter_all(self, kind: int, numbers: Sequence[int]) -> None:
        """Take the jobs of one message to several recipients at the present tick."""
        tick = self.clock.now
        jobs = [(number, kind, 0) for number in numbers]
        if tick in self._incoming:
            self._incoming[tick] += jobs
        elif jobs:
            self._incoming[tick] = jobs
            self.clock.push((tick, self._takes_in, self._taking_in, tick, None))

    def enter_at(self, kind: int, tick: int, number: int, ordinal: int) -> None:
        """Take a job at this tick or a later one."""
        if tick in self._incoming:
            self._incoming[tick].append((number, kind, ordinal))
        else:
            self._incoming[tick] = [(number, kind, ordinal)]
            self.clock.push((tick, self._takes_in, self._taking_in, tick, None))

    def enter_next(self, kind: int, number: int, ordinal: int) -> None:
        """Take a job at the next tick."""
        tick = self.clock.now + 1
        if tick in self._incoming:
            self._incoming[tick].append((number, kind, ordinal))
        else:
            self._incoming[tick] = [(number, kind, ordinal)]
            self.clock.push_soon((tick, self._takes_in, self._taking_in, tick, None))

    def jobs(self) -> list[Envelope]:
        """The jobs that are about to be taken in or to leave (all others are events to come, somewhere behind)."""
        entering = (job for jobs in self._incoming.values() for job in jobs)
        leaving = (
            (number, kind, 0)
            for kind, parts in self._leaving.items()
            for part in parts
            for number in part.numbers
        )
        return [Envelope(kind, number, ordinal) for number, kind, ordinal in chain(entering, leaving)]

    # --- service -------------------------------------------------------------------------------------------------

    def _take_in(self, tick: int, _: object) -> None:
        jobs = self._incoming.pop(tick)
        if len(jobs) > 1:
            self._take_many(tick, jobs)
        else:
            number, kind, ordinal = jobs[0]
            self.exits[kind](self._serve(tick, number, kind, ordinal), number, ordinal)

    def _take_many(self, tick: int, jobs: list[Job]) -> None:
        """Serve jobs that enter at one tick, by a uniform of the recipient that is the same for every kind of message."""
        law = jobs[0][1]
        if len(jobs) == self.times.count and law < REPORT and jobs[-1][1] == law:
            parts = self._serve_all(
                tick, self.times.draws.ranking(QUEUE_ORDER), law
            )  # one message to everybody
            self._leaving[law] = parts[::-1]
            self._hand_on(law, None)
            return
        column = self.times.draws.column(QUEUE_ORDER, 0, 0)
        for _, (number, kind, ordinal) in sorted([(column[job[0]], job) for job in jobs]):
            self.exits[kind](self._serve(tick, number, kind, ordinal), number, ordinal)

    def _hand_on(self, law: int, _: object) -> None:
        """Send a part of one message to everybody where it goes from here, before any of it gets there."""
        parts = self._leaving[law]
        part = parts.pop()
        if parts:
            order = self._takes_in | law << MESSAGE_SHIFT | 1
            self.clock.push((parts[-1].since, order, self._hand_on, law, None))
        self.exits_together[law](part.ends, part.numbers)

    def _note_peak(self, tick: int) -> None:
        """Jobs have just joined the line: forget who has left it before `tick`, and count."""
        starts = self._starts
        first = bisect_left(starts, tick, self._in_line_from)
        if len(starts) - first > self.peak:
            self.peak = len(starts) - first
        if first > len(starts) >> 1:
            del starts[:first]
            first = 0
        self._in_line_from = first

    def _serve(self, tick: int, number: int, law: int, ordinal: int) -> int:
        """Give a job to the worker who is free first; return the tick of its departure."""
        free_at = self._free_at
        start = free_at[0]
        if start < tick:
            start = tick
        else:
            self._starts.append(start)
            if len(self._starts) - self._in_line_from > self.peak:
                self._note_peak(tick)
        if ordinal >> LATER_NEWS:
            end = min(start + self._ticks_of_later_news(number, ordinal), self._horizon + 1)
            heapreplace(free_at, end)
            return end
        end = start + (self._service[law] or self._fill_service(law))[number]
        if end <= self._horizon:
            self.waits[law][number] = start - tick
            self.sojourns[law][number] = end - tick
        else:
            end = self._horizon + 1  # whatever comes after it: services without an end would add up
            if start < end:
                self.waits[law][number] = start - tick
        heapreplace(free_at, end)
        return end

    def _serve_all(self, tick: int, numbers: Sequence[int], law: int) -> list[Part]:
        """`_serve` for one message to many recipients, in the order of the line."""
        service = self._service[law] or self._fill_service(law)
        waits, sojourns, free_at, horizon = self.waits[law], self.sojourns[law], self._free_at, self._horizon
        starts, parts = self._starts, []
        for first in range(0, len(numbers), PART):
            some, ends = numbers[first : first + PART], []
            since = max(tick, free_at[0])
            for number in some:
                start = free_at[0]
                if start < tick:
                    start = tick
                else:
                    starts.append(start)
                end = start + service[number]
                if end <= horizon:
                    waits[number] = start - tick
                    sojourns[number] = end - tick
                else:
                    end = horizon + 1
                    if start < end:
                        waits[number] = start - tick
                heapreplace(free_at, end)
                ends.append(end)
            parts.append(Part(since, some, ends))
        self._note_peak(tick)
        return parts

    def expect(self, kinds: Sequence[int]) -> None:
        """Say which draws will be asked for if these kinds of message come."""
        settings = self.settings
        self.times.draws.expect(QUEUE_ORDER, 0, 0)
        for law in kinds:
            if settings.serves[law]:
                shared = settings.shared[law]
                self.times.expect(settings.service[law], SERVICE, law, settings.number, shared=shared)

    def _fill_service(self, law: int) -> Sequence[int]:
        settings = self.settings
        shared = settings.shared[law]
        column = self.times.column(settings.service[law], SERVICE, law, settings.number, shared=shared)
        self._service[law] = column
        return column

    def _ticks_of_later_news(self, number: int, ordinal: int) -> int:
        """The service of a further report on one recipient, which stands in no column."""
        settings = self.settings
        if settings.shared[REPORT]:
            return self.times.at(settings.service[REPORT], SERVICE, REPORT, settings.number, WHOLE)
        attempt = ordinal >> LATER_NEWS << 16
        return self.times.at(settings.service[REPORT], SERVICE, REPORT, settings.number, number, attempt)
