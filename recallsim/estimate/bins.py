"""Where times are put into bins: the grid of the curves and the histogram of the quantiles."""

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recallsim.estimate.shape import PlanLike

CURVE_POINTS: Final = 64
OCTAVE_BITS: Final = 5
"""An octave has 2 ** 5 = 32 bins."""
LATE: Final = CURVE_POINTS
NEVER: Final = CURVE_POINTS + 1
PLACES: Final = CURVE_POINTS + 2
"""Places on the grid of the curves: its moments, what comes after the last of them, what does not happen."""

_MANTISSA_BITS: Final = 52
_BELOW_OCTAVE: Final = _MANTISSA_BITS - OCTAVE_BITS
_MOST: Final = 1 << 62


def curve_times(plan: PlanLike) -> tuple[float, ...]:
    """The 64 moments of the curves, in seconds after the press of Send.

    Evenly spaced by their logarithm from 1 s to the horizon, or from a 64th of a horizon of 1 s or less.
    """
    return _times(plan.horizon, plan.clock)


def _times(last: int, clock: float) -> tuple[float, ...]:
    horizon = last * clock
    start = 1.0 if horizon > 1.0 else horizon / CURVE_POINTS
    span = math.log(horizon / start) if horizon > 0.0 else 0.0
    inner = (start * math.exp(span * i / (CURVE_POINTS - 1)) for i in range(CURVE_POINTS - 1))
    return (*(min(time, horizon) for time in inner), horizon)


def curve_ticks(plan: PlanLike) -> NDArray[np.int64]:
    """The same moments in ticks; the last one is the horizon itself."""
    return _ticks(plan.horizon, plan.clock)


def _ticks(last: int, clock: float) -> NDArray[np.int64]:
    ticks = [math.floor(time / clock + 0.5) for time in _times(last, clock)]
    ticks[-1] = last
    return np.minimum(np.array(ticks, dtype=np.int64), last)


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


def bin_numbers(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number, of 16 bits at most, for the bin that each tick falls into; it rises with the tick.

    Exponent and first five bits of the mantissa of a float are the octave and the bin in it.
    """
    if int(ticks.max(initial=0)) >> _MANTISSA_BITS + 1:  # floats would round these, up as well
        ticks = ticks - ticks % 1024 * (ticks >> _MANTISSA_BITS + 1 > 0)
    found: NDArray[np.int64] = ticks.astype(np.float64).view(np.int64)
    return found >> _BELOW_OCTAVE


def first_ticks(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first tick of each bin; of one between two ticks, the later."""
    floats: NDArray[np.float64] = (numbers << _BELOW_OCTAVE).view(np.float64)
    return np.ceil(floats).astype(np.int64)


class Grid(NamedTuple):
    """The moments of the curves, for finding the place of many ticks: a table says where a tick's bin begins.

    Attributes:
        starts: by the bin of a tick plus one: the place of the bin's first tick.
        moments: in ticks plus one.
        most: so many moments lie within a bin.
    """

    starts: NDArray[np.int64]
    moments: NDArray[np.int64]
    most: int

    def places(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first moment that is not before each tick, or `LATE`; `NEVER` for -1."""
        later = ticks + 1
        places: NDArray[np.int64] = np.take(self.starts, bin_numbers(later))
        for _ in range(self.most):
            places += later > np.take(self.moments, places)
        return places


def grid(plan: PlanLike) -> Grid:
    """The grid of a plan's curves."""
    return _grid(plan.horizon, plan.clock)


@lru_cache(maxsize=8)
def _grid(last: int, clock: float) -> Grid:
    moments = _ticks(last, clock) + 1
    firsts = first_ticks(np.arange(int(bin_numbers(np.array([_MOST]))[0]) + 2))
    starts, ends = np.searchsorted(moments, firsts[:-1]), np.searchsorted(moments, firsts[1:] - 1)
    starts[0] = NEVER
    endless = np.full(2, np.iinfo(np.int64).max)
    return Grid(starts, np.concatenate([moments, endless]), int((ends - starts)[1:].max()))
