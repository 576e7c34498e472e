"""The tables of recalls that servers carry out, every combination of facts against a table of its own."""

from itertools import product

import pytest

from transport.recall.codes import Reason, Status
from transport.recall.decide import decide_too_old, is_too_old
from transport.recall.facts import GivenUpFacts, PurgeFacts, ReachFacts, ServerFacts
from transport.recall.servers import decide_at_server, decide_given_up, decide_purge, decide_reach

FLAGS = (False, True)
OPEN = ("pending", "none")

# The first line whose facts are met gives the outcome.
REACH_TABLE = (
    ("S7", {"outside": True, "lets_in": False, "across": 1}, ("failed", "tenant_not_allowed")),
    ("S10", {"outside": True, "lets_in": False}, ("failed", "other_organisation")),
    ("S11", {"outside": True, "across": 0}, ("failed", "other_organisation")),
    ("R6.1", {"on_system": False}, ("failed", "recipient_not_exchange")),
    ("S2a", {"public": True}, ("failed", "unsupported_recipient")),
    ("S2 S7 S10", {}, OPEN),
)
SERVER_TABLE = (
    ("S6", {"processes": False}, ("failed", "disabled_for_mailbox")),
    ("S10", {"consents": False}, ("failed", "refused_by_recipient")),
    ("S2a", {"there": False}, OPEN),
    ("S11", {"spoils": True, "downloaded": True}, ("failed", "out_of_reach")),
    ("S10", {"old": True}, ("failed", "too_old_when_processed")),
    ("S2", {"read": False}, ("succeeded", "deleted_unread")),
    ("S3", {"reads_too": True}, ("succeeded", "deleted_read")),
    ("S3 S10 S12", {}, ("failed", "already_read")),
)
GIVEN_UP_TABLE = (
    ("R6.3", {"fetched": True}, ("failed", "out_of_reach")),
    ("S2a", {"gone": True}, ("failed", "not_found")),
    ("S8", {"retries": True}, ("failed", "timed_out")),
    ("S8", {"failed": True}, ("failed", "timed_out")),
    ("S2a", {"under_way": True}, ("failed", "not_found")),
    ("R7.3", {}, ("failed", "not_delivered")),
)
PURGE_TABLE = (
    ("S13", {"within_reach": False}, OPEN),
    ("S13", {"present": False}, OPEN),
    ("S13", {"fetched": True}, OPEN),
    ("S13", {"read": True, "read_too": False}, OPEN),
    ("S13", {}, ("succeeded", "purged")),
)


def words(verdict):
    return Status(verdict.status).name.lower(), Reason(verdict.reason).name.lower()


def looked_up(table, facts):
    return next(outcome for _, when, outcome in table if when.items() <= facts.items())


def test_s2a_s7_s10_s11_who_is_within_reach():
    """R6.1, S2a, S7, S10, S11: every kind of mailbox under every policy."""
    observed, expected = [], []
    for inside, lets_in, on_system, public in product(FLAGS, repeat=4):
        for across in (0, 1, 2):
            observed.append(words(decide_reach(ReachFacts(inside, lets_in, across, on_system, public))))
            facts = {"outside": not inside, "lets_in": lets_in, "across": across}
            expected.append(looked_up(REACH_TABLE, facts | {"on_system": on_system, "public": public}))
    assert observed == expected


def test_s2_to_s12_every_state_of_a_mailbox_is_decided_as_the_table_says():
    """S2, S3, S6, S10-S12: all facts and policies, and ages about the limit."""
    names = (
        "delivered",
        "fetched",
        "present",
        "read",
        "downloaded",
        "processes",
        "consents",
        "reads_too",
        "spoils",
    )
    observed, expected = [], []
    for flags in product(FLAGS, repeat=len(names)):
        state = dict(zip(names, flags, strict=True))
        for age, limit in ((0, -1), (7, -1), (7, 7), (8, 7)):
            observed.append(words(decide_at_server(ServerFacts(**state, age=age, max_age=limit))))
            there = state["delivered"] and state["present"] and not state["fetched"]
            facts = state | {"there": there, "old": 0 <= limit < age}
            expected.append(looked_up(SERVER_TABLE, facts))
    assert observed == expected


@pytest.mark.parametrize(
    ("table", "record", "decision"),
    [(GIVEN_UP_TABLE, GivenUpFacts, decide_given_up), (PURGE_TABLE, PurgeFacts, decide_purge)],
)
def test_s2a_s8_s13_the_last_word_and_the_administrators(table, record, decision):
    """S2a, S8, S13: every combination of facts."""
    states = [
        dict(zip(record._fields, flags, strict=True)) for flags in product(FLAGS, repeat=len(record._fields))
    ]
    observed = [words(decision(record(**state))) for state in states]
    assert observed == [looked_up(table, state) for state in states]


def test_s10_as_old_as_allowed_is_not_too_old():
    """S10: the limit itself is still in time; -1 is no limit."""
    assert [is_too_old(age, limit) for age, limit in ((7, 7), (8, 7), (0, 0), (9, -1))] == [
        False,
        True,
        False,
        False,
    ]
    assert words(decide_too_old()) == ("failed", "too_old_when_processed")
