"""The kernel's times of many at once: what uniforms become under one law, in loops that the compiler makes vectors of."""

from recallsim.engines.kernel_layout import CHUNK, CLOCK, Floats, Ints
from transport.streams.laws import (
    EXPONENTIAL,
    LOGNORMAL,
    exponential_value,
    lognormal_value,
    sample_ticks,
    to_ticks,
)
from transport.streams.normal import CENTRE_ENDS, normal_centre, normal_quantile


def sample_all(f: Floats, law: int, u: Floats, t: Ints, size: int) -> None:
    """What the first `size` uniforms of `u` become, in `t`, as `sample_ticks` has it; behind them `u` is room to work in."""
    clock = f[CLOCK]
    if f[law] == EXPONENTIAL:
        for i in range(size):
            t[i] = to_ticks(exponential_value(f, law, u[i]), clock)
        return
    if f[law] != LOGNORMAL:
        for i in range(size):
            t[i] = sample_ticks(f, law, u[i], clock)
        return
    for i in range(size):
        u[CHUNK + i] = normal_centre(u[i])
    for i in range(size):
        if abs(u[i] - 0.5) > CENTRE_ENDS:
            u[CHUNK + i] = normal_quantile(u[i])
    for i in range(size):
        t[i] = to_ticks(lognormal_value(f, law, u[CHUNK + i]), clock)
