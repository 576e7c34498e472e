"""The grid of the curves and the bins of the quantiles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recallsim.estimate.bins import binned, curve_ticks, curve_times


def middle(tick: int) -> float:
    """The middle of a tick's bin, in plain whole numbers."""
    shift = max(tick.bit_length() - 6, 0)
    low = (tick >> shift) << shift
    return low + ((1 << shift) - 1) / 2


@given(st.integers(0, 1 << 60))
def test_a_bin_keeps_the_top_six_bits(tick):
    """The representative is the middle of all ticks with the same top six bits."""
    assert binned(np.array([tick]))[0] == middle(tick)


def test_the_bins_of_the_edges():
    """Powers of two and their neighbours fall into the right bins, also where floats have no odd numbers left."""
    edges = [t for k in range(60) for t in ((1 << k) - 1, 1 << k, (1 << k) + 1)]
    assert binned(np.array(edges)).tolist() == [middle(t) for t in edges]


def test_an_octave_has_thirty_two_bins():
    """From 1024 to 2047 there are 32 different representatives."""
    assert len(set(binned(np.arange(1024, 2048)).tolist())) == 32


def test_the_grid_goes_from_one_second_to_the_horizon(make_plan):
    """The 64 times are evenly spaced by their logarithm, and the last is the horizon."""
    times = curve_times(make_plan(1, clock=1e-6, horizon=7 * 86_400 * 10**6))
    steps = np.diff(np.log(times))
    assert (len(times), times[0], times[-1], bool(np.ptp(steps) < 1e-12)) == (64, 1.0, 604_800.0, True)


def test_a_short_horizon_still_has_a_grid(make_plan):
    """Half a second on a coarse clock gives moments that never fall and end at the horizon."""
    plan = make_plan(1, clock=0.1, horizon=5)
    ticks = curve_ticks(plan)
    assert (len(ticks), bool((np.diff(ticks) >= 0).all()), int(ticks[-1])) == (64, True, 5)
