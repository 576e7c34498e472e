"""Forwarding: copies outside the list, out of everybody's reach, that are seen on arrival (R6.3, recall.md 5)."""

import pytest
from scenes import automatic, by_delay, late, plan_of, play, scene

from agents.forwarding import Forwarding
from recallsim.engines.agents import simulate
from recallsim.estimate.estimates import measure
from recallsim.estimate.tally import tally
from transport.errors import ConservationError

DELETED = ("succeeded", "deleted_unread")


def forwards(**keys):
    return {"forwards": {"share": 1} | keys}


def test_r6_3_a_forwarded_copy_is_seen_although_the_recall_succeeds():
    """R6.3: shown in the pane at 5, forwarded to three at 9; the recall takes the original at 30 and none of the copies."""
    person = by_delay(original=5) | {"preview": {"share": 1}} | forwards(to=3, after="4s")
    story = play(10, person, automatic(20, marks_read="never"), latency=late(original=0))
    assert (story.outcome(), story.of(1, "forwarded", "forwarded_seen")) == ((*DELETED, 30), (3, 3))
    assert (story.ticks("forwards"), story.ticks("sees a forwarded copy")) == ([9], [10, 10, 10])


@pytest.mark.parametrize(("removed", "forwarded"), [(20, 0), (24, 0), (25, 2)])
def test_r6_3_what_is_gone_is_not_forwarded(removed, forwarded):
    """R6.3: forwarding falls at 24 (rank KEEP): a recall processed by then, be it in this tick, leaves nothing to forward."""
    person = by_delay(original=4) | {"preview": {"share": 1}} | forwards(to=2, after="20s")
    story = play(2, person, automatic(removed - 2, marks_read="never"))
    assert (story.outcome()[2], story.of(1, "forwarded")) == (removed, forwarded)


def test_a_forwarded_copy_takes_the_time_of_the_link():
    """A copy that would arrive after the horizon is under way: sent, and not seen."""
    person = by_delay(original=5) | forwards()
    story = play(None, person, latency="100s", horizon="150s")
    assert (story.of(1, "seen", "forwarded", "forwarded_seen")) == (105, 1, 0)
    assert play(None, person, latency="100s", horizon="205s").of(1, "forwarded", "forwarded_seen") == (1, 1)


def test_a_message_opened_again_is_forwarded_again():
    """R4.3: marked unread and opened once more, it goes out once more."""
    person = by_delay(original=5) | forwards() | {"mark_unread": {"share": 1, "after": "3s"}}
    assert play(None, person).ticks("forwards") == [5, 13]


def test_a_share_forwards():
    """`share`: one draw for each recipient."""
    story = play(None, by_delay(original=5) | {"forwards": {"share": 0.25}}, count=1000)
    assert 200 < sum(story.all("forwarded")) < 300


@pytest.mark.parametrize("where", ["server", "client"])
def test_a_rule_forwards_what_arrives(where):
    """Rules: two people outside get the original although nobody at the mailbox ever sees it; the request is not counted."""
    rules = [{"when": {"from": "sender"}, "forward": 2}]
    story = play(10, None, automatic(0, rules_run=where, sync="cached"), rules=rules)
    assert story.of(1, "seen", "forwarded", "forwarded_seen") == (-1, 2, 2)
    assert story.ticks("forwards") == [0 if where == "server" else 30]


def test_who_is_forwarded_to_counts_among_those_who_saw_it():
    """`seen_count` holds the readers of forwarded copies, `forwarded_seen_count` them alone; then somebody saw it."""
    plan = plan_of(scene(10, None, rules=[{"forward": 2}], count=4))
    values = tally(simulate(plan, 1, 0, 3), plan).values
    found = {
        name: measure(values, plan, name).mean
        for name in ("seen_count", "forwarded_seen_count", "none_saw", "seen_rate")
    }
    assert found == {"seen_count": 8.0, "forwarded_seen_count": 8.0, "none_saw": 0.0, "seen_rate": 0.0}


def test_a_forwarded_copy_that_vanishes_is_missed(monkeypatch):
    """Conservation: a forward is a new *sent*; one that is sent and never comes is found to be missing."""
    send = Forwarding.send

    def leaky(self, number, to, who):
        send(self, number, to, who)
        self.under_way -= 1

    monkeypatch.setattr(Forwarding, "send", leaky)
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(scene(None, by_delay(original=1) | forwards(), latency="5s", horizon="7s")), 1, 0, 1)
    assert str(caught.value) == "0 copies were forwarded and 0 of them arrived, but the ledger has 1 and 0"


@pytest.mark.parametrize(("up", "forwarded"), [(8, 58), (9, 8)])
def test_what_is_forwarded_offline_waits_in_the_outbox(up, forwarded):
    """S2, R6.3: forwarded at 8 on a program that goes offline for 50 s at `up`; the removal at 20 does not empty its outbox."""
    client = {"online": {"up": f"{up}s", "down": "50s", "start": "up"}}
    person = by_delay(original=5) | {"forwards": {"share": 1, "after": "3s"}}
    story = play(20, person, client, recall={"system": "exchange-online"})
    assert (story.outcome(), story.ticks("forwards")) == (("succeeded", "deleted_read", 20), [forwarded])
    assert story.of(1, "forwarded", "forwarded_seen") == (1, 1)
