"""R1-R4: what the recipient's own Outlook does with the request, lived through."""

import pytest
from scenes import automatic, by_checks, by_delay, play

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
ELSEWHERE = ("failed", "different_folders")
BOSS = {"rules": [{"when": {"from": "sender"}, "move_to": "Boss"}]}
FILES = {"rules": [{"when": {"has_attachment": True}, "move_to": "Files"}], "message": {"attachment": True}}
REQUESTS = {"rules": [{"when": {"subject_starts": "Recall:"}, "move_to": "Recalls"}]}


def test_r1_1_automatic_and_unread():
    """R1.1: the idle wait over, the original goes unseen; the notice is what the person finds."""
    story = play(10, by_delay(original=100, request=50), automatic(20))
    assert story.log() == [
        (0, "delivers original"), (0, "shows original"),
        (10, "delivers request"), (10, "shows request"),
        (30, "processes the request"), (31, "is told"), (60, "opens notice"),
    ]  # fmt: skip
    assert (story.outcome(), story.of(1, "seen", "aware")) == ((*DELETED, 30), (-1, 60))


def test_r1_2_automatic_and_read():
    """R1.2: opened before the request was processed, even after it arrived."""
    for opened in (5, 10, 29):
        story = play(10, by_delay(original=opened), automatic(20))
        assert (story.outcome(), story.of(1, "seen")) == ((*READ, 30), opened)


@pytest.mark.parametrize("marks_read", ["never", "on_leave", {"after": "26s"}])
def test_r1_3_automatic_and_shown_in_the_pane(marks_read):
    """R1.3: shown at 5, the flag unset at 30: a seen success, whatever has not yet set the flag."""
    person = by_delay(original=5) | {"preview": {"share": 1}}
    story = play(10, person, automatic(20, marks_read=marks_read))
    assert (story.outcome(), story.of(1, "seen", "seen_level")) == ((*DELETED, 30), (5, 2))


@pytest.mark.parametrize("after", [24, 25])
def test_r1_2_the_pane_sets_the_flag_after_a_while(after):
    """R1.2: the pane marked the original read by the tick at which the request is processed, or in its last rank."""
    person = by_delay(original=5) | {"preview": {"share": 1}}
    story = play(10, person, automatic(20, marks_read={"after": f"{after}s"}))
    assert story.outcome() == ((*READ, 30) if after == 24 else (*DELETED, 30))


def test_r1_2_on_leave_sets_the_flag_when_the_next_message_is_shown():
    """R1.2: the selection moves from the original to the replacement at 25; processing follows at 30."""
    person = by_delay(original=5, replacement=10) | {"preview": {"share": 1, "of": "any"}}
    recall = {"replace": {"compose": "5s"}}
    story = play(10, person, automatic(20, marks_read="on_leave"), recall=recall)
    assert story.outcome() == (*READ, 30)


def test_r2_on_leave_sets_the_flag_before_the_request_is_opened():
    """R2.2: leaving the pane for the request sets the flag first: already read."""
    person = by_delay(original=5, request=10) | {"preview": {"share": 1}}
    story = play(10, person, {"marks_read": "on_leave"})
    assert story.outcome() == (*READ, 20)


def test_r2_1_by_hand_request_first():
    """R2.1: nothing automatic; the request is opened at 15, the original would have been at 16."""
    story = play(10, by_delay(original=16, request=5))
    assert (story.outcome(), story.of(1, "seen", "aware")) == ((*DELETED, 15), (-1, 15))


def test_r2_2_by_hand_original_first():
    """R2.2: the original is opened at 14, the request at 15."""
    story = play(10, by_delay(original=14, request=5))
    assert (story.outcome(), story.of(1, "seen", "aware")) == ((*READ, 15), (14, 15))


def test_r2_3_by_hand_and_shown_in_the_pane():
    """R2.3: shown at 5 and never flagged, the request opened at 15: a seen success."""
    person = by_delay(original=5, request=5) | {"preview": {"share": 1}}
    story = play(10, person, {"marks_read": "never"})
    assert (story.outcome(), story.of(1, "seen", "seen_phase")) == ((*DELETED, 15), (5, "before_notice"))


def test_r2_a_preview_of_the_request_is_not_opening_it():
    """R2, trigger: shown in the pane the request stays unprocessed; the person is aware of it."""
    person = by_delay(original=50, request=5) | {"preview": {"share": 1, "of": "request"}}
    story = play(10, person, {"marks_read": "never"})
    assert (story.outcome(), story.of(1, "aware", "seen")) == (("pending", "none", -1), (15, 50))


