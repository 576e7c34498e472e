"""Mail that takes a way of its own: hops and routes, lists, batches, moderators."""

import pytest
from relay_bench import ORIGINAL, REPLACEMENT, REPORT, REQUEST, Bench, stage

from transport.relay.lists import parts_of
from transport.relay.settings import Grain, MailingList, Moderation
from transport.relay.ways import Ways
from transport.streams.law_rows import constant

ALL = (True, True, True, False)


def moderated(number=0, spans=((1, 2),), kinds=ALL):
    moderation = Moderation(1, (constant(0),) * 4, (1.0,) * 4, kinds, (100,) * 4)
    return MailingList(f"list {number}", number, spans, moderation)


def unmoderated(number=0, spans=((1, 2),)):
    return MailingList(f"list {number}", number, spans, None)


# --- hops ----------------------------------------------------------------------------------------------------------------


def test_only_the_mail_of_its_members_takes_a_hop():
    """Recipients 2 and 3 go through the hop and on to the common stage; the others go there at once."""
    hop, common = stage(0, constant(10), members=((2, 3),)), stage(1, constant(1))
    bench = Bench(hop, common, count=4).submit(REQUEST).run()
    assert bench.ticks("delivered", REQUEST) == {1: 1, 2: 11, 3: 11, 4: 1}
    assert bench.waits(0, REQUEST) == [-1, 0, 0, -1]


def test_a_destination_with_connections_of_its_own_is_a_hop():
    """One connection to each of two destinations: mail to one waits for none to the other."""
    one, other = (stage(n, constant(10), members=((2 * n + 1, 2 * n + 2),), workers=1) for n in range(2))
    delivered = Bench(one, other, count=4).submit(ORIGINAL).run().ticks("delivered", ORIGINAL)
    assert [sorted({delivered[1], delivered[2]}), sorted({delivered[3], delivered[4]})] == [[10, 20]] * 2


def test_a_stage_that_some_go_round():
    """Members in several spans; whoever is none goes straight to the link."""
    bench = Bench(stage(0, constant(5), members=((1, 1), (3, 3))), count=4).submit(REQUEST).run()
    assert bench.ticks("delivered", REQUEST) == {1: 5, 2: 0, 3: 5, 4: 0}


def test_reports_go_back_the_way_the_mail_came():
    """In lanes of their own, and in shared ones, a report takes its recipient's hops and no others."""
    for shared in (False, True):
        bench = Bench(stage(0, constant(7), members=((1, 1),)), count=2, reports_shared=shared)
        for number in (1, 2):
            at = number << 40
            bench.clock.at(0, at, lambda a, b: a.relay.send_back(b, REPORT, 1), bench, number)
        bench.run()
        assert bench.log == [(1, "returned", 2, 1), (8, "returned", 1, 1)]


def test_a_hop_strips_requests():
    """S9: each request that has passed is an ordinary mail; other kinds pass unharmed."""
    bench = Bench(stage(0, constant(3), strips=True, members=((2, 2),)), count=2)
    bench.submit(ORIGINAL).submit(REQUEST, 10).run()
    assert [entry for entry in bench.log if entry[1] == "stripped"] == [(13, "stripped", 2, REQUEST)]
    assert bench.ticks("delivered", REQUEST) == {1: 10, 2: 13}


def test_a_request_is_stripped_once_for_each_recipient_of_a_job():
    """A stage per message strips for all of them."""
    bench = Bench(stage(0, constant(3), strips=True, grain=Grain.MESSAGE), count=2).submit(REQUEST).run()
    assert bench.ticks("stripped", REQUEST) == {1: 3, 2: 3}


def test_ways_are_shared():
    """Recipients whose mail takes the same stages have one table of ways; kinds that a stage does not serve pass it."""
    stages = (
        stage(0, members=((1, 2),)),
        stage(1, serves=(True, False, True, True)),
        stage(2, members=((2, 4),)),
    )
    ways = Ways(stages, 4)
    assert [list(ways.stops(ORIGINAL, number)) for number in range(1, 5)] == [
        [0, 1],
        [0, 1, 2],
        [1, 2],
        [1, 2],
    ]
    assert [list(ways.stops(REQUEST, number)) for number in range(1, 5)] == [[0], [0, 2], [2], [2]]


# --- lists ---------------------------------------------------------------------------------------------------------------


def test_parts_of_a_message():
    """Each run of numbers of a list is a part, and so is each run of those on none; together they are everybody."""
    lists = (unmoderated(0, ((3, 4), (8, 8))), unmoderated(1, ((5, 6),)))
    assert parts_of(lists, 9) == ((-1, 1, 2), (0, 3, 4), (1, 5, 6), (-1, 7, 7), (0, 8, 8), (-1, 9, 9))
    assert parts_of((), 9) == ()


def test_lists_are_expanded_apart():
    """Bifurcation: a batch holds members of one list; each part has batches of its own."""
    lists = (unmoderated(0, ((1, 5),)),)
    categorizer = stage(0, constant(10), grain=Grain.BATCH, batch=3, workers=1)
    bench = Bench(categorizer, count=8, lists=lists).submit(REQUEST).run()
    delivered = bench.ticks("delivered", REQUEST)
    batches = [(1, 2, 3), (4, 5), (6, 7, 8)]
    assert [len({delivered[number] for number in batch}) for batch in batches] == [1, 1, 1]
    assert sorted({*delivered.values()}) == [10, 20, 30]


