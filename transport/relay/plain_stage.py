"""A queueing place where nothing can happen to a job but waiting and service.

One line, no failed attempt, no outage, no foreign mail, nothing ever taken back: when a job leaves is certain as it
enters, and no event marks the end of its service. What it gives is what `Stage` gives, to the tick (a test compares).
"""

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heapreplace
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import ENTITY_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, SUB_SHIFT, Rank
from transport.relay.envelope import REPORT, Envelope
from transport.relay.settings import Grain
from transport.relay.settings import Stage as Settings
from transport.streams.draws import WHOLE
from transport.streams.purposes import QUEUE_ORDER, SERVICE
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

Exit = Callable[[int, int], None]
"""Takes the tick of a departure and the packed job (entity, kind and ordinal as in an event's order)."""
KIND: Final = 0xFF
ORDINAL: Final = 0xFFFFFFFF
LATER_NEWS: Final = 8
"""Above these bits, the ordinal of a report counts the reports on one recipient."""


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
        self._starts: deque[int] = deque()  # of those in line
        self._service: list[Sequence[int]] = [()] * 4
        self._incoming: dict[int, list[int]] = {}
        self._takes_in = Rank.SERVE << RANK_SHIFT | 3 * settings.number + 1 << SUB_SHIFT

    # --- coming in -----------------------------------------------------------------------------------------------

    def enter(self, envelope: Envelope) -> None:
        """Take a job at the present tick; it queues with all that enter at this tick."""
        self.enter_at(self.clock.now, envelope.packed)

    def enter_all(self, kind: int, numbers: Sequence[int]) -> None:
        """Take the jobs of one message to several recipients at the present tick."""
        tick, message = self.clock.now, kind << MESSAGE_SHIFT
        jobs = [number << ENTITY_SHIFT | message for number in numbers]
        if tick in self._incoming:
            self._incoming[tick] += jobs
        elif jobs:
            self._incoming[tick] = jobs
            self.clock.push((tick, self._takes_in, self._take_in, tick, None))

    def enter_at(self, tick: int, packed: int) -> None:
        """Take a job at this tick or a later one."""
        if tick in self._incoming:
            self._incoming[tick].append(packed)
        else:
            self._incoming[tick] = [packed]
            self.clock.push((tick, self._takes_in, self._take_in, tick, None))

    def jobs(self) -> list[Envelope]:
        """The jobs that are about to be taken in (all others are events to come, somewhere behind)."""
        return [
            Envelope(packed >> MESSAGE_SHIFT & KIND, packed >> ENTITY_SHIFT, packed & ORDINAL)
            for jobs in self._incoming.values()
            for packed in jobs
        ]

    # --- service -------------------------------------------------------------------------------------------------

    def _take_in(self, tick: int, _: object) -> None:
        jobs = self._incoming.pop(tick)
        if len(jobs) > 1:
            self._take_many(tick, jobs)
        else:
            packed = jobs[0]
            law = packed >> MESSAGE_SHIFT & KIND
            self.exits[law](self._serve(tick, packed, law), packed)

    def _note_peak(self, tick: int) -> None:
        """Jobs have just joined the line: forget who has left it before `tick`, and count."""
        starts = self._starts
        while starts and starts[0] < tick:
            starts.popleft()
        if len(starts) > self.peak:
            self.peak = len(starts)

    def _take_many(self, tick: int, jobs: list[int]) -> None:
        """Serve jobs that enter at one tick, by a uniform of the recipient that is the same for every kind of message."""
        law = jobs[0] >> MESSAGE_SHIFT & KIND
        if len(jobs) == self.times.count and law < REPORT and jobs[-1] >> MESSAGE_SHIFT & KIND == law:
            numbers = self.times.draws.ranking(QUEUE_ORDER)  # one message to everybody
            self.exits_together[law](self._serve_all(tick, numbers, law), numbers)
            return
        column = self.times.draws.column(QUEUE_ORDER, 0, 0)
        for _, packed in sorted([(column[packed >> ENTITY_SHIFT], packed) for packed in jobs]):
            law = packed >> MESSAGE_SHIFT & KIND
            self.exits[law](self._serve(tick, packed, law), packed)

    def _serve(self, tick: int, packed: int, law: int) -> int:
        """Give a job to the worker who is free first; return the tick of its departure."""
        number, free_at = packed >> ENTITY_SHIFT, self._free_at
        start = free_at[0]
        if start < tick:
            start = tick
        else:
            self._starts.append(start)
            self._note_peak(tick)
        if packed >> LATER_NEWS & ORDINAL >> LATER_NEWS:
            end = start + self._ticks_of_later_news(packed, number)
            heapreplace(free_at, end)
            return end
        end = start + (self._service[law] or self._fill_service(law))[number]
        heapreplace(free_at, end)
        if end <= self._horizon:
            self.waits[law][number] = start - tick
            self.sojourns[law][number] = end - tick
        elif start <= self._horizon:
            self.waits[law][number] = start - tick
        return end

    def _serve_all(self, tick: int, numbers: Sequence[int], law: int) -> list[int]:
        """`_serve` for one message to many recipients, in the order of the line."""
        service = self._service[law] or self._fill_service(law)
        waits, sojourns, free_at, horizon = self.waits[law], self.sojourns[law], self._free_at, self._horizon
        starts, ends = self._starts, []
        for number in numbers:
            start = free_at[0]
            if start < tick:
                start = tick
            else:
                starts.append(start)
            end = start + service[number]
            heapreplace(free_at, end)
            if end <= horizon:
                waits[number] = start - tick
                sojourns[number] = end - tick
            elif start <= horizon:
                waits[number] = start - tick
            ends.append(end)
        self._note_peak(tick)
        return ends

    def _fill_service(self, law: int) -> Sequence[int]:
        settings = self.settings
        shared = settings.shared[law]
        column = self.times.column(settings.service[law], SERVICE, law, settings.number, shared=shared)
        self._service[law] = column
        return column

    def _ticks_of_later_news(self, packed: int, number: int) -> int:
        """The service of a further report on one recipient, which stands in no column."""
        settings = self.settings
        entity = WHOLE if settings.shared[REPORT] else number
        attempt = (packed & ORDINAL) >> LATER_NEWS << 16
        if settings.shared[REPORT]:
            attempt = 0
        return self.times.at(settings.service[REPORT], SERVICE, REPORT, settings.number, entity, attempt)
