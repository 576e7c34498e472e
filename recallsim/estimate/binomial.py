"""Intervals for a share of independent trials: Wilson's, and the guaranteed one of Clopper and Pearson.

They are for trials that share nothing, as replications do. Recipients of one replication share a sender and
servers; their shares get intervals over replications (see `intervals`).
"""

import math
from typing import Final

from recallsim.estimate.student import beta_share, normal_quantile

_HALVINGS: Final = 200


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of E. B. Wilson (J. Amer. Statist. Assoc. 22, 1927, 209-212), from one trial on."""
    z = normal_quantile((1.0 + confidence) / 2.0)
    share, part = successes / trials, z * z / trials
    centre = (share + part / 2.0) / (1.0 + part)
    half = z / (1.0 + part) * math.sqrt(share * (1.0 - share) / trials + part / (4.0 * trials))
    low = 0.0 if successes == 0 else max(centre - half, 0.0)
    return low, 1.0 if successes == trials else min(centre + half, 1.0)


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934, 404-413).

    Each end leaves at most half of what is allowed beyond it, whatever the share is.
    """
    allowed = (1.0 - confidence) / 2.0
    low = 0.0 if successes == 0 else _beta_quantile(allowed, successes, trials - successes + 1)
    if successes == trials:
        return low, 1.0
    return low, 1.0 - _beta_quantile(allowed, trials - successes, successes + 1)


def _beta_quantile(p: float, a: float, b: float) -> float:
    """Where the regularised incomplete beta function is `p`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if beta_share(a, b, middle) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
