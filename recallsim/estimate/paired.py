"""Differences between two runs under common random numbers, with intervals over replications.

Replication n of both runs meets the same chance, so that the difference is taken within each replication and
its interval comes from the differences (paired t). The more alike the runs, the less the differences vary.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.catalogue import Form, always, counted, find_metric, reasons
from recallsim.estimate.estimates import replicates
from recallsim.estimate.intervals import Interval, of_values
from recallsim.estimate.shape import PlanLike, Tallied, labels
from recallsim.estimate.student import student_quantile, student_tail

Values = NDArray[np.float64]

_MOST: Final = 1 << 40
_ONE_A_REPLICATION: Final = (Form.SHARE, Form.COUNT, Form.EVENT, Form.RATIO, Form.FINAL)
"""Forms that have one value a replication, so that two runs have a difference in each."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of one group in two runs.

    Attributes:
        group: a group's name, or `all`.
        metric: what is compared.
        first: its mean in the first run, over the replications that have a value in both.
        second: in the second run.
        interval: of `second - first`; its `degenerate` says that all differences were equal.
        p_value: of the hypothesis that there is no difference (paired t, two-sided; where all differences
            are equal, the share of sign changes that leave as much: 2^(1-n), or 1 at 0); None with fewer than
            two.
        independent: how many replications of each run independent streams would have needed for an interval
            as narrow; None where nothing can be said.
    """

    group: str
    metric: str
    first: float | None
    second: float | None
    interval: Interval
    p_value: float | None
    independent: int | None


def difference(
    first: Values, second: Values, metric: str, group: str = "all", *, confidence: float = 0.95
) -> Difference:
    """Compares one value a replication of two runs.

    Args:
        first: of the first run; NaN stands for one that does not exist.
        second: of the second run, the same replications in the same order.
        metric: what the values are of.
        group: whose they are.
        confidence: of the interval.
    """
    there = ~(np.isnan(first) | np.isnan(second))
    a, b = first[there], second[there]
    found = of_values(b - a, rate=False, confidence=confidence)
    needed = None
    if found.half_width and found.error:
        needed = independent_needed(_variance(a), _variance(b), found.half_width, confidence)
    before, after = (_mean(a), _mean(b)) if len(a) else (None, None)
    return Difference(group, metric, before, after, found, _p_value(found), needed)


def differences(
    first: Tallied,
    first_plan: PlanLike,
    second: Tallied,
    second_plan: PlanLike,
    *,
    confidence: float = 0.95,
    metrics: Sequence[str] = (),
) -> tuple[Difference, ...]:
    """Compares every metric that two runs share and that has one value a replication, group by group.

    Args:
        first: the tallied replications of the first run.
        first_plan: what they are replications of.
        second: those of the second run, as many.
        second_plan: what they are replications of.
        confidence: of the intervals.
        metrics: metrics besides those that always come.
    """
    names = list(dict.fromkeys((*_names(first_plan), *first_plan.metrics, *metrics)))
    groups = [name for name, _ in labels(first_plan) if name in dict(labels(second_plan))]
    found = []
    for group in groups:
        for name in names:
            a = _values(first, first_plan, name, group)
            b = _values(second, second_plan, name, group)
            if a is not None and b is not None and not _never(name, a, b):
                found.append(difference(a, b, name, group, confidence=confidence))
    return tuple(found)


def independent_needed(first: float, second: float, half_width: float, confidence: float) -> int | None:
    """How many replications of each of two independent runs give a difference with this half-width.

    Args:
        first: the variance over replications of the first run.
        second: of the second run.
        half_width: that is to be reached, above 0.
        confidence: of the interval (Student's t with 2n - 2 degrees of freedom).

    Returns:
        The least number from 2 on; None where that would be astronomical.
    """
    low, high = 2, 2
    while _half_width(first + second, high, confidence) > half_width:
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while low < high:
        middle = (low + high) // 2
        if _half_width(first + second, middle, confidence) > half_width:
            low = middle + 1
        else:
            high = middle
    return high


def _half_width(variance: float, n: int, confidence: float) -> float:
    return student_quantile((1.0 + confidence) / 2.0, 2 * n - 2) * math.sqrt(variance / n)


def _p_value(found: Interval) -> float | None:
    if found.mean is None or found.error is None:
        return None
    if not found.error:
        return 1.0 if found.mean == 0.0 else 2.0 ** (1 - found.replications)
    return min(1.0, 2.0 * student_tail(abs(found.mean) / found.error, found.replications - 1))


def _names(plan: PlanLike) -> list[str]:
    return [metric.name for metric in (*always(plan), *reasons()) if metric.form in _ONE_A_REPLICATION]


def _values(values: Tallied, plan: PlanLike, name: str, group: str) -> Values | None:
    """One value a replication, None where this plan or group has no such metric."""
    try:
        metric = counted(find_metric(name, plan), plan)
        return replicates(values, plan, name, group) if metric.form in _ONE_A_REPLICATION else None
    except ValueError:
        return None


def _never(name: str, first: Values, second: Values) -> bool:
    """A reason that occurred in neither run is not worth a row."""
    return name.startswith("reason:") and not (first.any() or second.any())


def _mean(values: Values) -> float:
    return math.fsum(values.tolist()) / len(values)


def _variance(values: Values) -> float:
    away = values - _mean(values)
    return math.fsum((away * away).tolist()) / (len(values) - 1)
