"""The kernel's client, first half: the tick of a sync, the idle wait (agents/client.py, compiled)."""

from recallsim.engines.kernel_layout import (
    B_HORIZON,
    B_NOW,
    C_FETCHED,
    C_HERE,
    C_PLACE,
    C_READ,
    C_SPENT,
    C_THERE,
    CACHED,
    D_AUTO,
    D_IDLE,
    D_IDLES,
    D_PERIOD,
    D_SYNC,
    D_WAITS,
    EMPTY,
    IN_TRANSIT,
    INBOX,
    ORIGINAL,
    PROCESS,
    PUSH,
    REQUEST,
    S_CHECKING,
    S_DELETED,
    S_DEVICE,
    S_FLAGS,
    S_IDLE,
    S_IDLE_WAITS,
    S_LAGS,
    S_PLACE,
    S_SYNC,
    S_SYNC_AT,
    S_VISIBLE,
    SYNC,
    Floats,
    Ints,
)
from recallsim.engines.kernel_presence import next_offline, next_online
from recallsim.engines.kernel_state import copy_of, draw, due, folder_of, is_read, set_key, ticks_of
from transport.streams.purposes import AUTO_PROCESS, IDLE, POLL_PHASE
from transport.timing import NEVER, next_poll


def has_changes(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Something is to be fetched or handed in: see to it that a sync comes, this tick's only if it is not over."""
    if s[seat + S_SYNC_AT] >= 0:
        return
    tick = sync_tick(p, f, s, seat, due(s, 0, SYNC))
    if tick < NEVER:
        s[seat + S_SYNC_AT] = tick
        set_key(s, seat + S_SYNC, tick, SYNC)


def sync_tick(p: Ints, f: Floats, s: Ints, seat: int, since: int) -> int:
    """The tick of the sync that a change brings about, at `since` or later; coming online syncs at once."""
    device = s[seat + S_DEVICE]
    period = p[device + D_PERIOD]
    online = next_online(p, f, s, seat, since)
    if online > since:
        return online
    if p[device + D_SYNC] == PUSH:
        return since
    if p[device + D_SYNC] == CACHED:
        tick = max(s[B_NOW] + period, since)
    else:
        u = draw(s, POLL_PHASE, 0, s[seat + S_PLACE], 0)
        tick = next_poll(since, int(u * period), period)
    close = next_offline(p, f, s, seat, since)
    return tick if tick < close else next_online(p, f, s, seat, close)


# --- the recall request -------------------------------------------------------------------------------------


def may_handle_request(p: Ints, s: Ints, seat: int) -> bool:
    """R7.1 `wait`: the request is left alone until both are visible, or the original is certain not to come."""
    if not p[s[seat + S_DEVICE] + D_WAITS] or s[seat + S_VISIBLE] >> ORIGINAL & 1:
        return True
    original = copy_of(ORIGINAL)
    if s[original + C_THERE]:
        return s[original + C_HERE] == 0 or s[original + C_FETCHED] != 0
    return s[original + C_PLACE] != IN_TRANSIT


def would_take(p: Ints, s: Ints, seat: int) -> bool:
    """Whether the idle worker takes the request: visible, unread, in the Inbox."""
    request = copy_of(REQUEST)
    if not s[seat + S_VISIBLE] >> REQUEST & 1 or folder_of(s, seat, REQUEST) != INBOX:
        return False
    if s[request + C_SPENT] != 0 or s[request + C_HERE] == 0:
        return False
    if s[seat + S_LAGS]:  # as far as the device knows
        if s[request + C_FETCHED] or s[seat + S_DELETED] >> REQUEST & 1:
            return False
        return not is_read(p, s, seat, REQUEST)
    return s[request + C_READ] == 0 and not s[seat + S_FLAGS] >> REQUEST & 1


def begin_idle(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Begin the wait of the idle worker; going offline voids it, coming back begins another with its own draw."""
    if s[seat + S_CHECKING] or not would_take(p, s, seat):
        return
    device, place = s[seat + S_DEVICE], s[seat + S_PLACE]
    share = f[p[device + D_AUTO]]
    if share < 1.0 and draw(s, AUTO_PROCESS, 0, place, 0) >= share:
        return
    s[seat + S_IDLE] = EMPTY
    begin = next_online(p, f, s, seat, s[B_NOW])
    while begin <= s[B_HORIZON]:
        ticks = ticks_of(f, s, p[device + D_IDLE], IDLE, REQUEST, place, s[seat + S_IDLE_WAITS])
        s[seat + S_IDLE_WAITS] += 1
        tick = due(s, ticks, PROCESS) if begin == s[B_NOW] else begin + ticks
        close = next_offline(p, f, s, seat, begin)
        if tick < close:
            set_key(s, seat + S_IDLE, tick, PROCESS)
            return
        begin = next_online(p, f, s, seat, close)


def begin_idle_anew(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The request may lie unread again, with nobody at it: begin another idle wait."""
    if p[s[seat + S_DEVICE] + D_IDLES] and s[copy_of(REQUEST) + C_THERE] and may_handle_request(p, s, seat):
        begin_idle(p, f, s, seat)
