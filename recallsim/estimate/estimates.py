"""The estimates of an experiment: every metric of every group, with its interval over replications."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate import intervals
from recallsim.estimate.catalogue import Form, Metric, always, counted, find_metric, reasons
from recallsim.estimate.intervals import Interval
from recallsim.estimate.names import WEIGHT, tally_names
from recallsim.estimate.shape import PlanLike, Tallied, labels, sizes

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One metric of one group, with its interval.

    Attributes:
        variant: which variant of the scenario it belongs to.
        group: a group's name, or `all`.
        metric: what is estimated.
        mean: the estimate; None where no replication had a value.
        low: lower end of the interval; None where it does not exist, such as after one replication.
        high: upper end of the interval.
        replications: how many replications had a value: a mean delay exists only where something was
            delivered.
        degenerate: all replications gave the same number, so that the interval does not come from variance.
    """

    variant: str
    group: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    replications: int
    degenerate: bool = False


def estimate(
    values: Tallied,
    plan: PlanLike,
    *,
    confidence: float = 0.95,
    variant: str = "base",
    metrics: Sequence[str] = (),
    groups: Collection[str] = (),
) -> tuple[Estimate, ...]:
    """Estimates every metric of every group.

    Args:
        values: the tallied replications in their order, [replication, group, name].
        plan: what they are replications of.
        confidence: of the intervals, between 0 and 1.
        variant: passed on into the estimates.
        metrics: metrics to report besides those that always come and those that the plan asks for.
        groups: names of groups, or `all`, to report alone; of every group where none is named.

    Returns:
        Estimates group by group, `all` last, each in the order of the catalogue. A metric without meaning in
        the scenario or for a group has none.

    Raises:
        ValueError: for a confidence or a metric that there is not, or one that was not counted.
    """
    table = _Table(values, plan, _checked(confidence))
    asked = [counted(find_metric(name, plan), plan) for name in (*plan.metrics, *metrics)]
    occurred = [metric for metric in reasons() if table.column(metric.top[0], table.last).any()]
    wanted = {metric.name: metric for metric in (*always(plan), *occurred, *asked)}
    found = []
    for name, row in labels(plan):
        if groups and name not in groups:
            continue
        for metric in wanted.values():
            if not table.has(metric, row):
                continue
            it = table.interval(metric, row)
            found.append(
                Estimate(variant, name, metric.name, it.mean, it.low, it.high, it.replications, it.degenerate)
            )
    return tuple(found)


def measure(
    values: Tallied, plan: PlanLike, metric: str, group: str = "all", *, confidence: float = 0.95
) -> Interval:
    """One metric of one group, with its standard error.

    Raises:
        ValueError: for a metric, group or confidence that there is not.
    """
    found = counted(find_metric(metric, plan), plan)
    return _Table(values, plan, _checked(confidence)).interval(found, row_of(group, plan, found))


def replicates(values: Tallied, plan: PlanLike, metric: str, group: str = "all") -> Values:
    """One metric of one group in each replication by itself; NaN where a replication has no value.

    Raises:
        ValueError: for a metric or group that there is not, and for one that only all replications together
            have, such as a quantile.
    """
    found = counted(find_metric(metric, plan), plan)
    return _Table(values, plan, 0.95).replicates(found, row_of(group, plan, found))


def row_of(group: str, plan: PlanLike, metric: Metric) -> int:
    """The row of a tally that a group's metric is read from.

    Raises:
        ValueError: when there is no such group, or it has no such metric.
    """
    rows = dict(labels(plan))
    if group not in rows:
        raise ValueError(f"{metric.name}: there is no group {group!r}; there are {', '.join(rows)}")
    size = sizes(plan)[rows[group]]
    if metric.whole and group != "all":
        raise ValueError(f"{metric.name} concerns all recipients together; leave the group {group!r} out")
    if size < metric.least:
        raise ValueError(f"{metric.name} has no meaning for the group {group!r}, which has {size} recipients")
    return rows[group]


_SIGNED: Final = (Form.ICC, Form.DESIGN_EFFECT)
"""Forms whose intervals are not cut at 0: below it recipients fare less alike than independent ones."""


