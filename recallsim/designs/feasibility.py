"""Which systems keep within their limits, by sequential sampling.

Batur & Kim, "Finding feasible systems in the presence of constraints on multiple performance measures", ACM
TOMACS 20 (2010): the sum of the distances from a limit is followed until it leaves a triangle. With
probability 1 - alpha at least, over all systems and limits together, every system whose mean is below its
limits by `tolerance` is kept, and every one that is above one of them by `tolerance` is not; between the two
either answer is right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recallsim.designs.kim_nelson import boundary

Values = NDArray[np.float64]
Excess = Callable[[Sequence[int], int, int], Values]
"""`(systems, limit, n)` to how far the first `n` values of each lie above that limit: [systems, n]."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one system keeps one limit.

    Attributes:
        system: its number.
        limit: the limit's number.
        keeps: whether it does; by its mean so far where this is not settled.
        after: replications that it took.
        settled: whether it was decided before the replications ran out.
    """

    system: int
    limit: int
    keeps: bool
    after: int
    settled: bool


def constant(decisions: int, first: int, alpha: float) -> float:
    """The constant h squared for so many decisions with an error of `alpha` together, c = 1."""
    each = alpha / decisions
    eta: float = 0.5 * ((2.0 * each) ** (-2.0 / (first - 1)) - 1.0)
    return 2.0 * eta * (first - 1)


def verdicts(
    excess: Excess,
    systems: Sequence[int],
    tolerances: Sequence[float],
    *,
    alpha: float = 0.05,
    first: int = 20,
    most: int = 100_000,
    ahead: int = 20,
) -> tuple[Verdict, ...]:
    """Decide for every system and limit.

    A system that breaks one limit is not asked about the next.

    Args:
        excess: gives values.
        systems: their numbers.
        tolerances: one for each limit, above 0.
        alpha: the probability of any wrong answer that is allowed.
        first: replications in the first stage.
        most: replications of a system at which the search ends unsettled.
        ahead: for how many replications at once values are asked for.
    """
    h2 = constant(max(1, len(systems) * len(tolerances)), first, alpha)
    found: list[Verdict] = []
    for system in systems:
        for limit, tolerance in enumerate(tolerances):
            verdict = _one(excess, system, limit, tolerance, h2, first, most, ahead)
            found.append(verdict)
            if not verdict.keeps:
                break
    return tuple(found)


def _one(
    excess: Excess, system: int, limit: int, tolerance: float, h2: float, first: int, most: int, ahead: int
) -> Verdict:
    values = excess([system], limit, first)[0]
    variance = float(values.var(ddof=1))
    total, n = float(values.sum()), first
    while True:
        height = boundary(n, tolerance, h2, variance)
        if abs(total) >= height:
            return Verdict(system, limit, total <= 0.0, n, True)
        if n >= most:
            return Verdict(system, limit, total <= 0.0, n, False)
        if n == len(values):
            values = excess([system], limit, min(n + ahead, most))[0]
        total += float(values[n])
        n += 1
