"""What agents share: the clock, chance, the servers, and the ledger in which they write down what happened."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.ledger import Ledger
from agents.observer import Observer
from agents.records import Plan
from transport.clock.loop import VirtualLoop
from transport.recall.codes import Kind
from transport.relay.relay import Relay
from transport.streams.draws import Draws
from transport.streams.times import Times

if TYPE_CHECKING:
    from agents.administrator import Administrator
    from agents.effects import Effects
    from agents.forwarding import Forwarding

ORIGINAL = Kind.ORIGINAL.value
REQUEST = Kind.REQUEST.value
REPLACEMENT = Kind.REPLACEMENT.value


@dataclass(slots=True)
class World:
    """One replication's shared surroundings.

    Attributes:
        offset: the tick of the week at t = 0.
        observer: hears what happens when somebody wants a trace, else `None`.
        administrator: who removes originals beside the recall, if anybody does (S13).
    """

    plan: Plan
    clock: VirtualLoop
    draws: Draws
    times: Times
    relay: Relay
    ledger: Ledger
    offset: int
    observer: Observer | None
    effects: "Effects" = field(init=False)
    forwarding: "Forwarding" = field(init=False)
    administrator: "Administrator | None" = None

    def happens(
        self, share: float, purpose: int, message: int, place: int, entity: int, ordinal: int = 0
    ) -> bool:
        """Whether something of probability `share` happens at its address; certain things draw nothing."""
        if share <= 0.0:
            return False
        return share >= 1.0 or self.draws.uniform(purpose, message, place, entity, ordinal) < share
