"""Kim and Nelson's sequential selection of the best system, with an indifference zone.

Kim & Nelson, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11
(2001). Where the replications of a system are independent and about normal, the system that is left has, with
probability 1 - alpha at least, the largest mean, or one within `indifference` of it. Systems may share random
numbers: the procedure goes by the variances of differences, and common random numbers make these small.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Source = Callable[[Sequence[int], int], Values]
"""`(systems, n)` to the first `n` values of each of these systems: [systems, n]. Values never change."""


@dataclass(frozen=True, slots=True)
class Constants:
    """What the procedure takes from its table: `eta` and `h2`, for c = 1."""

    eta: float
    h2: float


@dataclass(frozen=True, slots=True)
class Eliminated:
    """A system that was found inferior, and after how many replications."""

    system: int
    after: int


@dataclass(frozen=True, slots=True)
class Selected:
    """What the procedure came to.

    Attributes:
        best: the system that is left; where the replications ran out, the one with the largest mean among
            those left.
        left: all that are left, one where the procedure was finished.
        eliminated: the others, in the order in which they went.
        n: the replications of each system that was left.
        settled: whether one was left before the replications ran out; only then does the guarantee hold.
    """

    best: int
    left: tuple[int, ...]
    eliminated: tuple[Eliminated, ...]
    n: int
    settled: bool


def constants(systems: int, first: int, alpha: float) -> Constants:
    """The constants for so many systems, a first stage of `first` replications, and an error of `alpha`.

    Raises:
        ValueError: Fewer than two systems or replications, or no error allowed for.
    """
    if systems < 2 or first < 2 or not 0.0 < alpha < 1.0 - 1.0 / systems:
        raise ValueError(
            f"{systems} systems, {first} first replications and an error of {alpha:g}: there have to be two "
            f"systems and two replications at least, and an error below that of a blind guess"
        )
    eta = 0.5 * ((2.0 * alpha / (systems - 1)) ** (-2.0 / (first - 1)) - 1.0)
    return Constants(eta, 2.0 * eta * (first - 1))


def variances_of_differences(values: Values) -> Values:
    """The sample variance of the difference of every pair of systems: [systems, systems], from [systems, n]."""
    differences = values[:, None, :] - values[None, :, :]
    found: Values = differences.var(axis=2, ddof=1)
    return found


def select(
    source: Source,
    systems: Sequence[int],
    *,
    indifference: float,
    alpha: float = 0.05,
    first: int = 20,
    most: int = 100_000,
    ahead: int = 20,
) -> Selected:
    """Find the system with the largest mean.

    The systems are compared after each single replication from the first stage on, whatever the number that
    `source` is asked for at once; so the answer depends on the values alone.

    Args:
        source: gives values.
        systems: their numbers.
        indifference: the smallest difference worth finding, above 0.
        alpha: the probability of a wrong selection that is allowed.
        first: replications in the first stage, which the variances are taken from.
        most: replications of a system at which the search ends unsettled.
        ahead: for how many replications at once values are asked for.

    Raises:
        ValueError: The arguments make no sense; see `constants`.
    """
    if indifference <= 0.0:
        raise ValueError(f"the indifference zone is {indifference:g}; it must be above 0")
    left = list(systems)
    if len(left) == 1:
        return Selected(left[0], tuple(left), (), 0, True)
    h2 = constants(len(left), first, alpha).h2
    values = source(left, first)
    spread = dict(_pairs(left, variances_of_differences(values)))
    place = {system: at for at, system in enumerate(left)}
    sums, there = values.sum(axis=1), values
    asked, n = left, first
    eliminated: list[Eliminated] = []
    while True:
        gone = _inferior(left, sums, place, spread, n, indifference, h2)
        eliminated += [Eliminated(system, n) for system in gone]
        left = [system for system in left if system not in gone]
        if len(left) == 1 or n >= most:
            best = max(left, key=lambda system: sums[place[system]])
            return Selected(best, tuple(left), tuple(eliminated), n, len(left) == 1)
        if n == there.shape[1]:
            asked = left
            there = source(asked, min(n + ahead, most))
            kept = sums[[place[system] for system in asked]]
            place, sums = {system: at for at, system in enumerate(asked)}, kept
        sums = sums + there[:, n]
        n += 1


def _pairs(systems: Sequence[int], table: Values) -> list[tuple[tuple[int, int], float]]:
    return [
        ((one, other), float(table[i, j])) for i, one in enumerate(systems) for j, other in enumerate(systems)
    ]


def _inferior(
    left: Sequence[int],
    sums: Values,
    place: dict[int, int],
    spread: dict[tuple[int, int], float],
    n: int,
    indifference: float,
    h2: float,
) -> list[int]:
    """Those that some other of the left ones leads by more than the triangle's height at `n`."""
    found = []
    for one in left:
        for other in left:
            if other == one:
                continue
            height = boundary(n, indifference, h2, spread[one, other])
            lead = float(sums[place[other]] - sums[place[one]])
            # Equal sums where nothing varies: then the height is 0, and nobody leads.
            if lead > height:
                found.append(one)
                break
    rest = [system for system in left if system not in found]
    if all(boundary(n, indifference, h2, spread[i, j]) <= 0.0 for i in rest for j in rest if i != j):
        # The triangle has closed: what is still there equals the best; the first of them stays.
        top = max(rest, key=lambda system: sums[place[system]])
        return [system for system in left if system != top]
    return found


def boundary(n: int, indifference: float, h2: float, variance: float) -> float:
    """How far a sum of `n` differences may be from 0 while nothing is decided: the triangle, for c = 1."""
    return max(0.0, h2 * variance / (2.0 * indifference) - 0.5 * indifference * n)
