"""The kernel's jobs of the servers: their cells, order, and places in line (transport/relay/envelope.py, compiled)."""

from recallsim.engines.kernel_layout import CLOCK, STAGES, T_WIDTH, UNIFORM_BITS, UNIFORM_CELLS, Floats, Ints
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    J_ENTERED,
    J_EPOCH,
    J_FAILURES,
    J_FIRST,
    J_KIND,
    J_LAST,
    J_NEXT,
    J_NUMBER,
    J_ORDER,
    J_ORDINAL,
    J_PLACE,
    J_PREVIOUS,
    J_STAGE,
    J_WAITS,
    J_WIDTH,
    J_WITHDRAWN,
    Y_HEADS,
    Y_IN_SERVICE,
    Y_LAST_IN_SERVICE,
    Y_TAILS,
    Y_WIDTH,
    Z_ENTITY_BITS,
    Z_FAILED,
    Z_FREE_JOB,
    Z_JOBS,
    Z_NOW,
    Z_ORDINAL_BITS,
    Z_STAGES,
)
from transport.streams.laws import CONSTANT, sample_ticks, to_ticks
from transport.streams.purposes import QUEUE_ORDER

FEW_IN_LINE = 32
"""So few jobs are sorted by insertion."""


def stage_plan(p: Ints, k: int) -> int:
    """Where the plan of stage `k` stands in `p`."""
    return p[STAGES] + k * T_WIDTH


def stage_state(k: int) -> int:
    """Where the state of stage `k` stands in `z`."""
    return Z_STAGES + k * Y_WIDTH


def order_in(z: Ints, sub: int, entity: int, kind: int, ordinal: int) -> int:
    """The order of an event within its tick: sub-rank (2 + 3 a stage; 0 switches, 1 the sender), entity, kind, ordinal."""
    high = sub << z[Z_ENTITY_BITS] | entity
    return (high << 3 | kind) << z[Z_ORDINAL_BITS] | ordinal


def time_at(
    f: Floats, z: Ints, law: int, purpose: int, kind: int, place: int, entity: int, ordinal: int
) -> int:
    """The time at an address, in ticks; a constant draws nothing."""
    if f[law] == CONSTANT:
        return to_ticks(f[law + 1], f[CLOCK])
    return sample_ticks(f, law, draw_at(z, purpose, kind, place, entity, ordinal), f[CLOCK])


def job_at(job: int) -> int:
    """Where a job stands."""
    return job * J_WIDTH


def fresh_job(z: Ints, j: Ints) -> int:
    """A job that is nobody's: one that was given back, or a new one."""
    job = z[Z_FREE_JOB]
    if job >= 0:
        z[Z_FREE_JOB] = j[job_at(job) + J_NEXT]
        return job
    if (z[Z_JOBS] + 1) * J_WIDTH > len(j):
        z[Z_FAILED] = 1
        return z[Z_JOBS] - 1
    z[Z_JOBS] += 1
    return z[Z_JOBS] - 1


def fill_job(
    z: Ints, j: Ints, job: int, kind: int, number: int, entity: int, ordinal: int, place: int
) -> None:
    """Make a job: `entity` is its recipient's number or what stands for a crowd, `place` its place in line."""
    at = job_at(job)
    j[at + J_KIND] = kind
    j[at + J_NUMBER] = j[at + J_FIRST] = j[at + J_LAST] = number
    j[at + J_ORDINAL] = ordinal
    j[at + J_WITHDRAWN] = j[at + J_WAITS] = 0
    j[at + J_PLACE] = place
    j[at + J_ORDER] = order_in(z, 0, entity, kind, ordinal)


def place_in_line(z: Ints, entity: int, ordinal: int) -> int:
    """The place of an entity among jobs that enter at one tick: its uniform as a whole number."""
    return int(draw_at(z, QUEUE_ORDER, 0, 0, entity, ordinal) * UNIFORM_CELLS)


