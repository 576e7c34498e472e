"""The variants in competition: what is looked for, replication by replication, as numbers to select by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.estimates import replicates
from recallsim.estimate.names import tally_names
from recallsim.estimate.shape import Tallied
from recallsim.scenario.aims import DELAY, Aim, Limit

if TYPE_CHECKING:
    from recallsim.running.gathering import Gathering
    from recallsim.running.lanes import Cell

Values = NDArray[np.float64]

DELIVERY = "delivery_seconds:original"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of each replication: a metric of a group."""

    metric: str
    group: str


class Competition:
    """Runs under common random numbers, seen through what is looked for.

    Attributes:
        aim: what is looked for.
        base: the number of the run that `added` counts from.
    """

    def __init__(self, gathering: "Gathering", cells: "Sequence[Cell]", aim: Aim, base: int) -> None:
        self.aim = aim
        self.base = base
        self._gathering = gathering
        self._cells = tuple(cells)
        self._series: dict[tuple[int, Measure], Values] = {}

    def objective(self, systems: Sequence[int], n: int) -> Values:
        """The objective, the more the better: [systems, n].

        Raises:
            ValueError: Some replication has no value of it.
        """
        sign = 1.0 if self.aim.most else -1.0
        return sign * self._table(Measure(self.aim.metric, self.aim.group), systems, n)

    def excess(self, systems: Sequence[int], limit: int, n: int) -> Values:
        """How far each replication lies above an upper limit, or below a lower one: [systems, n].

        Raises:
            ValueError: Some replication has no value of the metric.
        """
        it = self.aim.limits[limit]
        sign = 1.0 if it.at_most else -1.0
        return sign * (self.limited(systems, limit, n) - it.value)

    def limited(self, systems: Sequence[int], limit: int, n: int) -> Values:
        """What a limit limits: [systems, n]."""
        it = self.aim.limits[limit]
        measure = Measure(it.metric, it.group)
        if not it.added:
            return self._table(measure, systems, n)
        self._gathering.gather([*systems, self.base], n)
        return self._table(measure, systems, n) - self._table(measure, [self.base], n)

    def check(self, limit: Limit | None = None) -> None:
        """Make sure that every run has a metric.

        Raises:
            ValueError: One has not; the text says what there is.
        """
        metric, group = (self.aim.metric, self.aim.group) if limit is None else (limit.metric, limit.group)
        for cell in self._cells:
            nothing = np.zeros((1, len(cell.plan.groups) + 1, len(tally_names(cell.plan))))
            replicates(nothing, cell.plan, DELIVERY if metric == DELAY else metric, group)

    def _table(self, measure: Measure, systems: Sequence[int], n: int) -> Values:
        self._gathering.gather(systems, n)
        return np.stack([self._first(system, measure, n) for system in systems])

    def _first(self, system: int, measure: Measure, n: int) -> Values:
        known = self._series.get((system, measure), np.empty(0))
        if len(known) < n:
            new = self._measured(system, measure, self._gathering.part(system, len(known), n))
            if bool(np.isnan(new).any()):
                at = len(known) + int(np.flatnonzero(np.isnan(new))[0])
                name = self._cells[system].name
                raise ValueError(
                    f"{measure.metric} has no value in replication {at} of {name}: what is looked for must "
                    f"exist in every replication, as rates do"
                )
            known = np.concatenate([known, new])
            self._series[system, measure] = known
        return known[:n]

    def _measured(self, system: int, measure: Measure, values: Tallied) -> Values:
        cell = self._cells[system]
        if measure.metric != DELAY:
            return replicates(values, cell.plan, measure.metric, measure.group)
        # A message that was held back, or bounced, has kept its recipient waiting for the hold alone.
        delivery = replicates(values, cell.plan, DELIVERY, measure.group)
        return cell.scenario.sender.hold + np.nan_to_num(delivery, nan=0.0)
