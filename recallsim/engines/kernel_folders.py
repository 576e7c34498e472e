"""The kernel's folders with a clock of their own, and openings by delay or rate (agents/attentive.py, compiled)."""

from recallsim.engines.kernel_checks import clock_of, habit_of, place_of, stretched, wake_habit
from recallsim.engines.kernel_idle import may_handle_request
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_NOW,
    BY_CHECKS,
    BY_DELAY,
    BY_HAZARD,
    D_BY_HAND,
    D_DELAY,
    D_INSIDE,
    D_OUTSIDE,
    D_PREVIEW,
    D_PREVIEW_KINDS,
    D_READS,
    FOLDER_OPENING,
    G_NEVER,
    LOOK,
    PROCESS,
    READS_NEVER,
    REQUEST,
    S_DEVICE,
    S_PLACE,
    S_WHO,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import CLOCK_FACTOR, CLOCK_INDEX
from recallsim.engines.kernel_running import after, next_point
from recallsim.engines.kernel_state import (
    draw,
    due,
    happens,
    in_mind,
    keep_in_mind,
    marks_of,
    ticks_of,
    would_open,
)
from transport.streams.purposes import HAZARD, PREVIEW, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import NEVER


def opening_tick(p: Ints, f: Floats, s: Ints, seat: int, kind: int, again: int, clock: int) -> int:
    """The tick at which the person comes to a message, by delay or by hazard, of a clock."""
    device, place = s[seat + S_DEVICE], place_of(p, s, seat, clock)
    if p[device + D_READS] == BY_HAZARD:
        u = draw(s, HAZARD, kind, place, again)
        inside, outside = f[p[device + D_INSIDE]], f[p[device + D_OUTSIDE]]
        if clock:
            factor = f[p[clock + CLOCK_FACTOR]]
            inside, outside = inside / factor, outside / factor
        return next_point(p, f, s, seat, inside, outside, u)
    ticks = ticks_of(f, s, p[device + D_DELAY + kind], READ_DELAY, kind, place, again)
    return after(p, f, s, seat, s[B_NOW], stretched(p, f, clock, ticks))


def rank_of_opening(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> int:
    """When within a tick a message is come to: a request by `delay` to be processed, what the pane shows as a look."""
    device = s[seat + S_DEVICE]
    if kind != REQUEST or not p[device + D_BY_HAND] or p[device + D_READS] != BY_DELAY:
        return LOOK
    shown = p[device + D_PREVIEW_KINDS] >> REQUEST & 1
    if shown and happens(s, f[p[device + D_PREVIEW]], PREVIEW, 0, s[seat + S_PLACE], 0):
        return LOOK
    return PROCESS


def never_opens(p: Ints, f: Floats, s: Ints, seat: int) -> bool:
    """Whether the person never reads at all."""
    return happens(s, f[p[s[B_GROUP] + G_NEVER]], NEVER_OPENS, 0, s[seat + S_WHO], 0)


def meet_in_folder(p: Ints, f: Floats, s: Ints, seat: int, kind: int, clock: int) -> None:
    """Sooner or later the person looks into that folder."""
    reads = p[s[seat + S_DEVICE] + D_READS]
    if reads == READS_NEVER or not would_open(p, s, seat, kind) or never_opens(p, f, s, seat):
        return
    if reads == BY_CHECKS:
        wake_habit(p, f, s, seat, habit_of(p, s, seat, clock), clock)
        return
    again, rank = marks_of(p, s, seat, kind), rank_of_opening(p, f, s, seat, kind)
    tick = opening_tick(p, f, s, seat, kind, again, clock)
    if tick < NEVER:
        if tick == s[B_NOW]:
            tick = due(s, 0, rank)
        what = in_mind(FOLDER_OPENING, kind, s[seat + S_PLACE]) | p[clock + CLOCK_INDEX] << 32 | again << 40
        keep_in_mind(s, tick, rank, kind << 32 | place_of(p, s, seat, clock) << 16, what)


def finds_moved(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """A message has gone to another folder; one with its own clock has its own time."""
    clock = clock_of(p, s, seat, kind)
    if clock and (kind != REQUEST or may_handle_request(p, s, seat)):
        meet_in_folder(p, f, s, seat, kind, clock)
