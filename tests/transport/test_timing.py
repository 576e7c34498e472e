"""Calendars, polls, retries and hazards against oracles that go tick by tick."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy import stats as scipy_stats

from transport.timing import (
    NEVER,
    Retry,
    advance,
    hazard_tick,
    is_open,
    next_close,
    next_effect,
    next_open,
    next_poll,
    open_ticks,
    retry,
)

WEEK = 40
"""A short week, so that every tick of it can be tried."""
OFFICE = tuple(edge for day in range(5) for edge in (1440 * day + 540, 1440 * day + 1020))
WEEK_OF_MINUTES = 7 * 1440


def rows():
    """Calendars of the short week: ascending intervals that do not touch."""
    edges = st.sets(st.integers(0, WEEK), min_size=2, max_size=10).map(sorted)
    return edges.map(lambda found: tuple(found[: len(found) // 2 * 2]))


class Oracle:
    """The calendar tick by tick."""

    def __init__(self, row, week=WEEK):
        self.open = [not row] * week
        for first, last in zip(row[::2], row[1::2], strict=True):
            for tick in range(first, last):
                self.open[tick] = True
        self.week = week

    def at(self, t):
        return self.open[t % self.week]

    def next(self, t, wanted):
        for tick in range(t, t + 2 * self.week + 1):
            if self.at(tick) is wanted:
                return tick
        return NEVER

    def advance(self, t, ticks):
        """Skip `ticks` open ticks, then stand on the next open one."""
        while True:
            if self.at(t):
                if ticks == 0:
                    return t
                ticks -= 1
            t += 1


def padded(row):
    """The row in the middle of a longer one: (row, first, size)."""
    return ((99, 7, *row, 3), 2, len(row))


@settings(deadline=None, max_examples=200)
@given(rows())
def test_a_calendar_is_what_its_ticks_say(row):
    """Open, next opening, closing and open time agree with a tick by tick count, in three weeks, before 0 too."""
    oracle = Oracle(row)
    cells = padded(row)
    assert open_ticks(*cells, WEEK) == sum(oracle.open)
    for t in range(-WEEK, 2 * WEEK):
        assert is_open(*cells, WEEK, t) == oracle.at(t)
        assert next_open(*cells, WEEK, t) == oracle.next(t, True)
        if oracle.at(t):
            assert next_close(*cells, WEEK, t) == oracle.next(t, False)


@settings(deadline=None, max_examples=200)
@given(rows(), st.integers(-WEEK, 2 * WEEK))
def test_time_runs_only_while_the_calendar_is_open(row, t):
    """`advance` passes that many open ticks; what ends on closing time ends at the next opening."""
    oracle = Oracle(row)
    for ticks in range(3 * WEEK):
        assert advance(*padded(row), WEEK, t, ticks) == oracle.advance(t, ticks)


@pytest.mark.parametrize(
    "t, ticks, ends",
    [
        (540, 480, 1440 + 540),  # exactly a working day: nothing can be done at closing time
        (540, 479, 1019),
        (1019, 1, 1440 + 540),
        (1020, 0, 1440 + 540),
        (4 * 1440 + 1000, 20, WEEK_OF_MINUTES + 540),  # over the weekend
        (4 * 1440 + 1000, 21, WEEK_OF_MINUTES + 541),
        (0, 5 * 480, WEEK_OF_MINUTES + 540),
        (0, 5 * 480 * 52, 52 * WEEK_OF_MINUTES + 540),
    ],
)
def test_office_hours_by_hand(t, ticks, ends):
    """Monday to Friday, nine to five, half-open."""
    assert advance(OFFICE, 0, len(OFFICE), WEEK_OF_MINUTES, t, ticks) == ends


def test_office_hours_minute_by_minute():
    """Every minute of a whole week against the oracle."""
    oracle = Oracle(OFFICE, WEEK_OF_MINUTES)
    minutes = range(WEEK_OF_MINUTES)
    cells = (OFFICE, 0, len(OFFICE), WEEK_OF_MINUTES)
    assert [is_open(*cells, minute) for minute in minutes] == [oracle.at(minute) for minute in minutes]
    assert [next_open(*cells, minute) for minute in minutes] == [
        oracle.next(minute, True) for minute in minutes
    ]
    for minute in minutes[::97]:
        assert advance(*cells, minute, 500) == oracle.advance(minute, 500)


def test_an_interval_over_the_end_of_the_week_is_one():
    """Sunday night to Monday morning closes on Monday morning."""
    row = (0, 5, 30, WEEK)
    assert next_close(row, 0, 4, WEEK, 33) == WEEK + 5
    assert next_close(row, 0, 4, WEEK, 3) == 5
    assert advance(row, 0, 4, WEEK, 30, 14) == WEEK + 4
    assert advance(row, 0, 4, WEEK, 30, 15) == WEEK + 30


def test_always_open_never_closes():
    """An empty row and a row of the whole week have no closing time."""
    assert next_close((), 0, 0, WEEK, 17) == NEVER
    assert next_close((0, WEEK), 0, 2, WEEK, 17) == NEVER
    assert advance((), 0, 0, WEEK, 17, 1000) == 1017
    assert advance((0, WEEK), 0, 2, WEEK, 17, 1000) == 1017


def test_never_stays_never():
    """Times that do not come are not moved by calendars."""
    assert next_open((3, 9), 0, 2, WEEK, NEVER) == NEVER
    assert next_close((3, 9), 0, 2, WEEK, NEVER) == NEVER
    assert advance((3, 9), 0, 2, WEEK, 0, NEVER) == NEVER
    assert advance((3, 9), 0, 2, WEEK, NEVER, 5) == NEVER


@given(st.integers(-200, 200), st.integers(0, 50), st.integers(1, 50))
def test_the_next_poll_is_the_first_not_before(t, phase, period):
    """Polls come at the phase and every period; the next one is the first at or after `t`."""
    polls = range(phase - 100 * period * 5, phase + 100 * period * 5, period)
    assert next_poll(t, phase % period, period) == next(
        poll for poll in range(t, t + period) if (poll - phase) % period == 0
    )
    assert next_poll(t, phase % period, period) in polls or period == 1


@given(st.integers(0, 1000), st.integers(0, 3), st.integers(0, 8), st.integers(0, 8))
def test_an_effect_comes_after_its_cause(now, ticks, rank, cause):
    """An effect of no duration whose rank is not above its cause's waits for the next tick."""
    expected = now + 1 if ticks == 0 and rank <= cause else now + ticks
    assert next_effect(now, ticks, rank, cause) == expected


