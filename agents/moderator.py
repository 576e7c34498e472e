"""The moderators of lists: each looks at what waits for them after a time of their own, and the first decides."""

from agents.observer import name_of
from agents.world import World
from transport.clock.ranks import Rank, order
from transport.relay.settings import MailingList, Moderation
from transport.streams.draws import WHOLE
from transport.streams.purposes import APPROVAL, MODERATOR_READS

MODERATORS = 0xE0000000
"""The entity of the moderators of list 0 in the order of events; those of list k have k more."""


class Moderators:
    """The moderators of all lists. What each does once is an event, not a task.

    Args:
        world: the surroundings.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def hear(self, number: int, kind: int) -> None:
        """A message waits: find out who decides when, and whether that is in time."""
        world = self.world
        each, moderation = self._list(number)
        decided = self._first_look(each, moderation, kind)
        lasts = moderation.expires[kind]
        self._note("waits for a moderator", each, kind)
        at = order(Rank.LOOK, MODERATORS + number, kind)
        if decided <= lasts:
            world.clock.at(world.clock.now + decided, at, self._decide, number, kind)
        else:
            world.clock.at(world.clock.now + lasts, at, self._expire, number, kind)

    def _first_look(self, each: MailingList, moderation: Moderation, kind: int) -> int:
        """Ticks until the first moderator decides."""
        law = moderation.reads[kind]
        return min(
            self.world.times.at(law, MODERATOR_READS, kind, each.number, WHOLE, ordinal)
            for ordinal in range(moderation.moderators)
        )

    def _decide(self, number: int, kind: int) -> None:
        world = self.world
        each, moderation = self._list(number)
        if world.happens(moderation.approve[kind], APPROVAL, kind, number, WHOLE):
            self._note("is let pass by a moderator", each, kind)
            at = order(Rank.SENDER, MODERATORS + number, kind)  # what follows a look happens on the next tick
            world.clock.at(world.clock.now + 1, at, world.relay.moderation.approve, number, kind)
        else:
            self._note("is refused by a moderator", each, kind)
            world.relay.moderation.reject(number, kind)

    def _expire(self, number: int, kind: int) -> None:
        self._note("waited too long for a moderator", self._list(number)[0], kind)
        self.world.relay.moderation.expire(number, kind)

    def _list(self, number: int) -> tuple[MailingList, Moderation]:
        each = self.world.plan.lists[number]
        assert each.moderation is not None
        return each, each.moderation

    def _note(self, event: str, each: MailingList, kind: int) -> None:
        if self.world.observer is not None:
            self.world.observer.note("moderators", event, list=each.name, message=name_of(kind))
