"""May the sender recall at all: E1-E7, as a function and as a scenario."""

from itertools import product

import pytest
from scenes import by_delay, play

from transport.recall.codes import Reason, Status
from transport.recall.eligibility import may_recall
from transport.recall.facts import SenderFacts

FINE = SenderFacts(
    account_on_exchange=True,
    enabled=True,
    protected=False,
    client_can_recall=True,
    opened=True,
    age=600,
    max_age=-1,
    window=-1,
    in_sent_items=True,
    recallable=True,
)
IN_ORDER = (
    ({"recallable": False}, "too_late"),
    ({"account_on_exchange": False}, "sender_not_exchange"),
    ({"enabled": False}, "disabled_for_organisation"),
    ({"protected": True}, "protected"),
    ({"client_can_recall": False}, "client_cannot_recall"),
    ({"opened": False}, "not_opened"),
    ({"max_age": 599}, "too_old"),
    ({"window": 599}, "too_late"),
    ({"in_sent_items": False}, "not_in_sent_items"),
)


def words(verdict):
    return Status(verdict.status).name.lower(), Reason(verdict.reason).name.lower()


def test_e1_to_e7_every_combination_is_refused_by_the_first_rule_that_applies():
    """E1-E7, H1, S11: all 512 combinations of obstacles; the first in order gives the reason, none lets the request go."""
    observed, expected = [], []
    for present in product((False, True), repeat=len(IN_ORDER)):
        facts = FINE
        found = [("pending", "none")]
        for obstacle, (change, reason) in zip(present, IN_ORDER, strict=True):
            if obstacle:
                facts = facts._replace(**change)
                found.append(("refused", reason))
        observed.append(words(may_recall(facts)))
        expected.append(found[min(1, len(found) - 1)])
    assert observed == expected


@pytest.mark.parametrize(
    ("age", "max_age", "expected"),
    [(600, -1, "none"), (600, 600, "none"), (601, 600, "too_old"), (0, 0, "none"), (1, 0, "too_old")],
)
def test_e6_a_message_as_old_as_allowed_is_not_too_old(age, max_age, expected):
    """E6: refused when older than the limit; without a limit (-1) never."""
    assert words(may_recall(FINE._replace(age=age, max_age=max_age)))[1] == expected


SCENES = [
    ("E1", {"sender": {"account": "other"}}, "sender_not_exchange"),
    ("E1", {"sender": {"account": "outlook.com"}}, "sender_not_exchange"),
    ("E2", {"organisation": {"recall_enabled": False}}, "disabled_for_organisation"),
    ("E3", {"message": {"protected": True}}, "protected"),
    *(
        ("E4", {"sender": {"client": kind}}, "client_cannot_recall")
        for kind in ("web", "mobile", "pop", "imap", "other", "outlook-mac", "outlook-new")
    ),
    ("E5", {"sender": {"opened_in": "pane"}}, "not_opened"),
    ("E6", {"recall": {"max_age": "9s"}}, "too_old"),
    ("E7", {"sender": {"sent_items": "moved"}}, "not_in_sent_items"),
    ("E7", {"sender": {"sent_items": "deleted"}}, "not_in_sent_items"),
    ("E7", {"sender": {"sent_items": "unsaved"}}, "not_in_sent_items"),
]


@pytest.mark.parametrize("system", ["outlook", "outlook-2007"])
@pytest.mark.parametrize(("rule", "keys", "reason"), SCENES)
def test_e1_to_e7_a_refusal_is_the_outcome_of_every_recipient(rule, keys, reason, system):
    """E1-E7: refused when she asks, for both generations: no request, no replacement, no report."""
    keys = dict(keys)
    recall = {"system": system, "replace": {}} | keys.pop("recall", {})
    story = play(10, by_delay(original=20), count=3, recall=recall, **keys)
    observed = [(story.outcome(n), story.places(n), story.of(n, "told")) for n in (1, 2, 3)]
    assert observed == [(("refused", reason, 10), ("present", "not_sent", "not_sent"), "nothing")] * 3


@pytest.mark.parametrize("system", ["outlook", "outlook-2007"])
@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ("E3", {"message": {"protected": True}, "recall": {"protected": "allow"}}),
        ("E5", {"sender": {"opened_in": "pane"}, "recall": {"opened_in_window_required": False}}),
        ("E6", {"recall": {"max_age": "10s"}}),
        ("none", {}),
    ],
)
def test_e3_e5_e6_the_policy_may_allow_it(rule, keys, system):
    """E3, E5, E6: with the policy that allows it, or just young enough, the request goes out."""
    keys = dict(keys)
    recall = {"system": system} | keys.pop("recall", {})
    story = play(10, by_delay(request=5), recall=recall, **keys)
    assert story.outcome() == ("succeeded", "deleted_unread", 15)


def test_e6_the_age_counts_from_the_end_of_the_hold():
    """E6: a message held for 5 s is 5 s old when she asks at 10."""
    observed = [
        play(10, by_delay(request=5), sender={"hold": "5s"}, recall={"max_age": age}).outcome()
        for age in ("4s", "5s")
    ]
    assert observed == [("refused", "too_old", 10), ("succeeded", "deleted_unread", 15)]


@pytest.mark.parametrize(("refused", "replacement"), [(True, "present"), (False, "not_sent")])
def test_e1_a_correction_follows_a_refusal_only(refused, replacement):
    """E1, section 1: a plain correction follows when the recall is refused, and only then."""
    account = "other" if refused else "exchange"
    story = play(10, by_delay(request=5), sender={"account": account, "correction": {"compose": "7s"}})
    assert (story.of(1, "replacement_place"), story.moment("replaced")) == (
        (replacement, 17 if refused else -1)
    )


def test_e1_a_refused_recall_tells_the_recipient_nothing():
    """E1: who reads the original after a refusal has seen it, and is aware of nothing."""
    story = play(10, by_delay(original=20), sender={"account": "other"})
    assert story.of(1, "seen", "aware", "original_removed") == (20, -1, -1)
