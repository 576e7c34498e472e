"""Distributions as rows of numbers, and what a uniform becomes under them.

Basement: a law is one flat read-only row of floats, interpreted a tuple, compiled a slice of an array. The
first cell is the kind, parameters follow, tables stand in the same row; `law_rows` makes the rows. A value is
the quantile of its uniform, one uniform a value; in a mixture the uniform chooses the component first. A law
gives a value in [0, inf] for any u in (0, 1) and raises nothing: the limits set in `law_rows` see to that.
"""

from collections.abc import Sequence
from enum import IntEnum
from math import exp, expm1, floor, inf, log, log1p, sqrt
from math import pow as power
from typing import Final, NamedTuple

from transport.compilable import compilable
from transport.streams.normal import normal_quantile

LawRow = tuple[float, ...]


class LawKind(IntEnum):
    """The first cell of a row. Append only."""

    NEVER = 0  # it does not happen: infinity
    CONSTANT = 1  # value
    UNIFORM = 2  # low, high
    EXPONENTIAL = 3  # mean
    LOGNORMAL = 4  # median, sigma of the logarithm
    WEIBULL = 5  # shape, scale, 1 / shape
    GAMMA = 6  # shape, scale, power; first node, nodes a unit, nodes; then value and slope of each node
    LOMAX = 7  # shape, scale
    TRIANGULAR = 8  # low, mode, high, probability below the mode
    EMPIRICAL = 9  # nodes; their probabilities; their values
    MIXTURE = 10  # components; then cumulated weight and offset of each; then their rows
    SIZED_UNIFORM = 11  # low, high: the length-biased uniform
    SIZED_EMPIRICAL = 12  # nodes; cumulated shares of the mean; values: the length-biased empirical law
    TILTED = 13  # share, reach; then the row of a law: its lowest values more often than it has them


# The same as cells of a row. Floats, because a row is one: a comparison of equal types is the quickest.
NEVER: Final = 0.0
CONSTANT: Final = 1.0
UNIFORM: Final = 2.0
EXPONENTIAL: Final = 3.0
LOGNORMAL: Final = 4.0
WEIBULL: Final = 5.0
GAMMA: Final = 6.0
LOMAX: Final = 7.0
TRIANGULAR: Final = 8.0
EMPIRICAL: Final = 9.0
MIXTURE: Final = 10.0
SIZED_UNIFORM: Final = 11.0
SIZED_EMPIRICAL: Final = 12.0
TILTED: Final = 13.0

NEVER_TICK: Final = 1 << 60
_NEVER_TICK_AS_FLOAT: Final = 2.0**60
_LEAST: Final = 2.0**-53
_MOST: Final = 1.0 - 2.0**-53


class Component(NamedTuple):
    """Where the chosen component of a mixture starts, and the uniform that is left for it."""

    at: int
    u: float


@compilable
def component(law: Sequence[float], at: int, u: float) -> Component:
    """Choose the component of the mixture at `at` in whose share `u` falls, and stretch `u` over it."""
    last = at + 2 * int(law[at + 1])
    cell = at + 2
    below = 0.0
    while cell < last and law[cell] <= u:
        below = law[cell]
        cell = cell + 2
    left = (u - below) / (law[cell] - below)
    # A uniform on the border of a share would become 0 or 1, where quantiles are infinite.
    left = min(max(left, _LEAST), _MOST)
    return Component(at + int(law[cell + 1]), left)


@compilable
def untilted(share: float, reach: float, u: float) -> float:
    """Return the uniform that a tilted law hands on: with probability `share` one below `reach`, else any."""
    left = u / share * reach if u < share else (u - share) / (1.0 - share)
    return min(max(left, _LEAST), _MOST)


@compilable
def node_below(law: Sequence[float], first: int, nodes: int, u: float) -> int:
    """Return the last of `nodes` ascending cells from `first` that is <= u, the very last one left out."""
    low = first
    high = first + nodes - 1
    while high - low > 1:
        middle = (low + high) // 2
        if law[middle] <= u:
            low = middle
        else:
            high = middle
    return low


