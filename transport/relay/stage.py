"""A queueing place of the servers: workers, service, failed attempts, and what waits in line.

Order within a tick (ranks.py): what returns from a retry or comes from outside the model enters (sub-rank 3k), then what
has entered is taken in, ordered by a uniform of its recipient so that no group is served first (3k + 1), then services
end (3k + 2).
"""

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import RANK_SHIFT, SUB_SHIFT, Rank
from transport.recall.codes import Kind
from transport.relay.envelope import FOREIGN, Distribution, Envelope, Foreign
from transport.relay.line import Line
from transport.relay.retries import Retries
from transport.relay.settings import Stage as Settings
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import BACKGROUND, WHOLE
from transport.streams.purposes import FAILURE, QUEUE_ORDER, SERVICE
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

STANDING: Final = Kind.STANDING.value


class Stage:
    """One stage at work.

    Args:
        settings: what it is set to.
        clock: the loop it lives in.
        times: chance, in ticks.
        bounced: takes an envelope that is given up.
        sometimes: counts what is rare.

    Attributes:
        onward: by law: takes an envelope that has been served; set by the relay.
        waits, sojourns: by kind, ticks of each recipient's first attempt, -1 where there was none; cell 0 means nothing.
        own: how many of the scenario's own jobs are in the stage, waiting for a retry included.
        begin_background: called when the first own job comes, if the stage has a background that starts then.
    """

    def __init__(
        self,
        settings: Settings,
        clock: "VirtualLoop",
        times: Times,
        bounced: Callable[[Envelope], None],
        sometimes: Sometimes,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.times = times
        self.draws = times.draws
        self._push = clock.push
        self.bounced = bounced
        self.sometimes = sometimes
        self.onward: list[Callable[[Envelope], None]] = []
        self.begin_background: Callable[[], None] | None = None
        self.waits = tuple(array("q", [-1]) * (times.count + 1) for _ in range(4))
        self.sojourns = tuple(array("q", [-1]) * (times.count + 1) for _ in range(4))
        self.own = 0
        self._service: list[Sequence[int]] = [()] * 4
        self._line = Line(settings, sometimes)
        self._unlimited = settings.workers == 0
        self._bounded = not self._unlimited
        self._free = settings.workers or 1
        self._in_service: dict[Envelope, None] = {}
        self._remembers = bool(settings.outages)
        self._can_fail = any(odds > 0.0 for odds in settings.failure)
        self._down = False
        self._incoming: dict[int, list[Envelope]] = {}
        rank, number = Rank.SERVE << RANK_SHIFT, settings.number
        self._enters = rank | 3 * number << SUB_SHIFT
        self._takes_in = rank | 3 * number + 1 << SUB_SHIFT
        self._ends = rank | 3 * number + 2 << SUB_SHIFT
        self._retries = Retries(settings, clock, times.draws, sometimes, self._enters)

    @property
    def peak(self) -> int:
        """The greatest number of the scenario's own jobs that ever waited."""
        return self._line.peak

    # --- coming in -----------------------------------------------------------------------------------------------

    def enter(self, envelope: Envelope) -> None:
        """Take a job at the present tick; it queues with all that enter at this tick."""
        self.enter_all([envelope])

    def enter_all(self, envelopes: list[Envelope]) -> None:
        """Take jobs of one message at the present tick."""
        if not envelopes:
            return
        now = self.clock.now
        if envelopes[0].kind < FOREIGN:
            self.own += len(envelopes)
            if self.begin_background is not None:
                begin, self.begin_background = self.begin_background, None
                begin()
        for envelope in envelopes:
            envelope.entered = now
            envelope.failures = envelope.epoch = 0
        self._join(envelopes, now)

    def enter_at(self, tick: int, envelope: Envelope, order: int) -> None:
        """Take a fresh job at a tick to come; `order` is that of its coming, if that needs an event of its own."""
        if self._unlimited or self.begin_background is not None:
            self._push((tick, order, self._enter_now, envelope, None))
            return
        envelope.entered = tick
        self.own += 1
        if tick in self._incoming:
            self._incoming[tick].append(envelope)
        else:
            self._incoming[tick] = [envelope]
            self._push((tick, self._takes_in, self._take_in, tick, None))

    def _enter_now(self, envelope: Envelope, _: object) -> None:
        self.enter(envelope)

    def _join(self, envelopes: list[Envelope], tick: int) -> None:
        """Join those who are taken in at `tick`; where there are workers for all, nobody waits for that."""
        if self._unlimited and not self._down:
            for envelope in envelopes:
                self._start(envelope)
        elif tick in self._incoming:
            self._incoming[tick] += envelopes
        else:
            self._incoming[tick] = envelopes
            self._push((tick, self._takes_in, self._take_in, tick, None))

    def enter_standing(self, jobs: int) -> None:
        """Find the stage in its stationary state, with `jobs` foreign jobs in it; exponential service has no memory."""
        for ordinal in range(jobs):
            envelope = Foreign(STANDING, BACKGROUND + self.settings.number, ordinal)
            envelope.entered = self.clock.now
            self._line.append(envelope)
        self._serve()

    def _take_in(self, tick: int, _: object) -> None:
        incoming = self._incoming.pop(tick)
        if len(incoming) > 1:
            self._line_up(incoming)
        line = self._line
        for envelope in incoming:
            if envelope.withdrawn:
                self.own -= 1
            else:
                line.append(envelope)
        if self._free:
            self._serve()
        line.note_peak()

    def _line_up(self, incoming: list[Envelope]) -> None:
        """Order jobs that enter at one tick by a uniform of the recipient, the same for every kind of message."""
        incoming.sort(key=self._place_in_line)

    def _place_in_line(self, envelope: Envelope) -> tuple[float, int]:
        ordinal = 0 if envelope.kind < FOREIGN and envelope.entity != WHOLE else envelope.ordinal
        return self.draws.uniform(QUEUE_ORDER, 0, 0, envelope.entity, ordinal), envelope.packed

    # --- service -------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Give work to the free workers."""
        while self._free and self._line.waiting and not self._down:
            self._serve_one()

    def _serve_one(self) -> None:
        if self._bounded:
            self._free -= 1
        self._start(self._line.take())

    def _start(self, envelope: Envelope) -> None:
        cell, epoch, now = envelope.cell, envelope.epoch, self.clock.now
        if cell and not envelope.failures:
            law = envelope.law
            if not epoch:
                self.waits[law][cell] = now - envelope.entered
            ticks = (self._service[law] or self._fill_service(law))[cell]
        else:
            ticks = self._ticks_off_column(envelope)
        if self._remembers:
            self._in_service[envelope] = None
        self._push((now + ticks, self._ends | envelope.packed, self._end, envelope, epoch))

    def _fill_service(self, law: int) -> Sequence[int]:
        settings = self.settings
        column = self.times.column(
            settings.service[law], SERVICE, law, settings.number, shared=settings.shared[law]
        )
        self._service[law] = column
        return column

    def _ticks_off_column(self, envelope: Envelope) -> int:
        """The service of what is no recipient's first attempt: several recipients, a later attempt, foreign mail."""
        settings, number, kind = self.settings, self.settings.number, envelope.kind
        if kind >= FOREIGN:
            assert settings.background is not None
            law = settings.background.service
            return self.times.at(law, SERVICE, kind, number, envelope.entity, envelope.ordinal)
        if not envelope.failures and not envelope.epoch:
            self._note_all(self.waits, envelope)
        law = settings.service[envelope.law]
        if settings.shared[envelope.law]:
            return self.times.at(law, SERVICE, kind, number, WHOLE, envelope.failures)
        return self.times.at(law, SERVICE, kind, number, envelope.entity, envelope.attempt)

    def _end(self, envelope: Envelope, epoch: int) -> None:
        if envelope.epoch != epoch:
            return  # an outage made it start over
        if self._remembers:
            del self._in_service[envelope]
        if envelope.kind < FOREIGN:
            cell, law = envelope.cell, envelope.law
            if not envelope.failures:
                if cell:
                    self.sojourns[law][cell] = self.clock.now - envelope.entered
                else:
                    self._note_all(self.sojourns, envelope)
            if not self._can_fail or not self._attempt_fails(envelope):
                self.own -= 1
                if not envelope.withdrawn:
                    self.onward[law](envelope)
                else:
                    self.sometimes.note(Rare.WITHDRAWN_IN_SERVICE)
        if self._bounded:
            self._free += 1
            if self._line.waiting:
                self._serve()

    def _note_all(self, columns: tuple["array[int]", ...], envelope: Envelope) -> None:
        """Note the present time in the stage for every recipient of a distribution."""
        if isinstance(envelope, Distribution):
            first, size = envelope.first, envelope.last + 1 - envelope.first
            ticks = self.clock.now - envelope.entered
            columns[envelope.law][first : first + size] = array("q", [ticks]) * size

    # --- failed attempts -----------------------------------------------------------------------------------------

    def _attempt_fails(self, envelope: Envelope) -> bool:
        """Whether the attempt that has just ended failed; if so, see to the next one."""
        if envelope.withdrawn or not self._meets_failure(envelope):
            return False
        self._try_again(envelope)
        return True

    def _meets_failure(self, envelope: Envelope) -> bool:
        odds = self.settings.failure[envelope.law]
        if odds <= 0.0:
            return False
        number, entity, attempt = self.settings.number, envelope.entity, envelope.attempt
        return self.draws.uniform(FAILURE, envelope.kind, number, entity, attempt) < odds

    def _try_again(self, envelope: Envelope) -> None:
        self._retries.follow(envelope, self._return, self._give_up)

    def _return(self, envelope: Envelope, _: object) -> None:
        if envelope.withdrawn:
            self.own -= 1
        else:
            self._join([envelope], self.clock.now)

    def _give_up(self, envelope: Envelope, _: object) -> None:
        self.own -= 1
        if not envelope.withdrawn:
            self.bounced(envelope)

    # --- being taken back, going down ----------------------------------------------------------------------------

    def withdraw(self, envelope: Envelope) -> None:
        """Take a job back (S1): one that waits leaves at once, one in service at its end, undelivered."""
        envelope.withdrawn = True
        if envelope.waits:
            self._line.withdraw()
            self.own -= 1

    def halt(self) -> None:
        """Begin an outage: what is in service goes back to the head of its line, what comes waits."""
        self._down = True
        for envelope in reversed(self._in_service):
            envelope.epoch += 1
            self.sometimes.note(Rare.STARTED_OVER)
            if self._bounded:
                self._free += 1
            if envelope.withdrawn:
                self.own -= 1
                continue
            self._line.put_back(envelope)
        self._in_service.clear()
        self._line.note_peak()

    def resume(self) -> None:
        """End an outage."""
        self._down = False
        self._serve()

    def jobs(self) -> list[Envelope]:
        """The jobs that wait in line or are about to be taken in (those in service stand in the event list)."""
        jobs = chain(self._line, *self._incoming.values())
        return [envelope for envelope in jobs if not envelope.withdrawn]
