"""The kernel's administrator: when each mailbox is gone to (agents/administrator.py, compiled), and the agent's page."""

from recallsim.engines.kernel_heap import add, drop_first
from recallsim.engines.kernel_jobs import time_at
from recallsim.engines.kernel_layout import (
    B_ACTS,
    B_FAILED_AT,
    B_FAILED_ORDER,
    B_FATE_ORDER,
    B_GROUP,
    B_NOW,
    B_NUMBER,
    B_PAGE_OPENS,
    B_PURGE,
    B_RANK,
    B_SUB,
    COUNT,
    G_FIRST,
    G_PURGEABLE,
    G_SIZE,
    G_WIDTH,
    GROUP_COUNT,
    GROUPS,
    HORIZON,
    PAGE,
    PROCESS,
    PURGE,
    REPORT,
    REQUEST,
    SENDER_RANK,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_servers_layout import W_PLACE, Z_ASKED, Z_FATES, Z_HEAP, Z_NOTICED, Z_SUBMITS
from recallsim.engines.kernel_state import due, set_key
from recallsim.engines.kernel_systems_layout import (
    ENDS,
    NOTHING,
    P_OPENS,
    SUB_SHIFT,
    U_ACTS,
    U_GAP,
    U_ON_NOTICE,
    W_DOES,
    W_FAILED,
    W_FAILED_ORDER,
    W_FATE_ORDER,
    W_LEFT,
    W_PURGE_AT,
)
from transport.streams.purposes import PURGE_ACT, REPORT_OPENS
from transport.timing import NEVER, next_effect


def count_fates(p: Ints, z: Ints, w: Table) -> None:
    """Whether the servers number the recalls that they decide: in that order an administrator hears of them."""
    z[Z_FATES] = 0 if p[PURGE] else -1
    if p[PURGE]:
        for number in range(1, p[COUNT] + 1):
            w[W_FATE_ORDER, number] = 0


def prepare_systems(p: Ints, f: Floats, s: Ints, z: Ints, h: Ints, w: Table) -> None:
    """Nothing has been done yet; an administrator who is called with the notice knows the way already."""
    s[B_PAGE_OPENS] = s[B_ACTS] = NEVER
    if p[PAGE] and z[Z_SUBMITS + REQUEST] >= 0:
        ticks = time_at(f, z, p[p[PAGE] + P_OPENS], REPORT_OPENS, REPORT, 0, 0, 0)
        s[B_PAGE_OPENS] = next_effect(z[Z_ASKED], ticks, SENDER_RANK, SENDER_RANK)
    for number in range(1, p[COUNT] + 1):
        w[W_DOES, number] = NOTHING
        w[W_LEFT, number] = w[W_PURGE_AT, number] = w[W_FAILED, number] = -1
    if p[PURGE]:
        s[B_ACTS] = time_at(f, z, p[p[PURGE] + U_ACTS], PURGE_ACT, 0, 0, 0, 0)
        begins = z[Z_NOTICED] + s[B_ACTS]
        if p[p[PURGE] + U_ON_NOTICE] and z[Z_NOTICED] >= 0 and begins <= p[HORIZON]:
            go_round(p, f, z, h, w, begins)


def go_round(p: Ints, f: Floats, z: Ints, h: Ints, w: Table, begins: int) -> None:
    """Every mailbox within reach is gone through, in an order of its own."""
    z[Z_HEAP] = 0
    for g in range(p[GROUP_COUNT]):
        group = p[GROUPS] + g * G_WIDTH
        if p[group + G_PURGEABLE]:
            for number in range(p[group + G_FIRST], p[group + G_FIRST] + p[group + G_SIZE]):
                add(z, h, w[W_PLACE, number], number, number, 0)
    free = 0.0
    while z[Z_HEAP] > 0:
        free = max(free, float(begins)) + f[p[p[PURGE] + U_GAP]]
        w[W_PURGE_AT, h[2]] = int(free + 0.5)
        drop_first(z, h)


def go_where_recalls_failed(p: Ints, f: Floats, s: Ints, z: Ints, h: Ints, w: Table) -> None:
    """The administrator goes from one failed recall to the next, in the order in which they failed."""
    z[Z_HEAP] = 0
    for number in range(1, p[COUNT] + 1):
        if w[W_FAILED, number] >= 0:
            add(z, h, w[W_FAILED, number], w[W_FAILED_ORDER, number], number, 0)
    free = 0.0
    while z[Z_HEAP] > 0:
        begins = next_effect(h[0] >> 4, s[B_ACTS], PROCESS, h[0] & 15)
        free = max(free, float(begins)) + f[p[p[PURGE] + U_GAP]]
        w[W_PURGE_AT, h[2]] = int(free + 0.5)
        drop_first(z, h)


def call_administrator(p: Ints, f: Floats, s: Ints) -> None:
    """A recall has failed: its mailbox is gone to, at once if nobody else's stands in between."""
    purge = p[PURGE]
    if p[purge + U_ON_NOTICE] or not p[s[B_GROUP] + G_PURGEABLE] or s[B_ACTS] >= NEVER:
        return
    numbered = s[B_FATE_ORDER] > 0 and (s[B_RANK] != PROCESS or s[B_SUB] == ENDS)
    entity = s[B_FATE_ORDER] if numbered else s[B_NUMBER]
    s[B_FAILED_AT] = s[B_NOW] << 4 | s[B_RANK]
    s[B_FAILED_ORDER] = s[B_SUB] << SUB_SHIFT | entity
    if f[p[purge + U_GAP]] <= 0.0:
        set_key(s, B_PURGE, int(float(due(s, s[B_ACTS], PROCESS)) + 0.5), PROCESS)


def note_failure(s: Ints, w: Table, number: int) -> None:
    """Note when a recall failed, and where in the order of its tick."""
    w[W_FAILED, number] = s[B_FAILED_AT]
    w[W_FAILED_ORDER, number] = s[B_FAILED_ORDER]
