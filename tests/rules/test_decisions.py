"""The tables of the basement, every combination of facts against a table of its own, interpreted as written there."""

from itertools import product

import pytest

from transport.compilable import COMPILABLE
from transport.recall import decide as rules
from transport.recall import eligibility, servers
from transport.recall.codes import Reason, Status
from transport.recall.decide import decide, decide_on_arrival, decide_public, decide_undelivered
from transport.recall.facts import Facts, PublicFacts

FLAGS = (False, True)
INBOX, DELETED, BOSS = 0, 1, 16


def words(verdict):
    return Status(verdict.status).name.lower(), Reason(verdict.reason).name.lower()


# The first line whose facts are met gives the outcome; `any` meets everything.
MAILBOX_TABLE = (
    ("R6.3", {"fetched": True}, ("failed", "out_of_reach")),
    ("R7.3", {"delivered": False}, ("failed", "not_delivered")),
    ("R7.3", {"present": False}, ("failed", "not_found")),
    ("R3 R7.2", {"same_folder": False}, ("failed", "different_folders")),
    ("R1.2 R2.2 R4.2", {"read": True}, ("failed", "already_read")),
    ("R1.1 R1.3 R2.1 R2.3 R4.1 R4.3 R4.4", {}, ("succeeded", "deleted_unread")),
)
PUBLIC_TABLE = (
    ("R5.3", {"may_read_all": False}, ("failed", "no_permission")),
    ("R7.3", {"delivered": False}, ("failed", "not_delivered")),
    ("R7.3", {"present": False}, ("failed", "not_found")),
    ("R5.2", {"read": True}, ("failed", "already_read")),
    ("R5.1 R5.4", {}, ("succeeded", "deleted_unread")),
)


def looked_up(table, facts):
    return next(outcome for _, when, outcome in table if when.items() <= facts.items())


def test_r1_to_r4_r6_3_r7_every_state_of_a_mailbox_is_decided_as_the_table_says():
    """R1-R4, R6.3, R7.2, R7.3: all flags, and original and request in the Inbox, Deleted Items and another folder."""
    observed, expected = [], []
    for delivered, fetched, present, read in product(FLAGS, repeat=4):
        for original, request in product((INBOX, DELETED, BOSS), repeat=2):
            observed.append(words(decide(Facts(delivered, fetched, present, read, original, request))))
            facts = {"delivered": delivered, "fetched": fetched, "present": present, "read": read}
            expected.append(looked_up(MAILBOX_TABLE, facts | {"same_folder": original == request}))
    assert observed == expected


def test_r5_every_state_of_a_public_folder_is_decided_as_the_table_says():
    """R5.1-R5.4: all rights, flags and whereabouts."""
    observed, expected = [], []
    for delivered, present, may_read_all, read in product(FLAGS, repeat=4):
        observed.append(words(decide_public(PublicFacts(delivered, present, may_read_all, read))))
        facts = {"delivered": delivered, "present": present, "may_read_all": may_read_all, "read": read}
        expected.append(looked_up(PUBLIC_TABLE, facts))
    assert observed == expected


@pytest.mark.parametrize("read", FLAGS)
@pytest.mark.parametrize("folders", [(INBOX, BOSS), (BOSS, INBOX), (DELETED, INBOX), (BOSS, DELETED)])
def test_r3_wins_over_the_flag(folders, read):
    """R3: in different folders the recall fails for that reason, read or not (R4.3's note does not hold there)."""
    assert words(decide(Facts(True, False, True, read, *folders))) == ("failed", "different_folders")


@pytest.mark.parametrize("folder", [INBOX, DELETED, BOSS])
def test_r4_the_same_folder_is_as_good_as_the_inbox(folder):
    """R4.1, R4.2, R7.6: both in one folder, even Deleted Items: the flag decides."""
    outcomes = [words(decide(Facts(True, False, True, read, folder, folder))) for read in FLAGS]
    assert outcomes == [("succeeded", "deleted_unread"), ("failed", "already_read")]


@pytest.mark.parametrize(
    ("same_organisation", "on_exchange", "expected"),
    [
        (False, False, ("failed", "other_organisation")),
        (False, True, ("failed", "other_organisation")),
        (True, False, ("failed", "recipient_not_exchange")),
        (True, True, ("pending", "none")),
    ],
)
def test_r6_1_arrival_alone_decides_outside(same_organisation, on_exchange, expected):
    """R6.1: outside the organisation, or off Exchange, the arrival of the request ends the recall."""
    assert words(decide_on_arrival(same_organisation, on_exchange)) == expected


@pytest.mark.parametrize(
    ("there", "expected"), [(True, ("failed", "request_not_delivered")), (False, ("failed", "not_delivered"))]
)
def test_r7_5_a_request_that_never_arrives(there, expected):
    """R7.5: the request came to nothing while the original is there; without an original it is R7.3."""
    assert words(decide_undelivered(there)) == expected


@pytest.mark.parametrize("module", [rules, eligibility, servers])
def test_plain_numbers_of_the_tables_are_those_of_the_codes(module):
    """R1-R7, E1-E7: the ints inside the basement are the members of Status and Reason of the same name."""
    numbers = {name: value for name, value in vars(module).items() if name.isupper() and type(value) is int}
    codes = {**Reason.__members__, **Status.__members__}
    assert {name: int(codes[name]) for name in numbers} == numbers


def test_every_table_is_compilable():
    """R1-R7, E1-E7: the tables can be compiled as they stand, for other engines."""
    named = {function.__name__ for function in COMPILABLE}
    wanted = {"decide", "decide_public", "decide_on_arrival", "decide_undelivered", "may_recall"}
    wanted |= {"decide_reach", "decide_at_server", "decide_given_up", "decide_purge"}
    assert wanted - named == set()


def test_reasons_are_unique_across_all_tables():
    """R1-R7, E1-E7: no two codes share a number, and none is an alias."""
    assert [len(Reason.__members__), len(Status.__members__)] == [len(list(Reason)), len(list(Status))]
