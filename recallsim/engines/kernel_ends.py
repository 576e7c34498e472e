"""Which rows the kernel keeps of stages that only queue, with few workers: when each service ends, how long it took."""

from recallsim.engines.kernel_layout import (
    COMPOSE,
    CORRECTION,
    COUNT,
    KINDS,
    REPLACEMENT,
    REPORT,
    REPORTS_SHARED,
    STAGE_COUNT,
    STAGES,
    T_SERVES,
    T_WIDTH,
    T_WORKERS,
    Ints,
    Table,
)
from recallsim.engines.kernel_servers_layout import V_ENDS


def row_of_ends(p: Ints, k: int, kind: int) -> int:
    """The row of `v` with the ends of a kind's services in stage k; behind the last stage, how many rows there are."""
    row = V_ENDS
    for stage in range(p[STAGE_COUNT]):
        if p[p[STAGES] + stage * T_WIDTH + T_WORKERS] == 0:
            continue
        for each in range(KINDS + 1):
            if stage == k and each == kind:
                return row
            row += may_come_to(p, stage, each)
    return row


def may_come_to(p: Ints, k: int, kind: int) -> bool:
    """Whether mail of a kind may come to a stage in any replication."""
    if kind == REPORT and not p[REPORTS_SHARED]:
        return False
    if kind == REPLACEMENT and p[COMPOSE] < 0 and p[CORRECTION] < 0:
        return False
    return p[p[STAGES] + k * T_WIDTH + T_SERVES + kind] != 0


def cells_each(p: Ints, v: Table) -> int:
    """How many cells of a row a recipient has: the end of service, and how long it took where there is room for that."""
    return 2 if len(v[0]) >= 2 * (p[COUNT] + 1) else 1
