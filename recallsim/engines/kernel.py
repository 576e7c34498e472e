"""The kernel: one replication of a plan, as one function that a compiler takes over (compile.py).

The same plan, the same draws by address and the same functions of the basement as the agents use. The servers are passed
first; recipients are independent of one another then, and each is lived through by itself.
"""

from recallsim.engines.kernel_agent import work
from recallsim.engines.kernel_columns import choose_columns, fill_columns
from recallsim.engines.kernel_effects import send_back, write_page
from recallsim.engines.kernel_jobs import stage_state
from recallsim.engines.kernel_layout import (
    AGENT,
    AHEAD,
    B_AFTER_REMOVAL,
    B_AGENT,
    B_AGENT_DOES,
    B_ASKED,
    B_AWARE,
    B_BACKLOG_ROOM,
    B_BACKLOGS_AT,
    B_CAME,
    B_CAPACITY,
    B_CHUNK_AT,
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
    B_REPORT_TOLD,
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
    C_HERE,
    C_PLACE,
    C_READ,
    C_THERE,
    C_WIDTH,
    CHUNK,
    COLUMNS_AT,
    COPIES,
    COUNT,
    D_CLOCK_COUNT,
    D_LAGS,
    D_ONLINE_SIZE,
    D_READER,
    D_WIDTH,
    DELIVER,
    DSN,
    EMPTY,
    FOLDER_CLOCKS,
    G_AT_SERVER,
    G_DEVICES,
    G_FIRST,
    G_MAILBOX,
    G_MAY_LOSE,
    G_PURGEABLE,
    G_REPORTS,
    G_SEATS,
    G_SIZE,
    G_WATCHED,
    G_WIDTH,
    GROUP_COUNT,
    GROUPS,
    HELD,
    HORIZON,
    IN_TRANSIT,
    INTERCEPTED,
    KEEP,
    KEPT_CELLS,
    KEPT_ROOM,
    KINDS,
    LOST,
    NEVER_PROCESSED,
    NOT_SENT,
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
    PEOPLE,
    PLAIN,
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
    REFUSED,
    REJECTED,
    REPLACEMENT,
    REPORT,
    REPORTS_SHARED,
    REQUEST,
    ROOM,
    S_COME,
    S_DEVICE,
    S_FOLDER,
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
    SERVERS,
    STAGE_COUNT,
    STRIPPED_ON_PATH,
    TELLS,
    TOLD_BOUNCE,
    TOLD_FAILURE,
    TOLD_SUCCESS,
    TURNS_ROOM,
    USER,
    WHILE_PROCESSING,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_life import live
from recallsim.engines.kernel_people_layout import HABIT_CELLS, IN_TURNS, TURNS_KNOWN
from recallsim.engines.kernel_plain import pass_plain_servers, pass_reports
from recallsim.engines.kernel_presence import turns_of
from recallsim.engines.kernel_purge import (
    count_fates,
    go_where_recalls_failed,
    note_failure,
    prepare_systems,
)
from recallsim.engines.kernel_relay import pass_servers
from recallsim.engines.kernel_sender import sender_acts
from recallsim.engines.kernel_servers_layout import (
    BY_MODERATOR,
    STRIPPED,
    V_ORDER,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_MARKS,
    W_WHEN,
    W_WHERE,
    Y_PEAK,
    Z_ASKED,
    Z_DECIDED,
    Z_ENTITY_BITS,
    Z_FAILED,
    Z_K0,
    Z_K1,
    Z_NOTICED,
    Z_OFFSET,
    Z_ORDINAL_BITS,
    Z_REASON,
    Z_RELEASED,
    Z_REPLACED,
    Z_REPLICATION,
    Z_ROW,
    Z_STATUS,
    Z_SUBMITS,
)
from recallsim.engines.kernel_state import is_public, is_read, set_key
from recallsim.engines.kernel_systems_layout import (
    A_READS_TOO,
    EVERYTHING,
    FAILURES,
    LOSSES,
    W_DOES,
    W_DOES_AT,
    W_FATE_ORDER,
    W_LEFT,
    W_PURGE_AT,
)
from recallsim.engines.kernel_travel import note_passages, pass_link
from transport.recall.decide import decide_at_horizon


def replicate(
    p: Ints,
    f: Floats,
    s: Ints,
    z: Ints,
    j: Ints,
    h: Ints,
    w: Table,
    x: Ints,
    v: Table,
    y: Table,
    u: Floats,
    cells: int,
    k0: int,
    k1: int,
    replication: int,
    part: int,
    first: int,
    last: int,
    row: int,
    at: int,
    ticks: Table,
    codes: Table,
    passages: Table,
    moments: Table,
) -> int:
    """Live through one replication, or through a part of it.

    Args:
        p, f: the plan (kernel_plan.py).
        s, z, j, h, w, x, v, y, u: room to work in (batch.py).
        cells: how many there are in `s`.
        k0, k1: the seed.
        replication: its number.
        part: SERVERS, PEOPLE or both; PEOPLE finds in `z` and `v` what SERVERS left there.
        first, last: which recipients.
        row: of the first of them in the columns.
        at: its column among the moments.
        ticks, codes: filled with what became of the recipients, a row a column (kernel_layout.py).
        passages: filled with waits and sojourns, eight rows a stage: waits by kind, then sojourns by kind.
        moments: filled with released, noticed, asked, replaced, and the greatest queue of each stage.

    Returns:
        0; 1: there was too little room; 2: a report came to a stage before the last mail to a recipient had.
    """
    z[Z_ROW] = row
    if part & SERVERS:
        z[Z_K0], z[Z_K1], z[Z_REPLICATION] = k0, k1, replication
        z[Z_FAILED] = 0
        bits = 1
        while p[COUNT] + 2 + p[STAGE_COUNT] >> bits:
            bits += 1
        z[Z_ENTITY_BITS], z[Z_ORDINAL_BITS] = bits, 51 - bits
        sender_acts(p, f, z)
        count_fates(p, z, w)
        if p[PLAIN]:
            pass_plain_servers(p, f, z, v, w, y, u, x)
        else:
            expect_mail(p, z, w, 1, p[COUNT])
            pass_servers(p, f, z, j, h, w, passages, x)
        if z[Z_FAILED]:
            return 1
        moments[0, at], moments[1, at] = z[Z_RELEASED], z[Z_NOTICED]
        moments[2, at], moments[3, at] = z[Z_ASKED], z[Z_REPLACED]
    if part & PEOPLE:
        prepare(p, s, z, cells)
        if p[AGENT] + p[PURGE]:
            prepare_systems(p, f, s, z, h, w)
        for step in range(LOSSES, EVERYTHING + 1):
            if step == FAILURES and p[AGENT]:
                work(p, f, z, j, h, w, x)
            if step != EVERYTHING and not p[AHEAD] >> step & 1:
                continue
            if step == EVERYTHING and p[AHEAD] >> FAILURES & 1:
                go_where_recalls_failed(p, f, s, z, h, w)
            for g in range(p[GROUP_COUNT]):
                group = p[GROUPS] + g * G_WIDTH
                if not concerns(p, group, step):
                    continue
                begins = max(first, p[group + G_FIRST])
                ends = min(last + 1, p[group + G_FIRST] + p[group + G_SIZE])
                choose_columns(p, f, s, group)
                for number in range(begins, ends, CHUNK):
                    size, at_row = min(CHUNK, ends - number), row + number - first
                    live_through(
                        p, f, s, z, w, x, v, u, group, number, size, ticks, codes, passages, at_row, step
                    )
                    if s[B_FAILED]:
                        return 1
    if part & SERVERS:
        if p[REPORTS_SHARED] and not pass_reports(p, f, z, v, w, y, passages, ticks, codes, u, x, row):
            return 2
        for k in range(p[STAGE_COUNT]):
            moments[4 + k, at] = z[stage_state(k) + Y_PEAK]
    return 0


def live_through(
    p: Ints, f: Floats, s: Ints, z: Ints, w: Table, x: Ints, v: Table, u: Floats, group: int, first: int, size: int,
    ticks: Table, codes: Table, passages: Table, row: int, step: int,
) -> None:  # fmt: skip
    """Live through what happens to a chunk of recipients of one group, the first of whom has row `row`."""
    fill_columns(s, first, size)
    shift = 0
    if p[PLAIN]:
        shift = first
        expect_mail(p, z, w, 0, size - 1)
        for kind in range(KINDS):
            note_passages(p, f, z, v, w, passages, u, x, kind, first, size, row)
            if z[Z_SUBMITS + kind] >= 0:
                pass_link(p, f, z, w, u, x, kind, first, size)
    for i in range(size):
        s[B_CHUNK_AT] = i
        begin(p, f, s, z, w, group, first + i, first + i - shift)
        live(p, f, s)
        if s[B_FAILED]:
            return
        if step == LOSSES:
            w[W_LEFT, first + i] = s[B_LEFT]
        elif step == FAILURES:
            note_failure(s, w, first + i)
        else:
            close(p, s, ticks, codes, row + i)
        if p[REPORTS_SHARED]:
            v[V_ORDER, first + i] = s[B_REPORT_AT] << 2 | s[B_REPORT_TOLD]


def concerns(p: Ints, group: int, step: int) -> bool:
    """Whether a group is lived through in a step."""
    if step == LOSSES:
        return p[group + G_MAY_LOSE] != 0
    return step == EVERYTHING or p[group + G_PURGEABLE] != 0


def expect_mail(p: Ints, z: Ints, w: Table, first: int, last: int) -> None:
    """Mark every copy in those cells as what it is before the servers have touched it."""
    for kind in range(KINDS):
        how = IN_TRANSIT if z[Z_SUBMITS + kind] >= 0 else NOT_SENT
        if kind == ORIGINAL and z[Z_STATUS] != PENDING and z[Z_STATUS] != REFUSED:
            how = HELD
        for cell in range(first, last + 1):
            w[W_WHEN + kind, cell] = -1
            w[W_HOW + kind, cell] = how
    fate = z[Z_STATUS] << 8 | z[Z_REASON] if z[Z_DECIDED] >= 0 else 0
    for cell in range(first, last + 1):
        w[W_FATE, cell] = fate
        w[W_FATE_AT, cell] = z[Z_DECIDED]
        w[W_WHERE, cell] = 0


# --- one recipient ------------------------------------------------------------------------------------------


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
    for cell in range(seat, seat + S_WIDTH):
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
