"""Intervals for a share of independent trials, against reference numbers and scipy."""

import pytest
from scipy import special, stats

from recallsim.estimate.binomial import clopper_pearson, wilson
from recallsim.estimate.student import beta_share

REFERENCE = [
    (wilson, 40, 100, (0.3094012864, 0.4979974132)),
    (wilson, 0, 100, (0.0, 0.0369934982)),
    (wilson, 100, 100, (0.9630065018, 1.0)),
    (wilson, 1, 20, (0.0088814488, 0.2361311934)),
    (wilson, 9990, 10000, (0.9981600556, 0.9994567140)),
    (clopper_pearson, 40, 100, (0.3032947687, 0.5027908496)),
    (clopper_pearson, 0, 100, (0.0, 0.0362166926)),
    (clopper_pearson, 100, 100, (0.9637833074, 1.0)),
    (clopper_pearson, 1, 20, (0.0012650895, 0.2487327628)),
    (clopper_pearson, 9990, 10000, (0.9981617359, 0.9995203603)),
]


@pytest.mark.parametrize("interval, successes, trials, expected", REFERENCE)
def test_the_reference_intervals(interval, successes, trials, expected):
    """The published 95 % intervals, to ten digits."""
    assert interval(successes, trials) == pytest.approx(expected, abs=6e-11)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.999])
def test_the_intervals_are_scipys(confidence):
    """Every number of successes of 17 trials, at several levels."""
    for successes in range(18):
        test = stats.binomtest(successes, 17)
        for interval, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
            expected = tuple(test.proportion_ci(confidence, method=method))
            assert interval(successes, 17, confidence) == pytest.approx(expected, abs=1e-12)


def test_the_incomplete_beta_function_is_scipys():
    """From its ends to its middle, for small and large parameters."""
    for a, b in ((0.5, 3.0), (1.0, 1.0), (7.0, 2.5), (40.0, 61.0), (9990.0, 11.0)):
        points = [0.0, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0]
        expected = [float(special.betainc(a, b, x)) for x in points]
        assert [beta_share(a, b, x) for x in points] == pytest.approx(expected, rel=1e-9, abs=1e-300)
