"""Recipients of whom there is little to know, against the same recipients with a mailbox, a program and a person each."""

from functools import partial
from pathlib import Path

import pytest
from scenes import STRICT
from societies import columns, delays

from agents.plain_seats import is_plain
from agents.post_office import PostOffice
from recallsim.engines import agents
from recallsim.engines.agents import simulate
from recallsim.engines.columns import numpy_filler
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.recall.codes import Place, Reason
from transport.streams.draws import Draws

RACE = Path(__file__).parents[2] / "benchmarks" / "race.yaml"
EARLY = ["wait", "drop_on_arrival", "drop_on_processing", "delete_on_delivery"]


def race():
    """The model of the benchmark, with few recipients."""
    return draw_up(load(RACE, {"recipients.count": 60}))


@pytest.mark.parametrize("clock", ["1ms", "10s", "1min"])
@pytest.mark.parametrize("early", EARLY)
@pytest.mark.parametrize("fails", [False, True])
def test_a_number_or_a_mailbox_is_the_same(early, clock, fails, monkeypatch):
    """Every column of the observation is equal, on a fine clock and where nearly everything is a tie."""
    plan = delays(early, clock, fails=fails)
    plainly = columns(simulate(plan, 20261120, 0, 5, loop=STRICT))
    monkeypatch.setattr(agents, "PostOffice", partial(PostOffice, plain_seats=False))
    assert plainly == columns(simulate(plan, 20261120, 0, 5, loop=STRICT))


@pytest.mark.parametrize("society", [race, delays])
def test_draws_that_are_expected_are_those_that_are_asked_for(society, monkeypatch):
    """The very same columns are made, each of them once, whether or not anybody has said that they will be needed."""
    plan, calls = society(), []

    def filler(k0, k1, c0, c1, *rest):
        calls.append(c1)
        return numpy_filler(k0, k1, c0, c1, *rest)

    def words():
        made = sorted(word for call in calls for word in call)
        calls.clear()
        return made

    monkeypatch.setattr(agents, "numpy_filler", filler)
    simulate(plan, 20261120, 0, 1)
    assert max(len(call) for call in calls) > 5
    together = words()
    monkeypatch.setattr(Draws, "expect", lambda *_: None)
    simulate(plan, 20261120, 0, 1)
    assert words() == together


@pytest.mark.parametrize("early", EARLY)
def test_who_is_plain(early):
    """Everybody of that society, unless an early request removes its original as that comes."""
    plan = delays(early)
    names = {group.name for group in plan.groups if is_plain(plan, group)}
    everybody = {group.name for group in plan.groups}
    assert names == ({"guest"} if early == "delete_on_delivery" else everybody)


def test_everything_happens_there():
    """What is compared includes every reason that such recipients can come to, openings, notices and removals."""
    seen, reasons, places = set(), set(), set()
    for early in ("drop_on_arrival", "drop_on_processing", "wait"):
        found = simulate(delays(early, "1s"), 20261120, 0, 20).recipients
        reasons |= {Reason(code).name for code in found["reason"]}
        places |= {Place(code).name for code in found["original_place"]}
        seen |= {bool(tick >= 0) for name in ("seen", "aware", "replacement_seen") for tick in found[name]}
        assert found["doomed"].any()
        assert found["overtaken"].any()
    assert (seen, places) == ({True, False}, {"PRESENT", "REMOVED_BY_RECALL", "LOST"})
    assert reasons == {
        "NONE", "DELETED_UNREAD", "ALREADY_READ", "DIFFERENT_FOLDERS", "NOT_FOUND", "NOT_DELIVERED",
        "OTHER_ORGANISATION", "TOO_OLD_WHEN_PROCESSED",
    }  # fmt: skip


def test_originals_are_given_up_while_requests_wait_for_them():
    """Of requests that came before their originals, some meet one that comes, and some learn that none will."""
    found = simulate(delays("wait", "1s", fails=True), 20261120, 0, 5).recipients
    early = found["overtaken"] == 1
    bounced = found["original_place"] == Place.BOUNCED
    decided = found["decided"] >= 0
    assert [bool((early & decided & there).any()) for there in (bounced, ~bounced)] == [True, True]
