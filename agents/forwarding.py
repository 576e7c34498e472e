"""Forwarding: copies that people make for others outside the list, each of whom sees the content on arrival.

A forwarded copy is a new *sent* (recall.md 5). No recall reaches it (R6.3); it goes over the link in the time that the
original takes there, waits in no queue and does not get lost.
"""

from agents.world import ORIGINAL, World
from transport.clock.ranks import Rank, order
from transport.streams.purposes import FORWARD_LATENCY

FORWARDED = 1 << 31
"""Tells the arrival of a forwarded copy from that of the original at the same recipient."""


class Forwarding:
    """Everybody's forwarded copies.

    Args:
        world: the surroundings.

    Attributes:
        under_way: how many have not arrived.
        arrived: how many have.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.under_way = 0
        self.arrived = 0

    def send(self, number: int, to: int, who: str) -> None:
        """Recipient `number`, or a rule in that mailbox (`who`), sends the original on to `to` people."""
        world = self.world
        forwarded, now = world.ledger.forwarded, world.clock.now
        if world.observer is not None:
            world.observer.note(who, "forwards", number, message="original", to=to)
        law = world.plan.link.latency[ORIGINAL]
        for ordinal in range(forwarded[number], forwarded[number] + to):
            tick = now + world.times.at(law, FORWARD_LATENCY, ORIGINAL, 0, number, ordinal)
            at = order(Rank.DELIVER, number, ORIGINAL, FORWARDED | ordinal)
            world.clock.at(max(tick, world.clock.due(0, Rank.DELIVER)), at, self._arrives, number)
            self.under_way += 1
        forwarded[number] += to

    def _arrives(self, number: int, _: object) -> None:
        self.under_way -= 1
        self.arrived += 1
        self.world.ledger.forwarded_seen[number] += 1
        if self.world.observer is not None:
            self.world.observer.note("outsider", "sees a forwarded copy", number)
