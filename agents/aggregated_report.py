"""The aggregated report of a recall: one page for all recipients instead of a report each (S8).

It opens some time after the asking and is live: what is decided later stands in it at the next tick. After its last day
nothing more is learned from it. Choice: the sender looks at it whenever something changes.
"""

from typing import Final

from agents.world import World
from transport.clock.loop import NEVER
from transport.clock.ranks import Rank, order
from transport.recall.codes import Kind
from transport.streams.draws import SENDER
from transport.streams.purposes import REPORT_OPENS

REPORT: Final = Kind.REPORT.value


class AggregatedReport:
    """The page that the sender can read.

    Args:
        world: the surroundings; their plan has an aggregated report.
    """

    def __init__(self, world: World) -> None:
        plan = world.plan.report
        assert plan is not None
        self.world = world
        self.plan = plan
        self._opens = NEVER
        self._closes = NEVER
        self._is_open = False
        self._kept: list[tuple[int, int]] = []

    def ordered(self) -> None:
        """The sender asked for the recall: the page opens later."""
        clock = self.world.clock
        ticks = self.world.times.at(self.plan.opens, REPORT_OPENS, REPORT, 0, SENDER)
        self._opens = clock.due(ticks, Rank.SENDER)
        if self._opens < NEVER:
            self._closes = self._opens + self.plan.readable
            clock.at(self._opens, order(Rank.SENDER, SENDER, REPORT), self._open)

    def ends(self, number: int, news: int) -> None:
        """The recall of one recipient has ended, with news for the sender (codes.Told)."""
        if not self._is_open:
            self._kept.append((number, news))
            return
        tick = self.world.clock.now + 1
        if tick <= self._closes:
            self.world.clock.at(tick, order(Rank.SENDER, number, REPORT), self._tell, number, news)

    def _open(self, _: object, __: object) -> None:
        self._is_open = True
        kept, self._kept = self._kept, []
        for number, news in kept:
            self._tell(number, news)

    def _tell(self, number: int, news: int) -> None:
        self.world.relay.returned(number, news)
