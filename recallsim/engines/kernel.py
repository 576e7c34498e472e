"""The kernel: one replication of a plan, as one function that a compiler takes over (compile.py).

The same plan, the same draws by address and the same functions of the basement as the agents use. The servers are passed
first; recipients are independent of one another then, and each is lived through by itself.
"""

from recallsim.engines.kernel_agent import work
from recallsim.engines.kernel_columns import choose_columns, clear_columns, fill_columns
from recallsim.engines.kernel_jobs import stage_state
from recallsim.engines.kernel_layout import (
    AGENT,
    AHEAD,
    B_CHUNK_AT,
    B_FAILED,
    B_LEFT,
    B_NUMBER,
    B_REPORT_AT,
    B_REPORT_TOLD,
    CHUNK,
    COUNT,
    G_FIRST,
    G_MAY_LOSE,
    G_PURGEABLE,
    G_SIZE,
    G_WIDTH,
    GROUP_COUNT,
    GROUPS,
    HELD,
    IN_TRANSIT,
    KINDS,
    NOT_SENT,
    ORIGINAL,
    PENDING,
    PEOPLE,
    PLAIN,
    PURGE,
    REFUSED,
    REPORTS_SHARED,
    SERVERS,
    SINGLE_JOBS,
    STAGE_COUNT,
    TAIL,
    UNDECIDED,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_life import live
from recallsim.engines.kernel_order import fill_places
from recallsim.engines.kernel_plain import pass_plain_servers, pass_reports
from recallsim.engines.kernel_purge import (
    count_fates,
    go_where_recalls_failed,
    note_failure,
    prepare_systems,
)
from recallsim.engines.kernel_recipient import begin, close, prepare
from recallsim.engines.kernel_relay import pass_servers
from recallsim.engines.kernel_sender import sender_acts
from recallsim.engines.kernel_servers_layout import (
    V_ORDER,
    W_AT,
    W_FATE,
    W_FATE_AT,
    W_HOW,
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
    Z_ORDINAL_BITS,
    Z_REASON,
    Z_RELEASED,
    Z_REPLACED,
    Z_REPLICATION,
    Z_ROW,
    Z_STATUS,
    Z_SUBMITS,
)
from recallsim.engines.kernel_systems_layout import (
    EVERYTHING,
    FAILURES,
    LOSSES,
    W_LEFT,
)
from recallsim.engines.kernel_tail import pass_tail
from recallsim.engines.kernel_travel import forget_passages, note_passages, pass_link, settle


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
        0; 1: there was too little room; 2: a report came to a stage before the last mail to a recipient had; UNBALANCED: of
        the recipient whose number is in `moments` then, a copy was lost or made; UNDECIDED: it takes a plan that lets all
        mail pass the servers event by event.
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
            if p[SINGLE_JOBS]:
                fill_places(p, z, w)
            forget_passages(p, passages, row)
            pass_servers(p, f, z, j, h, w, y, passages, x)
            if p[TAIL] <= p[STAGE_COUNT] and not z[Z_FAILED]:
                pass_tail(p, f, z, h, w, y, passages, u, x)
        if z[Z_FAILED]:
            return z[Z_FAILED]
        moments[0, at], moments[1, at] = z[Z_RELEASED], z[Z_NOTICED]
        moments[2, at], moments[3, at] = z[Z_ASKED], z[Z_REPLACED]
    if part & PEOPLE:
        prepare(p, s, z, cells)
        clear_columns(s)
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
                        p,
                        f,
                        s,
                        z,
                        w,
                        x,
                        v,
                        u,
                        group,
                        number,
                        size,
                        ticks,
                        codes,
                        passages,
                        at_row,
                        step,
                    )
                    if s[B_FAILED]:
                        moments[0, at] = s[B_NUMBER]
                        return s[B_FAILED]
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
    fill_columns(p, f, s, u, x, first, size)
    shift = 0
    if p[PLAIN]:
        shift = first
        expect_mail(p, z, w, 0, size - 1)
        for kind in range(KINDS):
            note_passages(p, f, z, v, w, passages, u, x, kind, first, size, row)
            if z[Z_SUBMITS + kind] >= 0:
                pass_link(p, f, z, w, u, x, kind, first, size, 0)
        if not settle(p, w, 0, size - 1):
            s[B_FAILED] = UNDECIDED
            return
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
            if s[B_FAILED]:
                return
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
            w[W_AT + kind, cell] = -1
    fate = z[Z_STATUS] << 8 | z[Z_REASON] if z[Z_DECIDED] >= 0 else 0
    for cell in range(first, last + 1):
        w[W_FATE, cell] = fate
        w[W_FATE_AT, cell] = z[Z_DECIDED]
        w[W_WHERE, cell] = 0
