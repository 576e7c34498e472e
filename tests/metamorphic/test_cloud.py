"""Cloud recall against itself: what removing read messages too is worth, and what it is not (S2, S3)."""

import numpy as np
from busy_scenarios import busy_scenarios
from hypothesis import given, settings
from random_scenarios import plan_of
from relations import QUIET, SEED, with_groups

from recallsim.engines.agents import simulate
from transport.recall.codes import Reason, Status


def cloud(tree, **policies):
    """The columns of two replications of a scenario under cloud recall, all mailboxes within its reach."""
    recall = {key: value for key, value in tree["sender"]["recall"].items() if key in ("tell_me", "replace")}
    recall |= {"system": "exchange-online", "service": "30s"} | policies
    groups = [
        {**group, "mailbox": {**group.get("mailbox", {}), "where": "cloud"}}
        for group in tree["recipients"]["groups"]
    ]
    plan = plan_of(with_groups({**tree, "sender": {**tree["sender"], "recall": recall}}, groups))
    return {name: column.copy() for name, column in simulate(plan, SEED, 0, 2).recipients.items()}


@settings(QUIET, max_examples=60)
@given(busy_scenarios())
def test_removing_read_messages_is_worth_exactly_those_marked_read(tree):
    """S3: on minus off is who is marked read when processed, person by person, decided on the same tick; no one else differs."""
    on, off = cloud(tree, recall_read_messages=True), cloud(tree, recall_read_messages=False)
    read = off["reason"] == Reason.ALREADY_READ
    assert np.array_equal(read, on["reason"] == Reason.DELETED_READ)
    assert np.array_equal(on["decided"], off["decided"])
    gained = (on["status"] == Status.SUCCEEDED).astype(int) - (off["status"] == Status.SUCCEEDED)
    assert np.array_equal(gained, read)
    for name in ("status", "reason", "seen"):
        assert np.array_equal(on[name][~read], off[name][~read])


@settings(QUIET, max_examples=60)
@given(busy_scenarios())
def test_removing_read_messages_saves_nobody_unseen(tree):
    """S3: whoever is marked read has seen it, unless a rule did the marking: unseen success is the same people's."""
    for group in tree["recipients"]["groups"]:
        group["rules"] = [rule for rule in group.get("rules", ()) if "mark_read" not in rule]
    unseen = []
    for policy in (True, False):
        found = cloud(tree, recall_read_messages=policy)
        unseen.append(((found["status"] == Status.SUCCEEDED) & (found["seen"] < 0)).tolist())
    assert unseen[0] == unseen[1]


@settings(QUIET, max_examples=30)
@given(busy_scenarios())
def test_nobody_is_shown_a_request_that_the_servers_take(tree):
    """S2: under cloud recall the request is shown to nobody inside, on failure neither, and nobody is aware of it."""
    for group in tree["recipients"]["groups"]:
        group.pop("mailbox", None)
    found = cloud(tree)
    assert set(found["aware"].tolist()) == {-1}
