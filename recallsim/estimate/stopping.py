"""When there are enough replications: fixed numbers, and stopping at a precision.

The answer may depend on nothing but the replications in their order: neither on how many workers there are
nor on which of them is done first. So the rule is asked after certain numbers of replications only, and the
first at which it holds is the number that is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.catalogue import find_metric
from recallsim.estimate.estimates import measure, row_of
from recallsim.estimate.intervals import Interval
from recallsim.estimate.shape import PlanLike, Tallied

_RULE_OF_THREE = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """How precise one metric is wanted.

    Attributes:
        metric: the metric's name.
        group: the group's name.
        half_width: the interval's half-width that is allowed: absolute, in the metric's own unit, or a share.
        relative: `half_width` is a share of the mean.
    """

    metric: str = "success_rate"
    group: str = "all"
    half_width: float = 0.02
    relative: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.half_width < float("inf"):
            raise ValueError(
                f"the precision of {self.metric!r} is {self.half_width!r}; give the half-width of its "
                f"interval, a number above 0 such as 0.02"
            )

    def met_by(self, found: Interval) -> bool:
        """Whether an interval is narrow enough.

        Where nothing varied there is no width to go by; then 3 / half_width replications are enough, since
        what has not happened in so many is rarer than half_width (19 times of 20).
        """
        if found.mean is None or found.half_width is None or found.replications < 2:
            return False
        if found.degenerate:
            return found.replications * self.half_width >= _RULE_OF_THREE * (1.0 - 1e-12)
        return found.half_width <= self.half_width * (abs(found.mean) if self.relative else 1.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """How many replications are made.

    Attributes:
        targets: all must be met; none means that `maximum` replications are made.
        confidence: of the intervals.
        minimum: the number after which the rule is first asked.
        maximum: the number after which there are no more.
        step: it is asked again after so many more.
    """

    targets: tuple[Target, ...]
    confidence: float = 0.95
    minimum: int = 20
    maximum: int = 2000
    step: int = 20

    def __post_init__(self) -> None:
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(
                f"the confidence is {self.confidence!r}; it must lie between 0 and 1, such as 0.95"
            )
        if not 1 <= self.minimum <= self.maximum or self.step < 1:
            raise ValueError(
                f"replications go from {self.minimum} to {self.maximum} by {self.step}; the least must "
                f"be 1 or more and not above the most, the step 1 or more"
            )

    @property
    def is_fixed(self) -> bool:
        """Whether the number of replications is fixed, so that no precision can be reached or missed."""
        return not self.targets

    def examined(self, n: int) -> bool:
        """Whether the rule is asked after `n` replications."""
        if n == self.maximum:
            return True
        return bool(self.targets) and self.minimum <= n < self.maximum and (n - self.minimum) % self.step == 0

    def next_examined(self, n: int) -> int:
        """The first number above `n` after which the rule is asked; `maximum` where there is none."""
        if self.is_fixed or n >= self.maximum:
            return self.maximum
        if n < self.minimum:
            return self.minimum
        return min(n + self.step - (n - self.minimum) % self.step, self.maximum)

    def check(self, plan: PlanLike) -> None:
        """Makes sure that the plan has what is aimed at.

        Raises:
            ValueError: for a metric or group that there is not.
        """
        for target in self.targets:
            row_of(target.group, plan, find_metric(target.metric, plan))

    def satisfied(self, values: Tallied, plan: PlanLike) -> bool:
        """Whether all targets are met by these replications.

        Args:
            values: the replications from the first on, in their order, without a gap.
            plan: what they are replications of.
        """
        if self.is_fixed:
            return len(values) >= self.maximum
        return all(
            target.met_by(measure(values, plan, target.metric, target.group, confidence=self.confidence))
            for target in self.targets
        )

    def stops_at(self, values: NDArray[np.float64], plan: PlanLike) -> int | None:
        """The first examined number of replications at which the rule holds, None where it never does."""
        n = self.next_examined(0)
        while n <= len(values):
            if self.satisfied(values[:n], plan):
                return n
            if n == self.maximum:
                break
            n = self.next_examined(n)
        return None


def fixed(n: int) -> Rule:
    """The rule that makes exactly `n` replications."""
    return Rule((), minimum=n, maximum=n)


def precision(
    half_width: float | Sequence[Target],
    *,
    confidence: float = 0.95,
    minimum: int = 20,
    maximum: int = 2000,
) -> Rule:
    """The rule of `precision: H`: an absolute half-width of `success_rate` of `all`, or a list of targets."""
    targets = (Target(half_width=half_width),) if isinstance(half_width, float | int) else tuple(half_width)
    if not targets:
        raise ValueError("a precision without targets stops nothing; give a half-width or name a metric")
    return Rule(targets, confidence, minimum, maximum)