def test_batches_of_a_thousand_in_each_list():
    """2,500 members are three jobs, the 1,200 others two."""
    categorizer = stage(0, constant(10), grain=Grain.BATCH, workers=1)
    bench = Bench(categorizer, count=3700, lists=(unmoderated(0, ((1, 2500),)),)).submit(ORIGINAL).run()
    delivered = bench.ticks("delivered", ORIGINAL)
    sizes = [list(delivered.values()).count(tick) for tick in (10, 20, 30, 40, 50)]
    assert sorted(sizes) == [200, 500, 1000, 1000, 1000]


def test_batches_that_are_divided_once_more_are_told_apart():
    """A part that is one batch here is divided by a stage of smaller batches; two parts have no number in common there."""
    stages = stage(0, constant(2), grain=Grain.BATCH), stage(1, constant(3), grain=Grain.BATCH, batch=4)
    bench = Bench(*stages, count=20, lists=(unmoderated(0, ((1, 10),)),)).submit(ORIGINAL).run()
    assert bench.ticks("delivered", ORIGINAL) == dict.fromkeys(range(1, 21), 5)


# --- moderation ----------------------------------------------------------------------------------------------------------


def at(bench, tick, act):
    bench.clock.at(tick, 0, lambda a, b: act())


@pytest.mark.parametrize("grain", [Grain.BATCH, Grain.RECIPIENT])
def test_moderated_mail_waits_and_the_rest_goes_on(grain):
    """Members wait for the moderator; what is let pass goes on where it was, and takes the servers' time then."""
    bench = Bench(stage(0, constant(10), grain=grain), count=3, lists=(moderated(),)).submit(ORIGINAL)
    at(bench, 50, lambda: bench.relay.moderation.approve(0, ORIGINAL))
    bench.run()
    assert bench.log[0] == (0, "submitted", 0, ORIGINAL)
    assert bench.ticks("delivered", ORIGINAL) == {1: 60, 2: 60, 3: 10}


def test_moderation_comes_before_the_expansion_whatever_stages_there_are():
    """A stage per message is passed by the whole message first; without stages the link is next."""
    bench = Bench(stage(0, constant(4), grain=Grain.MESSAGE), count=3, lists=(moderated(),)).submit(ORIGINAL)
    at(bench, 50, lambda: bench.relay.moderation.approve(0, ORIGINAL))
    bench.run()
    assert (bench.ticks("submitted", ORIGINAL), bench.ticks("delivered", ORIGINAL)) == (
        {0: 4},
        {1: 50, 2: 50, 3: 4},
    )


def test_parts_of_a_moderated_list_wait_together():
    """A list whose members' numbers do not touch is put before the moderators once."""
    lists = (moderated(0, ((1, 1), (3, 3))),)
    bench = Bench(count=3, lists=lists).submit(ORIGINAL)
    at(bench, 5, lambda: bench.relay.moderation.reject(0, ORIGINAL))
    bench.run()
    assert bench.log == [
        (0, "submitted", 0, ORIGINAL),
        (0, "delivered", 2, ORIGINAL),
        (5, "rejected", 1, ORIGINAL),
        (5, "rejected", 3, ORIGINAL),
    ]


def test_what_nobody_decides_goes_back():
    """An expired message bounces for every member."""
    bench = Bench(count=2, lists=(moderated(),)).submit(REPLACEMENT)
    at(bench, 100, lambda: bench.relay.moderation.expire(0, REPLACEMENT))
    bench.run()
    assert bench.ticks("bounced", REPLACEMENT) == {1: 100, 2: 100}


def test_a_request_may_go_round_the_moderators():
    """With requests exempt, the request is delivered while its original waits."""
    bench = Bench(count=2, lists=(moderated(kinds=(True, False, True, False)),))
    bench.submit(ORIGINAL).submit(REQUEST, 3).run()
    assert (bench.ticks("delivered", REQUEST), bench.ticks("delivered", ORIGINAL)) == ({1: 3, 2: 3}, {})
    assert sorted(bench.relay.under_way()) == [(1, ORIGINAL), (2, ORIGINAL)]


def test_s1_takes_back_what_waits_for_a_moderator():
    """S1: originals in moderation are removed; what a moderator says of them afterwards concerns nobody."""
    for after in ("approve", "reject", "expire"):
        bench = Bench(count=3, lists=(moderated(kinds=(True, False, True, False)),), intercepts=True)
        bench.submit(ORIGINAL).submit(REQUEST, 3)
        at(bench, 9, lambda after=after, bench=bench: getattr(bench.relay.moderation, after)(0, ORIGINAL))
        bench.run()
        assert bench.log[2:] == [
            (3, "intercepted", 1, ORIGINAL),
            (3, "intercepted", 2, ORIGINAL),
            (3, "delivered", 3, REQUEST),
        ]
