"""The servers as running agents: what keeps a stage busy, and what stops it. Tasks, for they loop."""

from collections.abc import Callable

from agents.world import World
from transport.clock.ranks import Rank, order
from transport.recall.codes import Kind
from transport.relay.envelope import Foreign
from transport.relay.settings import Start
from transport.relay.stage import Stage
from transport.relay.stationary import stationary_jobs
from transport.sometimes import Rare
from transport.streams.draws import BACKGROUND
from transport.streams.purposes import ARRIVAL, STANDING

FOREIGN = Kind.BACKGROUND.value


class Server:
    """The life of one stage beside the mail that is watched: foreign mail, outages.

    Args:
        world: the surroundings.
        stage: the stage.
        own_mail_may_come: whether any of the scenario's own jobs may still enter this stage.
    """

    def __init__(self, world: World, stage: Stage, own_mail_may_come: Callable[[], bool]) -> None:
        self.world = world
        self.stage = stage
        self.settings = stage.settings
        self.own_mail_may_come = own_mail_may_come
        self.entity = BACKGROUND + self.settings.number

    def begin(self) -> None:
        """Start what this stage needs: nothing, for most.

        A stationary background begins in its stationary state with the first own job: what happened before that does
        not matter, the state it finds has the same law at any time. Before an outage that is not so, and it begins at once.
        """
        name, clock = self.settings.name, self.world.clock
        if self.settings.outages:
            clock.create_task(self._fail_and_return(), name=f"server {name}, outages")
        background = self.settings.background
        if background is None or (self.settings.workers == 0 and self.settings.interval <= 0.0):
            return  # foreign mail keeps nobody waiting where there are workers for all
        if background.start is Start.STATIONARY and self.settings.outages:
            self._begin_stationary()
        elif background.start is Start.STATIONARY:
            self.stage.begin_background = self._begin_stationary
        else:
            clock.create_task(self._foreign_mail(background.begins), name=f"server {name}, background")

    def _begin_stationary(self) -> None:
        background = self.settings.background
        assert background is not None
        u = self.world.draws.uniform(STANDING, 0, self.settings.number, self.entity)
        self.stage.enter_standing(stationary_jobs(background.load, self.settings.workers, u))
        clock = self.world.clock
        clock.create_task(self._foreign_mail(clock.now), name=f"server {self.settings.name}, background")

    async def _foreign_mail(self, tick: int) -> None:
        """Let foreign mail arrive as long as it can keep own mail waiting."""
        world, background = self.world, self.settings.background
        assert background is not None
        number = 0
        while True:
            tick += world.times.at(
                background.gap, ARRIVAL, FOREIGN, self.settings.number, self.entity, number
            )
            at = order(Rank.SERVE, self.entity, FOREIGN, number, sub=3 * self.settings.number)
            await world.clock.sleep_until(tick, at)
            if not self.own_mail_may_come():
                return
            self.stage.enter(Foreign(FOREIGN, self.entity, number))
            number += 1

    async def _fail_and_return(self) -> None:
        """Go down and come back at the hours that the scenario names."""
        clock, number = self.world.clock, self.settings.number
        for begins, ends in self.settings.outages:
            await clock.sleep_until(begins, order(Rank.SWITCH, self.entity, ordinal=number))
            self._note("goes down")
            if self.stage.own and 0 <= self.world.ledger.asked <= clock.now:
                self.stage.sometimes.note(Rare.OUTAGE_DURING_RECALL)
            self.stage.halt()
            await clock.sleep_until(ends, order(Rank.SWITCH, self.entity, ordinal=number))
            self._note("comes back")
            self.stage.resume()

    def _note(self, event: str) -> None:
        if self.world.observer is not None:
            self.world.observer.note(f"server {self.settings.name}", event)
