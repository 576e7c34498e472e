"""Columns of ticks by NumPy, bit for bit those of `sample_ticks`.

Logarithms and exponentials go through `math`, value by value, for NumPy's own differ from it; what is vectorised is
+ - * /, sqrt and floor, which IEEE 754 defines to the last bit.
"""

from array import array
from collections.abc import Sequence
from math import exp, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transport.streams.laws import EXPONENTIAL, LOGNORMAL, NEVER_TICK, LawRow
from transport.streams.normal import normal_quantile
from transport.streams.times import interpreted_ticks

FEWEST: Final = 32
"""Columns shorter than this are quicker value by value."""
CENTRE: Final = 0.425
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

Floats = NDArray[np.float64]


def numpy_ticks(law: LawRow, uniforms: Sequence[float], clock: float) -> Sequence[int]:
    """The ticks that `uniforms` become under `law`; the `TickFiller` of `transport.streams.times`."""
    if len(uniforms) < FEWEST or law[0] not in (EXPONENTIAL, LOGNORMAL):
        return interpreted_ticks(law, uniforms, clock)
    u = np.asarray(uniforms, dtype=np.float64)
    if law[0] == EXPONENTIAL:
        values = -law[1] * np.array([*map(log1p, (-u).tolist())])
    else:
        values = law[1] * np.array([*map(exp, (law[2] * _normal_quantiles(u)).tolist())])
    ticks = np.floor(values / clock + 0.5)
    whole = np.where(ticks < float(NEVER_TICK), ticks, float(NEVER_TICK)).astype(np.int64)
    return array("q", whole.tobytes())


def _normal_quantiles(u: Floats) -> Floats:
    """`normal_quantile` of each: its rational centre vectorised, its tails, which take a logarithm, one by one."""
    q = u - 0.5
    r = 0.180625 - q * q
    above, below = ABOVE[0] * r + ABOVE[1], BELOW[0] * r + BELOW[1]
    for a, b in zip(ABOVE[2:], BELOW[2:], strict=True):
        above, below = above * r + a, below * r + b
    z: Floats = above * q / below
    tails = np.flatnonzero(np.abs(q) > CENTRE)
    z[tails] = [*map(normal_quantile, u[tails].tolist())]
    return z
