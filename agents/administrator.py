"""The administrator: removes the original from mailboxes beside any recall, once told of it (S13)."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from agents.seat import Recipient
from agents.world import ORIGINAL, World
from transport.clock.loop import NEVER
from transport.clock.ranks import Rank, order
from transport.recall.codes import Status
from transport.recall.facts import PurgeFacts
from transport.recall.servers import decide_purge
from transport.streams.draws import SENDER
from transport.streams.purposes import PURGE_ACT, QUEUE_ORDER

PENDING: Final = Status.PENDING.value
PURGES: Final = 3  # sub-rank within PROCESS: after the recall agent


class Administrator:
    """Who can look into every mailbox within reach, one after the other at a given rate.

    Args:
        world: the surroundings; their plan has a purge.
        boxes: the mailboxes by recipient number, `None` while there is none.
    """

    def __init__(self, world: World, boxes: Sequence[Recipient | None]) -> None:
        plan = world.plan.purge
        assert plan is not None
        self.world = world
        self.plan = plan
        self.boxes = boxes
        self._acts = world.times.at(plan.acts, PURGE_ACT, 0, 0, SENDER)
        self._free_at = 0.0

    def notice(self, noticed: int) -> None:
        """The sender notices at that tick, and tells: every mailbox within reach is gone through, in an order of its own."""
        begins = noticed + self._acts
        if self.plan.on_notice and begins <= self.world.plan.horizon:
            draws = self.world.draws
            groups = (group for group in self.world.plan.groups if group.purgeable)
            numbers = chain.from_iterable(range(g.first, g.first + g.size) for g in groups)
            for number in sorted(numbers, key=lambda n: (draws.uniform(QUEUE_ORDER, 0, 0, n), n)):
                self._order(number, begins)

    def failed(self, number: int) -> None:
        """A recall has failed or was refused: its mailbox is gone to, if it is within reach."""
        if not self.plan.on_notice and self._acts < NEVER and self.world.plan.group_of(number).purgeable:
            self._order(number, self.world.clock.due(self._acts, Rank.PROCESS))

    def _order(self, number: int, begins: int) -> None:
        """Put a mailbox behind those that were ordered before."""
        self._free_at = max(self._free_at, float(begins)) + self.plan.gap
        at = order(Rank.PROCESS, number, ORIGINAL, sub=PURGES)
        self.world.clock.at(int(self._free_at + 0.5), at, self._come_to, number)

    def _come_to(self, number: int, _: object) -> None:
        """Look into one mailbox; what is not there now is not waited for."""
        box = self.boxes[number]
        original = None if box is None else box.copies[ORIGINAL]
        if box is None or original is None:
            return
        verdict = decide_purge(
            PurgeFacts(
                within_reach=box.group.purgeable,
                present=original.here,
                fetched=original.fetched,
                read=original.read,
                read_too=self.plan.read_too,
            )
        )
        if verdict.status != PENDING:
            self.world.effects.purge(box, verdict)
