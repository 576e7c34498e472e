"""Optimal computing budget allocation: a fixed number of replications, spent where the choice hangs on them.

Chen, Lin, Yücesan & Chick, "Simulation budget allocation for further enhancing the efficiency of ordinal
optimization", Discrete Event Dynamic Systems 10 (2000). It promises nothing before the fact; the probability
that the choice is right is estimated afterwards from what was seen, by Bonferroni's inequality.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Source = Callable[[int, int], Values]
"""`(system, n)` to the first `n` values of this system."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What became of a budget.

    Attributes:
        best: the system with the largest mean.
        replications: of each system, in the order of the systems.
        means: of each.
        confidence: the estimated probability that the choice is right, from below.
    """

    best: int
    replications: tuple[int, ...]
    means: tuple[float, ...]
    confidence: float


def shares(means: Sequence[float], deviations: Sequence[float]) -> tuple[float, ...]:
    """The share of the budget that each system deserves, the largest mean being best; they add up to 1.

    A system that equals the best, or does not vary, would deserve all or nothing; differences and deviations
    are kept above a trifle of the largest.
    """
    best = max(range(len(means)), key=lambda at: means[at])
    others = [at for at in range(len(means)) if at != best]
    if not others:
        return (1.0,)
    gaps = [means[best] - means[at] for at in range(len(means))]
    smallest = 1e-6 * (max(gaps) or 1.0)
    spread = [max(deviation, 1e-6 * (max(deviations) or 1.0)) for deviation in deviations]
    weights = [0.0] * len(means)
    for at in others:
        weights[at] = (spread[at] / max(gaps[at], smallest)) ** 2
    weights[best] = spread[best] * math.sqrt(math.fsum((weights[at] / spread[at]) ** 2 for at in others))
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


def spend(source: Source, systems: Sequence[int], *, budget: int, first: int = 20, step: int = 20) -> Spent:
    """Spend a number of replications so that the best system stands out.

    Args:
        source: gives values.
        systems: their numbers.
        budget: replications of all systems together.
        first: replications of each before the first allocation.
        step: replications that are allocated at once.

    Raises:
        ValueError: The budget does not pay the first stage.
    """
    if first < 2 or step < 1 or budget < first * len(systems):
        raise ValueError(
            f"a budget of {budget} replications does not give each of {len(systems)} systems its first {first}"
        )
    counts = [first] * len(systems)
    values = [source(system, first) for system in systems]
    while (spent := sum(counts)) < budget:
        target = min(spent + step, budget)
        wanted = shares([float(v.mean()) for v in values], [float(v.std(ddof=1)) for v in values])
        for at in _handed_out(counts, wanted, target):
            counts[at] += 1
        values = [source(system, counts[at]) for at, system in enumerate(systems)]
    means = tuple(float(v.mean()) for v in values)
    best = max(range(len(means)), key=lambda at: means[at])
    return Spent(systems[best], tuple(counts), means, probability(values))


def _handed_out(counts: Sequence[int], wanted: Sequence[float], target: int) -> list[int]:
    """Whom the next replications go to, one after the other: whoever lacks most of its share of the target."""
    lacking = [share * target - count for share, count in zip(wanted, counts, strict=True)]
    found = []
    for _ in range(target - sum(counts)):
        at = max(range(len(lacking)), key=lambda place: lacking[place])
        lacking[at] -= 1.0
        found.append(at)
    return found


def probability(values: Sequence[Values]) -> float:
    """The estimated probability, from below, that the largest mean belongs to the best system."""
    means = [float(v.mean()) for v in values]
    errors = [float(v.var(ddof=1)) / len(v) for v in values]
    best = max(range(len(means)), key=lambda at: means[at])
    wrong = []
    for at in range(len(means)):
        if at == best:
            continue
        spread, gap = math.sqrt(errors[best] + errors[at]), means[best] - means[at]
        z = gap / spread if spread else (math.inf if gap else 0.0)
        wrong.append(0.5 * math.erfc(z / math.sqrt(2.0)))
    return max(0.0, 1.0 - math.fsum(wrong))