class _Table:
    """Tallied values that are read by column name and row."""

    def __init__(self, values: Tallied, plan: PlanLike, confidence: float) -> None:
        self._places = {name: place for place, name in enumerate(tally_names(plan))}
        self._sizes = sizes(plan)
        expected = (len(self._sizes), len(self._places))
        if len(values.shape) != 3 or values.shape[1:] != expected:
            raise ValueError(
                f"the tallied values have the shape {values.shape}; this plan's have (replications, "
                f"{expected[0]}, {expected[1]}): they are of another plan or version"
            )
        self._values = values
        self._clock = plan.clock
        self._confidence = confidence
        self._pairs = plan.antithetic
        self._weighted = plan.weighted
        self.last = len(plan.groups)

    def has(self, metric: Metric, row: int) -> bool:
        return (row == self.last or not metric.whole) and self._sizes[row] >= metric.least

    def column(self, name: str, row: int) -> Values:
        found: Values = self._values[:, row, self._places[name]]
        return found

    def counts(self, names: tuple[str, ...], row: int) -> NDArray[np.int64]:
        return self.added(names, row).astype(np.int64)

    def added(self, names: tuple[str, ...], row: int) -> Values:
        first, *others = (self.column(name, row) for name in names)
        for column in others:
            first = first + column
        return first

    def interval(self, metric: Metric, row: int) -> Interval:
        it = self._interval(metric, row)
        if it.low is None or it.low >= 0.0 or metric.form in _SIGNED:
            return it
        return replace(it, low=0.0)

    def _interval(self, metric: Metric, row: int) -> Interval:
        of, level = self._sizes[row], self._confidence
        if of == 0:
            return intervals.nothing()
        if metric.form is Form.RATIO or metric.form is Form.FINAL:
            values = self.floats(metric, row)
            if metric.whole_or_none and bool(np.isnan(values).any()):
                return (
                    intervals.nothing()
                )  # beyond the horizon in some replication: their mean does not exist
            return intervals.of_values(values, rate=metric.rate, confidence=level, pairs=self._pairs)
        if self._weighted:
            sums = self.replicates(metric, row)
            if metric.form is Form.SHARE and len(sums) and sums.mean() > 0.5:
                # What mostly happens is known by what rarely does not: weights add up to 1 on average only.
                sums = 1.0 - (self.column(WEIGHT, row) / of - sums)
            return intervals.of_values(sums, rate=metric.rate, confidence=level, pairs=self._pairs)
        counts = self.counts(metric.top, row)
        if metric.form is Form.QUANTILE:
            return intervals.of_quantile(counts, metric.parameter, confidence=level)
        if metric.form is Form.VARIANCE:
            return intervals.of_jackknife(counts, of, intervals.variance_of_share, confidence=level)
        if metric.form is Form.ICC:
            return intervals.of_jackknife(counts, of, intervals.intraclass(of), confidence=level)
        if metric.form is Form.DESIGN_EFFECT:
            return intervals.of_jackknife(counts, of, intervals.design_effect(of), confidence=level)
        if metric.form is Form.EVENT:
            counts = (counts == (of if metric.parameter < 0 else metric.parameter)).astype(np.int64)
        one = of if metric.form is Form.SHARE else 1
        return intervals.of_counts(counts, one, rate=metric.rate, confidence=level, pairs=self._pairs)

    def replicates(self, metric: Metric, row: int) -> Values:
        of = self._sizes[row]
        if metric.form in (Form.RATIO, Form.FINAL):
            return self.floats(metric, row)
        if metric.form not in (Form.SHARE, Form.COUNT, Form.EVENT):
            raise ValueError(f"{metric.name} has no value in a replication by itself")
        counts = self.added(metric.top, row)
        if metric.form is Form.EVENT:
            counts = (counts == (of if metric.parameter < 0 else metric.parameter)).astype(np.float64)
        if metric.form is Form.SHARE:
            counts = counts / (of or np.nan)
        return counts

    def floats(self, metric: Metric, row: int) -> Values:
        top = self.added(metric.top, row)
        if metric.form is Form.RATIO:
            bottom = self.added(metric.bottom, row)
            exists = bottom > 0
            top = np.where(exists, top / np.where(exists, bottom, 1.0), np.nan)
        return top * self._clock if metric.ticks else top


def _checked(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"the confidence is {confidence!r}; it must lie between 0 and 1, such as 0.95")
    return confidence
