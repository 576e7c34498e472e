"""The kernel's map: which cell of its three arrays holds what.

Compiled functions take three flat arrays and no objects, since every array that crosses a call costs as much as seven
numbers. `p` (int64) and `f` (float64) hold the plan (kernel_plan.py): rows of `p` point to laws and shares in `f`. `s`
(int64) holds one recipient: the mailbox, its copies, its seats, and what a reader is going to do with them.
"""

from collections.abc import MutableSequence
from typing import Final, Protocol, overload

Ints = MutableSequence[int]
Floats = MutableSequence[float]
"""What the kernel's arrays of one dimension are to a type checker; they are NumPy's."""


class Table(Protocol):
    """An array of two dimensions: a cell by row and column, or a row."""

    @overload
    def __getitem__(self, at: tuple[int, int], /) -> int: ...
    @overload
    def __getitem__(self, at: int, /) -> Ints: ...
    def __setitem__(self, at: tuple[int, int], value: int, /) -> None:
        """Set a cell."""


KINDS: Final = 3
"""Kinds of mail to recipients: original, request, replacement."""
REPORT: Final = 3

# --- p: the plan --------------------------------------------------------------------------------------------
# Cells that hold a law, a share or a rate hold its index in f.

(
    COUNT, HORIZON, WEEK, START, START_FIRST, START_SIZE,
    GROUPS, GROUP_COUNT, STAGES, STAGE_COUNT,
    HOLD, NOTICES, ACTS, COMPOSE, ABANDON, CORRECTION,
    ACCOUNT_ON_EXCHANGE, ENABLED, PROTECTED, CLIENT_CAN_RECALL, OPENED, MAX_AGE, IN_SENT_ITEMS, RECALLABLE,
    TELLS, EARLY, INTERCEPT, FIRST_READER, REPORTS_SHARED, SEATS, PLAIN,
    WINDOW, LOOKS_EVERY, MAX_AGE_WHEN_PROCESSED, TAIL, SINGLE_JOBS,
) = range(36)  # fmt: skip
LATENCY: Final = 36
LATENCY_SHARED: Final = 40
LOSS: Final = 44
DUPLICATE: Final = 48
PARTS, PART_COUNT, LISTS, FOLDER_CLOCKS, TURNS_ROOM, BACKLOG_ROOM, ROOM = range(52, 59)
AGENT, PAGE, PURGE, AHEAD, SEEN_LEVEL, HEAD = range(59, 65)
"""The head of `p`; PLAIN: the stages only queue; TAIL: from which stage on they do, but for attempts that fail, one more
than there are stages for none; SINGLE_JOBS: how many jobs are kept for mail to one recipient; latency, whether it is shared,
loss and duplicates are by kind, four cells each; PARTS: how lists divide a message; FOLDER_CLOCKS: the most of a device;
TURNS_ROOM, BACKLOG_ROOM: cells of a seat; ROOM: all cells that may turn out to be too few; AGENT, PAGE, PURGE: where those
stand (kernel_systems_layout.py), 0 for none."""

(
    G_FIRST, G_SIZE, G_NUMBER, G_PROCESSES, G_SAME_ORGANISATION, G_ON_EXCHANGE, G_MAILBOX, G_SEATS, G_RIGHTS,
    G_DEVICES, G_NEVER, G_CURIOSITY, G_RULES_AT_CLIENT, G_REPORTS, G_HABITS, G_ON_ARRIVAL, G_ON_OPENING,
    G_FLAG_SETS_NOTHING_OFF, G_EXECUTES, G_RULES,
) = range(20)  # fmt: skip
G_HABIT_COUNT, G_GLIMPSE, G_GLIMPSE_KINDS, G_ABSENCE, G_HAS_CLOCKS = range(25, 30)
G_AT_SERVER, G_REACH, G_PROCESSING, G_REFUSES, G_PURGEABLE, G_WATCHED, G_MAY_LOSE, G_WIDTH = range(30, 38)
"""A group; G_RULES: first rule of each kind, then how many of each; G_ABSENCE: where its absence stands; G_REACH: what keeps
the recall agent out (status << 8 | reason), 0 for nothing; G_MAY_LOSE: whether originals may leave mailboxes there without
the agent's doing."""

H_SHARE, H_AFTER, H_KINDS, H_ON_ARRIVAL, H_REPEAT, H_FOLDER, H_HARD, H_TO, H_PURPOSE, H_WIDTH = range(10)
"""A habit; a group has G_HABIT_COUNT, of which those with share -1 are none: marking unread, moving, deleting, then
forwarding, opening the attachment. H_PURPOSE: of the draw of its share; that of its time follows."""

R_NUMBER, R_SHARE, R_FOLDER, R_MARK_READ, R_STOP, R_FORWARD, R_WIDTH = range(7)
"""A rule."""

