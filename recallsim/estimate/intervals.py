"""Means with intervals over replications: Student's t, order statistics, the jackknife.

A replication is the unit: its recipients share servers and a sender, so that they are no sample of their
own. Of antithetic replications the pair is: its halves hang together, and the pairs do not. Sums of counts
are taken in whole numbers and sums of floats by `math.fsum`, so that no result depends on their order.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.student import student_quantile

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Number = TypeVar("Number", np.int64, np.float64)

_EXACT: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and how far it can be trusted.

    Attributes:
        mean: the estimate; None where it does not exist.
        low: lower end of the interval; None where it does not exist.
        high: upper end of the interval.
        half_width: half the width of the interval before it was clipped, 0 where nothing varied.
        error: the standard error; None for quantiles.
        replications: how many replications, or antithetic pairs of them, had a value.
        degenerate: nothing varied, and the interval does not come from variance.
    """

    mean: float | None
    low: float | None
    high: float | None
    half_width: float | None
    error: float | None
    replications: int
    degenerate: bool = False


def nothing(replications: int = 0) -> Interval:
    """The interval of a number that does not exist."""
    return Interval(None, None, None, None, None, replications)


def of_counts(counts: Ints, of: int, *, rate: bool, confidence: float, pairs: bool = False) -> Interval:
    """The interval of the mean of `counts / of`, with exact sums; `pairs`: 2k and 2k + 1 are an antithetic pair."""
    if pairs:
        counts, of = in_pairs(counts).sum(axis=1), 2 * of
    n = len(counts)
    if not n:
        return nothing()
    total, squares = _exact_sums(counts)
    mean = total / (n * of)
    spread = n * squares - total * total
    variance = spread / (n * (n - 1) * of * of) if n > 1 else 0.0
    return _around(mean, variance, n, constant=spread == 0, rate=rate, confidence=confidence)


