"""The kernel's times online, in hours or in turns, and absences (agents/presence.py, compiled)."""

from recallsim.engines.kernel_layout import (
    B_FAILED,
    B_GROUP,
    B_HORIZON,
    B_NOW,
    B_OFFSET,
    B_TURNS_AT,
    B_TURNS_ROOM,
    CLOCK,
    D_ONLINE,
    D_ONLINE_SIZE,
    D_RUNS,
    G_ABSENCE,
    S_DEVICE,
    S_PLACE,
    S_WHO,
    WEEK,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import (
    ABSENCE_FROM,
    ABSENCE_SHARE,
    ABSENCE_UNTIL,
    STATIONARY_TURN,
    STOPS_AWAY,
    TURN_DOWN,
    TURN_MET_DOWN,
    TURN_MET_UP,
    TURN_SHARE,
    TURN_START,
    TURN_UP,
    TURNS_KNOWN,
    TURNS_STARTS_UP,
    TURNS_SWITCHES,
    UP_TURN,
)
from recallsim.engines.kernel_state import happens_once, single_draw, ticks_of
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import AWAY, ONLINE, ONLINE_AGE, ONLINE_FIRST, ONLINE_STATE
from transport.timing import NEVER, next_close, next_open

# --- the device ---------------------------------------------------------------------------------------------


def next_online(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The first tick at or after `tick` at which the device is online; beyond the horizon any."""
    device = s[seat + S_DEVICE]
    size = p[device + D_ONLINE_SIZE]
    if size == 0 or tick > s[B_HORIZON]:
        return tick
    if size > 0:
        return next_open(p, p[device + D_ONLINE], size, p[WEEK], tick + s[B_OFFSET]) - s[B_OFFSET]
    passed, turns = switches_until(p, f, s, seat, tick), turns_of(s, seat)
    is_up = s[turns + TURNS_STARTS_UP] == (passed & 1 == 0)
    return tick if is_up else s[turns + TURNS_SWITCHES + passed]


def next_offline(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The tick at which the device, online at `tick`, goes offline."""
    device = s[seat + S_DEVICE]
    size = p[device + D_ONLINE_SIZE]
    if size == 0 or tick > s[B_HORIZON]:
        return NEVER
    if size > 0:
        close = next_close(p, p[device + D_ONLINE], size, p[WEEK], tick + s[B_OFFSET])
        return close - s[B_OFFSET] if close < NEVER else NEVER
    return s[turns_of(s, seat) + TURNS_SWITCHES + switches_until(p, f, s, seat, tick)]


def turns_of(s: Ints, seat: int) -> int:
    """Where the turns of a seat stand."""
    return s[B_TURNS_AT] + s[seat + S_PLACE] * s[B_TURNS_ROOM]


def switches_until(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """How many switches there were by `tick`; that many and one more are known then."""
    turns, device = turns_of(s, seat), p[s[seat + S_DEVICE] + D_ONLINE]
    first = turns + TURNS_SWITCHES
    if s[turns + TURNS_KNOWN] == 0:
        s[turns + TURNS_STARTS_UP] = starts_up(p, f, s, seat, device)
        s[first] = max(first_switch(p, f, s, seat, device, s[turns + TURNS_STARTS_UP]), 1)
        s[turns + TURNS_KNOWN] = 1
    known = s[turns + TURNS_KNOWN]
    while s[first + known - 1] <= tick:
        if TURNS_SWITCHES + known == s[B_TURNS_ROOM]:
            s[B_FAILED] = 1
            s[first + known - 1] = NEVER  # all of this is done again, with more room
            break
        law = TURN_UP if s[turns + TURNS_STARTS_UP] == (known & 1 == 0) else TURN_DOWN
        ticks = ticks_of(f, s, p[device + law], ONLINE, 0, s[seat + S_PLACE], known)
        s[first + known] = min(s[first + known - 1] + max(ticks, 1), NEVER)
        known += 1
    s[turns + TURNS_KNOWN] = known
    low, high = 0, known - 1
    while low < high:
        middle = (low + high) >> 1
        if s[first + middle] <= tick:
            low = middle + 1
        else:
            high = middle
    return low


def starts_up(p: Ints, f: Floats, s: Ints, seat: int, turns: int) -> int:
    """Whether the device is online at t = 0."""
    if p[turns + TURN_START] != STATIONARY_TURN:
        return int(p[turns + TURN_START] == UP_TURN)
    return int(happens_once(s, f[p[turns + TURN_SHARE]], ONLINE_STATE, 0, s[seat + S_PLACE], 0))


def first_switch(p: Ints, f: Floats, s: Ints, seat: int, turns: int, up: int) -> int:
    """The end of the turn under way at t = 0: a fresh one, or the residual of the one met."""
    place = s[seat + S_PLACE]
    if p[turns + TURN_START] != STATIONARY_TURN:
        law = p[turns + TURN_UP] if up else p[turns + TURN_DOWN]
        return ticks_of(f, s, law, ONLINE, 0, place, 0)
    law = p[turns + TURN_MET_UP] if up else p[turns + TURN_MET_DOWN]
    whole = sample(f, law, single_draw(s, ONLINE_FIRST, 0, place, 0))
    return to_ticks(single_draw(s, ONLINE_AGE, 0, place, 0) * whole, f[CLOCK])


# --- the person ---------------------------------------------------------------------------------------------


def has_absence(p: Ints, f: Floats, s: Ints, seat: int) -> bool:
    """Whether this person has the absence at all."""
    share = f[p[p[s[B_GROUP] + G_ABSENCE] + ABSENCE_SHARE]]
    return happens_once(s, share, AWAY, 0, s[seat + S_WHO], 0)


def next_there(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The first tick at or after `tick` at which the person is not away."""
    absence = p[s[B_GROUP] + G_ABSENCE]
    if p[absence + ABSENCE_FROM] <= tick < p[absence + ABSENCE_UNTIL] and has_absence(p, f, s, seat):
        return p[absence + ABSENCE_UNTIL]
    return tick


def next_away(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The beginning of the absence, if that is still to come."""
    begins = p[p[s[B_GROUP] + G_ABSENCE] + ABSENCE_FROM]
    return begins if tick < begins and has_absence(p, f, s, seat) else NEVER


def is_away(p: Ints, f: Floats, s: Ints, seat: int) -> bool:
    """Whether the person is out of office now."""
    if not p[s[seat + S_DEVICE] + D_RUNS] & STOPS_AWAY:
        return False
    return next_there(p, f, s, seat, s[B_NOW]) > s[B_NOW]
