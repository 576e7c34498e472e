"""The makers of law rows: parameters in, a checked row out.

Not of the basement: these raise `ValueError`, which says what is allowed and what was found. Values are
seconds or plain numbers, never negative. The limits on shapes keep every sample within what a float can hold.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log1p, sqrt
from typing import Final

from transport.streams.gamma_table import FIRST_NODE, NODES, NODES_A_UNIT, gamma_table
from transport.streams.laws import LawKind, LawRow

LARGEST: Final = 1e15
_WEIGHT_SLACK: Final = 1e-9


def constant(value: float) -> LawRow:
    """Return the law that always gives `value`."""
    return (float(LawKind.CONSTANT), _within("value", value))


def never() -> LawRow:
    """Return the law of what does not happen."""
    return (float(LawKind.NEVER),)


def uniform(low: float, high: float) -> LawRow:
    """Return the uniform law from `low` to `high`."""
    low, high = _within("low", low), _within("high", high)
    _ascending((("low", low), ("high", high)))
    return (float(LawKind.UNIFORM), low, high)


def exponential(mean: float) -> LawRow:
    """Return the exponential law with that mean."""
    return (float(LawKind.EXPONENTIAL), _positive("mean", mean))


def lognormal(median: float, sigma: float) -> LawRow:
    """Return the lognormal law by its median and the standard deviation of its natural logarithm."""
    median = _positive("median", median)
    return (float(LawKind.LOGNORMAL), median, _within("sigma", sigma, 0.0, 20.0))


def lognormal_mean_cv(mean: float, cv: float) -> LawRow:
    """Return the lognormal law by its mean and its coefficient of variation (standard deviation / mean)."""
    mean = _positive("mean", mean)
    cv = _within("cv", cv, 0.0, 1e6)
    return lognormal(mean / sqrt(1.0 + cv * cv), sqrt(log1p(cv * cv)))


def weibull(shape: float, scale: float) -> LawRow:
    """Return the Weibull law: P(X > x) = exp(-(x / scale)^shape)."""
    shape = _within("shape", shape, 0.01, 10_000.0)
    return (float(LawKind.WEIBULL), shape, _positive("scale", scale), 1.0 / shape)


def gamma(shape: float, scale: float) -> LawRow:
    """Return the gamma law with mean shape * scale."""
    shape = _within("shape", shape, 0.1, 10_000.0)
    return powered_gamma(shape, _positive("scale", scale), 1.0)


def powered_gamma(shape: float, scale: float, power: float) -> LawRow:
    """Return the law of scale * G^power, where G has the gamma law of that shape and scale 1 (unchecked)."""
    head = (float(LawKind.GAMMA), shape, scale, power, FIRST_NODE, NODES_A_UNIT, float(NODES))
    return head + gamma_table(shape)


def lomax(shape: float, scale: float) -> LawRow:
    """Return the Lomax law (Pareto from 0): P(X > x) = (1 + x / scale)^-shape."""
    shape = _within("shape", shape, 0.1, 10_000.0)
    return (float(LawKind.LOMAX), shape, _positive("scale", scale))


def triangular(low: float, mode: float, high: float) -> LawRow:
    """Return the triangular law on `low` .. `high` with its peak at `mode`."""
    low, mode, high = (_within("corner", corner) for corner in (low, mode, high))
    _ascending((("low", low), ("mode", mode), ("high", high)))
    if low == high:
        return constant(low)
    return (float(LawKind.TRIANGULAR), low, mode, high, (mode - low) / (high - low))


def empirical(samples: Iterable[float]) -> LawRow:
    """Return the law whose quantile function is the straight-line graph through the sorted samples.

    The smallest is the quantile of 0, the largest that of 1, the others stand at equal distances between.
    """
    values = sorted([_within("sample", x) for x in samples])
    if not values:
        raise ValueError("there is no sample; give at least one")
    if len(values) == 1:
        return constant(values[0])
    last = len(values) - 1
    return _empirical_row([i / last for i in range(len(values))], values)


def empirical_quantiles(quantiles: Iterable[tuple[float, float]]) -> LawRow:
    """Return the law with these quantiles, pairs of probability and value, and straight lines between."""
    pairs = sorted((_within("probability", p, 0.0, 1.0), _within("value", x)) for p, x in quantiles)
    if len(pairs) < 2 or pairs[0][0] != 0.0 or pairs[-1][0] != 1.0:
        found = ", ".join(f"{p:g}" for p, _ in pairs) or "none"
        raise ValueError(f"quantiles must reach from probability 0 to 1; found {found}")
    for (p, x), (next_p, next_x) in pairwise(pairs):
        if p == next_p:
            raise ValueError(f"probability {p:g} is given twice, with values {x:g} and {next_x:g}")
        if x > next_x:
            raise ValueError(f"the quantile falls from {x:g} at {p:g} to {next_x:g} at {next_p:g}")
    return _empirical_row([p for p, _ in pairs], [x for _, x in pairs])


def mixture(components: Iterable[tuple[float, LawRow]]) -> LawRow:
    """Return the mixture of laws, pairs of weight and row; the weights add up to 1.

    A mixture inside is taken apart: its components stand in its place, with the products of the weights.
    """
    flat: list[tuple[float, LawRow]] = []
    total = 0.0
    for given, row in components:
        weight = _within("weight", given, 0.0, 1.0 + _WEIGHT_SLACK)
        total += weight
        flat += [(weight * inner, part) for inner, part in mixture_parts(row)]
    if abs(total - 1.0) > _WEIGHT_SLACK:
        raise ValueError(f"the weights must add up to 1; found {total:g}")
    return mixture_row([(weight / total, row) for weight, row in flat if weight > 0.0])


def mixture_parts(row: LawRow) -> list[tuple[float, LawRow]]:
    """Return the components of a mixture, pairs of weight and row; any other law is its only component."""
    if row[0] != LawKind.MIXTURE:
        return [(1.0, row)]
    last = 2 + 2 * int(row[1])
    cumulated = (0.0, *row[2:last:2])
    bounds = [*(int(offset) for offset in row[3:last:2]), len(row)]
    return [
        (share - below, row[start:end])
        for (below, share), (start, end) in zip(pairwise(cumulated), pairwise(bounds), strict=True)
    ]


def mixture_row(parts: Sequence[tuple[float, LawRow]]) -> LawRow:
    """Return the mixture of simple laws whose weights add up to 1 (unchecked); of one law, that law."""
    if len(parts) == 1:
        return parts[0][1]
    head = [float(LawKind.MIXTURE), float(len(parts))]
    offset = 2 + 2 * len(parts)
    cumulated = 0.0
    for weight, row in parts:
        cumulated += weight
        head += (min(cumulated, 1.0), float(offset))
        offset += len(row)
    head[-2] = 1.0  # the sum may have missed it by a rounding
    return tuple(head) + tuple(cell for _, row in parts for cell in row)


def tilted(row: LawRow, share: float, reach: float) -> LawRow:
    """Return a law whose values below its quantile `reach` come with probability `share` more (`laws.untilted`)."""
    share = _within("share", share, _WEIGHT_SLACK, 1.0 - _WEIGHT_SLACK)
    return (float(LawKind.TILTED), share, _within("reach", reach, 2.0**-52, 1.0), *row)


def _empirical_row(probabilities: Sequence[float], values: Sequence[float]) -> LawRow:
    return (float(LawKind.EMPIRICAL), float(len(values)), *probabilities, *values)


def _within(name: str, value: float, least: float = 0.0, most: float = LARGEST) -> float:
    value = float(value)
    if not least <= value <= most:
        raise ValueError(f"{name} must be from {least:g} to {most:g}; found {value:g}")
    return value


def _positive(name: str, value: float) -> float:
    value = float(value)
    if not 0.0 < value <= LARGEST:
        raise ValueError(f"{name} must be above 0 and at most {LARGEST:g}; found {value:g}")
    return value


def _ascending(named: Sequence[tuple[str, float]]) -> None:
    for (name, value), (next_name, next_value) in pairwise(named):
        if value > next_value:
            raise ValueError(f"{name} must not be above {next_name}; found {value:g} and {next_value:g}")
