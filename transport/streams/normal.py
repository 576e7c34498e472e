"""The quantile of the standard normal law.

Basement: floats in, floats out. Source: Wichura, "Algorithm AS 241: The percentage points of the normal
distribution" (Applied Statistics 37, 1988), the 16-figure form, in the order of the standard library.
"""

from math import log, sqrt
from typing import Final

from transport.compilable import compilable

CENTRE_ENDS: Final = 0.425
"""How far from 1/2 the centre reaches."""


@compilable
def normal_centre(u: float) -> float:
    """Return the same for a `u` in the centre."""
    q = u - 0.5
    r = 0.180625 - q * q
    above = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    above = above * r + 6.7265770927008700853e4
    above = above * r + 4.5921953931549871457e4
    above = above * r + 1.3731693765509461125e4
    above = above * r + 1.9715909503065514427e3
    above = above * r + 1.3314166789178437745e2
    above = above * r + 3.387132872796366608
    below = 5.226495278852854561e3 * r + 2.8729085735721942674e4
    below = below * r + 3.930789580009271061e4
    below = below * r + 2.1213794301586595867e4
    below = below * r + 5.3941960214247511077e3
    below = below * r + 6.871870074920579083e2
    below = below * r + 4.2313330701600911252e1
    below = below * r + 1.0
    return above * q / below


@compilable
def normal_quantile(u: float) -> float:
    """Return the z below which a standard normal value lies with probability `u`, 0 < u < 1."""
    q = u - 0.5
    if abs(q) <= CENTRE_ENDS:
        return normal_centre(u)
    r = u if q <= 0.0 else 1.0 - u
    r = sqrt(-log(r))
    if r <= 5.0:
        r = r - 1.6
        above = 7.7454501427834140764e-4 * r + 2.27238449892691845833e-2
        above = above * r + 2.4178072517745061177e-1
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.7694972214606914055
        above = above * r + 4.6303378461565452959
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
        below = below * r + 1.51986665636164571966e-2
        below = below * r + 1.4810397642748007459e-1
        below = below * r + 6.8976733498510000455e-1
        below = below * r + 1.6763848301838038494
        below = below * r + 2.05319162663775882187
        below = below * r + 1.0
    else:
        r = r - 5.0
        above = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        above = above * r + 1.2426609473880784386e-3
        above = above * r + 2.6532189526576123093e-2
        above = above * r + 2.9656057182850489123e-1
        above = above * r + 1.7848265399172913358
        above = above * r + 5.4637849111641143699
        above = above * r + 6.6579046435011037772
        below = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7
        below = below * r + 1.8463183175100546818e-5
        below = below * r + 7.868691311456132591e-4
        below = below * r + 1.48753612908506148525e-2
        below = below * r + 1.3692988092273580531e-1
        below = below * r + 5.9983220655588793769e-1
        below = below * r + 1.0
    z = above / below
    return -z if q < 0.0 else z
