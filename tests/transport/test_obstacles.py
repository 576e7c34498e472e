"""What may befall mail in a stage or on the link, to the tick: rate limits, greylists, faults, delay notices, duplicates."""

from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from relay_bench import ORIGINAL, REPLACEMENT, REPORT, REQUEST, Bench, stage

from transport.relay.greylist import Greylist
from transport.relay.pace import Pace
from transport.relay.settings import Background, Fault, Start, Trouble
from transport.relay.settings import Greylist as GreylistSettings
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import Draws
from transport.streams.law_rows import constant, exponential
from transport.streams.laws import sample_ticks
from transport.streams.purposes import DUPLICATE, FAULT, FAULT_TIME, KNOWN_SENDER, LATENCY
from transport.timing import NEVER

NO_TIME = constant(0)
AGAIN = 1 << 31


def fault(trouble, number=0, odds=1.0, begins=0, ends=NEVER, kinds=(True,) * 4, by=NO_TIME, interval=0.0):
    return Fault(number, trouble, (odds,) * 4, kinds, begins, ends, (by,) * 4, interval)


# --- the rate limit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [Fraction(1, 4), Fraction(1), Fraction(5, 2), Fraction(7)])
def test_services_begin_at_an_even_pace(interval):
    """Of many who come at once, number k begins at the tick in which k intervals have passed."""
    bench = Bench(stage(0, interval=float(interval)), count=12).submit(REQUEST, 3).run()
    expected = [3 + floor(k * interval) for k in range(12)]
    assert sorted(bench.ticks("delivered", REQUEST).values()) == expected
    assert sorted(bench.waits(0, REQUEST)) == [tick - 3 for tick in expected]


def test_a_pace_saves_nothing_up():
    """After a pause the next is due at once, and the one after it an interval later."""
    pace = Pace(4.0)
    begun = []
    for now in (0, 3, 4, 20, 21, 24):
        if pace.allows(now):
            pace.take(now)
            begun.append(now)
    assert begun == [0, 4, 20, 24]


def test_the_rate_limit_counts_foreign_mail_and_every_attempt():
    """Foreign mail, and attempts that fail, take their turns in the pace."""
    foreign = Background(constant(10), NO_TIME, Start.EMPTY, 0.0, 0)
    bench = Bench(stage(0, interval=10.0, failure=(1.0,) * 4, gaps=(1,), attempts=2, background=foreign))
    bench.submit(REQUEST).run()
    assert bench.ticks("bounced", REQUEST) == {1: 10}
    assert bench.relay.sometimes.counts[Rare.THROTTLED] == 1


def test_connections_and_rate_hold_together():
    """With two workers and ten ticks of service, a pace of one in three ticks starts two, then waits for the workers."""
    bench = Bench(stage(0, constant(10), workers=2, interval=3.0), count=5).submit(REQUEST).run()
    assert sorted(bench.ticks("delivered", REQUEST).values()) == [10, 13, 20, 23, 30]


def test_an_outage_and_a_rate_limit():
    """A turn that falls into an outage is not lost: the line goes on at its end, in its pace."""
    bench = Bench(stage(0, interval=10.0, outages=((5, 42),)), count=3).submit(REQUEST).run()
    assert sorted(bench.ticks("delivered", REQUEST).values()) == [0, 42, 52]


# --- greylisting ---------------------------------------------------------------------------------------------------------


def greylist(delay=300, window=172_800, known=0.0, number=1):
    return Greylist(of_all(delay, window, known), Draws(1, 0, count=5), 0, Sometimes())


def of_all(*numbers):
    return GreylistSettings(*((number,) * 4 for number in numbers))


def answers(server, *attempts):
    """Whether attempts of the original, (recipient, tick), are deferred."""
    return [server.defers(number, ORIGINAL, tick) for number, tick in attempts]


@pytest.mark.parametrize("second, deferred", [(299, True), (300, False), (301, False)])
def test_greylist_lets_pass_when_its_delay_is_over(second, deferred):
    """The first attempt is deferred; one at the very end of the delay passes."""
    assert answers(greylist(), (1, 0), (1, second)) == [True, deferred]


