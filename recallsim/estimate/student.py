"""Quantiles of Student's t distribution, so that a run need not import scipy.

The distribution function comes from the incomplete beta function as a continued fraction (DLMF 8.17.22), the
density from the ratio of two gamma functions (its asymptotic series, DLMF 5.11.13), the quantile from
Newton's method. From 2,000 degrees of freedom on, the expansion around the normal quantile (Abramowitz and
Stegun 26.7.5) is exact enough.
"""

import math
from functools import lru_cache
from typing import Final

_SERIES: Final = (1.0, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304, 39325 / 33554432)
_SERIES_FROM: Final = 40.0
_STEPS: Final = 100_000
_NEARLY_NORMAL: Final = 2000.0


def normal_quantile(p: float) -> float:
    """The point that a standard normal variable stays below with probability `p`, 0 < p < 1."""
    from statistics import NormalDist  # here, because it costs some milliseconds and few need it

    return NormalDist().inv_cdf(p)


@lru_cache(maxsize=4096)
def student_quantile(p: float, df: float) -> float:
    """The point that Student's t with `df` degrees of freedom stays below with probability `p`.

    Args:
        p: a probability strictly between 0 and 1.
        df: the degrees of freedom, above 0; they need not be whole.

    Returns:
        The quantile, to a relative error of 1e-12 or better for 0.5 <= p <= 0.99995 and df from 1 to 1e6.

    Raises:
        ValueError: when `p` or `df` is out of range.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"a quantile of Student's t was asked for p = {p!r}; p must lie between 0 and 1")
    if not 0.0 < df < math.inf:
        raise ValueError(f"Student's t has no {df!r} degrees of freedom; give a finite number above 0")
    if p < 0.5:
        return -student_quantile(1.0 - p, df)
    if p == 0.5:
        return 0.0
    if df >= _NEARLY_NORMAL:
        return _from_normal(normal_quantile(p), df)
    beyond = 1.0 - p
    t = 0.0
    # The tail is convex to the right of 0: from the left, Newton's steps never overshoot. Where rounding
    # takes over they no longer go up, and the climb is over.
    while (step := _excess(t, df, beyond) / _density(t, df)) > 1e-15 * t:
        t += step
    return t


def student_tail(t: float, df: float) -> float:
    """The probability that Student's t with `df` degrees of freedom exceeds `t`, 0 or above."""
    return max(_excess(t, df, 0.0), 0.0)


def _from_normal(z: float, df: float) -> float:
    w = z * z
    terms = (
        (w + 1) / 4,
        ((5 * w + 16) * w + 3) / 96,
        (((3 * w + 19) * w + 17) * w - 15) / 384,
        ((((79 * w + 776) * w + 1482) * w - 1920) * w - 945) / 92160,
    )
    return z * (1 + (terms[0] + (terms[1] + (terms[2] + terms[3] / df) / df) / df) / df)


def _excess(t: float, df: float, beyond: float) -> float:
    """The probability above `t`, less `beyond`; the form is chosen so that neither loses digits."""
    a, y = df / 2.0, t * t / (df + t * t)
    if y < 2.5 / (a + 3.5):
        return (0.5 - beyond) - 0.5 * _beta_share(0.5, a, y, df / (df + t * t))
    return 0.5 * _beta_share(a, 0.5, df / (df + t * t), y) - beyond


def _density(t: float, df: float) -> float:
    power = -(df + 1.0) / 2.0 * math.log1p(t * t / df)
    return _half_step(df / 2.0) * math.exp(power) / math.sqrt(df * math.pi)


def _half_step(a: float) -> float:
    """Gamma(a + 1/2) / Gamma(a)."""
    factor = 1.0
    while a < _SERIES_FROM:
        factor *= a / (a + 0.5)
        a += 1.0
    total = 0.0
    for coefficient in reversed(_SERIES):
        total = total / a + coefficient
    return factor * math.sqrt(a) * total


def _beta_share(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function at `x` = 1 - `rest`; one of `a`, `b` is 1/2."""
    if x <= 0.0:
        return 0.0
    half, other = (a, b) if a == 0.5 else (b, a)
    inverse_beta = _half_step(other) / math.sqrt(math.pi)
    log_x = math.log(x) if x < 0.5 else math.log1p(-rest)
    log_rest = math.log(rest) if rest < 0.5 else math.log1p(-x)
    front = math.exp(a * log_x + b * log_rest) * inverse_beta / a
    assert half == 0.5
    return front * _fraction(a, b, x)


def beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function of any `a` and `b` above 0, for x from 0 to 1."""
    if not 0.0 < x < 1.0:
        return float(x > 0.0)
    if x > (a + 1.0) / (a + b + 2.0):  # beyond, the fraction converges slowly
        return 1.0 - beta_share(b, a, 1.0 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of DLMF 8.17.22, by the modified method of Lentz."""
    tiny = 1e-300
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0), tiny)
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / _away(1.0 + even * d, tiny)
        c = _away(1.0 + even / c, tiny)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / _away(1.0 + odd * d, tiny)
        c = _away(1.0 + odd / c, tiny)
        change = d * c
        value *= change
        if abs(change - 1.0) < 1e-16:
            break
    return value


def _away(number: float, tiny: float) -> float:
    return number if abs(number) > tiny else tiny
