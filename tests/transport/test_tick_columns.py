"""Columns of ticks, however they are made, are what each address gives by itself: bit for bit."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recallsim.engines.columns import numpy_filler
from recallsim.engines.tick_columns import numpy_ticks
from transport.streams.draws import WHOLE, Draws
from transport.streams.law_rows import (
    constant,
    empirical,
    empirical_quantiles,
    exponential,
    gamma,
    lognormal,
    lognormal_mean_cv,
    lomax,
    mixture,
    never,
    triangular,
    uniform,
    weibull,
)
from transport.streams.laws import sample_ticks
from transport.streams.residuals import length_biased
from transport.streams.times import Times, interpreted_ticks

LAWS = {
    "constant": constant(12.5),
    "never": never(),
    "uniform": uniform(2, 90),
    "exponential": exponential(60),
    "long exponential": exponential(1e15),
    "lognormal": lognormal(300, 1.4),
    "wide lognormal": lognormal(1e9, 20.0),
    "narrow lognormal": lognormal(5, 0.0),
    "lognormal by its mean": lognormal_mean_cv(1800, 1.5),
    "weibull": weibull(0.7, 1800),
    "gamma": gamma(2.5, 40),
    "lomax": lomax(1.1, 60),
    "triangular": triangular(1, 5, 30),
    "empirical": empirical([3, 1, 4, 1, 5, 9, 2, 6]),
    "quantiles": empirical_quantiles([(0, 1), (0.5, 10), (1, 400)]),
    "mixture": mixture([(0.35, lognormal(8, 0.8)), (0.65, exponential(900))]),
    "residual": length_biased(lognormal(300, 1.0)),
}
TINY = 2.0**-53
EDGES = [
    TINY, 2.0**-52, 1e-12, 0.0749999, 0.075, 0.075 + TINY, 0.5 - TINY, 0.5, 0.5 + TINY, 0.925 - TINY, 0.925, 0.925 + 2 * TINY,
    0.9999, 1 - 2.0**-52, 1 - TINY, math.exp(-25.0), 1 - math.exp(-25.0), 0.35, math.nextafter(0.35, 0), math.nextafter(0.35, 1),
]  # fmt: skip
CLOCKS = (1e-6, 1e-3, 1.0, 60.0)


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("name", LAWS)
def test_columns_of_ticks_are_what_single_draws_are(name, clock):
    """Uniforms at every edge and 4,000 between, by NumPy, by Python and one by one."""
    uniforms = EDGES + [(place + 0.5) / 4000 for place in range(4000)]
    alone = [sample_ticks(LAWS[name], 0, u, clock) for u in uniforms]
    assert list(numpy_ticks(LAWS[name], uniforms, clock)) == alone
    assert list(interpreted_ticks(LAWS[name], uniforms, clock)) == alone


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(list(LAWS)),
    st.lists(st.integers(0, 2**52 - 1).map(lambda x: (x + 0.5) * 2.0**-52), min_size=1, max_size=90),
    st.sampled_from(CLOCKS),
)
def test_any_uniforms_in_columns_of_any_length(name, uniforms, clock):
    """Short columns and long ones, with any uniforms that Philox can give."""
    assert list(numpy_ticks(LAWS[name], uniforms, clock)) == [
        sample_ticks(LAWS[name], 0, u, clock) for u in uniforms
    ]


@pytest.mark.parametrize("count", [1, 15, 16, 31, 32, 200])
@pytest.mark.parametrize("name", LAWS)
def test_times_by_column_part_and_address_agree(name, count):
    """A column, a part of it, a draw at its address, and a shared draw, with and without NumPy."""
    law = LAWS[name]
    alone = Times(Draws(5, 3, count=count), 1e-3)
    expected = [alone.at(law, 30, 1, 2, entity) for entity in range(count + 1)]
    shared = alone.at(law, 30, 1, 2, WHOLE)
    for times in (
        Times(Draws(5, 3, count=count), 1e-3),
        Times(Draws(5, 3, count=count, columns=numpy_filler), 1e-3, numpy_ticks),
    ):
        assert list(times.column(law, 30, 1, 2))[1:] == expected[1:]
        assert list(times.column(law, 30, 1, 2, shared=True)) == [shared] * (count + 1)
        first = count // 3 + 1
        assert list(times.part(law, 30, 1, 2, first, count + 1 - first)) == expected[first:]
        assert [times.at(law, 30, 1, 2, entity) for entity in range(count + 1)] == expected
