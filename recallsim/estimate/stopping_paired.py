"""When there are enough replications of a comparison: the differences are what is to be precise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.estimates import replicates
from recallsim.estimate.paired import difference
from recallsim.estimate.shape import PlanLike, Tallied
from recallsim.estimate.stopping import Rule, Target

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DifferenceRule:
    """A rule whose half-widths are those of the differences from the first run.

    A relative half-width is a share of the first run's value, not of the difference, which may be 0.

    Attributes:
        rule: how many replications there are at least and at most, and what is aimed at.
        plans: of the runs, the one that the others are compared with first.
        same: of each, whether it is the first run itself under another name; its difference is exactly 0.
    """

    rule: Rule
    plans: tuple[PlanLike, ...]
    same: tuple[bool, ...]

    @property
    def maximum(self) -> int:
        """The most replications of each run."""
        return self.rule.maximum

    def next_examined(self, n: int) -> int:
        """The first number of replications above `n` at which the rule looks."""
        return self.rule.next_examined(n)

    def check(self) -> None:
        """Makes sure that what is aimed at has a value in each replication of every run.

        Raises:
            ValueError: it has not.
        """
        for target in self.rule.targets:
            for plan in self.plans:
                replicates(_no_replications(plan), plan, target.metric, target.group)

    def satisfied(self, values: Sequence[Tallied], bits: Sequence[object]) -> bool:
        """Whether all differences are known well enough after these replications."""
        if self.rule.is_fixed:
            return len(values[0]) >= self.rule.maximum
        return all(
            self._met(target, values, at)
            for target in self.rule.targets
            for at in range(1, len(self.plans))
            if not self.same[at]
        )

    def _met(self, target: Target, values: Sequence[Tallied], at: int) -> bool:
        first, second = (
            replicates(values[run], self.plans[run], target.metric, target.group) for run in (0, at)
        )
        found = difference(first, second, target.metric, confidence=self.rule.confidence)
        if target.relative:
            if not found.first:
                return False
            target = replace(target, half_width=target.half_width * abs(found.first), relative=False)
        return target.met_by(found.interval)


def _no_replications(plan: PlanLike) -> Values:
    from recallsim.estimate.names import tally_names

    return np.empty((0, len(plan.groups) + 1, len(tally_names(plan))))