@pytest.mark.parametrize("flag_set", [False, True])
@pytest.mark.parametrize("idle", [None, 20])
@pytest.mark.parametrize("apart", [FILES, REQUESTS])
def test_r3_different_folders_whatever_the_flag(apart, idle, flag_set):
    """R3: original and request apart, automatically or by hand, read or not; automatic in the Inbox only."""
    person = by_delay(original=5 if flag_set else 500, request=40)
    client = {} if idle is None else automatic(idle)
    story = play(10, person, client, **apart)
    in_inbox = apart is FILES
    assert story.outcome() == (*ELSEWHERE, 30 if in_inbox and idle else 50)
    assert story.places()[0] == "present"


def test_r3_moved_by_the_person():
    """R3: the person files the original after reading it."""
    person = by_delay(original=5) | {"moves": {"share": 1, "after": "3s", "to": "Done"}}
    assert play(10, person, automatic(20)).outcome() == (*ELSEWHERE, 30)


def test_r3_never_processed_stays_pending():
    """R3: it still has to be processed: the request in another folder, never opened, waits for ever."""
    story = play(10, by_delay(original=5), automatic(20), **REQUESTS)
    assert story.outcome() == ("pending", "none", -1)


def test_r4_1_both_elsewhere_is_never_automatic():
    """R4.1: both in one folder other than the Inbox; opened at 50, not processed at 30."""
    story = play(10, by_delay(original=500, request=40), automatic(20), **BOSS)
    assert (story.outcome(), story.of(1, "seen")) == ((*DELETED, 50), -1)


def test_r4_1_both_elsewhere_and_unopened_is_pending():
    """R4.1: automatic processing does not look there."""
    assert play(10, None, automatic(20), **BOSS).outcome() == ("pending", "none", -1)


def test_r4_2_both_elsewhere_original_first():
    """R4.2: opened first, so already read when the request is opened."""
    assert play(10, by_delay(original=5, request=40), automatic(20), **BOSS).outcome() == (*READ, 50)


@pytest.mark.parametrize(
    ("rules", "request_delay", "idle", "expected"),
    [
        ({}, 500, 8, (*DELETED, 28)),  # R1
        ({}, 8, 500, (*DELETED, 28)),  # R2
        (BOSS, 8, 500, (*DELETED, 28)),  # R4
        (FILES, 500, 8, (*ELSEWHERE, 28)),  # R3
    ],
)
def test_r4_3_marked_unread_counts_as_never_read(rules, request_delay, idle, expected):
    """R4.3: opened at 15, unread again at 20, to be opened again at 35: as never read at 28, but R3 wins all the same."""
    person = by_delay(original=15, request=request_delay) | {"mark_unread": {"share": 1, "after": "5s"}}
    story = play(20, person, automatic(idle), **rules)
    assert (story.outcome(), story.of(1, "seen")) == (expected, 15)


def test_r4_4_both_elsewhere_and_shown_in_the_pane():
    """R4.4: as R4.1: the flag is unset."""
    person = by_delay(original=5, request=40) | {"preview": {"share": 1}}
    story = play(10, person, automatic(20, marks_read="never"), **BOSS)
    assert (story.outcome(), story.of(1, "seen")) == ((*DELETED, 50), 5)


def test_a_request_marked_read_elsewhere_is_not_picked_up_but_may_be_opened():
    """R1, trigger: the phone opened the request; the idle worker leaves it, a hand at the desktop does not."""
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"request": "5s"}}}
    story = play(10, by_delay(original=500), automatic(20), devices=[phone])
    assert (story.outcome(), story.of(1, "aware")) == (("pending", "none", -1), 15)
    rule = {"when": {"class": "IPM.Outlook.Recall"}, "mark_read": True}
    assert play(10, None, automatic(20), rules=[rule]).outcome() == ("pending", "none", -1)


def test_no_automatic_processing_while_the_share_is_zero():
    """R1, trigger: without auto_process nothing happens by itself."""
    assert play(10, by_checks(50, open_probability=0), {"idle": "1s"}).outcome() == ("pending", "none", -1)


def test_r1_auto_process_is_drawn_per_recipient():
    """R1: a share of one half: some are processed, the others wait, and both are in the thousand."""
    statuses = play(10, None, automatic(5) | {"auto_process": 0.5}, count=1000).all("status")
    assert 400 < statuses.count("succeeded") == 1000 - statuses.count("pending") < 600


@pytest.mark.parametrize("system", ["outlook", "outlook-2007"])
def test_both_generations_share_the_table(system):
    """R1-R4: the older system decides as the newer one."""
    outcomes = [
        play(10, by_delay(original=opened), automatic(20), recall={"system": system}).outcome()
        for opened in (5, 500)
    ]
    assert outcomes == [(*READ, 30), (*DELETED, 30)]


def test_r1_the_decision_falls_once():
    """R1: processed automatically at 30; opening the notice by hand at 40 decides nothing any more."""
    story = play(10, by_delay(request=30), automatic(20))
    assert (story.ticks("processes the request"), story.told()) == ([30], [(31, "success")])
