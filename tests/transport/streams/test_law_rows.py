"""The makers of law rows refuse what is no law, and say why."""

import math

import pytest

from transport.streams import law_rows

REFUSED = [
    (law_rows.constant, (-1,), "value must be from 0 to 1e+15; found -1"),
    (law_rows.constant, (math.nan,), "value must be from 0 to 1e+15; found nan"),
    (law_rows.constant, (math.inf,), "value must be from 0 to 1e+15; found inf"),
    (law_rows.uniform, (5, 3), "low must not be above high; found 5 and 3"),
    (law_rows.uniform, (-5, 3), "low must be from 0 to 1e+15; found -5"),
    (law_rows.exponential, (0,), "mean must be above 0 and at most 1e+15; found 0"),
    (law_rows.exponential, (math.nan,), "mean must be above 0 and at most 1e+15; found nan"),
    (law_rows.lognormal, (0, 1), "median must be above 0 and at most 1e+15; found 0"),
    (law_rows.lognormal, (1, -1), "sigma must be from 0 to 20; found -1"),
    (law_rows.lognormal, (1, 21), "sigma must be from 0 to 20; found 21"),
    (law_rows.lognormal_mean_cv, (-3, 1), "mean must be above 0 and at most 1e+15; found -3"),
    (law_rows.lognormal_mean_cv, (3, -1), "cv must be from 0 to 1e+06; found -1"),
    (law_rows.weibull, (0, 1), "shape must be from 0.01 to 10000; found 0"),
    (law_rows.weibull, (1, 0), "scale must be above 0 and at most 1e+15; found 0"),
    (law_rows.gamma, (0.05, 1), "shape must be from 0.1 to 10000; found 0.05"),
    (law_rows.gamma, (20000, 1), "shape must be from 0.1 to 10000; found 20000"),
    (law_rows.gamma, (2, -1), "scale must be above 0 and at most 1e+15; found -1"),
    (law_rows.lomax, (0.01, 1), "shape must be from 0.1 to 10000; found 0.01"),
    (law_rows.lomax, (1, math.inf), "scale must be above 0 and at most 1e+15; found inf"),
    (law_rows.triangular, (1, 0, 3), "low must not be above mode; found 1 and 0"),
    (law_rows.triangular, (1, 4, 3), "mode must not be above high; found 4 and 3"),
    (law_rows.empirical, ([],), "there is no sample; give at least one"),
    (law_rows.empirical, ([1, -2],), "sample must be from 0 to 1e+15; found -2"),
    (law_rows.empirical_quantiles, ([],), "quantiles must reach from probability 0 to 1; found none"),
    (
        law_rows.empirical_quantiles,
        ([(0.5, 1), (0.9, 3)],),
        "quantiles must reach from probability 0 to 1; found 0.5, 0.9",
    ),
    (law_rows.empirical_quantiles, ([(0, 1), (2, 3)],), "probability must be from 0 to 1; found 2"),
    (law_rows.empirical_quantiles, ([(0, 4), (1, 3)],), "the quantile falls from 4 at 0 to 3 at 1"),
    (
        law_rows.empirical_quantiles,
        ([(0, 1), (0.5, 2), (0.5, 3), (1, 4)],),
        "probability 0.5 is given twice, with values 2 and 3",
    ),
    (law_rows.mixture, ([],), "the weights must add up to 1; found 0"),
    (
        law_rows.mixture,
        ([(0.5, law_rows.constant(1)), (0.4, law_rows.constant(2))],),
        "the weights must add up to 1; found 0.9",
    ),
    (
        law_rows.mixture,
        ([(1.5, law_rows.constant(1)), (-0.5, law_rows.constant(2))],),
        "weight must be from 0 to 1; found 1.5",
    ),
]


@pytest.mark.parametrize(("maker", "arguments", "message"), REFUSED)
def test_what_is_no_law_is_refused(maker, arguments, message):
    """A parameter out of range raises, with the name of the parameter, what is allowed and what was found."""
    with pytest.raises(ValueError) as caught:
        maker(*arguments)
    assert str(caught.value) == message


def test_a_row_is_flat_and_of_floats():
    """A row is one tuple of floats, tables and components included."""
    row = law_rows.mixture(
        [(0.5, law_rows.gamma(2, 3)), (0.25, law_rows.empirical([1, 2, 3])), (0.25, law_rows.never())]
    )
    assert {type(cell) for cell in row} == {float}


def test_the_parts_of_a_mixture_are_what_went_in():
    """Taken apart, a mixture gives back its components and, to a rounding, their weights."""
    parts = [(0.1, law_rows.gamma(2, 3)), (0.2, law_rows.constant(1)), (0.7, law_rows.empirical([1, 2, 3]))]
    observed = law_rows.mixture_parts(law_rows.mixture(parts))
    assert [row for _, row in observed] == [row for _, row in parts]
    assert [weight for weight, _ in observed] == pytest.approx([weight for weight, _ in parts], rel=1e-15)


def test_weights_that_miss_one_by_a_rounding_are_taken():
    """Ten tenths are a whole, and the shares end at exactly 1."""
    row = law_rows.mixture([(0.1, law_rows.constant(i)) for i in range(10)])
    assert row[2 + 2 * 9] == 1.0
