"""Stages at work against oracles of a few lines: lines, workers, priorities, tandems, retries, outages, batches."""

import heapq
import math
from collections import Counter

import pytest
from relay_bench import ORIGINAL, REPLACEMENT, REQUEST, Bench, stage
from scipy import stats as scipy_stats

from transport.relay.settings import Background, Grain, Start
from transport.relay.stationary import stationary_jobs
from transport.streams.draws import BACKGROUND, WHOLE
from transport.streams.law_rows import constant, exponential, uniform
from transport.streams.laws import sample_ticks
from transport.streams.purposes import FAILURE, LATENCY, LOSS, RETRY_JITTER, SERVICE, STANDING

MAIL = (ORIGINAL, REQUEST, REPLACEMENT)


def first_come_first_served(jobs, workers):
    """The oracle: jobs are (arrival, place in line, service, name); gives (start, end) by name."""
    free, found = [0] * workers, {}
    for arrival, _, service, name in sorted(jobs):
        start = max(arrival, heapq.heappop(free))
        heapq.heappush(free, start + service)
        found[name] = start, start + service
    return found


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("mean", [0.7, 3.0, 40.0])
def test_first_come_first_served(workers, mean):
    """Workers take jobs in the order of arrival, and within a tick in that of the recipients' uniforms."""
    spread, work = uniform(0, 60), exponential(mean)
    for replication in range(4):
        bench = Bench(stage(0, spread), stage(1, work, workers=workers), count=25, replication=replication)
        for kind in MAIL:
            bench.submit(kind, 20 * kind)
        bench.run()
        jobs = [
            (
                20 * kind + bench.service(spread, kind, 0, number),
                (bench.in_line(number), number, kind),
                bench.service(work, kind, 1, number),
                (kind, number),
            )
            for kind in MAIL
            for number in range(1, 26)
        ]
        expected = first_come_first_served(jobs, workers)
        arrivals = {name: arrival for arrival, _, _, name in jobs}
        for kind in MAIL:
            names = [(kind, number) for number in range(1, 26)]
            assert bench.ticks("delivered", kind) == {name[1]: expected[name][1] for name in names}
            assert bench.waits(1, kind) == [expected[name][0] - arrivals[name] for name in names]
            assert bench.sojourns(1, kind) == [expected[name][1] - arrivals[name] for name in names]


def test_tandem():
    """What one stage has served enters the next one in the same tick."""
    first, second = exponential(3.0), exponential(2.0)
    bench = Bench(stage(0, first, workers=2), stage(1, second, workers=1), count=30).submit(REQUEST).run()
    numbers = range(1, 31)

    def jobs(arrivals, law, place):
        return [
            (
                arrivals[number],
                (bench.in_line(number), number),
                bench.service(law, REQUEST, place, number),
                number,
            )
            for number in numbers
        ]

    through = first_come_first_served(jobs(dict.fromkeys(numbers, 0), first, 0), 2)
    at_end = first_come_first_served(jobs({number: through[number][1] for number in numbers}, second, 1), 1)
    assert bench.ticks("delivered", REQUEST) == {number: at_end[number][1] for number in numbers}


def test_priority_goes_first_without_preemption():
    """Of those who wait, a kind with priority goes first; whoever is served is served to the end."""
    work = exponential(5.0)
    lanes = (1, 0, 1, 1)
    bench = Bench(stage(0, work, workers=1, lanes=lanes, background_lane=1), count=12)
    bench.submit(ORIGINAL, 0).submit(REQUEST, 9).submit(REPLACEMENT, 14).run()
    arrivals = {ORIGINAL: 0, REQUEST: 9, REPLACEMENT: 14}
    todo = [
        (arrivals[kind], lanes[kind], (bench.in_line(number), number), kind, number)
        for kind in MAIL
        for number in range(1, 13)
    ]
    now, expected = 0, {}
    while todo:
        there = [job for job in todo if job[0] <= now]
        if not there:
            now = min(job[0] for job in todo)
            continue
        job = min(there, key=lambda job: (job[1], job[0], job[2]))
        todo.remove(job)
        now += bench.service(work, job[3], 0, job[4])
        expected[job[3], job[4]] = now
    for kind in MAIL:
        delivered = bench.ticks("delivered", kind)
        assert delivered == {number: expected[kind, number] for number in range(1, 13)}


