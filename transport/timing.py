"""When things happen: calendars, syncs, retries, as functions of ticks. Basement: no clock, no chance, no objects.

A calendar is a read-only row of ints `(open, close, open, close, ...)`: half-open intervals in ticks of the week,
ascending, not touching; an empty row is always open. A row may be part of a longer one: `first` is the index of its first
number, `size` how many numbers it has. `t` is a tick whose zero is Monday 00:00 of some week (callers add their offset);
`week` is the length of a week in ticks.
"""

from collections.abc import Sequence
from math import log
from typing import Final, NamedTuple

from transport.compilable import compilable

NEVER: Final = 1 << 60


class Retry(NamedTuple):
    """What follows a failed attempt: at `tick` the message is tried again, or (`bounces`) given up."""

    tick: int
    bounces: bool


@compilable
def is_open(row: Sequence[int], first: int, size: int, week: int, t: int) -> bool:
    """Whether the calendar is open at tick `t`."""
    if size == 0:
        return True
    at = t % week
    for k in range(first, first + size, 2):
        if row[k] <= at < row[k + 1]:
            return True
    return False


@compilable
def next_open(row: Sequence[int], first: int, size: int, week: int, t: int) -> int:
    """The first open tick at or after `t`."""
    if size == 0 or t >= NEVER:
        return t
    at = t % week
    for k in range(first, first + size, 2):
        if at < row[k + 1]:
            return t if row[k] <= at else t - at + row[k]
    return t - at + week + row[first]


@compilable
def next_close(row: Sequence[int], first: int, size: int, week: int, t: int) -> int:
    """The end of the open interval that holds the open tick `t`; `NEVER` if it has none.

    An interval that ends with the week and one that begins it are one.
    """
    if size == 0 or t >= NEVER:
        return NEVER
    at = t % week
    close = 0
    for k in range(first, first + size, 2):
        if row[k] <= at < row[k + 1]:
            close = t - at + row[k + 1]
            if row[k + 1] == week and row[first] == 0:
                close = NEVER if size == 2 else t - at + week + row[first + 1]
    return close


@compilable
def open_ticks(row: Sequence[int], first: int, size: int, week: int) -> int:
    """How many ticks of a week are open."""
    if size == 0:
        return week
    total = 0
    for k in range(first, first + size, 2):
        total += row[k + 1] - row[k]
    return total


@compilable
def advance(row: Sequence[int], first: int, size: int, week: int, t: int, ticks: int) -> int:
    """The tick at which `ticks` open ticks have passed since `t`.

    Open ticks that end exactly on closing time end at the next opening: the first tick at which something can be done.
    """
    if ticks >= NEVER or t >= NEVER:
        return NEVER
    if size == 0:
        return t + ticks
    t = next_open(row, first, size, week, t)
    total = open_ticks(row, first, size, week)
    t += ticks // total * week
    left = ticks % total
    while True:
        close = next_close(row, first, size, week, t)
        if left < close - t:
            return t + left
        left -= close - t
        t = next_open(row, first, size, week, close)


@compilable
def next_poll(t: int, phase: int, period: int) -> int:
    """The first poll at or after `t`, of polls at `phase`, `phase + period`, ..."""
    late = (t - phase) % period
    return t if late == 0 else t + period - late


@compilable
def next_effect(now: int, ticks: int, rank: int, cause_rank: int) -> int:
    """The tick of an effect: one whose rank is not above its cause's waits for the next tick."""
    if ticks <= 0 and rank <= cause_rank:
        return now + 1
    return now + ticks


@compilable
def retry(
    ended: int,
    entered: int,
    failures: int,
    gaps: Sequence[int],
    first: int,
    size: int,
    attempts: int,
    give_up: int,
    jitter: float,
    u: float,
) -> Retry:
    """What follows the `failures`-th failed attempt of a message in a stage.

    Args:
        ended: tick at which the attempt ended.
        entered: tick at which the message entered the stage.
        failures: how many attempts have failed, this one included.
        gaps, first, size: row of gaps in ticks; the last one repeats; an empty row allows no second attempt.
        attempts: how many attempts there are, 0 without a limit.
        give_up: ticks after which no attempt may start, -1 without a limit.
        jitter: each gap is multiplied by a uniform from 1 - jitter to 1 + jitter.
        u: the uniform for that.
    """
    if size == 0 or 0 < attempts <= failures:
        return Retry(ended, True)
    gap = gaps[first + min(failures, size) - 1]
    if jitter > 0.0:
        gap = int((1.0 - jitter + 2.0 * jitter * u) * gap + 0.5)
    tick = ended + max(gap, 1)
    if 0 <= give_up < tick - entered:
        return Retry(max(entered + give_up, ended), True)
    return Retry(tick, False)


@compilable
def hazard_tick(
    row: Sequence[int], first: int, size: int, week: int, t: int, inside: float, outside: float, u: float
) -> int:
    """The tick of the first point after `t` of a Poisson process whose rate a calendar switches.

    The cumulated rate is inverted exactly, segment by segment. `inside` and `outside` are rates per tick.
    """
    left = -log(u)
    if size == 0:
        return NEVER if inside <= 0.0 else t + int(min(left / inside, 1e18) + 0.5)
    if inside <= 0.0 and outside <= 0.0:
        return NEVER
    total = open_ticks(row, first, size, week)
    a_week = total * inside + (week - total) * outside
    if left / a_week > 1e4:
        return NEVER
    at = t
    while True:
        if is_open(row, first, size, week, at):
            rate = inside
            end = next_close(row, first, size, week, at)
        else:
            rate = outside
            end = next_open(row, first, size, week, at)
        if rate > 0.0 and left < rate * (end - at):
            return at + int(left / rate + 0.5)
        left -= rate * (end - at)
        at = end
