"""S1: where an original can still be taken back when the servers handle the request, and where it cannot."""

import pytest
from relay_bench import ORIGINAL, REPLACEMENT, REQUEST, Bench, stage

from transport.relay.settings import Grain
from transport.streams.law_rows import constant

ONLY_ORIGINALS = (True, False, False, False)


def bench(*stages, count=4, **more):
    """Servers that intercept; stages work on originals only, so that the request is there at once."""
    return Bench(*stages, count=count, intercepts=True, **more)


def ends(found, what, kind=ORIGINAL):
    """The ticks at which that happened, sorted."""
    return sorted(found.ticks(what, kind).values())


def test_who_waits_leaves_and_who_is_served_ends_undelivered():
    """S1: one is delivered, one in service holds its worker to the end, two leave the line at once."""
    found = bench(stage(0, constant(10), workers=1, serves=ONLY_ORIGINALS))
    found.submit(ORIGINAL, 0).submit(REQUEST, 15).run()
    assert ends(found, "delivered") == [10]
    assert ends(found, "intercepted") == [15, 15, 15]
    assert ends(found, "delivered", REQUEST) == [15]
    assert set(found.ticks("delivered", REQUEST)) == set(found.ticks("delivered", ORIGINAL))
    assert found.clock.now == 20
    assert found.relay.stages[0].own == 0
    assert list(found.relay.under_way()) == []


def test_what_follows_waits_for_the_worker_of_the_one_in_service():
    """S1: the job in service is removed at its end, so its worker is not free before."""
    found = Bench(stage(0, constant(10), workers=1), count=1, intercepts=True)
    found.submit(ORIGINAL, 0).submit(REQUEST, 5).submit(REPLACEMENT, 6).run()
    assert found.ticks("intercepted", ORIGINAL) == {1: 5}
    assert found.ticks("delivered", ORIGINAL) == {}
    assert found.ticks("delivered", REPLACEMENT) == {1: 20}


def test_the_request_works_where_it_leaves_the_categorizer():
    """S1: it takes effect after its own service in the stage per batch, batch by batch."""
    found = Bench(
        stage(0, constant(10), grain=Grain.BATCH, batch=2, workers=1),
        stage(1, constant(100), workers=1, serves=ONLY_ORIGINALS),
        count=4,
        intercepts=True,
    )
    found.submit(ORIGINAL, 0).submit(REQUEST, 21).run()
    taken = found.ticks("intercepted", ORIGINAL)
    assert sorted(taken.values()) == [31, 31, 41, 41]
    assert taken[1] == taken[2]
    assert taken[3] == taken[4]
    assert found.ticks("delivered", ORIGINAL) == {}


def test_in_retry_wait():
    """S1: a message that waits for its next attempt is removed."""
    found = bench(stage(0, constant(1), serves=ONLY_ORIGINALS, failure=(1.0, 0, 0, 0), gaps=(50,)))
    found.submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(found, "intercepted") == [20] * 4
    assert [ends(found, what) for what in ("delivered", "bounced")] == [[], []]
    assert found.relay.stages[0].own == 0


def test_while_it_waits_to_be_given_up():
    """S1: a message whose last attempt has failed, but which has not bounced yet, is removed."""
    found = bench(
        stage(0, constant(1), serves=ONLY_ORIGINALS, failure=(1.0, 0, 0, 0), gaps=(50,), give_up=30)
    )
    found.submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(found, "intercepted") == [20] * 4
    assert ends(found, "bounced") == []


@pytest.mark.parametrize("workers", [0, 1])
def test_held_by_an_outage(workers):
    """S1: originals that an outage holds up are removed, the one that had been in service too."""
    found = bench(stage(0, constant(10), workers=workers, serves=ONLY_ORIGINALS, outages=((5, 100),)))
    found.submit(ORIGINAL, 0).submit(REQUEST, 50).run()
    assert ends(found, "intercepted") == [50] * 4
    assert ends(found, "delivered") == []
    assert found.relay.stages[0].own == 0


def test_not_yet_expanded():
    """S1: an original that is still one job for all is removed for each; the job ends and delivers nothing."""
    found = bench(stage(0, constant(30), grain=Grain.MESSAGE, serves=ONLY_ORIGINALS))
    found.submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(found, "intercepted") == [20] * 4
    assert ends(found, "delivered") == []
    assert found.clock.now == 30


def test_not_yet_expanded_and_bounced():
    """S1: nobody is told that a message bounced which had been taken back."""
    found = bench(stage(0, constant(30), grain=Grain.MESSAGE, serves=ONLY_ORIGINALS, failure=(1.0, 0, 0, 0)))
    found.submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(found, "intercepted") == [20] * 4
    assert ends(found, "bounced") == []


def test_on_the_link_is_out_of_reach():
    """S1: what has left the last server arrives, and so does its request."""
    found = bench(latency=constant(40)).submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(found, "intercepted") == []
    assert ends(found, "delivered") == [40] * 4
    assert ends(found, "delivered", REQUEST) == [60] * 4


def test_lost_and_bounced_are_out_of_reach():
    """S1: there is nothing to take back of a message that bounced or was lost."""
    bounced = bench(stage(0, constant(1), serves=ONLY_ORIGINALS, failure=(1.0, 0, 0, 0)))
    bounced.submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(bounced, "bounced") == [1] * 4
    lost = bench(loss=1.0).submit(ORIGINAL, 0).submit(REQUEST, 20).run()
    assert ends(lost, "lost") == [0] * 4
    for found in (bounced, lost):
        assert ends(found, "intercepted") == []


def test_at_the_tick_at_which_its_service_ends():
    """S1: at one tick the sender's request (rank SENDER) comes before the end of service (rank SERVE)."""
    found = bench(stage(0, constant(10), workers=1, serves=ONLY_ORIGINALS), count=1)
    found.submit(ORIGINAL, 0).submit(REQUEST, 10).run()
    assert ends(found, "intercepted") == [10]
    late = bench(stage(0, constant(10), workers=1, serves=ONLY_ORIGINALS), count=1)
    late.submit(ORIGINAL, 0).submit(REQUEST, 11).run()
    assert ends(late, "intercepted") == []


def test_without_the_policy_nothing_is_intercepted():
    """Off in every shipped system: originals in a queue are delivered."""
    found = Bench(stage(0, constant(10), workers=1, serves=ONLY_ORIGINALS), count=4)
    found.submit(ORIGINAL, 0).submit(REQUEST, 15).run()
    assert ends(found, "delivered") == [10, 20, 30, 40]
    assert ends(found, "intercepted") == []
