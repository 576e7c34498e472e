"""Where times are put into bins: the grid of the curves and the histogram of the quantiles."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.shape import PlanLike

CURVE_POINTS: Final = 64
OCTAVE_BITS: Final = 5
"""An octave has 2 ** 5 = 32 bins."""


def curve_times(plan: PlanLike) -> tuple[float, ...]:
    """The 64 moments of the curves, in seconds after the press of Send.

    Evenly spaced by their logarithm from 1 s to the horizon, or from a 64th of a horizon of 1 s or less.
    """
    horizon = plan.horizon * plan.clock
    start = 1.0 if horizon > 1.0 else horizon / CURVE_POINTS
    span = math.log(horizon / start) if horizon > 0.0 else 0.0
    inner = (start * math.exp(span * i / (CURVE_POINTS - 1)) for i in range(CURVE_POINTS - 1))
    return (*(min(time, horizon) for time in inner), horizon)


def curve_ticks(plan: PlanLike) -> NDArray[np.int64]:
    """The same moments in ticks; the last one is the horizon itself."""
    ticks = [math.floor(time / plan.clock + 0.5) for time in curve_times(plan)]
    ticks[-1] = plan.horizon
    return np.minimum(np.array(ticks, dtype=np.int64), plan.horizon)


def binned(ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """The middle of the histogram bin that each tick falls into.

    A tick below 64 has a bin of its own; above, a bin takes all ticks with the same top six bits, so there
    are 32 bins an octave and the middle is off by 1.6 % at most. Negative ticks are not meant.
    """
    _, bits = np.frexp(ticks.astype(np.float64))
    shift = np.maximum(bits.astype(np.int64) - (OCTAVE_BITS + 1), 0)
    # Above 2 ** 53 the conversion may round up to the next power of two, which would cost one bit of the bin.
    shift -= (shift > 0) & ((ticks >> shift) < (1 << OCTAVE_BITS))
    low = (ticks >> shift) << shift
    return low + ((np.int64(1) << shift) - 1) / 2.0
