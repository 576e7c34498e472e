"""Faults of a stage, as test mail servers know them: reject, defer, disconnect, rate limit, delay.

What an attempt meets is settled when it begins, by the faults whose window is open then; they are asked in their order, and
the first that ends the attempt decides. Delays add up.
"""

from typing import Final, NamedTuple

from transport.relay.envelope import Envelope
from transport.relay.pace import Pace
from transport.relay.settings import Fault, Trouble
from transport.sometimes import Rare, Sometimes
from transport.streams.purposes import FAULT, FAULT_TIME
from transport.streams.times import Times


class Fate(NamedTuple):
    """What an attempt meets.

    Attributes:
        trouble: what ends it badly, if anything does.
        ticks: how long it takes.
    """

    trouble: Trouble | None
    ticks: int


_COUNTED: Final = {
    Trouble.REJECT: Rare.REJECTED,
    Trouble.DEFER: Rare.DEFERRED,
    Trouble.DISCONNECT: Rare.DISCONNECTED,
    Trouble.RATE_LIMIT: Rare.RATE_LIMITED,
    Trouble.DELAY: Rare.SLOWED,
}


class Faults:
    """The faults of one stage at work.

    Args:
        faults: the settings, in the order in which they are asked.
        times: chance, in ticks.
        place: number of the stage.
        sometimes: counts what is rare.
    """

    def __init__(self, faults: tuple[Fault, ...], times: Times, place: int, sometimes: Sometimes) -> None:
        self._faults: Final = faults
        self._times: Final = times
        self._place: Final = place
        self._sometimes: Final = sometimes
        self._paces: Final = {
            fault.number: Pace(fault.interval) for fault in faults if fault.trouble is Trouble.RATE_LIMIT
        }

    def meet(self, envelope: Envelope, now: int, ticks: int) -> Fate:
        """What an attempt of `ticks` ticks that begins at tick `now` meets."""
        for fault in self._faults:
            if not (
                fault.kinds[envelope.law]
                and fault.begins <= now < fault.ends
                and self._strikes(fault, envelope)
            ):
                continue
            trouble = fault.trouble
            if trouble is Trouble.RATE_LIMIT and self._has_room(fault, now):
                continue
            self._sometimes.note(_COUNTED[trouble])
            if trouble is Trouble.DELAY:
                ticks += self._time(fault, envelope)
                continue
            if trouble is Trouble.DISCONNECT:
                ticks = int(ticks * self._uniform(FAULT_TIME, fault, envelope))
            return Fate(trouble, ticks)
        return Fate(None, ticks)

    def _strikes(self, fault: Fault, envelope: Envelope) -> bool:
        odds = fault.odds[envelope.law]
        return odds >= 1.0 or self._uniform(FAULT, fault, envelope) < odds

    def _has_room(self, fault: Fault, now: int) -> bool:
        """Whether the attempt is within the limit; one that is refused uses nothing up."""
        pace = self._paces[fault.number]
        if not pace.allows(now):
            return False
        pace.take(now)
        return True

    def _uniform(self, purpose: int, fault: Fault, envelope: Envelope) -> float:
        place = self._place | fault.number << 8
        return self._times.draws.uniform(purpose, envelope.kind, place, envelope.entity, envelope.attempt)

    def _time(self, fault: Fault, envelope: Envelope) -> int:
        place, law = self._place | fault.number << 8, fault.by[envelope.law]
        return self._times.at(law, FAULT_TIME, envelope.kind, place, envelope.entity, envelope.attempt)