# --- retries ---------------------------------------------------------------------------------------------------------


def test_a_schedule_without_jitter():
    """Gaps from the end of the failed attempt, the last one repeats, attempts end it."""
    gaps = (99, 10, 20, 40, 99)
    ends = [retry(1000, 0, failures, gaps, 1, 3, 6, -1, 0.0, 0.5) for failures in range(1, 7)]
    assert ends == [
        Retry(1010, False), Retry(1020, False), Retry(1040, False), Retry(1040, False), Retry(1040, False), Retry(1000, True),
    ]  # fmt: skip


def test_no_gaps_allow_no_second_attempt():
    """Without a schedule the first failure bounces, at once."""
    assert retry(50, 0, 1, (), 0, 0, 0, -1, 0.0, 0.5) == Retry(50, True)


@pytest.mark.parametrize(
    "ended, give_up, then",
    [
        (80, 100, Retry(90, False)),
        (90, 100, Retry(100, False)),  # starts at the limit, not later
        (91, 100, Retry(100, True)),  # would start later: bounces at the limit
        (100, 100, Retry(100, True)),
        (130, 100, Retry(130, True)),  # the attempt itself lasted beyond the limit
        (91, -1, Retry(101, False)),
        (0, 0, Retry(0, True)),
    ],
)
def test_giving_up(ended, give_up, then):
    """A message bounces when its next attempt would start later than `give_up` after it came."""
    assert retry(ended, 0, 1, (10,), 0, 1, 0, give_up, 0.0, 0.5) == then


