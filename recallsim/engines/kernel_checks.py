"""The kernel's person who checks the inbox: from check to check, up to the next one that matters (agents/sessions.py)."""

from recallsim.engines.kernel_layout import (
    ASLEEP,
    B_HORIZON,
    B_OFFSET,
    CLOCK,
    D_FIRST_GAP,
    D_GAP,
    D_HOURS,
    D_HOURS_SIZE,
    D_STATIONARY,
    GONE,
    LOOK,
    S_CHECK,
    S_CHECK_NUMBER,
    S_COME,
    S_DEVICE,
    S_MODE,
    S_PLACE,
    WAITS_FOR_CHECK,
    WAITS_FOR_MAIL,
    WEEK,
    Floats,
    Ints,
)
from recallsim.engines.kernel_state import draw, due, set_key, ticks_of
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import FIRST_GAP, FIRST_GAP_AGE, GAP
from transport.timing import advance


def wake(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Unread mail is visible: who sleeps until there is some steps on to the next check."""
    if s[seat + S_MODE] == ASLEEP:
        s[seat + S_CHECK_NUMBER] = 0
        s[seat + S_CHECK] = first_check(p, f, s, seat)
        sleep_until_check(p, f, s, seat, due(s, 0, LOOK))
    elif s[seat + S_MODE] == WAITS_FOR_MAIL:
        sleep_until_check(p, f, s, seat, due(s, 0, LOOK))


def sleep_until_check(p: Ints, f: Floats, s: Ints, seat: int, not_before: int) -> None:
    """Sleep until the first check at or after `not_before`."""
    while s[seat + S_CHECK] < not_before:
        s[seat + S_CHECK_NUMBER] += 1
        s[seat + S_CHECK] = next_check(p, f, s, seat, s[seat + S_CHECK], s[seat + S_CHECK_NUMBER])
    if s[seat + S_CHECK] > s[B_HORIZON]:
        s[seat + S_MODE] = GONE
        return
    s[seat + S_MODE] = WAITS_FOR_CHECK
    set_key(s, seat + S_COME, s[seat + S_CHECK], LOOK)


def first_check(p: Ints, f: Floats, s: Ints, seat: int) -> int:
    """From t = 0: a stationary residual of the gap, or a fresh gap."""
    device, place = s[seat + S_DEVICE], s[seat + S_PLACE]
    if not p[device + D_STATIONARY]:
        return after(p, s, device, 0, ticks_of(f, s, p[device + D_GAP], GAP, 0, place, 0))
    gap = draw(s, FIRST_GAP, 0, place, 0)
    age = draw(s, FIRST_GAP_AGE, 0, place, 0)
    return after(p, s, device, 0, to_ticks(age * sample(f, p[device + D_FIRST_GAP], gap), f[CLOCK]))


def next_check(p: Ints, f: Floats, s: Ints, seat: int, ended: int, number: int) -> int:
    """The check after one that ended."""
    device = s[seat + S_DEVICE]
    gap = ticks_of(f, s, p[device + D_GAP], GAP, 0, s[seat + S_PLACE], number)
    return max(after(p, s, device, ended, gap), ended + 1)


def after(p: Ints, s: Ints, device: int, tick: int, ticks: int) -> int:
    """The tick at which so many ticks within hours have passed."""
    size = p[device + D_HOURS_SIZE]
    if size == 0:
        return tick + ticks
    return advance(p, p[device + D_HOURS], size, p[WEEK], tick + s[B_OFFSET], ticks) - s[B_OFFSET]
