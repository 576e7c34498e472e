"""The way back: reports, DSNs and notices of delay on their way to the sender."""

from typing import TYPE_CHECKING, Final

from transport.clock.ranks import RANK_SHIFT, Rank
from transport.relay.envelope import REPORT, Envelope, Notice
from transport.relay.plain_stage import LATER_NEWS, PlainStage
from transport.relay.stage import Stage
from transport.relay.ways import Ways
from transport.streams.draws import WHOLE
from transport.streams.purposes import SERVICE

if TYPE_CHECKING:
    from transport.relay.relay import Relay

DELIVER: Final = Rank.DELIVER << RANK_SHIFT
SENDER: Final = Rank.SENDER << RANK_SHIFT


class WayBack:
    """What brings news to the sender through the same servers.

    In lanes of their own (not `shared`) news take the same service times and latencies as mail and wait for nobody.

    Args:
        relay: the servers.
        ways: which stages a recipient's mail takes.
        shared: whether news queue with the mail to recipients.
    """

    def __init__(self, relay: "Relay", ways: Ways, *, shared: bool) -> None:
        self._relay: Final = relay
        self._clock: Final = relay.clock
        self._ways: Final = ways
        self._shared: Final = shared
        place = ways.common[REPORT][0]
        first = relay.stages[place] if place < len(relay.stages) else None
        self._enter_plainly = first.enter_next if isinstance(first, PlainStage) and shared else None

    def send(self, number: int, kind: int, told: int, attempt: int = 0) -> None:
        """Send news about recipient `number` to the sender; it enters the servers on the next tick.

        Args:
            number: the recipient.
            kind: report, DSN or notice of delay.
            told: codes.Told.
            attempt: the how-manieth news of its kind about this recipient it is, from 0.
        """
        if self._enter_plainly is not None and kind == REPORT:
            self._enter_plainly(REPORT, number, attempt << LATER_NEWS | told)
            return
        relay, tick = self._relay, self._clock.now + 1
        make = Notice if attempt or kind != REPORT else Envelope
        envelope = make(kind, number, attempt << LATER_NEWS | told)
        if self._shared:
            first = self._ways.next(REPORT, number, 0)
            if first < len(relay.stages):
                target = relay.stages[first]
                assert isinstance(target, Stage)  # where mail bounces no stage is plain
                target.enter_at(tick, envelope, SENDER | envelope.packed)
                return
        for place in self._ways.stops(REPORT, number):
            settings = relay.stages[place].settings
            entity = WHOLE if settings.shared[REPORT] else number
            law = settings.service[REPORT]
            tick += relay.times.at(law, SERVICE, kind, place, entity, envelope.attempt)
        if relay.link_is_special and relay.meets_mishap(envelope, tick):
            return
        tick += relay.latency_of(envelope)
        self._clock.at(tick, DELIVER | envelope.packed, relay.returned, number, envelope.ordinal)