@pytest.mark.parametrize("u, gap", [(0.0, 500), (0.25, 750), (0.5, 1000), (0.75, 1250), (1.0, 1500)])
def test_jitter_multiplies_a_gap_by_a_uniform(u, gap):
    """From 1 - j to 1 + j."""
    assert retry(0, 0, 1, (1000,), 0, 1, 0, -1, 0.5, u) == Retry(gap, False)


# --- hazards -----------------------------------------------------------------------------------------------------------


def cumulated(row, t, until, inside, outside):
    """The rate integrated numerically from `t` to `until`."""
    oracle = Oracle(row, WEEK_OF_MINUTES)
    edges = [t, *(tick for tick in range(t + 1, until) if oracle.at(tick) != oracle.at(tick - 1)), until]
    return sum(
        integrate.quad(lambda x, low=low: inside if oracle.at(low) else outside, low, high)[0]
        for low, high in pairwise(edges)
    )


@pytest.mark.parametrize("start", [0, 539, 540, 1019, 1020, 4 * 1440 + 990, 6 * 1440])
@pytest.mark.parametrize("inside, outside", [(1 / 45, 1 / 600), (1 / 300, 0.0), (0.0, 1 / 900)])
def test_the_cumulated_rate_is_inverted(start, inside, outside):
    """The integral of the rate up to the tick is -ln u, to the rounding of the tick."""
    for u in (0.999, 0.9, 0.5, 0.1, 0.01, 1e-4):
        tick = hazard_tick(OFFICE, 0, len(OFFICE), WEEK_OF_MINUTES, start, inside, outside, u)
        below = cumulated(OFFICE, start, max(tick - 1, start), inside, outside)
        above = cumulated(OFFICE, start, tick + 1, inside, outside)
        assert below - 1e-9 <= -math.log(u) <= above + 1e-9


def test_the_first_point_has_the_law_of_the_process():
    """Kolmogorov-Smirnov: the cumulated rate at the first point is exponential."""
    row = tuple(edge * 1000 for edge in OFFICE)
    uniforms = (np.arange(4000) + 0.5) / 4000
    start, inside, outside = (4 * 1440 + 990) * 1000, 1 / 45_000, 1 / 600_000
    ticks = [
        hazard_tick(row, 0, len(row), WEEK_OF_MINUTES * 1000, start, inside, outside, float(u))
        for u in uniforms
    ]

    end = start + 4_350_000

    def rate_until(tick):
        """The cumulated rate until a tick before Monday's closing time."""
        segments = ((30_000, inside), (3_840_000, outside), (480_000, inside))
        total, low = 0.0, start
        for length, rate in segments:
            total += min(max(tick - low, 0), length) * rate
            low += length
        return total

    def law(x):
        return (1 - np.exp(-np.asarray(x))) / (1 - math.exp(-rate_until(end)))

    found = [rate_until(tick) for tick in ticks if tick <= end]
    assert len(found) > 3900
    assert scipy_stats.kstest(found, law).statistic < 0.002


def test_a_rate_of_zero_never_comes():
    """Without a rate there is no point; at a constant rate the calendar does not matter."""
    assert hazard_tick((), 0, 0, WEEK, 5, 0.0, 1.0, 0.5) == NEVER
    assert hazard_tick((3, 9), 0, 2, WEEK, 5, 0.0, 0.0, 0.5) == NEVER
    assert hazard_tick((), 0, 0, WEEK, 5, 0.1, 0.0, 0.5) == 5 + 7
    assert hazard_tick((3, 9), 0, 2, WEEK, 5, 0.1, 0.1, 0.5) == 5 + 7
    assert hazard_tick((3, 9), 0, 2, WEEK, 5, 1e-9, 0.0, 0.5) == NEVER
