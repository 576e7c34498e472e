"""Every copy ends in exactly one place, in any scenario; and the check that says so has teeth."""

from functools import partial

import pytest
from equality import interpreted
from hypothesis import Phase, given, settings
from random_scenarios import QUIET, plan_of, scenarios

from agents.plain_seats import GONE, WaitingSeats
from agents.post_office import PostOffice
from recallsim.engines import agents, kernel_life
from recallsim.engines.agents import simulate
from recallsim.engines.batch import simulate_on
from recallsim.engines.kernel_layout import B_DECIDED, B_NOW, B_NUMBER, B_REMOVED, C_HERE, C_PLACE
from recallsim.engines.kernel_state import copy_of
from recallsim.estimate.tally import tally
from transport.clock.loop import VirtualLoop
from transport.errors import ConservationError
from transport.mail.mailbox import Copy
from transport.recall.codes import Place, Reason, SeenPhase, Status
from transport.relay.relay import Relay

MAIL = ("original", "request", "replacement")


def strict_loop() -> VirtualLoop:
    """A loop that raises where two events have one key."""
    return VirtualLoop(strict=True)


def check_columns(plan, observation) -> None:
    """The parts of an observation agree with each other."""
    columns = {name: column.tolist() for name, column in observation.recipients.items()}
    asked = dict(
        zip(
            observation.replications["replication"].tolist(),
            observation.replications["asked"].tolist(),
            strict=True,
        )
    )
    for row in range(len(columns["status"])):
        at = {name: column[row] for name, column in columns.items()}
        assert (at["seen"] >= 0) == (at["seen_phase"] != SeenPhase.UNSEEN), at
        assert (at["seen"] >= 0) == (at["seen_level"] >= plan.seen_level) == (at["seen_people"] > 0), at
        open_ = at["reason"] in (Reason.NONE, Reason.STRIPPED_ON_PATH)
        assert (at["status"] == Status.PENDING) == (at["decided"] < 0) == open_, at
        assert 0 <= at["forwarded_seen"] <= at["forwarded"], at
        assert at["seen_after_removal"] <= (0 <= at["original_removed"] <= at["seen"]), at
        assert at["doomed"] == 0 or at["status"] == Status.PENDING, at
        assert -1 <= max(at["seen"], at["decided"], at["told_first"], at["aware"]) <= plan.horizon, at
        assert (at["told"] == 0) == (at["told_first"] < 0), at
        if at["decided"] >= 0 and at["reason"] != Reason.PURGED:
            assert at["decided"] >= asked[at["replication"]] >= 0, at
        for kind in MAIL:
            place, delivered = Place(at[f"{kind}_place"]), at[f"{kind}_delivered"]
            never_came = place in (
                Place.NOT_SENT, Place.IN_TRANSIT, Place.INTERCEPTED, Place.HELD, Place.BOUNCED, Place.LOST, Place.REJECTED,
            )  # fmt: skip
            assert never_came == (delivered < 0), at
        if at["original_removed"] >= 0:
            assert at["original_removed"] >= at["original_delivered"] >= 0, at
        removed = Place(at["original_place"]).name.startswith("REMOVED")
        assert removed == (at["original_removed"] >= 0), at


@QUIET
@given(scenarios())
def test_nothing_is_lost_or_made_in_any_scenario(scenario):
    """Random scenarios keep their books, the parts of what they observe add up, and no two events tie."""
    plan = plan_of(scenario)
    observation = simulate(plan, 20261120, 0, 2, loop=strict_loop)
    check_columns(plan, observation)
    values = tally(observation, plan).values
    assert values.shape[0] == 2


PLAIN = {
    "name": "plain",
    "horizon": "1d",
    "sender": {"notices": "5min", "recall": {"replace": {"compose": "1min"}}},
    "transport": {"link": {"latency": {"exponential": {"mean": "1min"}}}},
    "recipients": {"groups": [{"name": "g", "count": 8, "client": {"auto_process": 1}}]},
}


def test_a_copy_that_the_link_swallows_is_missed(monkeypatch):
    """An envelope that never comes off the link is found to be missing."""
    send = Relay.send

    def leaky(self, envelope):
        if (envelope.kind, envelope.entity) != (0, 3):
            send(self, envelope)

    monkeypatch.setattr(Relay, "send", leaky)
    message = "of 8 copies of the original, 0 are under way and 7 were delivered, but the ledger has 1 and 7"
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(PLAIN), 1, 0, 1)
    assert str(caught.value) == message


TWICE = [
    (
        *(PostOffice, "_deliver", False),
        "of 8 copies of the replacement, 0 are under way and 9 were delivered, but the ledger has 0 and 8",
    ),
    (WaitingSeats, "arrives", True, "the replacement to recipient 5 was delivered twice"),
]


