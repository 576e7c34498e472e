"""The kernel's heap of the servers' events, four cells each: tick, order within the tick, what it concerns, what it is."""

from recallsim.engines.kernel_layout import HORIZON, Ints
from recallsim.engines.kernel_servers_layout import Z_FAILED, Z_HEAP


def push(p: Ints, z: Ints, h: Ints, tick: int, order: int, subject: int, what: int) -> None:
    """Add an event; beyond the horizon nothing happens."""
    if tick <= p[HORIZON]:
        add(z, h, tick, order, subject, what)


def add(z: Ints, h: Ints, tick: int, order: int, subject: int, what: int) -> None:
    """Add an entry, whatever its key stands for."""
    at = z[Z_HEAP]
    if 4 * at >= len(h):
        z[Z_FAILED] = 1
        return
    z[Z_HEAP] = at + 1
    while at > 0:
        above = (at - 1) >> 1
        if h[4 * above] < tick or (h[4 * above] == tick and h[4 * above + 1] <= order):
            break
        for cell in range(4):
            h[4 * at + cell] = h[4 * above + cell]
        at = above
    h[4 * at] = tick
    h[4 * at + 1] = order
    h[4 * at + 2] = subject
    h[4 * at + 3] = what


def drop_first(z: Ints, h: Ints) -> None:
    """Take the first event away."""
    last = z[Z_HEAP] - 1
    z[Z_HEAP] = last
    tick, order = h[4 * last], h[4 * last + 1]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        other = below + 1
        if other < last and (
            h[4 * other] < h[4 * below]
            or (h[4 * other] == h[4 * below] and h[4 * other + 1] < h[4 * below + 1])
        ):
            below = other
        if tick < h[4 * below] or (tick == h[4 * below] and order <= h[4 * below + 1]):
            break
        for cell in range(4):
            h[4 * at + cell] = h[4 * below + cell]
        at = below
    for cell in range(4):
        h[4 * at + cell] = h[4 * last + cell]
