"""The grid of the curves and the bins of the quantiles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recallsim.estimate.bins import (
    LATE,
    NEVER,
    bin_numbers,
    binned,
    curve_ticks,
    curve_times,
    first_ticks,
    grid,
)


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


@given(st.integers(0, 1 << 62))
def test_the_first_tick_of_a_bin_lies_in_it(tick):
    """The number of a tick's bin leads back to the least tick with the same top six bits."""
    shift = max(tick.bit_length() - 6, 0)
    assert first_ticks(bin_numbers(np.array([tick]))).tolist() == [tick >> shift << shift]


@given(st.lists(st.integers(0, 1 << 62), min_size=2, max_size=50))
def test_bins_are_numbered_as_ticks_rise(ticks):
    """Numbers have the order of the bins' middles, and are equal where those are; sixteen bits hold them."""
    numbers, middles = bin_numbers(np.array(ticks)), binned(np.array(ticks))
    assert np.argsort(numbers, kind="stable").tolist() == np.argsort(middles, kind="stable").tolist()
    assert (len(set(numbers.tolist())), int(numbers.max()) < 0xFFFF) == (len(set(middles.tolist())), True)


@given(
    st.sampled_from([1e-6, 1e-3, 0.1, 1.0, 3600.0]),
    st.one_of(st.integers(1, 200), st.integers(1, 1 << 61)),
    st.data(),
)
def test_a_place_on_the_grid_is_what_a_search_finds(make_plan, clock, horizon, data):
    """The first moment that is not before a tick, whatever the grid: wide, or with many moments in a bin."""
    plan = make_plan(1, clock=clock, horizon=horizon)
    moments = curve_ticks(plan)
    near = st.builds(
        lambda at, by: min(max(int(moments[at]) + by, 0), horizon), st.integers(0, 63), st.integers(-2, 2)
    )
    ticks = np.array(data.draw(st.lists(st.one_of(near, st.integers(0, horizon)), min_size=1, max_size=40)))
    assert grid(plan).places(ticks).tolist() == np.searchsorted(moments, ticks).tolist()


def test_what_is_late_or_never_has_places_behind_the_grid(make_plan):
    """A tick after the horizon is late; -1 stands for never."""
    assert grid(make_plan(1, horizon=400)).places(np.array([401, 10**12, -1])).tolist() == [LATE, LATE, NEVER]