(
    D_EXECUTES, D_LEVEL, D_SYNC, D_PERIOD, D_AUTO, D_IDLE, D_ONLINE, D_ONLINE_SIZE, D_MARKS, D_MARKS_AFTER,
    D_PREVIEW, D_PREVIEW_KINDS, D_READS, D_HOURS, D_HOURS_SIZE, D_DELAY,
) = range(16)  # fmt: skip
(
    D_GAP, D_FIRST_GAP, D_STATIONARY, D_PER_SESSION, D_OPEN,
) = range(18, 23)  # fmt: skip
(
    D_HANDLING, D_ORDER, D_INSIDE, D_OUTSIDE,
    D_SHOWS_AT_ONCE, D_IDLES, D_WAITS, D_KEEPS_EARLY, D_BY_HAND, D_LAGS, D_SETS_FLAG,
    D_READER, D_RUNS, D_LEFT_ALONE, D_ATTENTIVE, D_NOTIFIED, D_REACTION, D_CLOCKS, D_CLOCK_COUNT, D_INBOX, D_DOWNLOADS,
    D_WIDTH,
) = range(25, 47)  # fmt: skip
"""A device; D_DELAY and D_OPEN are by kind. D_ONLINE_SIZE: 0 always online, IN_TURNS in turns that stand at D_ONLINE;
D_RUNS: bits of what makes the clocks of its reader stand still; D_LEFT_ALONE: bit set of folders; D_INBOX: where the other
mail of its inbox stands, 0 for none."""

(
    T_GRAIN, T_BATCH, T_WORKERS, T_FAILING,
    T_BACKGROUND_LANE, T_BACKGROUND, T_GAP, T_BACKGROUND_SERVICE, T_START, T_LOAD, T_BEGINS, T_OUTAGES, T_OUTAGE_COUNT,
    T_LANES, T_CAN_FAIL,
) = range(15)  # fmt: skip
T_SERVES: Final = 16
T_SERVICE: Final = 20
T_SHARED: Final = 24
T_FAILURE: Final = 28
T_LANE: Final = 32
(
    T_UNLIMITED, T_INTERVAL, T_PACE, T_FAULTS, T_FAULT_COUNT, T_GREYLIST, T_STRIPS, T_MEMBERS, T_MEMBER_COUNT, T_WIDTH,
) = range(36, 46)  # fmt: skip
"""A stage; those from T_SERVES to T_LANE are by kind. T_LANES: how many lines; T_BACKGROUND: 1 if it has foreign mail;
T_UNLIMITED: nobody waits; T_INTERVAL: where its pace stands in `f`, -1 for none, and T_PACE where the state of that does;
T_GREYLIST: its row of `w`, 0 for none; T_MEMBERS: pairs of numbers, none for everybody's mail; T_FAILING: where its
rows for attempts that fail stand."""

(
    E_GAPS, E_GAP_COUNT, E_ATTEMPTS, E_GIVE_UP, E_JITTER, E_GREY_DELAY, E_GREY_WINDOW, E_GREY_KNOWN, E_WIDTH,
) = range(9)  # fmt: skip
"""What a stage does with attempts that fail or meet a greylist, a row a kind: read where that happens."""

F_NUMBER, F_TROUBLE, F_KINDS, F_BEGINS, F_ENDS, F_INTERVAL, F_PACE, F_ODDS = range(8)
F_BY: Final = 11
F_WIDTH: Final = 15
"""A fault of a stage; F_ODDS and F_BY are by kind."""

N_LIST, N_FIRST, N_LAST, N_BEGINS_LIST, N_WIDTH = range(5)
"""A part of a message: its list, -1 for none; its recipients; whether it is the first part of that list."""

L_MODERATORS, L_KINDS, L_READS = range(3)
L_APPROVE: Final = 6
L_EXPIRES: Final = 10
L_WIDTH: Final = 14
"""A list; L_KINDS: bit set of what waits for its moderators; L_READS, L_APPROVE and L_EXPIRES are by kind."""

CLOCK: Final = 0
"""The only cell of `f` with a place of its own: seconds a tick."""

# --- s: one recipient ---------------------------------------------------------------------------------------

