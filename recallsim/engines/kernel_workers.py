"""The kernel's workers of a stage that only queues: when each of them is free, how long they take."""

from typing import Final

from recallsim.engines.kernel_jobs import stage_plan
from recallsim.engines.kernel_layout import (
    CHUNK,
    CLOCK,
    KINDS,
    STAGE_COUNT,
    T_SERVICE,
    T_SHARED,
    T_WORKERS,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_servers_layout import MOST_WORKERS_SORTED, Y_LINES, Z_K0, Z_K1, Z_REPLICATION
from recallsim.engines.kernel_times import sample_all
from recallsim.engines.kernel_travel import comes_to, same_for_all
from transport.streams.laws import sample_ticks
from transport.streams.philox import uniform
from transport.streams.purposes import SERVICE

LONG_AGO: Final = -(1 << 60)
FAR_AWAY: Final = 1 << 61
"""The end of every service that would end later: so far beyond any horizon that its beginning is, too."""


def free_all(p: Ints, y: Table, k: int) -> None:
    """All workers of a stage are free, and have been for long."""
    for worker in range(p[stage_plan(p, k) + T_WORKERS]):
        y[Y_LINES + p[STAGE_COUNT] + k, worker] = LONG_AGO


def take_worker(free: Ints, workers: int, ends: int) -> None:
    """The first worker to be free is busy until `ends`: a sorted row for few workers, a heap for many."""
    if workers <= MOST_WORKERS_SORTED:
        for at in range(workers - 1):
            free[at] = min(free[at + 1], max(free[at], ends))
        free[workers - 1] = max(free[workers - 1], ends)
        return
    at = 0
    while True:
        below = 2 * at + 1
        if below >= workers:
            break
        if below + 1 < workers and free[below + 1] < free[below]:
            below += 1
        if ends <= free[below]:
            break
        free[at] = free[below]
        at = below
    free[at] = ends


def draw_services(
    p: Ints, f: Floats, z: Ints, y: Table, u: Floats, t: Ints, k: int, first: int, size: int
) -> None:
    """How long the listed jobs are served by stage `k` at their first attempt, in `t`."""
    stage, jobs, law, alike = stage_plan(p, k), y[1], -1, True
    k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
    for kind in range(KINDS + 1):
        t[CHUNK + kind] = 0
        if comes_to(p, z, k, kind):
            its, word = p[stage + T_SERVICE + kind], SERVICE | kind << 8 | k << 16
            t[CHUNK + kind] = same_for_all(p, f, z, its, word, p[stage + T_SHARED + kind])
            alike = alike and t[CHUNK + kind] < 0 and law in (-1, its)
            law = its
    for i in range(size):
        job = jobs[first + i]
        u[i] = uniform(k0, k1, 0, SERVICE | (job & 3) << 8 | k << 16, job >> 2, replication)
    if alike and law >= 0:  # none of the kinds that are under way may be served here
        sample_all(f, law, u, t, size)
        return
    for i in range(size):
        kind = jobs[first + i] & 3
        t[i] = t[CHUNK + kind]
        if t[i] < 0:
            t[i] = sample_ticks(f, p[stage + T_SERVICE + kind], u[i], f[CLOCK])
