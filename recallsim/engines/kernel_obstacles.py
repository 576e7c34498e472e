"""The kernel's obstacles: paces, faults, greylists (transport/relay/pace.py, faults.py and greylist.py, compiled).

The state of a pace is a float: the tick at which the next event is due, in the plan's `f`, of which a replication with
paces has a copy of its own.
"""

from math import floor, inf
from typing import Final

from recallsim.engines.kernel_jobs import job_at, stage_plan, time_at
from recallsim.engines.kernel_layout import (
    E_GREY_DELAY,
    E_GREY_KNOWN,
    E_GREY_WINDOW,
    E_WIDTH,
    F_BEGINS,
    F_BY,
    F_ENDS,
    F_INTERVAL,
    F_KINDS,
    F_NUMBER,
    F_ODDS,
    F_PACE,
    F_TROUBLE,
    F_WIDTH,
    T_FAILING,
    T_FAULT_COUNT,
    T_FAULTS,
    T_GREYLIST,
    T_INTERVAL,
    T_PACE,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    DELAY,
    DISCONNECT,
    J_FAILURES,
    J_KIND,
    J_NUMBER,
    J_ORDINAL,
    J_TROUBLE,
    KNOWN,
    RATE_LIMIT,
    UNMET,
    Z_NOW,
)
from transport.streams.purposes import FAULT, FAULT_TIME, KNOWN_SENDER

NO_TROUBLE: Final = -1
MOST_TICKS: Final = 1 << 62
"""Beyond every horizon; delays that add up to more would not fit."""


def pace_allows(f: Floats, pace: int, now: int) -> bool:
    """Whether a pace allows an event now."""
    return f[pace] < now + 1


def pace_opens(f: Floats, pace: int) -> int:
    """The tick from which a pace that has begun allows the next event."""
    return floor(f[pace])


def take_pace(f: Floats, interval: int, pace: int, now: int) -> None:
    """An event happens now, which the pace allows."""
    f[pace] = max(f[pace], float(now)) + f[interval]


def reset_paces(p: Ints, f: Floats, k: int) -> None:
    """Before anything has come, a stage and its faults have room."""
    stage = stage_plan(p, k)
    if p[stage + T_INTERVAL] >= 0:
        f[p[stage + T_PACE]] = -inf
    for place in range(p[stage + T_FAULT_COUNT]):
        fault = p[stage + T_FAULTS] + place * F_WIDTH
        if p[fault + F_TROUBLE] == RATE_LIMIT:
            f[p[fault + F_PACE]] = -inf


def meet_faults(p: Ints, f: Floats, z: Ints, j: Ints, job: int, k: int, ticks: int) -> int:
    """What an attempt of `ticks` ticks that begins now meets: its trouble is noted at the job; how long it takes."""
    stage, at, now = stage_plan(p, k), job_at(job), z[Z_NOW]
    kind, entity = j[at + J_KIND], j[at + J_NUMBER] if j[at + J_NUMBER] else WHOLE
    attempt = j[at + J_ORDINAL] << 16 | j[at + J_FAILURES]
    j[at + J_TROUBLE] = NO_TROUBLE
    for number in range(p[stage + T_FAULT_COUNT]):
        fault = p[stage + T_FAULTS] + number * F_WIDTH
        if not p[fault + F_KINDS] >> kind & 1 or not p[fault + F_BEGINS] <= now < p[fault + F_ENDS]:
            continue
        trouble, odds, place = p[fault + F_TROUBLE], f[p[fault + F_ODDS + kind]], k | p[fault + F_NUMBER] << 8
        if odds < 1.0 and draw_at(z, FAULT, kind, place, entity, attempt) >= odds:
            continue
        if trouble == RATE_LIMIT and pace_allows(f, p[fault + F_PACE], now):
            take_pace(f, p[fault + F_INTERVAL], p[fault + F_PACE], now)
            continue
        if trouble == DELAY:
            more = time_at(f, z, p[fault + F_BY + kind], FAULT_TIME, kind, place, entity, attempt)
            ticks = min(ticks + more, MOST_TICKS)
            continue
        if trouble == DISCONNECT:
            ticks = int(ticks * draw_at(z, FAULT_TIME, kind, place, entity, attempt))
        j[at + J_TROUBLE] = trouble
        break
    return ticks


def is_greylisted(p: Ints, f: Floats, z: Ints, w: Table, kind: int, number: int, k: int) -> bool:
    """Whether an attempt to deliver that kind of message to that recipient, answered now, is deferred."""
    stage, now = stage_plan(p, k), z[Z_NOW]
    row = p[stage + T_GREYLIST]
    if row == 0:
        return False
    first = w[row, number]
    if first == KNOWN:
        return False
    failing = p[stage + T_FAILING] + kind * E_WIDTH
    known = f[p[failing + E_GREY_KNOWN]]
    if known > 0.0 and draw_at(z, KNOWN_SENDER, 0, k, number, 0) < known:
        w[row, number] = KNOWN
        return False
    if first != UNMET and now - first <= p[failing + E_GREY_WINDOW]:
        if now - first < p[failing + E_GREY_DELAY]:
            return True
        w[row, number] = KNOWN
        return False
    w[row, number] = now
    return True
