"""Means, length-biased laws, and the residual of a renewal process that has run for ever."""

import math

import numpy as np
import pytest
import scipy.stats as st

from transport.streams import law_rows
from transport.streams.laws import sample
from transport.streams.philox import uniform
from transport.streams.residuals import length_biased, mean_of

BIASED = {
    "uniform": (law_rows.uniform(2.0, 7.0), st.uniform(2.0, 5.0)),
    "uniform from 0": (law_rows.uniform(0.0, 3.0), st.uniform(0.0, 3.0)),
    "exponential": (law_rows.exponential(420.0), st.expon(scale=420.0)),
    "lognormal": (law_rows.lognormal(20.0, 1.2), st.lognorm(1.2, scale=20.0)),
    "weibull 0.7": (law_rows.weibull(0.7, 30.0), st.weibull_min(0.7, scale=30.0)),
    "weibull 3": (law_rows.weibull(3.0, 30.0), st.weibull_min(3.0, scale=30.0)),
    "gamma 0.5": (law_rows.gamma(0.5, 5.0), st.gamma(0.5, scale=5.0)),
    "gamma 2.5": (law_rows.gamma(2.5, 4.0), st.gamma(2.5, scale=4.0)),
    "gamma 30": (law_rows.gamma(30.0, 2.0), st.gamma(30.0, scale=2.0)),
}
MIXED = law_rows.mixture(
    [
        (0.4, law_rows.exponential(60.0)),
        (0.35, law_rows.uniform(10.0, 500.0)),
        (0.25, law_rows.gamma(2.5, 4.0)),
    ]
)
EMPIRICAL = law_rows.empirical([0.0, 0.0, 5.0, 9.0, 9.0, 9.0, 40.0])


NO_MEAN = "a stationary start needs a law with a positive and finite mean; its mean is {}; take another law, or start afresh"
UNAVAILABLE = (
    "a stationary start is not available for this law; it is for constant, uniform, exponential, lognormal, weibull, "
    "gamma, empirical and mixtures of these; take one of them, or start afresh"
)


def uniforms(count, stream=0):
    """The first uniforms of one stream."""
    return [uniform(20261120, 0, i, stream, 0, 0) for i in range(count)]


def grid(row, cells=200_000):
    """Values of equally likely cells, in their middle."""
    return np.array([sample(row, 0, (i + 0.5) / cells) for i in range(cells)])


def residual_cdf(values):
    """The equilibrium distribution function, from values of equally likely cells of the law itself."""
    values = np.sort(values)
    cumulated = np.cumsum(values)

    def cdf(x):
        below = np.searchsorted(values, x)
        part = np.where(below > 0, cumulated[below - 1], 0.0)
        return (part + (len(values) - below) * np.asarray(x)) / cumulated[-1]

    return cdf


def test_means_of_the_others():
    """Constants, mixtures and empirical laws average; never and a heavy Lomax have no mean."""
    lognormal = law_rows.lognormal_mean_cv(10.0, 3.0)
    mixed = law_rows.mixture(
        [(0.5, law_rows.constant(4.0)), (0.25, lognormal), (0.25, law_rows.uniform(0.0, 2.0))]
    )
    rows = [
        law_rows.constant(4.0),
        mixed,
        law_rows.empirical([1.0, 3.0, 4.0, 9.0]),
        EMPIRICAL,
        law_rows.lomax(0.8, 60.0),
    ]
    expected = [4.0, 4.75, 4.0, (0 + 2.5 + 7 + 9 + 9 + 24.5) / 6, math.inf]
    assert [mean_of(row) for row in rows] == pytest.approx(expected, rel=1e-13)
    assert (
        mean_of(law_rows.never())
        == mean_of(law_rows.mixture([(0.9, rows[0]), (0.1, law_rows.never())]))
        == math.inf
    )


@pytest.mark.parametrize("case", BIASED)
def test_the_biased_mean_is_the_second_moment_over_the_first(case):
    """E of the length-biased law is E[X^2] / E[X], by scipy's moments."""
    row, law = BIASED[case]
    assert mean_of(length_biased(row)) == pytest.approx(law.moment(2) / law.mean(), rel=1e-12)