def test_greylist_knows_who_has_passed():
    """Whoever has passed once passes from then on; another recipient is another entry."""
    assert answers(greylist(), (1, 0), (1, 400), (1, 401), (2, 402)) == [True, False, False, True]


def test_greylist_forgets_after_its_window():
    """A retry after the window is a first attempt again."""
    server = greylist(delay=300, window=1000)
    assert answers(server, (1, 0), (1, 1001), (1, 1300), (1, 1301)) == [True, True, True, False]


def test_greylist_knows_a_share_of_senders():
    """The share `known` is drawn once a recipient."""
    draws = Draws(20261120, 0, count=50)
    server = Greylist(of_all(300, 1000, 0.4), draws, 2, Sometimes())
    known = [draws.uniform(KNOWN_SENDER, 0, 2, number) < 0.4 for number in range(1, 51)]
    assert [not server.defers(number, ORIGINAL, 0) for number in range(1, 51)] == known


def test_greylist_answers_by_kind():
    """Delay, window and share known are those of the kind that asks; the entry is the recipient's, for all kinds."""
    settings = GreylistSettings((300, 100, 300, 0), (1000, 500, 1000, 0), (0.0, 0.0, 1.0, 0.0))
    server = Greylist(settings, Draws(1, 0, count=5), 0, Sometimes())
    attempts = [
        *((1, ORIGINAL, 0), (1, REQUEST, 99), (1, ORIGINAL, 200), (1, REQUEST, 200), (1, ORIGINAL, 201)),
        *((2, ORIGINAL, 0), (2, REQUEST, 501), (2, ORIGINAL, 800), (2, ORIGINAL, 801)),
        *((3, ORIGINAL, 0), (3, REPLACEMENT, 1), (3, ORIGINAL, 2)),
    ]
    observed = [server.defers(*attempt) for attempt in attempts]
    assert observed == [
        *(True, True, True, False, False),
        *(True, True, True, False),
        *(True, False, False),
    ]


def test_greylisting_in_a_stage():
    """Original and request share the entry: the request waits for the delay since the original's first attempt."""
    settings = of_all(30, 1000, 0.0)
    bench = Bench(stage(0, constant(2), greylist=settings, gaps=(10,))).submit(ORIGINAL).submit(REQUEST, 5)
    bench.run()
    assert bench.ticks("delivered", ORIGINAL) == {1: 38}  # attempts answered at 2, 14, 26, 38
    assert bench.ticks("delivered", REQUEST) == {1: 43}  # at 7, 19, 31 < 2 + 30, 43


# --- faults --------------------------------------------------------------------------------------------------------------


def test_a_rejected_attempt_ends_it():
    """Refused for good at the end of the attempt: no retry, whatever the schedule."""
    bench = Bench(stage(0, constant(4), faults=(fault(Trouble.REJECT),), gaps=(10,))).submit(REQUEST).run()
    assert bench.log == [(4, "rejected", 1, REQUEST)]


def test_a_deferred_attempt_follows_the_schedule():
    """Refused for now: the stage's own gaps, attempts and end hold."""
    bench = Bench(stage(0, constant(4), faults=(fault(Trouble.DEFER),), gaps=(10, 20), attempts=3))
    bench.submit(REQUEST).run()
    assert bench.log == [(4 + 10 + 4 + 20 + 4, "bounced", 1, REQUEST)]


def test_a_broken_connection_frees_its_worker_early():
    """It breaks after a uniform part of the service, and the attempt has failed."""
    bench = Bench(
        stage(0, constant(1000), workers=1, faults=(fault(Trouble.DISCONNECT, ends=1),), gaps=(5000,)),
        count=2,
    )
    bench.submit(REQUEST).run()
    first, second = sorted((1, 2), key=bench.in_line)
    cut = int(1000 * bench.draws.uniform(FAULT_TIME, REQUEST, 0, first, 0))
    assert bench.ticks("delivered", REQUEST) == {second: cut + 1000, first: cut + 5000 + 1000}