def event_of(z: Ints, j: Ints, job: int, sub: int) -> int:
    """The order of an event of a job at its stage."""
    shift = z[Z_ENTITY_BITS] + 3 + z[Z_ORDINAL_BITS]
    return (2 + 3 * j[job_at(job) + J_STAGE] + sub) << shift | j[job_at(job) + J_ORDER]


def begin_job(z: Ints, j: Ints, job: int) -> None:
    """A job enters a stage for the first time."""
    at = job_at(job)
    j[at + J_ENTERED] = z[Z_NOW]
    j[at + J_FAILURES] = j[at + J_EPOCH] = 0


def background_entity(p: Ints, k: int) -> int:
    """What stands for a stage's background in orders: above every recipient, below the whole distribution."""
    return p[0] + 1 + k


def goes_before(j: Ints, a: int, b: int) -> bool:
    """Whether job `a` goes before `b` of those that enter at one tick: by place, then entity, kind, ordinal."""
    a, b = job_at(a), job_at(b)
    if j[a + J_PLACE] != j[b + J_PLACE]:
        return j[a + J_PLACE] < j[b + J_PLACE]
    return j[a + J_ORDER] < j[b + J_ORDER]


def line_up(j: Ints, x: Ints, count: int) -> None:
    """Sort the first `count` cells of `x`, which are jobs, as they queue; the rest of `x` is room to work in."""
    if count < FEW_IN_LINE:
        put_in_order(j, x, 0, count)
        return
    # Places are uniform: by their upper bits nearly every job gets a cell to itself.
    bits = 1
    while 2 << bits <= count:
        bits += 1
    starts, sorted_from = count, 2 * count + 1
    for cell in range(starts, starts + (1 << bits) + 1):
        x[cell] = 0
    for n in range(count):
        x[starts + 1 + (j[job_at(x[n]) + J_PLACE] >> UNIFORM_BITS - bits)] += 1
    for cell in range(starts, starts + (1 << bits)):
        x[cell + 1] += x[cell]
    for n in range(count):
        cell = starts + (j[job_at(x[n]) + J_PLACE] >> UNIFORM_BITS - bits)
        x[sorted_from + x[cell]] = x[n]
        x[cell] += 1
    put_in_order(j, x, sorted_from, count)
    for n in range(count):
        x[n] = x[sorted_from + n]


def put_in_order(j: Ints, x: Ints, first: int, count: int) -> None:
    """Sort the `count` cells of `x` from `first` on, few jobs or many that are nearly in order."""
    for n in range(first + 1, first + count):
        job, at = x[n], n
        while at > first and goes_before(j, job, x[at - 1]):
            x[at] = x[at - 1]
            at -= 1
        x[at] = job


def append(z: Ints, j: Ints, state: int, lane: int, job: int) -> None:
    """Let a job stand at the end of a lane."""
    j[job_at(job) + J_NEXT] = -1
    j[job_at(job) + J_WAITS] = 1
    if z[state + Y_HEADS + lane] < 0:
        z[state + Y_HEADS + lane] = job
    else:
        j[job_at(z[state + Y_TAILS + lane]) + J_NEXT] = job
    z[state + Y_TAILS + lane] = job


def remember(z: Ints, j: Ints, state: int, job: int) -> None:
    """Append a job to those in service, in the order in which they began."""
    last = z[state + Y_LAST_IN_SERVICE]
    j[job_at(job) + J_PREVIOUS] = last
    j[job_at(job) + J_NEXT] = -1
    if last < 0:
        z[state + Y_IN_SERVICE] = job
    else:
        j[job_at(last) + J_NEXT] = job
    z[state + Y_LAST_IN_SERVICE] = job


def forget(z: Ints, j: Ints, state: int, job: int) -> None:
    """Take a job out of those in service."""
    before, behind = j[job_at(job) + J_PREVIOUS], j[job_at(job) + J_NEXT]
    if before < 0:
        z[state + Y_IN_SERVICE] = behind
    else:
        j[job_at(before) + J_NEXT] = behind
    if behind < 0:
        z[state + Y_LAST_IN_SERVICE] = before
    else:
        j[job_at(behind) + J_PREVIOUS] = before
