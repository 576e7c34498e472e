"""The kernel's person who checks a folder: from check to check, up to the next one that matters (agents/sessions.py).

A *habit* of checking is the cells S_MODE to S_PICKS: the seat's for the inbox, others for a folder with a clock of its own;
`clock` is where that clock stands, 0 for the inbox.
"""

from typing import Final

from recallsim.engines.kernel_layout import (
    ASLEEP,
    B_FOLDERS_AT,
    B_HORIZON,
    B_K0,
    B_K1,
    B_NUMBER,
    B_REPLICATION,
    B_WAKES,
    CLOCK,
    D_CLOCK_COUNT,
    D_CLOCKS,
    D_FIRST_GAP,
    D_GAP,
    D_INBOX,
    D_STATIONARY,
    FOLDER_CHECK,
    FOLDER_CLOCKS,
    GAPS_AT_ONCE,
    GONE,
    IS_WOKEN,
    LOOK,
    S_CHECK,
    S_CHECK_NUMBER,
    S_COME,
    S_DEVICE,
    S_GAPS,
    S_GAPS_FROM,
    S_MODE,
    S_PLACE,
    S_WAKES,
    SITS_DOWN,
    UNIFORM_CELLS,
    WAITS_FOR_CHECK,
    WAITS_FOR_MAIL,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import (
    CLOCK_FACTOR,
    CLOCK_FOLDER,
    CLOCK_INDEX,
    CLOCK_PLACES,
    CLOCK_WIDTH,
    HABIT_CELLS,
)
from recallsim.engines.kernel_running import after
from recallsim.engines.kernel_state import (
    draw,
    due,
    folder_of,
    in_mind,
    keep_in_mind,
    set_key,
    ticks_of,
)
from transport.streams.laws import CONSTANT, sample, sample_ticks, to_ticks
from transport.streams.philox import STEP, uniform
from transport.streams.purposes import FIRST_GAP, FIRST_GAP_AGE, GAP
from transport.timing import NEVER

FEW_GAPS: Final = 4
"""The gaps between the first checks are made one by one."""


def wake(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Unread mail is visible: who sleeps until there is some steps on to the next check.

    Where other mail comes into the inbox, only when what happens now has happened (kernel_company.py).
    """
    if not p[s[seat + S_DEVICE] + D_INBOX]:
        wake_habit(p, f, s, seat, seat, 0)
    elif s[seat + S_MODE] in (ASLEEP, WAITS_FOR_MAIL):
        s[seat + S_MODE] = SITS_DOWN if s[seat + S_MODE] == ASLEEP else IS_WOKEN
        s[B_WAKES] += 1
        s[seat + S_WAKES] = s[B_WAKES]


def wake_habit(p: Ints, f: Floats, s: Ints, seat: int, habit: int, clock: int) -> None:
    """The same for one habit in whose checks nothing comes between."""
    if s[habit + S_MODE] == ASLEEP:
        s[habit + S_CHECK_NUMBER] = 0
        s[habit + S_CHECK] = first_check(p, f, s, seat, clock)
        sleep_until_check(p, f, s, seat, habit, clock, due(s, 0, LOOK))
    elif s[habit + S_MODE] == WAITS_FOR_MAIL:
        sleep_until_check(p, f, s, seat, habit, clock, due(s, 0, LOOK))


def sleep_until_check(
    p: Ints, f: Floats, s: Ints, seat: int, habit: int, clock: int, not_before: int
) -> None:
    """Sleep until the first check at or after `not_before`."""
    while s[habit + S_CHECK] < not_before:
        s[habit + S_CHECK_NUMBER] += 1
        s[habit + S_CHECK] = next_check(p, f, s, seat, clock, s[habit + S_CHECK], s[habit + S_CHECK_NUMBER])
    if s[habit + S_CHECK] > s[B_HORIZON]:
        s[habit + S_MODE] = GONE
        return
    s[habit + S_MODE] = WAITS_FOR_CHECK
    set_step(p, s, seat, clock, s[habit + S_CHECK])


def set_step(p: Ints, s: Ints, seat: int, clock: int, tick: int) -> None:
    """Let the next step of a habit happen then."""
    if clock == 0:
        set_key(s, seat + S_COME, tick, LOOK)
        return
    place = s[seat + S_PLACE]
    what = in_mind(FOLDER_CHECK, 0, place) | p[clock + CLOCK_INDEX] << 32
    keep_in_mind(s, tick, LOOK, place + p[clock + CLOCK_PLACES] << 16, what)


def first_check(p: Ints, f: Floats, s: Ints, seat: int, clock: int) -> int:
    """From t = 0: a stationary residual of the gap, or a fresh gap."""
    device, place = s[seat + S_DEVICE], place_of(p, s, seat, clock)
    if not p[device + D_STATIONARY]:
        ticks = ticks_of(f, s, p[device + D_GAP], GAP, 0, place, 0)
    else:
        gap = draw(s, FIRST_GAP, 0, place, 0)
        age = draw(s, FIRST_GAP_AGE, 0, place, 0)
        ticks = to_ticks(age * sample(f, p[device + D_FIRST_GAP], gap), f[CLOCK])
    return after(p, f, s, seat, 0, stretched(p, f, clock, ticks))


def next_check(p: Ints, f: Floats, s: Ints, seat: int, clock: int, ended: int, number: int) -> int:
    """The check after one that ended."""
    law = p[s[seat + S_DEVICE] + D_GAP]
    if clock or number < FEW_GAPS or f[law] == CONSTANT:
        gap = ticks_of(f, s, law, GAP, 0, place_of(p, s, seat, clock), number)
    else:
        gap = gap_of(f, s, seat, law, number)
    return max(after(p, f, s, seat, ended, stretched(p, f, clock, gap)), ended + 1)


def gap_of(f: Floats, s: Ints, seat: int, law: int, number: int) -> int:
    """One gap of a seat; who has checked a few times mostly goes on, so some are made at once, as vectors."""
    first = number - (number - FEW_GAPS) % GAPS_AT_ONCE
    if s[seat + S_GAPS_FROM] != first:
        s[seat + S_GAPS_FROM] = first
        word, k0, k1 = GAP | s[seat + S_PLACE] << 16, s[B_K0], s[B_K1]
        entity, replication, gaps = s[B_NUMBER], s[B_REPLICATION], seat + S_GAPS
        for i in range(GAPS_AT_ONCE):
            s[gaps + i] = int(uniform(k0, k1, first + i, word, entity, replication) * UNIFORM_CELLS)
        for i in range(GAPS_AT_ONCE):
            s[gaps + i] = sample_ticks(f, law, (s[gaps + i] + 0.5) * STEP, f[CLOCK])
    return s[seat + S_GAPS + number - first]


# --- folders with a clock of their own ----------------------------------------------------------------------


def clock_of(p: Ints, s: Ints, seat: int, kind: int) -> int:
    """The clock of the folder in which this seat has the copy, 0 for none."""
    device = s[seat + S_DEVICE]
    clock = p[device + D_CLOCKS]
    for _ in range(p[device + D_CLOCK_COUNT]):
        if p[clock + CLOCK_FOLDER] == folder_of(s, seat, kind):
            return clock
        clock += CLOCK_WIDTH
    return 0


def habit_of(p: Ints, s: Ints, seat: int, clock: int) -> int:
    """The habit of checking that goes by a clock."""
    if clock == 0:
        return seat
    habits = s[B_FOLDERS_AT] + s[seat + S_PLACE] * p[FOLDER_CLOCKS] * HABIT_CELLS
    return habits + p[clock + CLOCK_INDEX] * HABIT_CELLS - S_MODE


def place_of(p: Ints, s: Ints, seat: int, clock: int) -> int:
    """The place in the address of what is drawn at a seat for a clock."""
    return s[seat + S_PLACE] + (p[clock + CLOCK_PLACES] if clock else 0)


def stretched(p: Ints, f: Floats, clock: int, ticks: int) -> int:
    """A time by a clock."""
    if clock == 0 or ticks >= NEVER:
        return ticks
    longer = ticks * f[p[clock + CLOCK_FACTOR]] + 0.5
    return int(longer) if longer < NEVER else NEVER
