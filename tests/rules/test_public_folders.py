"""R5: public folders, where rights and flags are each reader's own; the folder is one recipient."""

import pytest
from scenes import by_delay, late, play

from transport.streams.draws import Draws
from transport.streams.purposes import RIGHTS

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
NO_RIGHT = ("failed", "no_permission")


def folder(readers=1, full=1.0):
    return {"kind": "public", "readers": readers, "rights": {"full": full}}


def seed_with(*rights):
    """A seed under which the readers of recipient 1 have these rights, at a share of one half."""
    for seed in range(1000):
        draws = Draws(seed, 0)
        if all((draws.uniform(RIGHTS, 0, who, 1) < 0.5) == may for who, may in enumerate(rights)):
            return seed
    raise AssertionError("no seed gives these rights")


def test_r5_1_an_entitled_reader_who_has_not_read_it():
    """R5.1: the original goes for everyone, the request with it; the sender is told of a success."""
    story = play(10, by_delay(original=50, request=5), mailbox=folder(3), recall={"replace": {}})
    assert (story.outcome(), story.told()) == ((*DELETED, 15), [(16, "success")])
    assert story.places() == ("removed_by_recall", "removed_by_recall", "present")
    assert (story.of(1, "seen", "seen_people"), story.ticks("opens", message="original")) == ((-1, 0), [])


def test_r5_2_that_reader_has_read_it():
    """R5.2: failed; original and replacement remain, only the request is deleted."""
    story = play(10, by_delay(original=5, request=5), mailbox=folder(), recall={"replace": {}})
    assert (story.outcome(), story.told()) == ((*READ, 15), [(16, "failure")])
    assert story.places() == ("present", "removed_by_recall", "present")


def test_r5_3_no_right_ends_nothing():
    """R5.3: the attempt sends one failure report; everything remains, and the horizon decides."""
    story = play(10, by_delay(request=5), mailbox=folder(3, 0), recall={"replace": {}}, horizon="100s")
    assert (story.outcome(), story.told()) == ((*NO_RIGHT, 100), [(16, "failure")])
    assert (story.places(), story.of(1, "aware")) == (("present",) * 3, 15)


def test_r5_3_nobody_tried():
    """R5.3: without an attempt it is pending at the horizon."""
    story = play(10, by_delay(original=5), mailbox=folder(3, 0))
    assert (story.outcome(), story.told()) == (("pending", "none", -1), [])


def test_r5_3_the_first_reader_may_decide():
    """R5.3, policy: the page's letter: the first opening ends it, and the request stays."""
    recall = {"public_folder_first_reader": "decides", "replace": {}}
    story = play(10, by_delay(request=5), mailbox=folder(3, 0), recall=recall)
    assert (story.outcome(), story.told(), story.places()) == (
        (*NO_RIGHT, 15),
        [(16, "failure")],
        ("present",) * 3,
    )


@pytest.mark.parametrize(
    ("rights", "policy", "outcome", "told", "contradict"),
    [
        ((False, True), "stays", (*DELETED, 15), [(16, "failure"), (16, "success")], 1),
        ((True, False), "stays", (*DELETED, 15), [(16, "success")], 0),
        ((False, True), "decides", (*NO_RIGHT, 15), [(16, "failure")], 0),
        ((True, False), "decides", (*DELETED, 15), [(16, "success")], 0),
        ((False, False), "stays", (*NO_RIGHT, 1000), [(16, "failure")], 0),
    ],
)
def test_r5_3_r5_5_both_orders_of_two_readers_at_one_tick(rights, policy, outcome, told, contradict):
    """R5.3, R5.5: reader 1 goes first at the tick; an entitled reader may still succeed, and the reports contradict."""
    story = play(
        10,
        by_delay(request=5),
        mailbox=folder(2, 0.5),
        recall={"public_folder_first_reader": policy},
        seed=seed_with(*rights),
    )
    assert (story.outcome(), story.told(), story.of(1, "reports_contradict")) == (outcome, told, contradict)


def test_r5_3_the_same_readers_attempts_report_once():
    """R5.3: three readers without the right try; the first one sends a report, the others do not."""
    story = play(10, by_delay(request=5), mailbox=folder(3, 0))
    assert (story.ticks("processes the request"), story.told()) == ([15, 15, 15], [(16, "failure")])


