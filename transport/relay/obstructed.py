"""A stage whose attempts meet obstacles: its own rate limit, faults, a greylist; and which tells the sender of delays."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import SUB_SHIFT
from transport.relay.envelope import FOREIGN, REPORT, Envelope
from transport.relay.faults import Faults
from transport.relay.greylist import Greylist
from transport.relay.pace import Pace
from transport.relay.settings import Stage as Settings
from transport.relay.settings import Trouble
from transport.relay.stage import Stage
from transport.sometimes import Rare, Sometimes
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

NOTICE_BIT: Final = 1 << 30
WAKE_BIT: Final = 1
"""Ordinal bits that keep these events apart from others of the same envelope and stage."""


class ObstructedStage(Stage):
    """A stage as it is in bad company.

    The rate limit spaces the beginnings of service, foreign mail's included. Faults and the greylist concern the scenario's
    own mail; greylisting that of recipients only, for reports go the other way.

    Args:
        rejected: takes an envelope that is refused for good.
        delayed: takes an envelope that has been here too long, and stays.
    """

    def __init__(
        self,
        settings: Settings,
        clock: "VirtualLoop",
        times: Times,
        bounced: Callable[[Envelope], None],
        sometimes: Sometimes,
        *,
        rejected: Callable[[Envelope], None],
        delayed: Callable[[Envelope], None],
    ) -> None:
        super().__init__(settings, clock, times, bounced, sometimes)
        self.rejected = rejected
        self.delayed = delayed
        self._can_fail = True
        self._unlimited = self._unlimited and settings.interval <= 0.0  # with a pace there is a line
        self._pace = Pace(settings.interval) if settings.interval > 0.0 else None
        self._wakes_at = -1
        self._faults = Faults(settings.faults, times, settings.number, sometimes) if settings.faults else None
        self._troubles: dict[Envelope, Trouble] = {}
        self._greylist = (
            Greylist(settings.greylist, times.draws, settings.number, sometimes)
            if settings.greylist is not None
            else None
        )
        self._inside: dict[Envelope, None] = {}

    # --- coming in, and staying too long -------------------------------------------------------------------------

    def enter_all(self, envelopes: list[Envelope]) -> None:
        """Take jobs of one message at the present tick, and look after them when a notice of delay is due."""
        after = self.settings.delay_notice[envelopes[0].law] if envelopes else -1
        if after >= 0 and envelopes[0].kind < REPORT:
            self._inside.update(dict.fromkeys(envelopes))
            at = self._ends + (1 << SUB_SHIFT) | envelopes[0].packed | NOTICE_BIT  # who leaves now is in time
            self._push((self.clock.now + after, at, self._look_after, tuple(envelopes), None))
        super().enter_all(envelopes)

    def _look_after(self, envelopes: tuple[Envelope, ...], _: object) -> None:
        for envelope in envelopes:
            if envelope in self._inside and not envelope.withdrawn:
                self.sometimes.note(Rare.DELAY_NOTICE)
                self.delayed(envelope)

    # --- the rate limit --------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        pace = self._pace
        if pace is None:
            super()._serve()
            return
        while not self._down and self._free and self._line.waiting:
            now = self.clock.now
            if not pace.allows(now):
                self.sometimes.note(Rare.THROTTLED)
                self._wake_at(pace.opens)
                return
            pace.take(now)
            self._serve_one()

    def _wake_at(self, tick: int) -> None:
        if self._wakes_at < 0:
            self._wakes_at = tick
            self._push((tick, self._takes_in | WAKE_BIT, self._wake, None, None))

    def _wake(self, _: object, __: object) -> None:
        self._wakes_at = -1
        self._serve()

    # --- attempts ----------------------------------------------------------------------------------------------------

    def _start(self, envelope: Envelope) -> None:
        faults = self._faults
        if faults is None or envelope.kind >= FOREIGN:
            super()._start(envelope)
            return
        now, cell, law = self.clock.now, envelope.cell, envelope.law
        if cell and not envelope.failures:
            if not envelope.epoch:
                self.waits[law][cell] = now - envelope.entered
            ticks = (self._service[law] or self._fill_service(law))[cell]
        else:
            ticks = self._ticks_off_column(envelope)
        trouble, ticks = faults.meet(envelope, now, ticks)
        if trouble is None:
            self._troubles.pop(envelope, None)  # an outage made it begin anew
        else:
            self._troubles[envelope] = trouble
        if self._remembers:
            self._in_service[envelope] = None
        self._push((now + ticks, self._ends | envelope.packed, self._end, envelope, envelope.epoch))

    def _attempt_fails(self, envelope: Envelope) -> bool:
        trouble = self._troubles.pop(envelope, None)
        if envelope.withdrawn:
            return False
        if trouble is Trouble.REJECT:
            self.own -= 1
            self._inside.pop(envelope, None)
            self.rejected(envelope)
            return True
        if trouble is not None or self._meets_failure(envelope) or self._is_greylisted(envelope):
            self._try_again(envelope)
            return True
        self._inside.pop(envelope, None)
        return False

    def _is_greylisted(self, envelope: Envelope) -> bool:
        greylist = self._greylist
        return (
            greylist is not None
            and envelope.kind < REPORT
            and greylist.defers(envelope.entity, envelope.kind, self.clock.now)
        )

    def _give_up(self, envelope: Envelope, _: object) -> None:
        self._inside.pop(envelope, None)
        super()._give_up(envelope, _)
