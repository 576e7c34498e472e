"""Columns of ticks by NumPy, bit for bit those of `sample_ticks`.

Logarithms and exponentials go through `math`, value by value, for NumPy's own differ from it; what is vectorised is
+ - * /, sqrt and floor, which IEEE 754 defines to the last bit.
"""

from array import array
from collections.abc import Callable, Sequence
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transport.streams.laws import EXPONENTIAL, LOGNORMAL, NEVER_TICK, LawRow
from transport.streams.normal import CENTRE_ENDS
from transport.streams.times import interpreted_ticks

FEWEST: Final = 32
"""Columns shorter than this are quicker value by value."""
ABOVE: Final = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.387132872796366608,
)
BELOW: Final = (
    5.226495278852854561e3,
    2.8729085735721942674e4,
    3.930789580009271061e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.871870074920579083e2,
    4.2313330701600911252e1,
    1.0,
)

TAIL: Final = (
    (
        7.7454501427834140764e-4,
        2.27238449892691845833e-2,
        2.4178072517745061177e-1,
        1.27045825245236838258,
        3.64784832476320460504,
        5.7694972214606914055,
        4.6303378461565452959,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.475938084995344946e-4,
        1.51986665636164571966e-2,
        1.4810397642748007459e-1,
        6.8976733498510000455e-1,
        1.6763848301838038494,
        2.05319162663775882187,
        1.0,
    ),
)
FAR_TAIL: Final = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.2426609473880784386e-3,
        2.6532189526576123093e-2,
        2.9656057182850489123e-1,
        1.7848265399172913358,
        5.4637849111641143699,
        6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15,
        1.4215117583164458887e-7,
        1.8463183175100546818e-5,
        7.868691311456132591e-4,
        1.48753612908506148525e-2,
        1.3692988092273580531e-1,
        5.9983220655588793769e-1,
        1.0,
    ),
)
CENTRE: Final = (ABOVE, BELOW)
"""Numerator and denominator of AS241 (transport/streams/normal.py), highest power first."""

Floats = NDArray[np.float64]


def numpy_ticks(law: LawRow, uniforms: Sequence[float], clock: float) -> Sequence[int]:
    """The ticks that `uniforms` become under `law`; the `TickFiller` of `transport.streams.times`."""
    if len(uniforms) < FEWEST or law[0] not in (EXPONENTIAL, LOGNORMAL):
        return interpreted_ticks(law, uniforms, clock)
    u = np.asarray(uniforms, dtype=np.float64)
    if law[0] == EXPONENTIAL:
        values = -law[1] * _each(log, 1.0 - u)
    else:
        values = law[1] * _each(exp, law[2] * _normal_quantiles(u))
    ticks = np.floor(values / clock + 0.5)
    whole = np.where(ticks < float(NEVER_TICK), ticks, float(NEVER_TICK)).astype(np.int64)
    return array("q", whole.tobytes())


def _each(function: Callable[[float], float], values: Floats) -> Floats:
    return np.fromiter(map(function, values.tolist()), np.float64, values.size)


def _normal_quantiles(u: Floats) -> Floats:
    """`normal_quantile` of each, with the same operations in the same order; only the tails' logarithm is not NumPy's."""
    q = u - 0.5
    z: Floats = _ratio(CENTRE, 0.180625 - q * q, numerator_times=q)
    tails = np.flatnonzero(np.abs(q) > CENTRE_ENDS)
    if tails.size:
        side = q[tails]
        r = np.where(side <= 0.0, u[tails], 1.0 - u[tails])
        r = np.sqrt(-_each(log, r))
        tail = _ratio(TAIL, r - 1.6)
        far = np.flatnonzero(r > 5.0)
        if far.size:
            tail[far] = _ratio(FAR_TAIL, r[far] - 5.0)
        z[tails] = np.where(side < 0.0, -tail, tail)
    return z


def _ratio(
    polynomials: tuple[tuple[float, ...], tuple[float, ...]], r: Floats, numerator_times: Floats | None = None
) -> Floats:
    above, below = (row[0] * r + row[1] for row in polynomials)
    for a, b in zip(polynomials[0][2:], polynomials[1][2:], strict=True):
        above *= r
        above += a
        below *= r
        below += b
    return above / below if numerator_times is None else above * numerator_times / below