(
    B_K0, B_K1, B_REPLICATION, B_OFFSET, B_NOTICED, B_ASKED, B_HORIZON, B_CAPACITY, B_FAILED, B_KEEPS_AT, B_HELD_AT,
    B_CHUNK_AT, B_PAGE_OPENS, B_ACTS, B_FOLDERS_AT, B_TURNS_AT, B_TURNS_ROOM, B_BACKLOGS_AT, B_BACKLOG_ROOM,
    B_COLUMNS, B_RETURNS,
    B_NUMBER, B_GROUP, B_SEATS, B_NOW, B_RANK,
    B_SETTLES, B_FATE, B_DELIVERS, _B_DELIVERS_1, _B_DELIVERS_2,
    B_FATE_STATUS, B_FATE_REASON, B_LOST_PLACE,
    B_STATUS, B_REASON, B_DECIDED, B_SEEN, B_LEVEL, B_PHASE, B_PEOPLE, B_REMOVED, B_REPLACEMENT_SEEN, B_AWARE,
    B_OVERTAKEN, B_TOLD, B_TOLD_FIRST, B_TOLD_TICK, B_TOLD_ORDER, B_NEWS, B_ATTEMPTS, B_TRIED,
    B_REPORT_AT, B_REPORT_TOLD, B_KEEPS, B_HELD, B_AFTER_REMOVAL,
    B_AGENT, B_PURGE, B_AGENT_DOES, B_CAME, B_NOTICE, B_LEFT, B_FAILED_AT, B_FAILED_ORDER, B_FATE_ORDER, B_SUB,
    B_FORWARDED, B_FORWARDED_SEEN, B_WAKES, B_STRIPPED,
) = range(71)  # fmt: skip
"""The mailbox: from B_NUMBER on one recipient's, before that the replication's; B_COLUMNS, B_RETURNS: its group's.

Cells from B_SETTLES to B_DELIVERS + 2, B_AGENT, B_PURGE, and of a seat S_SYNC, S_COME, S_IDLE, are keys of events."""

C_THERE, C_DELIVERED, C_FOLDER, C_MARKED, C_HERE, C_READ, C_FETCHED, C_SPENT, C_PLACE = range(9)
C_WIDTH: Final = 16
"""A copy, one of each kind; as wide as it is for the reason that a seat is."""
COPIES: Final = 71

(
    S_DEVICE, S_PLACE, S_WHO, S_VISIBLE, S_FLAGS, S_SYNC_AT, S_CHECKING, S_IDLE_WAITS, S_ON_SCREEN, S_SHOWN_AT, S_SHOWS,
    S_SAW, S_MODE, S_CHECK_NUMBER, S_CHECK, S_HANDLED, S_OPENED, S_PICKS,
    S_SYNC, S_IDLE, S_LAGS, S_UNFLAGS, S_DELETED,
) = range(23)  # fmt: skip
S_COME: Final = 23  # by kind: key of the opening; of kind 0 at a device with checks, of its next step
S_AGAIN: Final = 26  # by kind: which unread period that opening belongs to
S_MARKS: Final = 29  # by kind: how often this seat's reader marked the message unread
S_PLANNED: Final = 32  # by kind: bit set of the habits that are planned, for the reader of that number
S_PERIODS: Final = 35  # by kind: which unread period it is here; in a public folder, and where a seat lags
S_FOLDER: Final = 38  # by kind: the folder to which it was moved here since the last sync, -1 for none
S_WAKES, S_GAPS_FROM, S_GAPS = 41, 42, 43
GAPS_AT_ONCE: Final = 8
S_WIDTH: Final = 64
"""A seat: a device of a user's mailbox, or a reader of a shared one. S_GAPS: so many gaps between its checks, in ticks, from
number S_GAPS_FROM on, 0 for none. It is wider than need be, for then a place is shifted where it would be multiplied."""
UNBALANCED, UNDECIDED = 3, 4
"""What the kernel answers, and B_FAILED says, where a copy was lost or made, or where only events, one by one, tell which of
two was lost first (kernel_travel.settle); 1 is for too little room, 2 for feedback."""
CHUNK: Final = 128
UNIFORM_BITS: Final = 52
UNIFORM_CELLS: Final = 4503599627370496.0
"""2^52, the number of cells of which a uniform may be the middle: times it, the uniform is a whole number."""
COLUMNS_AT: Final = COPIES + KINDS * C_WIDTH
COLUMN_COUNT: Final = 16
TABLE: Final = COLUMNS_AT + COLUMN_COUNT * CHUNK
PLACES: Final = 4
TABLE_SIZE: Final = 64 * PLACES * 4
TICK_TABLE: Final = TABLE + TABLE_SIZE
COLUMN_DRAWS: Final = TICK_TABLE + TABLE_SIZE
"""Draws at ordinal 0 of `CHUNK` recipients, as whole numbers, or the ticks that they become under a law. Where their column
begins stands in TABLE or TICK_TABLE, in the cell (purpose << 2 | place) << 2 | kind, 0 for none; of the B_COLUMNS columns
there are in pairs from COLUMN_DRAWS on that cell, and the law, -1 for none. B_RETURNS: another column, how long a report
takes to come back, 0 for none. Whether a draw comes from there changes the time it takes and nothing else."""
SEAT: Final = COLUMN_DRAWS + 2 * COLUMN_COUNT
"""The first seat; after the last one stand the habits of looking into folders, then what there may turn out to be too little
room for: the list of what is kept in mind (key, order, what), the list of what was done at devices since their last sync
(place << 40 | act << 32 | kind << 24 | folder), the turns of each seat, the other mail of each inbox."""

