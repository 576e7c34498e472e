"""What goes wrong on the link: a message is lost, or comes twice and is dropped the second time by its message id.

A server that has taken a message, but whose answer gets lost, is sent it again (RFC 1047). Mailbox servers know the second
copy by its message id.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import RANK_SHIFT, Rank
from transport.recall.codes import Kind
from transport.relay.envelope import REPORT, Envelope
from transport.relay.settings import Link
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import WHOLE
from transport.streams.purposes import DUPLICATE, LATENCY, LOSS
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

AGAIN: Final = 1 << 31
"""The ordinal bit of a second copy, in its draws and in the order of its event."""
DELIVER: Final = Rank.DELIVER << RANK_SHIFT
REQUEST: Final = Kind.REQUEST.value

Arrive = Callable[[Envelope], None]
Id = tuple[int, int, int]  # recipient, kind, ordinal


class Mishaps:
    """Losses and duplicates of one replication.

    Args:
        link: the odds.
        clock: the loop to live in.
        times: chance, in ticks.
        sometimes: counts what is rare.

    Attributes:
        happen: whether there can be any.
    """

    def __init__(self, link: Link, clock: "VirtualLoop", times: Times, sometimes: Sometimes) -> None:
        self._link: Final = link
        self._clock: Final = clock
        self._times: Final = times
        self._sometimes: Final = sometimes
        self._expected: Final[dict[Id, tuple[Envelope, Arrive]]] = {}
        self.happen: Final = any(odds > 0.0 for odds in (*link.loss, *link.duplicate))

    def loses(self, envelope: Envelope) -> bool:
        """Whether the link loses it."""
        lost = self._befalls(self._link.loss[envelope.law], LOSS, envelope)
        if lost:
            self._sometimes.note(Rare.LOST if envelope.kind < REPORT else Rare.REPORT_LOST)
        return lost

    def doubles(self, envelope: Envelope) -> bool:
        """Whether it is sent twice."""
        return self._befalls(self._link.duplicate[envelope.law], DUPLICATE, envelope)

    def _befalls(self, odds: float, purpose: int, envelope: Envelope) -> bool:
        if odds <= 0.0:
            return False
        u = self._times.draws.uniform(purpose, envelope.kind, 0, envelope.entity, envelope.ordinal >> 8)
        return u < odds

    def send_twice(self, envelope: Envelope, tick: int, arrives: int, arrive: Arrive) -> None:
        """Put two copies on the link: one that `arrives` at a tick, one with a latency of its own from `tick` on."""
        self._expected[_id_of(envelope)] = envelope, arrive
        law, link = envelope.law, self._link
        entity = WHOLE if link.shared[law] else envelope.entity
        ordinal = AGAIN | envelope.ordinal >> 8
        again = self._times.at(link.latency[law], LATENCY, envelope.kind, 0, entity, ordinal)
        at = DELIVER | envelope.packed
        self._clock.at(arrives, at, self.arrive, envelope, 0)
        self._clock.at(tick + again, at | AGAIN, self.arrive, envelope, 1)

    def arrive(self, envelope: Envelope, again: int) -> None:
        """One of two copies arrives; `again`: it is the one that was sent later. The first one counts."""
        expected = self._expected.pop(_id_of(envelope), None)
        if expected is not None:
            if again:
                self._sometimes.note(Rare.DUPLICATE_FIRST)
            expected[1](envelope)
            return
        self._sometimes.note(Rare.DUPLICATE_DROPPED)
        if envelope.kind == REQUEST:
            self._sometimes.note(Rare.REQUEST_TWICE)

    def under_way(self) -> Iterator[Envelope]:
        """The messages that were sent twice and have not arrived once."""
        return (envelope for envelope, _ in self._expected.values())


def _id_of(envelope: Envelope) -> Id:
    return envelope.entity, envelope.kind, envelope.ordinal