def test_kinds_that_a_stage_does_not_work_on_pass_it_by():
    """Other kinds go straight to the next stage, and no times of theirs are noted."""
    bench = Bench(stage(0, constant(10), workers=1, serves=(False, True, False, True)), count=2)
    bench.submit(ORIGINAL).submit(REQUEST).run()
    assert set(bench.ticks("delivered", ORIGINAL).values()) == {0}
    assert sorted(bench.ticks("delivered", REQUEST).values()) == [10, 20]
    assert bench.waits(0, ORIGINAL) == [-1, -1]
    assert sorted(bench.waits(0, REQUEST)) == [0, 10]


def test_nobody_is_served_first_by_number():
    """Where all come at once, every recipient stands in every place of the line equally often."""
    places = [Counter() for _ in range(6)]
    for replication in range(600):
        bench = (
            Bench(stage(0, constant(1), workers=1), count=6, replication=replication).submit(REQUEST).run()
        )
        for number, tick in bench.ticks("delivered", REQUEST).items():
            places[number - 1][tick] += 1
    table = [[places[number][place] for place in range(1, 7)] for number in range(6)]
    assert scipy_stats.chi2_contingency(table).pvalue > 1e-3


def test_the_line_has_the_same_order_for_every_kind():
    """Whoever is first with the original is first with the request."""
    bench = Bench(stage(0, constant(1), workers=1), count=9).submit(ORIGINAL, 0).submit(REQUEST, 50).run()
    original, request = bench.ticks("delivered", ORIGINAL), bench.ticks("delivered", REQUEST)
    assert request == {number: tick + 50 for number, tick in original.items()}


# --- failures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jitter", [0.0, 0.3])
@pytest.mark.parametrize("attempts, give_up", [(0, -1), (4, -1), (0, 65), (3, 25)])
def test_retries(attempts, give_up, jitter):
    """Attempts, gaps and bounces tick by tick, against the rule written out."""
    work, gaps = exponential(4.0), (5, 10, 20)
    bench = (
        Bench(
            stage(0, work, failure=(0.6,) * 4, gaps=gaps, attempts=attempts, give_up=give_up, jitter=jitter),
            count=60,
        )
        .submit(REQUEST, 3)
        .run()
    )
    delivered, bounced = {}, {}
    for number in range(1, 61):
        tick, failures = 3, 0
        while True:
            tick += bench.service(work, REQUEST, 0, number, failures)
            if bench.draws.uniform(FAILURE, REQUEST, 0, number, failures) >= 0.6:
                delivered[number] = tick
                break
            gap = gaps[min(failures, 2)]
            if jitter:
                u = bench.draws.uniform(RETRY_JITTER, REQUEST, 0, number, failures)
                gap = int((1 - jitter + 2 * jitter * u) * gap + 0.5)
            failures += 1
            if failures == attempts:
                bounced[number] = tick
                break
            if give_up >= 0 and tick + gap - 3 > give_up:
                bounced[number] = max(3 + give_up, tick)
                break
            tick += gap
    assert bench.ticks("delivered", REQUEST) == delivered
    assert bench.ticks("bounced", REQUEST) == bounced


def test_a_failed_attempt_holds_its_worker():
    """Others wait while an attempt that will fail is made, and go on while it waits for its retry."""
    bench = Bench(stage(0, constant(10), workers=1, failure=(1.0,) * 4, gaps=(100,), attempts=2), count=2)
    bench.submit(REQUEST).run()
    assert sorted(bench.ticks("bounced", REQUEST).values()) == [120, 130]
    assert sorted(bench.waits(0, REQUEST)) == [0, 10]
    assert sorted(bench.sojourns(0, REQUEST)) == [10, 20]


# --- outages -------------------------------------------------------------------------------------------------------------


