"""The kernel's recipient at both ends: a mailbox before anything has come, and what became of it at the horizon."""

from typing import Final

from recallsim.engines.kernel_effects import send_back, write_page
from recallsim.engines.kernel_layout import (
    AGENT,
    B_AFTER_REMOVAL,
    B_AGENT,
    B_AGENT_DOES,
    B_ASKED,
    B_AWARE,
    B_BACKLOG_ROOM,
    B_BACKLOGS_AT,
    B_CAME,
    B_CAPACITY,
    B_DECIDED,
    B_DELIVERS,
    B_FAILED,
    B_FAILED_AT,
    B_FATE,
    B_FATE_ORDER,
    B_FATE_REASON,
    B_FATE_STATUS,
    B_FOLDERS_AT,
    B_FORWARDED,
    B_FORWARDED_SEEN,
    B_GROUP,
    B_HELD_AT,
    B_HORIZON,
    B_K0,
    B_K1,
    B_KEEPS_AT,
    B_LEFT,
    B_LEVEL,
    B_LOST_PLACE,
    B_NEWS,
    B_NOTICE,
    B_NOTICED,
    B_NUMBER,
    B_OFFSET,
    B_OVERTAKEN,
    B_PEOPLE,
    B_PHASE,
    B_PURGE,
    B_REASON,
    B_REMOVED,
    B_REPLACEMENT_SEEN,
    B_REPLICATION,
    B_REPORT_AT,
    B_SEATS,
    B_SEEN,
    B_SETTLES,
    B_STATUS,
    B_STRIPPED,
    B_TOLD,
    B_TOLD_FIRST,
    B_TOLD_TICK,
    B_TRIED,
    B_TURNS_AT,
    B_TURNS_ROOM,
    BACKLOG_ROOM,
    BOUNCED,
    C_DELIVERED,
    C_FETCHED,
    C_HERE,
    C_PLACE,
    C_READ,
    C_SPENT,
    C_THERE,
    C_WIDTH,
    COLUMNS_AT,
    COPIES,
    D_CLOCK_COUNT,
    D_LAGS,
    D_ONLINE_SIZE,
    D_READER,
    D_WIDTH,
    DELIVER,
    DSN,
    EMPTY,
    FETCHED,
    FOLDER_CLOCKS,
    G_AT_SERVER,
    G_DEVICES,
    G_MAILBOX,
    G_REPORTS,
    G_SEATS,
    G_WATCHED,
    HORIZON,
    IN_TRANSIT,
    INTERCEPTED,
    KEEP,
    KEPT_CELLS,
    KEPT_ROOM,
    KINDS,
    LOST,
    NEVER_PROCESSED,
    O_AWARE,
    O_DECIDED,
    O_DELIVERED,
    O_FORWARDED,
    O_FORWARDED_SEEN,
    O_PEOPLE,
    O_REMOVED,
    O_REPLACEMENT_SEEN,
    O_SEEN,
    O_TOLD_FIRST,
    ORIGINAL,
    PAGE,
    PENDING,
    PRESENT,
    PROCESS,
    PURGE,
    Q_AFTER_REMOVAL,
    Q_CONTRADICT,
    Q_DOOMED,
    Q_LEVEL,
    Q_OVERTAKEN,
    Q_PHASE,
    Q_PLACE,
    Q_REASON,
    Q_STATUS,
    Q_TOLD,
    REJECTED,
    REMOVED_BY_ADMIN,
    REMOVED_BY_PERSON,
    REMOVED_BY_RECALL,
    REPLACEMENT,
    REPORT,
    REQUEST,
    ROOM,
    S_COME,
    S_DEVICE,
    S_FOLDER,
    S_GAPS,
    S_IDLE,
    S_LAGS,
    S_ON_SCREEN,
    S_PLACE,
    S_SYNC,
    S_SYNC_AT,
    S_WHO,
    S_WIDTH,
    SEAT,
    SEATS,
    SERVE,
    STRIPPED_ON_PATH,
    TELLS,
    TOLD_BOUNCE,
    TOLD_FAILURE,
    TOLD_SUCCESS,
    TURNS_ROOM,
    UNBALANCED,
    USER,
    WHILE_PROCESSING,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_people_layout import HABIT_CELLS, IN_TURNS, TURNS_KNOWN
from recallsim.engines.kernel_presence import turns_of
from recallsim.engines.kernel_servers_layout import (
    BY_MODERATOR,
    STRIPPED,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_MARKS,
    W_WHEN,
    Z_ASKED,
    Z_K0,
    Z_K1,
    Z_NOTICED,
    Z_OFFSET,
    Z_REPLICATION,
)
from recallsim.engines.kernel_state import is_public, is_read, set_key
from recallsim.engines.kernel_systems_layout import (
    A_READS_TOO,
    W_DOES,
    W_DOES_AT,
    W_FATE_ORDER,
    W_PURGE_AT,
)
from transport.recall.decide import decide_at_horizon

CAME: Final = (
    1 << PRESENT | 1 << REMOVED_BY_RECALL | 1 << REMOVED_BY_PERSON | 1 << FETCHED | 1 << REMOVED_BY_ADMIN
)
"""Bit set of the places of copies that were delivered."""
TAKEN_AWAY: Final = 1 << REMOVED_BY_RECALL | 1 << REMOVED_BY_PERSON | 1 << REMOVED_BY_ADMIN
"""Bit set of the places of copies that somebody removed."""


def prepare(p: Ints, s: Ints, z: Ints, cells: int) -> None:
    """Tell the recipients what is the same for all of them."""
    s[B_K0], s[B_K1], s[B_REPLICATION], s[B_OFFSET] = z[Z_K0], z[Z_K1], z[Z_REPLICATION], z[Z_OFFSET]
    s[B_NOTICED], s[B_ASKED], s[B_HORIZON] = z[Z_NOTICED], z[Z_ASKED], p[HORIZON]
    s[B_FOLDERS_AT] = SEAT + p[SEATS] * S_WIDTH
    s[B_KEEPS_AT] = s[B_FOLDERS_AT] + p[SEATS] * p[FOLDER_CLOCKS] * HABIT_CELLS
    times = (cells - s[B_KEEPS_AT]) // p[ROOM]
    s[B_CAPACITY] = times * KEPT_ROOM
    s[B_HELD_AT] = s[B_KEEPS_AT] + KEPT_CELLS * s[B_CAPACITY]
    s[B_TURNS_ROOM], s[B_BACKLOG_ROOM] = times * p[TURNS_ROOM], times * p[BACKLOG_ROOM]
    s[B_TURNS_AT] = s[B_HELD_AT] + s[B_CAPACITY]
    s[B_BACKLOGS_AT] = s[B_TURNS_AT] + p[SEATS] * s[B_TURNS_ROOM]
    s[B_FAILED] = 0


def begin(p: Ints, f: Floats, s: Ints, z: Ints, w: Table, group: int, number: int, at: int) -> None:
    """A mailbox, before anything has come; what the servers did with its mail, in cell `at`, are events to come."""
    for cell in range(B_NUMBER, COLUMNS_AT):
        s[cell] = 0
    s[B_NUMBER], s[B_GROUP], s[B_SEATS] = number, group, p[group + G_SEATS]
    s[B_DECIDED] = s[B_SEEN] = s[B_REMOVED] = s[B_REPLACEMENT_SEEN] = s[B_AWARE] = -1
    s[B_TOLD_FIRST] = s[B_TOLD_TICK] = s[B_REPORT_AT] = -1
    s[B_SETTLES] = s[B_FATE] = s[B_AGENT] = s[B_PURGE] = EMPTY
    s[B_CAME] = s[B_LEFT] = s[B_FAILED_AT] = -1
    marks = w[W_MARKS, at]
    if marks & STRIPPED:
        s[B_STRIPPED], s[B_REASON] = 1, STRIPPED_ON_PATH
    for kind in range(KINDS):
        copy, when, how = COPIES + kind * C_WIDTH, w[W_WHEN + kind, at], w[W_HOW + kind, at]
        s[copy + C_DELIVERED] = -1
        s[copy + C_PLACE] = how
        s[B_DELIVERS + kind] = EMPTY
        if how == PRESENT:
            s[copy + C_PLACE] = IN_TRANSIT
            s[B_DELIVERS + kind] = when << 4 | DELIVER
        elif kind == ORIGINAL and how in (BOUNCED, LOST, REJECTED):
            s[copy + C_PLACE] = IN_TRANSIT
            s[B_SETTLES] = when << 4 | rank_of_end(marks, kind)
            s[B_LOST_PLACE] = how
        if how in (BOUNCED, REJECTED) and kind != REPLACEMENT:
            send_back(p, f, s, when, DSN + kind, TOLD_BOUNCE, 0)
    if w[W_FATE, at]:
        s[B_FATE_STATUS], s[B_FATE_REASON] = w[W_FATE, at] >> 8, w[W_FATE, at] & 255
        s[B_FATE] = w[W_FATE_AT, at] << 4 | rank_of_end(marks, REQUEST)
        if w[W_HOW, at] == INTERCEPTED and p[TELLS] and p[group + G_REPORTS]:
            if p[PAGE] and p[group + G_AT_SERVER]:
                write_page(p, s, w[W_FATE_AT, at], TOLD_SUCCESS)
            else:
                send_back(p, f, s, w[W_FATE_AT, at], REPORT, TOLD_SUCCESS, 0)
    if p[group + G_WATCHED]:
        expect_visits(p, s, w, number)
    for place in range(s[B_SEATS]):
        sit_down(p, s, group, place)


def expect_visits(p: Ints, s: Ints, w: Table, number: int) -> None:
    """The recall agent and the administrator are going to look into this mailbox, or not."""
    s[B_AGENT_DOES] = w[W_DOES, number]
    s[B_FATE_ORDER] = w[W_FATE_ORDER, number] if p[PURGE] else 0
    if s[B_AGENT_DOES]:
        set_key(s, B_AGENT, w[W_DOES_AT, number], PROCESS)
    if w[W_PURGE_AT, number] >= 0:
        set_key(s, B_PURGE, w[W_PURGE_AT, number], PROCESS)


def rank_of_end(marks: int, kind: int) -> int:
    """The rank of a message's end away from the mailbox: what moderators look at comes after all who look themselves."""
    return KEEP if marks >> kind & BY_MODERATOR else SERVE


def sit_down(p: Ints, s: Ints, group: int, place: int) -> None:
    """A seat before anything has come: a device of a user, a reader of any other mailbox."""
    seat = SEAT + place * S_WIDTH
    for cell in range(seat, seat + S_GAPS):
        s[cell] = 0
    user = p[group + G_MAILBOX] == USER
    s[seat + S_DEVICE] = p[group + G_DEVICES] + (place * D_WIDTH if user else 0)
    s[seat + S_PLACE] = place
    s[seat + S_WHO] = p[s[seat + S_DEVICE] + D_READER] if user else place
    s[seat + S_LAGS] = p[s[seat + S_DEVICE] + D_LAGS]
    s[seat + S_SYNC_AT] = s[seat + S_ON_SCREEN] = -1
    s[seat + S_SYNC] = s[seat + S_IDLE] = EMPTY
    for kind in range(KINDS):
        s[seat + S_COME + kind] = EMPTY
        s[seat + S_FOLDER + kind] = -1
    if p[s[seat + S_DEVICE] + D_ONLINE_SIZE] == IN_TURNS:
        s[turns_of(s, seat) + TURNS_KNOWN] = 0
    habits = s[B_FOLDERS_AT] + place * p[FOLDER_CLOCKS] * HABIT_CELLS
    for cell in range(habits, habits + p[s[seat + S_DEVICE] + D_CLOCK_COUNT] * HABIT_CELLS):
        s[cell] = 0


def close(p: Ints, s: Ints, ticks: Table, codes: Table, row: int) -> None:
    """The horizon: write down what became of the recipient."""
    if s[B_TRIED] and s[B_STATUS] == PENDING:
        verdict = decide_at_horizon()
        s[B_STATUS], s[B_REASON], s[B_DECIDED] = verdict.status, verdict.reason, p[HORIZON]
    if s[B_PHASE] == WHILE_PROCESSING and s[B_STATUS] == PENDING:
        s[B_PHASE] = NEVER_PROCESSED
    codes[Q_STATUS, row] = s[B_STATUS]
    codes[Q_REASON, row] = s[B_REASON]
    ticks[O_DECIDED, row] = s[B_DECIDED]
    codes[Q_DOOMED, row] = is_doomed(p, s)
    ticks[O_SEEN, row] = s[B_SEEN]
    codes[Q_LEVEL, row] = s[B_LEVEL]
    codes[Q_PHASE, row] = s[B_PHASE]
    ticks[O_PEOPLE, row] = s[B_PEOPLE]
    codes[Q_AFTER_REMOVAL, row] = s[B_AFTER_REMOVAL]
    for kind in range(KINDS):
        copy = COPIES + kind * C_WIDTH
        ticks[O_DELIVERED + kind, row] = s[copy + C_DELIVERED]
        codes[Q_PLACE + kind, row] = s[copy + C_PLACE]
    if s[B_NOTICE] or s[B_CAME] >= 0:
        ticks[O_DELIVERED + REQUEST, row] = s[B_CAME]
    ticks[O_REMOVED, row] = s[B_REMOVED]
    ticks[O_REPLACEMENT_SEEN, row] = s[B_REPLACEMENT_SEEN]
    ticks[O_AWARE, row] = s[B_AWARE]
    codes[Q_OVERTAKEN, row] = s[B_OVERTAKEN]
    codes[Q_TOLD, row] = s[B_TOLD]
    ticks[O_TOLD_FIRST, row] = s[B_TOLD_FIRST]
    contradiction = 1 << TOLD_SUCCESS | 1 << TOLD_FAILURE
    ticks[O_FORWARDED, row] = s[B_FORWARDED]
    ticks[O_FORWARDED_SEEN, row] = s[B_FORWARDED_SEEN]
    codes[Q_CONTRADICT, row] = 1 if s[B_NEWS] & contradiction == contradiction else 0
    if not balances(s, ticks, codes, row):
        s[B_FAILED] = UNBALANCED


def balances(s: Ints, ticks: Table, codes: Table, row: int) -> bool:
    """Whether every copy is in one place, where it can be by what happened to it (recall.md 5; agents/books.py)."""
    for kind in range(KINDS):
        copy, place = COPIES + kind * C_WIDTH, codes[Q_PLACE + kind, row]
        if (CAME >> place & 1 != 0) != (ticks[O_DELIVERED + kind, row] >= 0):
            return False
        is_there = s[copy + C_HERE] != 0 and s[copy + C_SPENT] == 0 and s[copy + C_FETCHED] == 0
        if s[copy + C_THERE] and is_there != (place == PRESENT):
            return False
    was_removed = TAKEN_AWAY >> codes[Q_PLACE, row] & 1 != 0
    if was_removed != (ticks[O_REMOVED, row] >= 0):
        return False
    return (codes[Q_STATUS, row] == PENDING) == (ticks[O_DECIDED, row] < 0)


def is_doomed(p: Ints, s: Ints) -> int:
    """Whether the recall is pending at the horizon though a copy lies there that is marked read."""
    if p[s[B_GROUP] + G_AT_SERVER] and p[p[AGENT] + A_READS_TOO]:
        return 0  # S3: the flag dooms nothing there
    if s[B_STATUS] != PENDING or s[COPIES + C_THERE] == 0 or s[COPIES + C_HERE] == 0:
        return 0
    if not is_public(p, s):
        return int(s[COPIES + C_READ])
    for place in range(s[B_SEATS]):
        if is_read(p, s, SEAT + place * S_WIDTH, ORIGINAL):
            return 1
    return 0