@pytest.mark.parametrize("row", [MIXED, EMPIRICAL], ids=["mixture", "empirical"])
def test_the_biased_mean_of_composed_laws(row):
    """For a mixture and for samples it is E[X^2] / E[X] too, by numbers."""
    values = grid(row)
    assert mean_of(length_biased(row)) == pytest.approx((values**2).sum() / values.sum(), rel=1e-4)


@pytest.mark.parametrize("case", [*BIASED, "mixture", "empirical"])
def test_a_fraction_of_the_biased_law_is_the_residual(case):
    """A uniform times a draw of the biased law follows the equilibrium law (Kolmogorov and Smirnov, 3,000 values)."""
    row = {"mixture": MIXED, "empirical": EMPIRICAL}.get(case) or BIASED[case][0]
    biased = length_biased(row)
    values = [v * sample(biased, 0, u) for u, v in zip(uniforms(3000, 5), uniforms(3000, 6), strict=True)]
    assert st.kstest(values, residual_cdf(grid(row, 50_000))).pvalue > 0.01


def test_the_residual_of_an_exponential_is_itself():
    """Without memory, what is left of a gap is a whole gap."""
    biased = length_biased(law_rows.exponential(420.0))
    values = [v * sample(biased, 0, u) for u, v in zip(uniforms(3000, 7), uniforms(3000, 8), strict=True)]
    assert st.kstest(values, st.expon(scale=420.0).cdf).pvalue > 0.01


def test_a_constant_is_its_own_biased_law():
    """All gaps being equal, the residual is uniform over one."""
    row = law_rows.constant(30.0)
    assert length_biased(row) == row
    assert length_biased(law_rows.mixture([(0.5, row), (0.5, law_rows.constant(0.0))])) == row


def test_the_biased_quantiles_of_closed_form():
    """Exponential becomes gamma 2, lognormal moves by sigma^2, a uniform goes by the square root."""
    at = uniforms(200, 9)
    pairs = [
        (law_rows.exponential(60.0), st.gamma(2.0, scale=60.0)),
        (law_rows.lognormal(20.0, 1.2), st.lognorm(1.2, scale=20.0 * math.exp(1.44))),
        (law_rows.weibull(0.7, 30.0), st.gengamma(1 + 1 / 0.7, 0.7, scale=30.0)),
        (law_rows.gamma(2.5, 4.0), st.gamma(3.5, scale=4.0)),
    ]
    for row, law in pairs:
        assert [sample(length_biased(row), 0, u) for u in at] == pytest.approx(law.ppf(at), rel=1e-9)
    biased = length_biased(law_rows.uniform(3.0, 5.0))
    assert [sample(biased, 0, u) for u in at] == pytest.approx([math.sqrt(9 + 16 * u) for u in at], rel=1e-15)


def test_a_biased_law_of_weight_on_zeros_never_gives_them():
    """Gaps of length 0 are never met."""
    biased = length_biased(EMPIRICAL)
    assert sample(biased, 0, 2.0**-53) > 0.0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            law_rows.lomax(0.8, 60.0),
            "lomax: " + NO_MEAN.format("inf"),
        ),
        (
            law_rows.never(),
            "never: " + NO_MEAN.format("inf"),
        ),
        (
            law_rows.constant(0.0),
            "constant: " + NO_MEAN.format("0"),
        ),
        (
            law_rows.mixture([(0.5, law_rows.constant(1.0)), (0.5, law_rows.never())]),
            "mixture: " + NO_MEAN.format("inf"),
        ),
        (law_rows.lomax(1.5, 60.0), "lomax: " + UNAVAILABLE),
        (law_rows.triangular(1.0, 2.0, 6.0), "triangular: " + UNAVAILABLE),
    ],
    ids=["lomax 0.8", "never", "zero", "mixture with never", "lomax 1.5", "triangular"],
)
def test_laws_without_a_stationary_start_are_refused(row, message):
    """No mean, a mean of 0, or a law whose twin is not built in: an error that names the law."""
    with pytest.raises(ValueError) as caught:
        length_biased(row)
    assert str(caught.value) == message