def test_an_outage_makes_what_is_in_service_start_over():
    """At its end, first in line, with the same draw; what arrives meanwhile waits."""
    work = exponential(8.0)
    bench = Bench(stage(0, work, workers=1, outages=((5, 30),)), count=3)
    bench.submit(ORIGINAL, 0).submit(REQUEST, 10).run()
    in_line = sorted(range(1, 4), key=bench.in_line)
    tick, expected = 0, {}
    for kind, number in [
        *((ORIGINAL, number) for number in in_line),
        *((REQUEST, number) for number in in_line),
    ]:
        ticks = bench.service(work, kind, 0, number)
        start = max(tick, 10 if kind == REQUEST else 0)
        if start < 30 and start + ticks >= 5:  # SWITCH goes before SERVE: ending at 5 is too late
            start = 30
        tick = expected[kind, number] = start + ticks
    for kind in (ORIGINAL, REQUEST):
        assert bench.ticks("delivered", kind) == {number: expected[kind, number] for number in range(1, 4)}


def test_an_outage_where_there_are_workers_for_all():
    """Everything in service starts over at the end, everything that arrives starts then."""
    bench = Bench(stage(0, constant(10), outages=((5, 30), (32, 33))), count=4)
    bench.submit(ORIGINAL, 0).submit(REQUEST, 6).submit(REPLACEMENT, 40).run()
    assert set(bench.ticks("delivered", ORIGINAL).values()) == {43}
    assert set(bench.ticks("delivered", REQUEST).values()) == {43}
    assert set(bench.ticks("delivered", REPLACEMENT).values()) == {50}


@pytest.mark.parametrize("workers", [0, 4])
def test_the_wait_for_the_end_of_an_outage_is_a_wait(workers):
    """Mail that comes at the first tick of an outage waits until it is over, whatever the number of workers."""
    bench = Bench(stage(0, constant(10), workers=workers, outages=((5, 30),)), count=2)
    bench.submit(REQUEST, 5).submit(ORIGINAL, 8).run()
    assert bench.waits(0, REQUEST) == [25, 25]
    assert bench.waits(0, ORIGINAL) == [22, 22]


# --- jobs of several recipients ----------------------------------------------------------------------------------------


def test_a_message_is_one_job_until_it_is_expanded():
    """A stage per message serves everybody with one draw; the next one has a job for each."""
    work = exponential(9.0)
    bench = Bench(stage(0, work, grain=Grain.MESSAGE, workers=1), stage(1, constant(2), workers=1), count=5)
    bench.submit(REQUEST).run()
    ticks = sample_ticks(work, 0, bench.draws.uniform(SERVICE, REQUEST, 0, WHOLE), 1.0)
    assert sorted(bench.ticks("delivered", REQUEST).values()) == [ticks + 2 * place for place in range(1, 6)]
    assert bench.sojourns(0, REQUEST) == [ticks] * 5


def test_batches_of_a_thousand():
    """2,500 recipients are three jobs of the categorizer, each of consecutive numbers."""
    bench = Bench(stage(0, constant(10), grain=Grain.BATCH, workers=1), count=2500).submit(ORIGINAL).run()
    delivered = bench.ticks("delivered", ORIGINAL)
    ends = [
        {delivered[number] for number in numbers}
        for numbers in (range(1, 1001), range(1001, 2001), range(2001, 2501))
    ]
    assert sorted(min(end) for end in ends) == [10, 20, 30]
    assert [len(end) for end in ends] == [1, 1, 1]


