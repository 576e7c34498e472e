"""What a stationary start needs of a law: its mean, and its length-biased twin.

A renewal process that has run for ever is met inside a gap of the length-biased law, since a longer gap is
the more likely to be met; the residual is a uniform fraction of that gap. Not of the basement: it raises.
Source: Cox, "Renewal Theory" (1962), chapter 5.
"""

from itertools import pairwise
from math import exp, inf

from transport.streams.gamma_table import ln_gamma
from transport.streams.law_rows import mixture_parts, mixture_row, powered_gamma
from transport.streams.laws import LawKind, LawRow


def mean_of(row: LawRow) -> float:
    """Return the mean of a law; inf where it has none."""
    kind = int(row[0])
    if kind in (LawKind.CONSTANT, LawKind.EXPONENTIAL):
        return row[1]
    if kind == LawKind.UNIFORM:
        return 0.5 * (row[1] + row[2])
    if kind == LawKind.LOGNORMAL:
        return row[1] * exp(0.5 * row[2] * row[2])
    if kind == LawKind.WEIBULL:
        return row[2] * exp(ln_gamma(1.0 + row[3]))
    if kind == LawKind.GAMMA:
        return row[2] * exp(ln_gamma(row[1] + row[3]) - ln_gamma(row[1]))
    if kind == LawKind.LOMAX:
        return row[2] / (row[1] - 1.0) if row[1] > 1.0 else inf
    if kind == LawKind.TRIANGULAR:
        return (row[1] + row[2] + row[3]) / 3.0
    if kind == LawKind.EMPIRICAL:
        return _plain_sum(_segment_means(row))
    if kind == LawKind.MIXTURE:
        return _plain_sum([weight * mean_of(part) for weight, part in mixture_parts(row)])
    if kind == LawKind.SIZED_UNIFORM:
        return _sized_uniform_mean(row[1], row[2])
    if kind == LawKind.SIZED_EMPIRICAL:
        nodes = int(row[1])
        shares, values = row[2 : 2 + nodes], row[2 + nodes :]
        return _plain_sum(
            [
                (share - below) * _sized_uniform_mean(low, high)
                for (below, share), (low, high) in zip(pairwise(shares), pairwise(values), strict=True)
                if high > 0.0
            ]
        )
    return inf


def length_biased(row: LawRow) -> LawRow:
    """Return the law in which each value of `row` is weighted by its length.

    Raises:
        ValueError: the mean is 0 or infinite, or the twin of this kind is not available.
    """
    kind = LawKind(int(row[0]))
    name = kind.name.lower()
    mean = mean_of(row)
    if not 0.0 < mean < inf:
        raise ValueError(
            f"{name}: a stationary start needs a law with a positive and finite mean; its mean is {mean:g}; "
            "take another law, or start afresh"
        )
    if kind == LawKind.CONSTANT:
        return row
    if kind == LawKind.EXPONENTIAL:
        return powered_gamma(2.0, row[1], 1.0)
    if kind == LawKind.UNIFORM:
        return (float(LawKind.SIZED_UNIFORM), row[1], row[2])
    if kind == LawKind.LOGNORMAL:
        return (row[0], row[1] * exp(row[2] * row[2]), row[2])
    if kind == LawKind.WEIBULL:
        return powered_gamma(1.0 + row[3], row[2], row[3])
    if kind == LawKind.GAMMA:
        return powered_gamma(row[1] + row[3], row[2], row[3])
    if kind == LawKind.EMPIRICAL:
        return _sized_empirical(row, mean)
    if kind == LawKind.MIXTURE:
        weighted = [(weight * mean_of(part) / mean, part) for weight, part in mixture_parts(row)]
        return mixture_row([(weight, length_biased(part)) for weight, part in weighted if weight > 0.0])
    raise ValueError(
        f"{name}: a stationary start is not available for this law; it is for constant, uniform, exponential,"
        " lognormal, weibull, gamma, empirical and mixtures of these; take one of them, or start afresh"
    )


def _sized_uniform_mean(low: float, high: float) -> float:
    return (2.0 / 3.0) * (low * low + low * high + high * high) / (low + high)


def _sized_empirical(row: LawRow, mean: float) -> LawRow:
    nodes = int(row[1])
    shares = [0.0]
    cumulated = 0.0
    for part in _segment_means(row):
        cumulated += part
        shares.append(min(cumulated / mean, 1.0))
    return (float(LawKind.SIZED_EMPIRICAL), row[1], *shares, *row[2 + nodes :])


def _segment_means(row: LawRow) -> list[float]:
    nodes = int(row[1])
    probabilities, values = row[2 : 2 + nodes], row[2 + nodes :]
    return [
        (share - below) * 0.5 * (low + high)
        for (below, share), (low, high) in zip(pairwise(probabilities), pairwise(values), strict=True)
    ]


def _plain_sum(values: list[float]) -> float:
    """Return the sum from left to right; the built-in one rounds differently from one Python to the next."""
    total = 0.0
    for value in values:
        total += value
    return total
