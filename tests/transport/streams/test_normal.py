"""The normal quantile."""

from statistics import NormalDist

import pytest
import scipy.special

from transport.streams.normal import normal_quantile
from transport.streams.philox import uniform

EXTREMES = (2.0**-53, 1e-12, 0.075, 0.0749999, 0.5, 0.9250001, 0.925, 1 - 1e-12, 1 - 2.0**-53)


def test_is_as_241_of_the_standard_library():
    """It is the standard library's form of the same algorithm, to the last figures, branch borders included."""
    uniforms = [uniform(1, 0, i, 0, 0, 0) ** (1 + i % 5 * 10) for i in range(3000)]
    uniforms += [*EXTREMES, *(1 - u for u in uniforms[::7] if u > 2.0**-53)]
    expected = [NormalDist().inv_cdf(u) for u in uniforms]
    assert [normal_quantile(u) for u in uniforms] == pytest.approx(expected, rel=1e-15, abs=0.0)


def test_agrees_with_scipy():
    """Against scipy's other algorithm it is right to 14 figures."""
    uniforms = [uniform(2, 0, i, 0, 0, 0) for i in range(2000)] + list(EXTREMES)
    observed = [normal_quantile(u) for u in uniforms]
    assert observed == pytest.approx(scipy.special.ndtri(uniforms), rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("u", [u for u in EXTREMES if u < 0.5])
def test_is_odd_about_one_half(u):
    """The quantile of 1 - u is that of u with the other sign, where 1 - u is exact."""
    if 1.0 - (1.0 - u) == u:
        assert normal_quantile(1.0 - u) == -normal_quantile(u)