@pytest.mark.parametrize(("owner", "name", "plain", "message"), TWICE)
def test_a_copy_that_is_delivered_twice_is_noticed(owner, name, plain, message, monkeypatch):
    """A mailbox that gets the same message again is found out, also where it is but a number."""
    deliver = getattr(owner, name)

    def twice(self, number, kind):
        deliver(self, number, kind)
        if (number, kind) == (5, 2):
            deliver(self, number, kind)

    monkeypatch.setattr(owner, name, twice)
    monkeypatch.setattr(agents, "PostOffice", partial(PostOffice, plain_seats=plain))
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(PLAIN), 1, 0, 1)
    assert str(caught.value) == message


def test_a_copy_that_vanishes_from_its_mailbox_is_missed(monkeypatch):
    """A copy that is gone although nobody wrote down why is found to be missing."""
    begin = Copy.__init__

    def vanishing(self, kind, delivered):
        begin(self, kind, delivered)
        self.here = kind != 2

    monkeypatch.setattr(Copy, "__init__", vanishing)
    monkeypatch.setattr(agents, "PostOffice", partial(PostOffice, plain_seats=False))
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(PLAIN), 1, 0, 1)
    assert str(caught.value) == "the replacement of recipient 1 is gone, but the ledger has it PRESENT"


def test_a_number_that_says_gone_is_missed(monkeypatch):
    """Where a mailbox is but a number, that is compared with the ledger, too."""
    arrives = WaitingSeats.arrives

    def vanishing(self, number, kind):
        arrives(self, number, kind)
        if (number, kind) == (3, 2):
            self._states[kind][number - self._first] |= GONE

    monkeypatch.setattr(WaitingSeats, "arrives", vanishing)
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(PLAIN), 1, 0, 1)
    assert str(caught.value) == "the replacement of recipient 3 is gone, but the ledger has it PRESENT"


def test_a_copy_in_two_places_is_noticed(monkeypatch):
    """A copy that is counted as under way and as delivered is found in two places."""
    under_way = Relay.under_way

    def double(self):
        yield from under_way(self)
        yield 4, 0

    monkeypatch.setattr(Relay, "under_way", double)
    with pytest.raises(ConservationError) as caught:
        simulate(plan_of(PLAIN), 1, 0, 1)
    assert str(caught.value) == "the original to recipient 4 is in two places"


@settings(QUIET, max_examples=25, phases=[Phase.generate])
@given(scenarios())
def test_a_lost_copy_is_found_in_random_scenarios(scenario):
    """Wherever a delivery is swallowed in a random scenario, the books do not balance."""
    plan = plan_of(scenario)
    swallowed = []
    deliver = PostOffice._deliver

    def swallowing(self, number, kind):
        if swallowed:
            deliver(self, number, kind)
        else:
            swallowed.append(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostOffice, "_deliver", swallowing)
        patch.setattr(agents, "PostOffice", partial(PostOffice, plain_seats=False))
        try:
            simulate(plan, 7, 0, 1)
            found = False
        except ConservationError:
            found = True
    assert found == bool(swallowed)


# --- the kernel's books -----------------------------------------------------------------------------------------------


def _misfiled(s, copy):
    s[copy + C_PLACE] = Place.LOST


def _vanished(s, copy):
    s[copy + C_HERE] = 0


def _removed(s, _):
    s[B_REMOVED] = s[B_NOW]


def _ended(s, _):
    s[B_DECIDED] = s[B_NOW]


@pytest.mark.parametrize("spoil", [_misfiled, _vanished, _removed, _ended])
def test_the_kernel_keeps_its_books(spoil, monkeypatch):
    """A copy that is in two places, or in none, is found in the batch engine's every replication, too."""
    deliver = kernel_life.deliver

    def spoiled(p, f, s, kind):
        deliver(p, f, s, kind)
        if (s[B_NUMBER], kind) == (3, 2):
            spoil(s, copy_of(0 if spoil is _removed else kind))

    plan = plan_of(
        PLAIN | {"recipients": {"groups": [{"name": "g", "count": 8, "client": {"kind": "mobile"}}]}}
    )
    assert len(simulate_on(plan, 1, 0, 1, threads=1, replicate=interpreted).recipients["status"]) == 8
    monkeypatch.setattr(kernel_life, "deliver", spoiled)
    with pytest.raises(ConservationError) as caught:
        simulate_on(plan, 1, 0, 1, threads=1, replicate=interpreted)
    assert str(caught.value) == "a copy to recipient 3 was lost or made"
