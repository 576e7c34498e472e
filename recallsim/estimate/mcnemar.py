"""Recipients in two runs side by side: whose outcome changed, and in which direction.

With common random numbers recipient k of replication n is the same person on the same day in both runs, so
pairs are exact. McNemar's test takes pairs as independent. Within one replication they share a sender and
servers: the test is of that replication's people, not of the chance in which they live. What is said of the
scenarios themselves rests on the differences over replications (see `paired`).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_EXACT_PAIRS: Final = 1000
_NEGLIGIBLE: Final = 1e-18

Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pairs:
    """How the pairs of recipients fared, all replications together.

    Attributes:
        both: the outcome occurred in both runs.
        gained: only in the second.
        lost: only in the first.
        neither: in none.
    """

    both: int
    gained: int
    lost: int
    neither: int

    @property
    def p_value(self) -> float:
        """The exact two-sided p-value of McNemar's test, for pairs that are independent."""
        return mcnemar(self.gained, self.lost)


def pairs(first: Bits, second: Bits, recipients: int) -> Pairs:
    """Counts pairs.

    Args:
        first: one bit a recipient, packed: [replications, bytes].
        second: the same of the other run.
        recipients: how many bits of a row count.

    Raises:
        ValueError: the runs have other replications or recipients.
    """
    if first.shape != second.shape or first.shape[1] != -(-recipients // 8):
        raise ValueError(f"{first.shape} and {second.shape} do not hold pairs of {recipients} recipients")
    both, one = _ones(first & second), _ones(first ^ second)
    gained = _ones(second & ~first)
    return Pairs(both, gained, one - gained, len(first) * recipients - both - one)


def together(parts: Iterable[Pairs]) -> Pairs:
    """The pairs of replications that were counted some at a time."""
    counts = [(each.both, each.gained, each.lost, each.neither) for each in parts]
    return Pairs(*(sum(column) for column in zip(*counts, strict=True)))


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of McNemar's test: twice the smaller tail of a fair coin, at most 1.

    Q. McNemar, Note on the sampling error of the difference between correlated proportions, Psychometrika 12
    (1947) 153-157; exact form by the binomial distribution.
    """
    n, k = gained + lost, min(gained, lost)
    if n <= _EXACT_PAIRS:
        ways = sum(math.comb(n, i) for i in range(k + 1))
        return min(1.0, 2 * ways / (1 << n))
    mass = total = math.exp(
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2.0)
    )
    for i in range(k, 0, -1):
        mass *= i / (n - i + 1)
        total += mass
        if mass <= _NEGLIGIBLE * total:
            break
    return min(1.0, 2.0 * total)


def _ones(bits: Bits) -> int:
    return int(np.bitwise_count(bits).sum(dtype=np.int64))