# S_MODE: what a person who checks the inbox is at; the last two are about to, once what happens has happened.
ASLEEP, WAITS_FOR_MAIL, WAITS_FOR_CHECK, HANDLES, GONE, SITS_DOWN, IS_WOKEN = range(7)

EMPTY: Final = 1 << 62
"""The key of no event. A key is tick << 4 | rank."""
HELD_MARK, HELD_MOVE, HELD_DELETE = 1, 2, 3
"""What was done at a device that lags (agents/seat.py, Act)."""
HABIT_SHIFT: Final = 12
FORWARDS, OPENS_ATTACHMENT, OUTBOX = 4, 5, 7
PANE: Final = 15
REACTION, OPENING, FOLDER_OPENING, FOLDER_CHECK = range(16, 20)
"""What is kept in mind: habit 1 to 5, that something leaves the outbox, that the pane has shown a message for long enough;
to open what was notified, to open what one was going to open anyway, to look into a folder for one message, to check a
folder."""
KEPT_CELLS: Final = 3
KEPT_ROOM: Final = 64
"""So many things a recipient may have in mind at once, until there is found to be need for more."""

# --- c and q: what comes out, one row a column of the observation -------------------------------------------------

TICK_COLUMNS: Final = (
    "decided", "seen", "original_delivered", "request_delivered", "replacement_delivered", "original_removed",
    "replacement_seen", "aware", "told_first", "seen_people", "forwarded", "forwarded_seen",
)  # fmt: skip
(
    O_DECIDED, O_SEEN, O_DELIVERED, _O_DELIVERED_1, _O_DELIVERED_2, O_REMOVED,
    O_REPLACEMENT_SEEN, O_AWARE, O_TOLD_FIRST, O_PEOPLE, O_FORWARDED, O_FORWARDED_SEEN,
) = range(12)  # fmt: skip
"""Ticks and numbers, eight bytes each."""

CODE_COLUMNS: Final = (
    "status", "reason", "doomed", "seen_level", "seen_phase", "seen_after_removal",
    "original_place", "request_place", "replacement_place", "overtaken", "told", "reports_contradict",
)  # fmt: skip
(
    Q_STATUS, Q_REASON, Q_DOOMED, Q_LEVEL, Q_PHASE, Q_AFTER_REMOVAL,
    Q_PLACE, _Q_PLACE_1, _Q_PLACE_2, Q_OVERTAKEN, Q_TOLD, Q_CONTRADICT,
) = range(12)  # fmt: skip
"""Codes and truths, a byte each."""
COLUMNS: Final = (*TICK_COLUMNS, *CODE_COLUMNS)

# --- codes as plain ints (tests hold them equal to the enumerations) ----------------------------------------

PENDING, SUCCEEDED, FAILED, REFUSED = range(4)
(
    NOT_SENT,
    IN_TRANSIT,
    PRESENT,
    REMOVED_BY_RECALL,
    REMOVED_BY_PERSON,
    REMOVED_BY_RULE,
    INTERCEPTED,
    HELD,
    BOUNCED,
    LOST,
    REJECTED,
    FETCHED,
    REMOVED_BY_ADMIN,
) = range(13)
STRIPPED_ON_PATH: Final = 38
TOLD_SUCCESS, TOLD_FAILURE, TOLD_BOUNCE = 1, 2, 3
UNSEEN, BEFORE_NOTICE, BEFORE_REQUEST, WHILE_PROCESSING, AFTER_PROCESSING, NEVER_PROCESSED = range(6)
NO_PERMISSION: Final = 9
INBOX, DELETED_ITEMS, JUNK = range(3)
ORIGINAL, REQUEST, REPLACEMENT = range(3)
DSN: Final = 4
SWITCH, SENDER_RANK, SERVE, DELIVER, SYNC, PROCESS, LOOK, KEEP, HORIZON_RANK = range(9)
USER, SHARED_BOX, PUBLIC = range(3)
PUSH, CACHED, POLL, FETCH = range(4)
ON_LEAVE, AFTER, NEVER_MARKS = range(3)
READS_NEVER, BY_DELAY, BY_CHECKS, BY_HAZARD = range(4)
NEWEST, OLDEST, RANDOM_ORDER, REQUEST_FIRST = range(4)
WAIT, DROP_ON_ARRIVAL, DROP_ON_PROCESSING, DELETE_ON_DELIVERY = range(4)
SHOWN: Final = 2
WHOLE: Final = 0xFFFFFFFF
AGAIN: Final = 1 << 31
BACKGROUND: Final = 0xF0000000
PICKS_A_CHECK: Final = 16
SERVERS, PEOPLE = 1, 2
"""Parts of a replication, for kernel.replicate."""
