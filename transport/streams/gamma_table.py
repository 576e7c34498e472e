"""The quantile function of the gamma law as a table: ln q and its slope, over the normal score.

In that score ln q is smooth and almost straight: 512 nodes with cubics between them are within 1e-8 for
shapes from 0.1. Computed by our own root finder, so that no library's version is part of a result.
"""

from functools import lru_cache
from math import erfc, exp, expm1, log, sqrt
from typing import Final

NODES: Final = 512
FIRST_NODE: Final = -8.25  # the least uniform, 2^-53, has the score -8.21
NODES_A_UNIT: Final = (NODES - 1) / 16.5
_HALF_LOG_TWO_PI: Final = 0.91893853320467274178


def ln_gamma(x: float) -> float:
    """Return the logarithm of the gamma function of `x` > 0 (Stirling's series, after raising `x` to 12)."""
    factor = 1.0
    while x < 12.0:
        factor *= x
        x += 1.0
    y = 1.0 / (x * x)
    series = 1.0 / 156.0
    for divisor in (-360360.0 / 691.0, 1188.0, -1680.0, 1260.0, -360.0, 12.0):
        series = series * y + 1.0 / divisor
    return (x - 0.5) * log(x) - x + _HALF_LOG_TWO_PI + series / x - log(factor)


@lru_cache(maxsize=64)
def gamma_table(shape: float) -> tuple[float, ...]:
    """Return ln q of the gamma law of scale 1, and its slope a node, for each of `NODES` scores."""
    table: list[float] = []
    ln_gamma_1 = ln_gamma(shape + 1.0)
    # Where x is small the law is x^shape / Gamma(shape + 1); from below, Newton's method never overshoots.
    value = (log(0.5 * erfc(-FIRST_NODE / sqrt(2.0))) + ln_gamma_1) / shape
    slope = 0.0
    for node in range(NODES):
        score = FIRST_NODE + node / NODES_A_UNIT
        value = _log_quantile(shape, ln_gamma_1, score, value + slope)
        log_density = shape * value - exp(value) - ln_gamma_1 + log(shape)
        slope = exp(-0.5 * score * score - _HALF_LOG_TWO_PI - log_density) / NODES_A_UNIT
        table += (value, slope)
    return tuple(table)


def _log_quantile(shape: float, ln_gamma_1: float, score: float, guess: float) -> float:
    """Return ln q at a normal score, by Newton's method on the log of the smaller tail (concave in ln q)."""
    upper = score > 0.0
    target = log(0.5 * erfc(abs(score) / sqrt(2.0)))
    value = guess
    for _ in range(100):
        x = exp(value)
        log_density = shape * value - x - ln_gamma_1 + log(shape)
        log_tail = _log_upper(shape, x, log_density) if upper else _log_lower(shape, x, log_density)
        steepness = exp(log_density - log_tail)
        step = (log_tail - target) / (steepness if upper else -steepness)
        value += step
        if abs(step) < 1e-8:  # the error left is the square of this
            return value
    raise ArithmeticError(f"the gamma quantile of shape {shape} at score {score} was not found")


def _log_lower(shape: float, x: float, log_density: float) -> float:
    """Return ln P(X <= x) by the power series; `log_density` is that of ln X at ln x."""
    term = 1.0 / shape
    total = term
    n = shape
    while term > total * 1e-17:
        n += 1.0
        term *= x / n
        total += term
    return log_density + log(total)


def _log_upper(shape: float, x: float, log_density: float) -> float:
    """Return ln P(X > x): the continued fraction (Lentz), or the lower tail where that converges faster."""
    if x < shape + 1.0:
        return log(-expm1(_log_lower(shape, x, log_density)))
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    fraction = d
    for n in range(1, 10_000):
        a = -n * (n - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        change = c * d
        fraction *= change
        if abs(change - 1.0) < 1e-15:
            break
    return log_density + log(fraction)