def test_batches_take_each_its_own_time():
    """Batches of one message draw under ordinals of their own."""
    work = exponential(20.0)
    bench = Bench(stage(0, work, grain=Grain.BATCH, batch=2), count=6).submit(ORIGINAL).run()
    drawn = [bench.draws.uniform(SERVICE, ORIGINAL, 0, WHOLE, ordinal << 16) for ordinal in range(3)]
    ticks = [sample_ticks(work, 0, u, 1.0) for u in drawn]
    assert bench.ticks("delivered", ORIGINAL) == {number: ticks[(number - 1) // 2] for number in range(1, 7)}


def test_a_message_that_bounces_unexpanded_bounces_for_all():
    """A DSN for each of its recipients."""
    bench = (
        Bench(stage(0, constant(1), grain=Grain.MESSAGE, failure=(1.0,) * 4), count=3).submit(REQUEST).run()
    )
    assert bench.ticks("bounced", REQUEST) == {1: 1, 2: 1, 3: 1}


# --- the link, and the way back ------------------------------------------------------------------------------------------


def test_the_link_takes_its_time_and_its_toll():
    """Latency and loss are drawn for each recipient and kind."""
    latency = exponential(30.0)
    bench = Bench(count=40, latency=latency, loss=0.3).submit(ORIGINAL).submit(REQUEST, 7).run()
    for kind, begin in ((ORIGINAL, 0), (REQUEST, 7)):
        lost = {number for number in range(1, 41) if bench.draws.uniform(LOSS, kind, 0, number) < 0.3}
        assert bench.ticks("lost", kind) == dict.fromkeys(lost, begin)
        assert bench.ticks("delivered", kind) == {
            number: begin + sample_ticks(latency, 0, bench.draws.uniform(LATENCY, kind, 0, number), 1.0)
            for number in range(1, 41)
            if number not in lost
        }


def test_reports_in_lanes_of_their_own_wait_for_nobody():
    """They take the same service and latency as others and leave on the next tick."""
    work = exponential(6.0)
    bench = Bench(stage(0, work, workers=1), count=3, latency=constant(4)).submit(REQUEST)
    bench.clock.at(5, 0, lambda a, b: bench.relay.send_back(2, 3, 1))
    bench.run()
    assert [entry for entry in bench.log if entry[1] == "returned"] == [
        (5 + 1 + bench.service(work, 3, 0, 2) + 4, "returned", 2, 1)
    ]


def test_shared_reports_stand_in_line():
    """With shared lanes a report queues behind mail that came before it."""
    bench = Bench(stage(0, constant(10), workers=1), count=3, reports_shared=True).submit(REQUEST)
    bench.clock.at(5, 0, lambda a, b: bench.relay.send_back(2, 3, 1))
    bench.run()
    assert [entry for entry in bench.log if entry[1] == "returned"] == [(40, "returned", 2, 1)]


# --- the stationary state --------------------------------------------------------------------------------------------------


def erlang(load, workers, most=400):
    """Probabilities of 0, 1, ... jobs in an M/M/c stage."""
    weights = [1.0]
    for k in range(1, most):
        weights.append(weights[-1] * load / min(k, workers))
    total = math.fsum(weights)
    return [weight / total for weight in weights]


@pytest.mark.parametrize("load, workers", [(0.8, 1), (3.2, 4), (0.05, 1), (0.5, 30), (19.0, 20), (0.999, 1)])
def test_the_number_found_is_the_quantile_of_its_law(load, workers):
    """`stationary_jobs` inverts the distribution function exactly."""
    most = 40_000 if load > 0.99 else 2000
    cumulated, total = [], 0.0
    for probability in erlang(load, workers, most):
        total += probability
        cumulated.append(total)
    for place in range(1, 400):
        u = (place - 0.31) / 400
        expected = next(jobs for jobs, below in enumerate(cumulated) if u <= below)
        assert stationary_jobs(load, workers, u) == expected
    assert stationary_jobs(load, workers, 1e-15) == 0


@pytest.mark.parametrize("load, workers", [(0.8, 1), (3.2, 4)])
def test_an_arrival_finds_the_stationary_state(load, workers):
    """The wait behind a stationary line has its exact law (Kolmogorov-Smirnov on those who wait, and their share)."""
    waits = []
    for replication in range(1500):
        bench = Bench(
            stage(0, constant(0), workers=workers, background=foreign(load)), count=1, replication=replication
        )
        at_work = bench.relay.stages[0]
        u = bench.draws.uniform(STANDING, 0, 0, BACKGROUND)
        at_work.begin_background = lambda at=at_work, u=u: at.enter_standing(
            stationary_jobs(load, workers, u)
        )
        bench.submit(REQUEST).run()
        waits += bench.waits(0, REQUEST)
    queued = [wait for wait in waits if wait]
    share = 1.0 - sum(erlang(load, workers)[:workers])
    assert scipy_stats.binomtest(len(queued), 1500, share).pvalue > 1e-3
    theta = 10_000 / (workers - load)
    assert scipy_stats.kstest(queued, scipy_stats.expon(scale=theta).cdf).pvalue > 1e-3


def foreign(load):
    """A background whose service takes 10,000 ticks."""
    return Background(exponential(10_000 / load), exponential(10_000.0), Start.STATIONARY, load, 0)