def test_a_fault_delays():
    """The time it adds is drawn for each attempt."""
    law = exponential(50.0)
    bench = (
        Bench(stage(0, constant(4), faults=(fault(Trouble.DELAY, by=law),)), count=9).submit(REQUEST).run()
    )
    drawn = {n: bench.draws.uniform(FAULT_TIME, REQUEST, 0, n) for n in range(1, 10)}
    expected = {n: 4 + sample_ticks(law, 0, u, 1.0) for n, u in drawn.items()}
    assert bench.ticks("delivered", REQUEST) == expected


def test_a_rate_limit_defers_what_is_too_much():
    """Of five at once one passes; the others come again, one of them again too early for itself."""
    limit = fault(Trouble.RATE_LIMIT, interval=20.0)
    bench = Bench(stage(0, faults=(limit,), gaps=(15,)), count=3).submit(REQUEST).run()
    assert sorted(bench.ticks("delivered", REQUEST).values()) == [0, 30, 60]


@pytest.mark.parametrize("begins, ends, met", [(5, 6, True), (0, 5, False), (6, 9, False), (0, 6, True)])
def test_a_fault_has_a_window(begins, ends, met):
    """An attempt meets it that begins in the half-open window, whenever it ends."""
    faults = (fault(Trouble.REJECT, begins=begins, ends=ends),)
    bench = Bench(stage(0, constant(100), faults=faults)).submit(REQUEST, 5).run()
    assert [what for _, what, _, _ in bench.log] == ["rejected" if met else "delivered"]


def test_a_fault_has_odds_and_kinds():
    """Its odds are drawn by attempt, kind and fault; other kinds never meet it."""
    only = (False, True, False, False)
    faults = (fault(Trouble.DELAY), fault(Trouble.REJECT, 1, odds=0.4, kinds=only))
    bench = Bench(stage(0, constant(1), faults=faults), count=40).submit(ORIGINAL).submit(REQUEST).run()
    refused = {n for n in range(1, 41) if bench.draws.uniform(FAULT, REQUEST, 1 << 8, n) < 0.4}
    assert set(bench.ticks("rejected", REQUEST)) == refused
    assert len(bench.ticks("delivered", ORIGINAL)) == 40


def test_a_fault_by_kind():
    """Odds and added time are those of the attempt's kind."""
    odds, by = (1.0, 0.0, 1.0, 1.0), (constant(7), constant(9), constant(2), NO_TIME)
    slow = replace(fault(Trouble.DELAY), odds=odds, by=by)
    bench = Bench(stage(0, constant(1), faults=(slow,)))
    bench.submit(ORIGINAL).submit(REQUEST).submit(REPLACEMENT).run()
    observed = [bench.ticks("delivered", kind) for kind in (ORIGINAL, REQUEST, REPLACEMENT)]
    assert observed == [{1: 8}, {1: 1}, {1: 3}]


def test_the_first_fault_that_ends_an_attempt_decides():
    """Faults are asked in their order, and delays before it still add up."""
    faults = (
        fault(Trouble.DELAY, 0, by=constant(7)),
        fault(Trouble.DEFER, 1, ends=1),
        fault(Trouble.REJECT, 2),
    )
    bench = Bench(stage(0, constant(1), faults=faults, gaps=(2,))).submit(REQUEST).run()
    assert bench.log == [(8 + 2 + 8, "rejected", 1, REQUEST)]


def test_an_outage_lets_an_attempt_meet_its_faults_anew():
    """What starts over begins again, outside the fault's window now."""
    faults = (fault(Trouble.REJECT, ends=10),)
    bench = Bench(stage(0, constant(8), faults=faults, outages=((5, 20),))).submit(REQUEST).run()
    assert bench.log == [(28, "delivered", 1, REQUEST)]


# --- notices of delay ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("served, told", [(9, False), (10, False), (11, True)])
def test_a_notice_of_delay(served, told):
    """Whoever is still there after ten ticks is told of; leaving at that very tick is in time."""
    bench = Bench(stage(0, constant(served), delay_notice=10)).submit(REQUEST).run()
    notices = [(10, "delayed", 1, REQUEST)] if told else []
    assert bench.log == [*notices, (served, "delivered", 1, REQUEST)]


