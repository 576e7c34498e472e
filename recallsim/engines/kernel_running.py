"""The kernel's time of a person: calendars, and what more makes clocks stand still (agents/running.py, compiled)."""

from math import exp, log

from recallsim.engines.kernel_layout import (
    B_HORIZON,
    B_NOW,
    B_OFFSET,
    D_HOURS,
    D_HOURS_SIZE,
    D_RUNS,
    S_DEVICE,
    WEEK,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import STOPS_AWAY, STOPS_OFFLINE
from recallsim.engines.kernel_presence import next_away, next_offline, next_online, next_there
from transport.timing import NEVER, advance, hazard_tick, next_close, next_open, open_ticks


def after(p: Ints, f: Floats, s: Ints, seat: int, tick: int, ticks: int) -> int:
    """The tick at which so many ticks of the person's time have passed since `tick`."""
    device = s[seat + S_DEVICE]
    if p[device + D_RUNS]:
        return running_after(p, f, s, seat, tick, ticks)
    size = p[device + D_HOURS_SIZE]
    if size == 0:
        return tick + ticks
    return advance(p, p[device + D_HOURS], size, p[WEEK], tick + s[B_OFFSET], ticks) - s[B_OFFSET]


def next_point(p: Ints, f: Floats, s: Ints, seat: int, inside: float, outside: float, u: float) -> int:
    """The tick of the first point from now on of a process with these rates a tick of the person's time."""
    device, offset = s[seat + S_DEVICE], s[B_OFFSET]
    if p[device + D_RUNS]:
        return running_point(p, f, s, seat, inside, outside, u)
    hours, size = p[device + D_HOURS], p[device + D_HOURS_SIZE]
    tick = hazard_tick(p, hours, size, p[WEEK], s[B_NOW] + offset, inside, outside, u)
    return tick - offset if tick < NEVER else NEVER


def running_after(p: Ints, f: Floats, s: Ints, seat: int, tick: int, ticks: int) -> int:
    """`after` where more than a calendar decides; beyond the horizon it is never."""
    device, offset, left = s[seat + S_DEVICE], s[B_OFFSET], ticks
    hours, size = p[device + D_HOURS], p[device + D_HOURS_SIZE]
    while left < NEVER:
        tick = next_time_up(p, f, s, seat, tick)
        if tick > s[B_HORIZON]:
            break
        end = end_of_time_up(p, f, s, seat, tick)
        due = advance(p, hours, size, p[WEEK], tick + offset, left) - offset
        if due < end:
            return due
        left -= open_between(p, hours, size, tick + offset, end + offset)
        tick = end
    return NEVER


def running_point(p: Ints, f: Floats, s: Ints, seat: int, inside: float, outside: float, u: float) -> int:
    """`next_point` where the process stands still while something is down."""
    device, offset, left, tick = s[seat + S_DEVICE], s[B_OFFSET], -log(u), s[B_NOW]
    hours, size = p[device + D_HOURS], p[device + D_HOURS_SIZE]
    while True:
        tick = next_time_up(p, f, s, seat, tick)
        if tick > s[B_HORIZON]:
            return NEVER
        end = end_of_time_up(p, f, s, seat, tick)
        due = hazard_tick(p, hours, size, p[WEEK], tick + offset, inside, outside, exp(-left)) - offset
        if due < end:
            return due
        is_open = open_between(p, hours, size, tick + offset, end + offset)
        left -= inside * is_open + outside * (end - tick - is_open)
        tick = end


def next_time_up(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The first tick from `tick` on at which the person's clocks run, the calendar apart."""
    stops = p[s[seat + S_DEVICE] + D_RUNS]
    while True:
        up = tick
        if stops & STOPS_OFFLINE:
            up = next_online(p, f, s, seat, up)
        if stops & STOPS_AWAY:
            up = next_there(p, f, s, seat, up)
        if up == tick or up > s[B_HORIZON]:
            return up
        tick = up


def end_of_time_up(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """The first tick after `tick`, at which they run, at which they do not."""
    stops, end = p[s[seat + S_DEVICE] + D_RUNS], NEVER
    if stops & STOPS_OFFLINE:
        end = next_offline(p, f, s, seat, tick)
    if stops & STOPS_AWAY:
        end = min(end, next_away(p, f, s, seat, tick))
    return end


def open_between(p: Ints, first: int, size: int, at: int, last: int) -> int:
    """How many ticks from `at` to `last` a calendar is open."""
    if size == 0:
        return last - at
    week = p[WEEK]
    weeks = (last - at) // week
    total = weeks * open_ticks(p, first, size, week)
    at = next_open(p, first, size, week, at + weeks * week)
    while at < last:
        close = min(next_close(p, first, size, week, at), last)
        total += close - at
        at = next_open(p, first, size, week, close)
    return total
