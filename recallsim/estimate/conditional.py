"""How many have seen it, given what has been reported: replications that agree with the reports.

A replication that ends at the moment of counting shows what was seen and what was reported by then, as they
belong together. Those whose reports agree with the sender's are a sample of the distribution given the
reports, each with the same weight: this is exact, whatever links the two. Which replications agree decides
when it is enough, and how many saw it does not, so that stopping at a number of agreeing ones biases nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.binomial import wilson
from recallsim.estimate.intervals import of_counts, of_quantile
from recallsim.estimate.names import tally_names
from recallsim.estimate.shape import PlanLike, Tallied

Ints = NDArray[np.int64]

KINDS: Final = {"success": "told_success", "failure": "told_failure", "bounce": "told_bounce"}
"""The kinds of report, and the columns of a tally that count them."""

SHARES: Final = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""The quantiles that are given."""

ENOUGH: Final = 30
"""With fewer replications that agree, the sample is said to be too small."""

_THRESHOLDS: Final = 6
_DOUBT: Final = 0.95

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number about how many have seen it.

    Attributes:
        name: `mean`, `p50` and the like, or `above:100`.
        value: the number; None where there is none.
        low: lower end of its interval, None where it does not exist.
        high: upper end.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None


def reported(values: Tallied, plan: PlanLike, kind: str) -> Ints:
    """Of how many recipients a kind of report had come, in each replication."""
    return _column(values, plan, KINDS[kind])


def seen(values: Tallied, plan: PlanLike) -> Ints:
    """How many persons had seen it, in each replication."""
    return _column(values, plan, "seen_people")


def agreeing(values: Tallied, plan: PlanLike, reports: Mapping[str, Range]) -> NDArray[np.bool_]:
    """Which replications agree with the reports, by kind from the least to the most."""
    agree = np.ones(len(values), dtype=np.bool_)
    for kind, (least, most) in reports.items():
        counts = reported(values, plan, kind)
        agree &= (counts >= least) & (counts <= most)
    return agree


def distribution(counts: Ints, thresholds: Sequence[int], *, confidence: float) -> tuple[Quantity, ...]:
    """Mean, quantiles and the chances of more than so many, each with its interval.

    Args:
        counts: how many saw it, of replications that share nothing.
        thresholds: numbers of people.
        confidence: of the intervals: Student's t for the mean, order statistics for the quantiles, Wilson's
            for the chances.
    """
    mean = of_counts(counts, 1, rate=False, confidence=confidence)
    low = None if mean.low is None else max(mean.low, 0.0)
    found = [Quantity("mean", mean.mean, low, mean.high)]
    for share in SHARES:
        it = of_quantile(counts, share, confidence=confidence)
        found.append(Quantity(f"p{100 * share:g}", it.mean, it.low, it.high))
    for threshold in thresholds:
        above, n = int((counts > threshold).sum()), len(counts)
        ends = wilson(above, n, confidence) if n else (None, None)
        found.append(Quantity(f"above:{threshold}", above / n if n else None, *ends))
    return tuple(found)


def round_thresholds(counts: Ints) -> tuple[int, ...]:
    """Numbers worth asking about: 0, and round ones (1, 2, 5, 10, 20 …) that fall among the counts."""
    if not len(counts):
        return (0,)
    least, most = int(counts.min()), int(counts.max())
    rounds = [digit * 10**power for power in range(8) for digit in (1, 2, 5)]
    inside = [number for number in rounds if least <= number < most]
    if len(inside) < _THRESHOLDS // 2 and most - least >= _THRESHOLDS:  # they lie too close together
        step = next(number for number in rounds if number * _THRESHOLDS >= most - least)
        inside = list(range((least // step + 1) * step, most, step))
    return (0, *[number for number in inside if number][-_THRESHOLDS:])


@dataclass(frozen=True, slots=True)
class AgreeingRule:
    """The rule that goes on until enough replications agree.

    Attributes:
        plan: of the replications.
        reports: what they are to agree with.
        wanted: how many are to agree; None: the number of replications is fixed.
        maximum: the most replications.
        step: it looks after every so many.
    """

    plan: PlanLike
    reports: Mapping[str, Range]
    wanted: int | None
    maximum: int
    step: int = 20

    def next_examined(self, n: int) -> int:
        """The first number of replications above `n` at which the rule looks."""
        return self.maximum if self.wanted is None else min(n + self.step - n % self.step, self.maximum)

    def satisfied(self, values: Sequence[Tallied], bits: Sequence[object]) -> bool:
        """Whether enough of these replications agree, or there is no hope that enough ever will."""
        if self.wanted is None:
            return len(values[0]) >= self.maximum
        return self.agree(values[0]) >= self.wanted or self.hopeless(values[0])

    def hopeless(self, values: Tallied) -> bool:
        """Whether so few agree that all replications allowed would most likely not give a sample to rely on.

        The share that agrees is taken at the upper end of its 95 % interval. Stopping by it biases nothing, as it
        goes by which replications agree.
        """
        if self.wanted is None or not len(values):
            return False
        agree = self.agree(values)
        _, most = wilson(agree, len(values), _DOUBT)
        return agree < self.wanted and most * self.maximum < min(ENOUGH, self.wanted)

    def agree(self, values: Tallied) -> int:
        """How many of these replications agree."""
        return int(agreeing(values, self.plan, self.reports).sum())


def _column(values: Tallied, plan: PlanLike, name: str) -> Ints:
    counts: Ints = values[:, len(plan.groups), tally_names(plan).index(name)].astype(np.int64)
    return counts