def in_pairs(column: NDArray[Number]) -> NDArray[Number]:
    """A column of replications as rows of two; a last one without its other half is left out."""
    return column[: len(column) // 2 * 2].reshape(-1, 2)


def of_values(values: Floats, *, rate: bool, confidence: float, pairs: bool = False) -> Interval:
    """The interval of the mean of the values that exist; NaN stands for one that does not.

    Of antithetic pairs (`pairs`: 2k and 2k + 1) one half may exist without the other. Their mean is a ratio of two
    sums over pairs then, and its variance the linearised one (W. G. Cochran, Sampling Techniques, 1977, 6.4).
    """
    if pairs:
        return _of_pairs(in_pairs(values), rate=rate, confidence=confidence)
    there = values[~np.isnan(values)]
    n = len(there)
    if not n:
        return nothing()
    mean = math.fsum(there.tolist()) / n
    constant = bool((there == there[0]).all())
    if constant:
        mean = float(there[0])
    away = there - mean
    variance = math.fsum((away * away).tolist()) / (n - 1) if n > 1 else 0.0
    return _around(mean, variance, n, constant=constant, rate=rate, confidence=confidence)


def _of_pairs(values: Floats, *, rate: bool, confidence: float) -> Interval:
    values = values[~np.isnan(values).all(axis=1)]
    n = len(values)
    if not n:
        return nothing()
    halves = (~np.isnan(values)).sum(axis=1)
    sums = np.nansum(values, axis=1)
    total, of = math.fsum(sums.tolist()), int(halves.sum())
    there = values[~np.isnan(values)]
    constant = bool((there == there[0]).all())
    mean = float(there[0]) if constant else total / of
    away = (sums - mean * halves) * (n / of)
    variance = math.fsum((away * away).tolist()) / (n - 1) if n > 1 else 0.0
    return _around(mean, variance, n, constant=constant, rate=rate, confidence=confidence)


def of_quantile(counts: Ints, share: float, *, confidence: float) -> Interval:
    """The smallest count that `share` of the replications do not exceed, between two order statistics.

    The interval needs no assumption about the counts. An end is None where there are too few replications
    for it.
    """
    n = len(counts)
    if not n:
        return nothing()
    ordered = np.sort(counts)
    # The product may come out a hair above a whole number: 90 % of 10 are 9 all the same.
    point = float(ordered[max(math.ceil(share * n - 1e-9), 1) - 1])
    if ordered[0] == ordered[-1]:
        return _same(point, n)
    lower, upper = order_ranks(n, share, confidence)
    low = float(ordered[lower - 1]) if lower else None
    high = float(ordered[upper - 1]) if upper else None
    half = None if low is None or high is None else (high - low) / 2.0
    return Interval(point, low, high, half, None, n)


def of_jackknife(
    counts: Ints, of: int, statistic: Callable[[Floats, Floats, int], Floats], *, confidence: float
) -> Interval:
    """The interval of a function of the mean and variance of `counts / of`.

    The standard error comes from leaving out one replication at a time, the ends from Student's t.

    Args:
        counts: one a replication.
        of: what each is divided by.
        statistic: takes arrays of means and of sums of squared deviations, and the number of replications
            they come from; NaN where it does not exist. It needs two replications at least.
        confidence: of the interval.
    """
    n = len(counts)
    if n < 2:
        return nothing(n)
    total, squares = _exact_sums(counts)
    mean, deviations = total / (n * of), (n * squares - total * total) / (n * of * of)
    point = float(statistic(np.array([mean]), np.array([deviations]), n)[0])
    if math.isnan(point):
        return nothing(n)
    if n < 3:
        return Interval(point, None, None, None, None, n)
    away = counts / of - mean
    means = (total - counts) / ((n - 1) * of)
    left = np.maximum(deviations - away * away * (n / (n - 1)), 0.0)
    # Where all that is left failed, or succeeded, rounding must not leave a trace of variance.
    left[(means == 0.0) | (means == 1.0)] = 0.0
    left_out = statistic(means, left, n - 1)
    if bool(np.isnan(left_out).any()):
        return Interval(point, None, None, None, None, n)
    if bool((counts == counts[0]).all()):
        return _same(point, n)
    centre = math.fsum(left_out.tolist()) / n
    apart = left_out - centre
    variance = (n - 1) * math.fsum((apart * apart).tolist())
    return _around(point, variance, n, constant=False, rate=False, confidence=confidence)


def variance_of_share(means: Floats, deviations: Floats, n: int) -> Floats:
    """The variance over replications."""
    return deviations / (n - 1)


def design_effect(of: int) -> Callable[[Floats, Floats, int], Floats]:
    """How many times the variance of the share exceeds that of `of` independent recipients.

    With p the mean share and s2 its variance over n replications, independent recipients would have p(1-p) /
    of; p(1-p) is estimated without bias by mean(1-mean) + s2 / n.
    """

    def statistic(means: Floats, deviations: Floats, n: int) -> Floats:
        variance = deviations / (n - 1)
        single = means * (1.0 - means) + variance / n
        exists = single > 0.0
        return np.where(exists, of * variance / np.where(exists, single, 1.0), np.nan)

    return statistic


def intraclass(of: int) -> Callable[[Floats, Floats, int], Floats]:
    """The intraclass correlation of `of` recipients a replication, by one-way analysis of variance.

    It is (design effect - 1) / (of - 1), below 0 where recipients fare less alike than independent ones.
    """
    effect = design_effect(of)

    def statistic(means: Floats, deviations: Floats, n: int) -> Floats:
        return (effect(means, deviations, n) - 1.0) / (of - 1)

    return statistic


@lru_cache(maxsize=256)
def order_ranks(n: int, share: float, confidence: float) -> tuple[int, int]:
    """The ranks, from 1, of the order statistics that hold a quantile between them; 0 where there is none.

    The number of values up to the quantile is binomial; each end is chosen so that it errs with a
    probability of at most half of what is allowed.
    """
    allowed = (1.0 - confidence) / 2.0
    reach = 12.0 * math.sqrt(n * share * (1.0 - share)) + 12.0
    k = max(math.floor(n * share - reach), 0)
    log_mass = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    mass = math.exp(log_mass + k * math.log(share) + (n - k) * math.log1p(-share))
    below, lower, upper = 0.0, 0, 0
    while k <= n and not upper:
        if 1.0 - below <= allowed:
            upper = k
            break
        below += mass
        if below <= allowed:
            lower = k + 1
        mass *= (n - k) / (k + 1) * share / (1.0 - share)
        k += 1
    return lower, upper


def _around(
    mean: float, variance: float, n: int, *, constant: bool, rate: bool, confidence: float
) -> Interval:
    if n < 2:
        return Interval(mean, None, None, None, None, n)
    if constant:
        return _same(mean, n, rate=rate, confidence=confidence)
    error = math.sqrt(variance / n)
    half = student_quantile((1.0 + confidence) / 2.0, n - 1) * error
    low, high = mean - half, mean + half
    if rate:
        low, high = max(low, 0.0), min(high, 1.0)
    return Interval(mean, low, high, half, error, n)


def _same(mean: float, n: int, *, rate: bool = False, confidence: float = 0.95) -> Interval:
    """The interval where all replications gave one number; at 0 and 1, the rule of three."""
    if n < 2:
        return Interval(mean, None, None, None, None, n)
    low = high = mean
    # Rounded, so that 1 - 0.95 is the 0.05 that is meant.
    unlikely = round(1.0 - confidence, 12) ** (1.0 / n)
    if rate and mean == 0.0:
        high = 1.0 - unlikely
    elif rate and mean == 1.0:
        low = unlikely
    return Interval(mean, low, high, 0.0, 0.0, n, degenerate=True)


def _exact_sums(counts: Ints) -> tuple[int, int]:
    top = int(np.abs(counts).max())
    if top * top * len(counts) < _EXACT:
        return int(counts.sum()), int(np.dot(counts, counts))
    numbers = counts.tolist()
    return sum(numbers), sum(number * number for number in numbers)