def test_a_notice_of_delay_for_those_who_wait_for_a_retry_or_a_worker():
    """Waiting is being there; who was given up or refused before is gone; nobody is told of twice."""
    settings = stage(0, constant(6), workers=1, failure=(1.0,) * 4, gaps=(30,), attempts=2, delay_notice=10)
    bench = Bench(settings, count=2).submit(REQUEST).run()
    assert sorted(bench.ticks("delayed", REQUEST).values()) == [10, 10]
    assert len([entry for entry in bench.log if entry[1] == "delayed"]) == 2
    gone = stage(0, constant(6), faults=(fault(Trouble.REJECT),), delay_notice=10)
    assert Bench(gone).submit(REQUEST).run().log == [(6, "rejected", 1, REQUEST)]


def test_a_notice_of_delay_by_kind():
    """Each kind has a time of its own, or none."""
    bench = Bench(stage(0, constant(9), delay_notice=(4, -1, 6, -1)))
    bench.submit(ORIGINAL).submit(REQUEST).submit(REPLACEMENT).run()
    observed = [entry for entry in bench.log if entry[1] == "delayed"]
    assert observed == [(4, "delayed", 1, ORIGINAL), (6, "delayed", 1, REPLACEMENT)]


def test_a_notice_of_delay_is_for_every_recipient_of_a_batch():
    """A job of several recipients is told of for each."""
    bench = Bench(stage(0, constant(6), grain=0, delay_notice=2), count=3).submit(REQUEST).run()
    assert bench.ticks("delayed", REQUEST) == {1: 2, 2: 2, 3: 2}


# --- duplicates ----------------------------------------------------------------------------------------------------------


def test_a_duplicate_is_dropped_and_the_earlier_copy_counts():
    """Two copies, each with a latency of its own: one delivery, at the earlier of the two."""
    latency = exponential(30.0)
    bench = Bench(count=60, latency=latency, duplicate=0.5).submit(ORIGINAL).submit(REQUEST, 7).run()
    for kind, begin in ((ORIGINAL, 0), (REQUEST, 7)):
        expected = {}
        for number in range(1, 61):
            twice = bench.draws.uniform(DUPLICATE, kind, 0, number) < 0.5
            ordinals = (0, AGAIN) if twice else (0,)
            drawn = [bench.draws.uniform(LATENCY, kind, 0, number, ordinal) for ordinal in ordinals]
            expected[number] = begin + min(sample_ticks(latency, 0, u, 1.0) for u in drawn)
        assert bench.ticks("delivered", kind) == expected
    counts = bench.relay.sometimes.counts
    delivered = [entry for entry in bench.log if entry[1] == "delivered"]
    assert len(delivered) == 120
    assert counts[Rare.DUPLICATE_DROPPED] > counts[Rare.DUPLICATE_FIRST] > 0


def test_copies_that_come_together_are_one_message():
    """At one tick the copy that was sent first is the message."""
    bench = Bench(count=2, latency=constant(5), duplicate=1.0).submit(REQUEST).run()
    assert bench.log == [(5, "delivered", 1, REQUEST), (5, "delivered", 2, REQUEST)]
    assert bench.relay.sometimes.counts[Rare.DUPLICATE_FIRST] == 0
    assert bench.relay.sometimes.counts[Rare.REQUEST_TWICE] == 2


@pytest.mark.parametrize("shared", [False, True])
def test_a_report_that_comes_twice_is_told_once(shared):
    """Reports have message ids too, in lanes of their own and in shared ones."""
    bench = Bench(stage(0, constant(1)), latency=constant(2), duplicate=1.0, reports_shared=shared)
    bench.clock.at(5, 0, lambda a, b: bench.relay.send_back(1, REPORT, 1))
    bench.run()
    assert bench.log == [(5 + 1 + 1 + 2, "returned", 1, 1)]


def test_a_message_of_which_both_copies_are_under_way_is_one():
    """The books count a message that was sent twice once, until the first copy comes."""
    bench = Bench(count=1, latency=constant(5), duplicate=1.0).submit(REQUEST)
    found = []
    for tick in (3, 6):
        bench.clock.at(tick, 0, lambda a, b: found.append(list(bench.relay.under_way())))
    bench.run()
    assert found == [[(1, REQUEST)], []]