@compilable
def tabulated(law: Sequence[float], at: int, u: float) -> float:
    """Return the value of the gamma law at `at`: cubic Hermite in the normal score, on a log scale."""
    place = (normal_quantile(u) - law[at + 4]) * law[at + 5]
    node = min(max(int(place), 0), int(law[at + 6]) - 2)
    s = place - node
    cell = at + 7 + 2 * node
    value = law[cell]
    slope = law[cell + 1]
    rise = law[cell + 2] - value
    bend = law[cell + 3]
    log_value = value + s * (slope + s * (3.0 * rise - 2.0 * slope - bend + s * (slope + bend - 2.0 * rise)))
    return law[at + 2] * exp(law[at + 3] * log_value)


@compilable
def exponential_value(law: Sequence[float], at: int, u: float) -> float:
    """Return the value that `u` becomes under the exponential law at `at`; 1 - u is exact."""
    return -law[at + 1] * log(1.0 - u)


@compilable
def lognormal_value(law: Sequence[float], at: int, z: float) -> float:
    """Return the value of the lognormal law at `at` whose logarithm is `z` standard deviations above its mean."""
    return law[at + 1] * exp(law[at + 2] * z)


@compilable
def sample(law: Sequence[float], at: int, u: float) -> float:
    """Return the value that `u` becomes under the law whose row starts at cell `at`; inf is never."""
    kind = law[at]
    if kind == EXPONENTIAL:
        return exponential_value(law, at, u)
    if kind == CONSTANT:
        return law[at + 1]
    if kind >= MIXTURE:
        if kind == TILTED:
            u = untilted(law[at + 1], law[at + 2], u)
            at = at + 3
            kind = law[at]
        if kind == MIXTURE:
            chosen = component(law, at, u)
            at = chosen.at
            u = chosen.u
            kind = law[at]
        if kind == EXPONENTIAL:
            return exponential_value(law, at, u)
        if kind == CONSTANT:
            return law[at + 1]
    if kind == LOGNORMAL:
        return lognormal_value(law, at, normal_quantile(u))
    if kind == UNIFORM:
        return law[at + 1] + (law[at + 2] - law[at + 1]) * u
    if kind == WEIBULL:
        return law[at + 2] * power(-log1p(-u), law[at + 3])
    if kind == GAMMA:
        return tabulated(law, at, u)
    if kind == LOMAX:
        return law[at + 2] * expm1(-log1p(-u) / law[at + 1])
    if kind == TRIANGULAR:
        width = law[at + 3] - law[at + 1]
        if u < law[at + 4]:
            return law[at + 1] + sqrt(u * width * (law[at + 2] - law[at + 1]))
        return law[at + 3] - sqrt((1.0 - u) * width * (law[at + 3] - law[at + 2]))
    if kind == SIZED_UNIFORM:
        low = law[at + 1]
        high = law[at + 2]
        return sqrt(low * low + u * (high * high - low * low))
    if kind in (EMPIRICAL, SIZED_EMPIRICAL):
        nodes = int(law[at + 1])
        cell = node_below(law, at + 2, nodes, u)
        share = (u - law[cell]) / (law[cell + 1] - law[cell])
        low = law[cell + nodes]
        high = law[cell + nodes + 1]
        if kind == EMPIRICAL:
            return low + (high - low) * share
        return sqrt(low * low + share * (high * high - low * low))
    return inf


@compilable
def to_ticks(seconds: float, clock: float) -> int:
    """Return a duration in ticks of `clock` seconds, rounded half up; at most `NEVER_TICK`, that is never."""
    ticks = seconds / clock + 0.5
    if ticks < _NEVER_TICK_AS_FLOAT:
        return floor(ticks)
    return NEVER_TICK


@compilable
def sample_ticks(law: Sequence[float], at: int, u: float, clock: float) -> int:
    """Return a value in ticks of `clock` seconds, rounded half up; at most `NEVER_TICK`, which is never."""
    # The body of `to_ticks`, without a second call: this is the most called function of a run.
    ticks = sample(law, at, u) / clock + 0.5
    if ticks < _NEVER_TICK_AS_FLOAT:
        return floor(ticks)
    return NEVER_TICK