@pytest.mark.parametrize(("opened", "expected"), [(19, (*DELETED, 30)), (7, (*READ, 30))])
def test_r5_4_marked_unread_by_that_reader(opened, expected):
    """R5.4: unread again when she opens the request at 30, or read again by then."""
    person = by_delay(original=opened, request=20) | {"mark_unread": {"share": 1, "after": "5s"}}
    story = play(10, person, mailbox=folder())
    assert (story.outcome(), story.of(1, "seen")) == (expected, opened)


def test_r5_5_flags_are_each_readers_own():
    """R5.5: two readers each find the original unread; in a shared mailbox the second finds it read."""
    persons = [
        play(None, by_delay(original=5), mailbox=folder(2) | {"kind": kind}).of(1, "seen_people")
        for kind in ("public", "shared")
    ]
    assert persons == [2, 1]


def test_r5_5_another_readers_flag_does_not_count():
    """R5.5: reader 1 opens the request unread at 15 although reader 2 could not have, in whatever order they read."""
    person = by_delay(original=15, request=5)
    story = play(10, person, mailbox=folder(2))
    assert (story.outcome(), story.of(1, "seen_people")) == ((*DELETED, 15), 0)


def test_r5_nothing_is_automatic_in_a_public_folder():
    """R5: nobody's Outlook looks into it by itself."""
    story = play(10, None, {"auto_process": 1, "idle": "0s"}, mailbox=folder())
    assert story.outcome() == ("pending", "none", -1)


def test_r5_a_reader_without_a_desktop_outlook_processes_nothing():
    """R5, R6.2: a reader on the web opens the request in vain."""
    story = play(10, by_delay(request=5), {"kind": "web"}, mailbox=folder())
    assert (story.outcome(), story.of(1, "aware")) == (("pending", "none", -1), 15)


def test_r5_2_a_processed_request_is_gone_for_the_other_readers():
    """R5.1, R5.2: the request is deleted in the folder, so no later reader opens it or any notice."""
    story = play(10, by_delay(request=5), mailbox=folder(2))
    assert story.ticks("opens") == [15]


def test_r7_1_a_request_dropped_on_processing_in_a_public_folder():
    """R7.1, `drop_on_processing`: the original is under way when the reader opens the request: not found."""
    story = play(
        0,
        by_delay(request=2),
        latency={"original": "50s"},
        recall={"recall_before_original": "drop_on_processing"},
        mailbox=folder(),
    )
    assert story.outcome() == ("failed", "not_found", 2)


def test_r5_3_what_a_reader_without_rights_has_ended_does_not_end_again():
    """R5.3, R7.1: the page's letter, `delete_on_delivery`: the request opened at 5 ends it, the original comes at 50 and stays."""
    story = play(
        0,
        by_delay(request=5),
        latency=late(original=50),
        mailbox={"kind": "public", "readers": 1, "rights": {"full": 0}},
        recall={"recall_before_original": "delete_on_delivery", "public_folder_first_reader": "decides"},
    )
    assert (story.outcome(), story.places()[0]) == (("failed", "no_permission", 5), "present")


def test_r7_1_deleting_on_delivery_leaves_no_notice_in_a_public_folder():
    """R7.1 `delete_on_delivery`, R5: the request goes with the original, and the readers find nothing to open."""
    story = play(
        0,
        by_delay(request=30),
        {"sync": {"poll": "60s"}},
        latency={"original": "2s"},
        recall={"recall_before_original": "delete_on_delivery"},
        mailbox=folder(2),
    )
    assert (story.outcome(), story.ticks("opens"), story.of(1, "aware")) == ((*DELETED, 2), [], -1)


@pytest.mark.parametrize(
    ("limit", "outcome"), [("30s", DELETED), ("29s", ("failed", "too_old_when_processed"))]
)
def test_s10_the_age_since_delivery_counts_in_a_public_folder_too(limit, outcome):
    """S10, R5.1: delivered at 0, the request opened at 30 by a reader with the right: too old when processed, or not."""
    policy = {"max_age_since_delivery": limit}
    assert play(10, by_delay(request=20), mailbox=folder(), recall=policy).outcome() == (*outcome, 30)
