"""The kernel's order in line: who queues where many enter at one tick, and jobs sorted by their ticks.

Everywhere here: `y` the room for lists (kernel_servers_layout.py), of which rows 0 and 1 hold a list, 2 and 3 the same while
it is sorted; `u` uniforms of one chunk.
"""

from recallsim.engines.kernel_layout import CHUNK, COUNT, UNIFORM_BITS, UNIFORM_CELLS, Floats, Ints, Table
from recallsim.engines.kernel_servers_layout import V_ORDER, W_PLACE, Z_FAILED, Z_K0, Z_K1, Z_REPLICATION
from transport.streams.philox import uniform
from transport.streams.purposes import QUEUE_ORDER

DIGIT = 11
FEW = 32
"""So short a list is sorted by insertion."""


def fill_uniforms(z: Ints, u: Floats, word: int, first: int, size: int) -> None:
    """The draws at ordinal 0 of the recipients from `first` on; a loop that the compiler makes vectors of."""
    k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
    for i in range(size):
        u[i] = uniform(k0, k1, 0, word, first + i, replication)


def fill_places(p: Ints, z: Ints, w: Table) -> None:
    """The place in line of every recipient, the same for all its mail; a loop that the compiler makes vectors of."""
    k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
    for number in range(1, p[COUNT] + 1):
        w[W_PLACE, number] = int(uniform(k0, k1, 0, QUEUE_ORDER, number, replication) * UNIFORM_CELLS)


def order_all(p: Ints, z: Ints, v: Table, y: Table, u: Floats) -> None:
    """List all recipients as they queue where many enter at one tick; part by part, where there is little room."""
    count, done, bits = p[COUNT], 0, 0
    if len(y[0]) <= count:
        while (count >> bits) + (count >> bits) // 4 >= len(y[0]):
            bits += 1
    order = v[V_ORDER]
    for part in range(1 << bits):
        jobs = 0
        for first in range(1, count + 1, CHUNK):
            size = min(CHUNK, count + 1 - first)
            fill_uniforms(z, u, QUEUE_ORDER, first, size)
            for i in range(size):
                key = int(u[i] * UNIFORM_CELLS)
                if key >> UNIFORM_BITS - bits == part:
                    if jobs == len(y[0]):
                        z[Z_FAILED] = 1
                        return
                    y[2, jobs], y[3, jobs] = key, first + i
                    jobs += 1
        sort_by_place(y, 0, jobs)
        for i in range(jobs):
            order[done + i] = y[1, i]
        done += jobs


def sort_by_place(y: Table, first: int, last: int) -> None:
    """Sort what stands in rows 2 and 3 from `first` on by key, then by job; it comes out in rows 0 and 1."""
    # Sorting by so many upper bits that few have the same suffices; neighbours are put right afterwards.
    size, source, shift = last - first, 2, UNIFORM_BITS
    if size > FEW:
        while shift > UNIFORM_BITS - 3 * DIGIT and size >> UNIFORM_BITS - shift > 0:
            shift -= DIGIT
        for digit in range(shift, UNIFORM_BITS, DIGIT):
            spread(y, first, last, digit, source, 2 - source)
            source = 2 - source
    from_keys, from_jobs, keys, jobs = y[source], y[source + 1], y[0], y[1]
    for i in range(first, last):
        key, job, at = from_keys[i], from_jobs[i], i
        while at > first and (keys[at - 1] > key or (keys[at - 1] == key and jobs[at - 1] > job)):
            keys[at], jobs[at] = keys[at - 1], jobs[at - 1]
            at -= 1
        keys[at], jobs[at] = key, job


def spread(y: Table, first: int, last: int, shift: int, source: int, target: int) -> None:
    """One stable pass of a radix sort by 11 bits of row `source`; the row below it goes along."""
    key, job, key_to, job_to = y[source], y[source + 1], y[target], y[target + 1]
    places, cells = y[4], 1 << DIGIT
    for cell in range(cells + 1):
        places[cell] = 0
    for i in range(first, last):
        places[(key[i] >> shift & cells - 1) + 1] += 1
    places[0] = first
    for cell in range(cells):
        places[cell + 1] += places[cell]
    for i in range(first, last):
        cell = key[i] >> shift & cells - 1
        at = places[cell]
        places[cell] = at + 1
        key_to[at] = key[i]
        job_to[at] = job[i]


def sort_by_tick(z: Ints, y: Table, jobs: int, low: int, high: int) -> None:
    """Sort the list of jobs by tick (from `low` to `high`); those of one tick as they queue."""
    key, bits = y[0], 0
    while (high - low) >> bits and jobs:
        bits += 1
    for i in range(jobs):
        key[i] -= low
    # As with places: unless many ticks are close together, their upper bits nearly suffice.
    spread_all(y, jobs, max(bits - 2 * DIGIT, 0), bits)
    if not put_right(y, jobs):
        spread_all(y, jobs, 0, bits)
    for i in range(jobs):
        key[i] += low
    line_up_all(z, y, jobs)


def spread_all(y: Table, jobs: int, shift: int, bits: int) -> None:
    """Sort a list by the bits of its ticks from `shift` to `bits`."""
    source = 0
    while shift < bits:
        spread(y, 0, jobs, shift, source, 2 - source)
        source = 2 - source
        shift += DIGIT
    if source:
        key, job, sorted_key, sorted_job = y[0], y[1], y[2], y[3]
        for i in range(jobs):
            key[i], job[i] = sorted_key[i], sorted_job[i]


def put_right(y: Table, jobs: int) -> bool:
    """Sort a list by tick that is nearly sorted; false where that turns out to take too long, and the list is not sorted."""
    keys, copies, left = y[0], y[1], 4 * jobs
    for i in range(1, jobs):
        key, copy, at = keys[i], copies[i], i
        while at > 0 and keys[at - 1] > key:
            keys[at], copies[at] = keys[at - 1], copies[at - 1]
            at -= 1
        keys[at], copies[at] = key, copy
        left -= i - at
        if left < 0:
            return False
    return True


def line_up_all(z: Ints, y: Table, jobs: int) -> None:
    """Put those of one tick in a list that is sorted by tick into the order in which they queue."""
    key, first = y[0], 0
    while first < jobs:
        last = first + 1
        while last < jobs and key[last] == key[first]:
            last += 1
        if last - first > 1:
            break_ties(z, y, first, last)
        first = last


def break_ties(z: Ints, y: Table, first: int, last: int) -> None:
    """Put jobs of one tick into the order in which they queue."""
    tick, jobs, keys, same = y[0, first], y[1], y[2], y[3]
    k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
    for i in range(first, last):
        job = jobs[i]
        same[i] = job
        keys[i] = int(uniform(k0, k1, 0, QUEUE_ORDER, job >> 2, replication) * UNIFORM_CELLS)
    sort_by_place(y, first, last)
    for i in range(first, last):
        y[0, i] = tick
