"""R6 and R7: where a request cannot be executed, comes too early, or finds nothing."""

import pytest
from scenes import automatic, by_checks, by_delay, late, play

DELETED = ("succeeded", "deleted_unread")
PENDING = ("pending", "none", -1)
HOME = {"domain": "a.example"}


def pop(every=1, delay=5, hours=None):
    client = {"kind": "pop", "sync": {"fetch": f"{every}s"}}
    if hours:
        client["online"] = {"hours": hours}
    return {"name": "home", "client": client, "reads": {"delay": {"original": f"{delay}s"}}}


EARLY = {"early": {"days": "Mon", "from": "09:00", "to": "09:01"}}


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"organisation": HOME, "groups": [{"organisation": "b.example"}]}, "other_organisation"),
        ({"groups": [{"client": {"kind": "other"}}]}, "recipient_not_exchange"),
        ({"groups": [{"mailbox": {"where": "other"}}]}, "recipient_not_exchange"),
    ],
)
def test_r6_1_outside_the_request_is_an_ordinary_mail(keys, reason):
    """R6.1: decided on arrival, no report; the mail is read, the person aware; original, mail and replacement remain."""
    member = {"name": "them", "count": 1, "client": {"kind": "outlook-desktop", "auto_process": 1}}
    member |= {"person": by_delay(original=60, request=5)} | keys["groups"][0]
    story = play(10, latency="2s", recall={"replace": {}}, **{**keys, "groups": [member]})
    assert (story.outcome(), story.told(), story.places()) == (("failed", reason, 12), [], ("present",) * 3)
    assert story.of(1, "aware", "seen") == (17, 62)


def test_r6_1_outside_nothing_removes_the_original_on_delivery():
    """R6.1, R7.1: whatever the policy for early requests, an outside desktop Outlook executes nothing."""
    story = play(
        0,
        by_delay(original=5),
        latency=late(original=5),
        recall={"recall_before_original": "delete_on_delivery"},
        mailbox={"where": "other"},
    )
    assert (story.outcome(), story.of(1, "seen")) == (("failed", "recipient_not_exchange", 0), 10)


@pytest.mark.parametrize("kind", ["web", "outlook-new", "outlook-mac", "mobile", "imap", "pop"])
def test_r6_2_no_desktop_never_processes(kind):
    """R6.2: the request is opened as an ordinary mail; the recall is pending for ever."""
    story = play(10, by_delay(original=50, request=5), {"kind": kind, "auto_process": 1})
    assert (story.outcome(), story.of(1, "aware", "seen")) == (PENDING, (15, 50))


def test_r6_3_a_fetched_original_is_out_of_reach():
    """R6.3: the program at home fetched the original in the first minute; the request finds it gone for good."""
    story = play(100, None, automatic(5), devices=[pop(hours="early")], calendars=EARLY)
    assert (story.outcome(), story.places()[0], story.of(1, "seen")) == (
        ("failed", "out_of_reach", 105),
        "fetched",
        5,
    )


def test_r6_3_a_fetched_request_is_out_of_reach_of_the_desktop():
    """R6.3: the request left the server at the tick it came, before the idle worker's turn: never processed."""
    story = play(10, None, automatic(0), devices=[pop()])
    assert (story.outcome(), story.places()) == (PENDING, ("fetched", "fetched", "not_sent"))


def test_r6_3_reading_by_pop_does_not_set_the_flag():
    """R6.3, section 0: what a POP program shows and flags stays its own; a desktop that is quicker finds it unread."""
    story = play(2, by_delay(original=50), automatic(0), devices=[pop(every=100, delay=0)], seed=3)
    assert story.outcome() == (*DELETED, 2)


def test_r6_4_a_shared_mailbox_has_one_flag():
    """R6.4: never automatic; anyone's opening sets the flag; the first who opens the request decides; seen counts persons."""
    box = {"kind": "shared", "readers": 3}
    outcomes = [
        play(10, by_delay(original=first, request=5), automatic(1), mailbox=box) for first in (5, 14, 16, 500)
    ]
    assert [(story.outcome(), story.of(1, "seen_people")) for story in outcomes] == [
        (("failed", "already_read", 15), 1),
        (("failed", "already_read", 15), 1),
        ((*DELETED, 15), 0),
        ((*DELETED, 15), 0),
    ]
    assert play(10, None, automatic(1), mailbox=box).outcome() == PENDING


def test_r6_4_seen_counts_persons_who_find_it_unread_again():
    """R6.4: marked unread by whoever opened it, it is opened by another reader as well; the same one counts once."""
    person = {"reads": {"delay": {"original": {"uniform": {"low": "1s", "high": "9s"}}}}}
    person |= {"mark_unread": {"share": 1, "after": "1s", "repeat": 1}}
    story = play(None, person, mailbox={"kind": "shared", "readers": 2}, count=40)
    readers = {
        n: {e.facts["device"] for e in story.did("opens") if e.facts["recipient"] == n} for n in range(1, 41)
    }
    assert story.all("seen_people") == [len(who) for who in readers.values()]
    assert set(story.all("seen_people")) == {1, 2}


# --- R7.1 ------------------------------------------------------------------------------------------------------------


def test_r7_1_wait_idle_begins_when_both_are_there():
    """R7.1, `wait`: the request comes at 0, the original at 50: the idle wait of 5 ends at 55."""
    story = play(0, by_delay(original=6), automatic(5), latency=late(original=50))
    assert (story.outcome(), story.of(1, "overtaken")) == ((*DELETED, 55), 1)


def test_r7_1_wait_the_opening_delay_begins_when_both_are_there():
    """R7.1, `wait`: by hand, the delay of 5 runs from 50."""
    story = play(0, by_delay(original=6, request=5), latency=late(original=50))
    assert (story.outcome(), story.of(1, "aware")) == ((*DELETED, 55), 55)


def test_r7_1_wait_a_check_passes_over_it():
    """R7.1, `wait`: checks at 20 and 40 leave the request alone, unread; the one at 60 takes it."""
    person = by_checks(20, order="request_first")
    story = play(0, person, latency=late(original=50))
    assert (story.outcome(), story.of(1, "aware")) == ((*DELETED, 60), 60)


@pytest.mark.parametrize(("loss", "told"), [("loss", []), ("failure", [(21, "bounce"), (26, "failure")])])
def test_r7_1_r7_3_there_is_no_waiting_for_what_never_comes(loss, told):
    """R7.1, R7.3: lost or bounced, the original is certain not to come: the request is processed, not delivered."""
    link = {"link": {"loss": {"original": 1}}}
    stage = {"delivery": {"service": {"original": "20s"}, "failure": {"original": 1}}}
    story = play(0, None, automatic(5), transport=link if loss == "loss" else stage)
    decided = 5 if loss == "loss" else 25
    assert story.outcome() == ("failed", "not_delivered", decided)
    assert story.told() == (told or [(6, "failure")])


def test_r7_1_drop_on_arrival_concerns_who_can_process():
    """R7.1, R6.2: where no program can execute it, an early request is an ordinary mail, and stays pending."""
    policy = {"recall_before_original": "drop_on_arrival"}
    person = by_delay(original=5, request=5)
    story = play(0, person, {"kind": "web"}, latency=late(original=50), recall=policy)
    assert (story.outcome(), story.of(1, "aware"), story.told()) == (PENDING, 5, [])


def test_r7_1_drop_on_arrival():
    """R7.1, `drop_on_arrival`: failed not found as it arrives; the original stays, nobody is aware."""
    story = play(
        0,
        by_delay(original=6, request=1),
        automatic(5),
        latency=late(original=50),
        recall={"recall_before_original": "drop_on_arrival"},
    )
    assert (story.outcome(), story.of(1, "seen", "aware")) == (("failed", "not_found", 0), (56, -1))


@pytest.mark.parametrize(("idle", "hand", "decided"), [(5, 500, 5), (500, 5, 5)])
def test_r7_1_drop_on_processing(idle, hand, decided):
    """R7.1, `drop_on_processing`: processed before the original came, automatically or by hand: not found."""
    story = play(
        0,
        by_delay(original=6, request=hand),
        automatic(idle),
        latency=late(original=50),
        recall={"recall_before_original": "drop_on_processing"},
    )
    assert (story.outcome(), story.of(1, "seen")) == (("failed", "not_found", decided), 56)


@pytest.mark.parametrize("client", [{}, automatic(5)])
def test_r7_1_delete_on_delivery(client):
    """R7.1, `delete_on_delivery`: the original is removed as it is delivered; nobody ever sees it."""
    story = play(
        0,
        by_delay(original=0),
        client,
        latency=late(original=50),
        recall={"recall_before_original": "delete_on_delivery"},
    )
    assert (story.outcome(), story.places()[0]) == ((*DELETED, 50), "removed_by_recall")
    assert story.of(1, "seen", "original_removed") == (-1, 50)


@pytest.mark.parametrize(("opens", "aware"), [(20, 20), (70, 70)])
def test_r7_1_delete_on_delivery_keeps_an_opened_request(opens, aware):
    """R7.1, `delete_on_delivery`: opened before the original or after, the request (or its notice) makes aware."""
    story = play(
        0,
        by_delay(request=opens),
        latency=late(original=50),
        recall={"recall_before_original": "delete_on_delivery"},
    )
    assert (story.outcome(), story.of(1, "aware")) == ((*DELETED, 50), aware)


@pytest.mark.parametrize("policy", ["wait", "drop_on_arrival", "drop_on_processing", "delete_on_delivery"])
def test_r7_1_no_policy_matters_in_order(policy):
    """R7.1: with the original there first, or at the same tick, every policy gives the table."""
    outcomes = [
        play(
            0, by_delay(request=5), latency=late(request=gap), recall={"recall_before_original": policy}
        ).outcome()
        for gap in (0, 7)
    ]
    assert outcomes == [(*DELETED, 5), (*DELETED, 12)]


# --- R7.2 to R7.6 ----------------------------------------------------------------------------------------------------


def deletes(**keys):
    return {"deletes": {"share": 1} | keys}


def test_r7_2_deleted_by_the_person_lies_in_deleted_items():
    """R7.2: read and thrown away: different folders, though it was read; unopened and thrown away too."""
    read = play(10, by_delay(original=2) | deletes(after="3s"), automatic(20))
    unread = play(10, by_delay(original=20) | deletes(after="3s", unread=True), automatic(20))
    assert [(story.outcome(), story.of(1, "seen")) for story in (read, unread)] == [
        (("failed", "different_folders", 30), 2),
        (("failed", "different_folders", 30), -1),
    ]


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(
    ("opened", "unread_again", "deleted"),
    [(20, None, [16]), (12, None, []), (10, 3, [16]), (10, 9, [])],
)
def test_r7_2_r7_3_thrown_away_unopened_is_what_is_unread_then(opened, unread_again, deleted, hard):
    """R7.2, R7.3, R4.3: it is to be thrown away unopened at 16; read by then it stays, unread again it goes after all."""
    person = by_delay(original=opened) | deletes(after="16s", unread=True, hard=hard)
    if unread_again is not None:
        person |= {"mark_unread": {"share": 1, "after": f"{unread_again}s"}}
    assert play(None, person).ticks("deletes") == deleted


def test_r7_3_hard_deleted_is_not_found():
    """R7.3: gone from the mailbox by the person's hand."""
    story = play(10, by_delay(original=2) | deletes(after="3s", hard=True), automatic(20))
    assert (story.outcome(), story.places()[0]) == (("failed", "not_found", 30), "removed_by_person")
    assert story.of(1, "original_removed") == 5


def test_r7_4_there_is_no_time_limit():
    """R7.4: opened after years, or pending at the horizon."""
    day = 86_400
    outcomes = [play(10, by_delay(request=1000 * day), horizon=f"{days}d").outcome() for days in (1001, 999)]
    assert outcomes == [(*DELETED, 10 + 1000 * day), PENDING]


def test_r7_5_the_request_bounced():
    """R7.5: failed when it bounces; a DSN, not a report; nothing of the recall is seen."""
    transport = {"delivery": {"failure": {"request": 1}, "retry": {"gaps": ["5s"], "attempts": 2}}}
    story = play(10, by_delay(original=50, request=1), automatic(0), transport=transport)
    assert (story.outcome(), story.told()) == (("failed", "request_not_delivered", 15), [(16, "bounce")])
    assert story.of(1, "original_place", "request_place", "aware") == ("present", "bounced", -1)


def test_r7_5_the_request_was_lost():
    """R7.5: lost on the way, nobody tells the sender."""
    story = play(10, None, automatic(0), transport={"link": {"loss": {"request": 1}}})
    assert (story.outcome(), story.told()) == (("failed", "request_not_delivered", 10), [])
    both = play(10, None, automatic(0), transport={"link": {"loss": 1}})
    assert both.outcome() == ("failed", "not_delivered", 10)


def test_r7_6_the_request_deleted_unprocessed_waits():
    """R7.6: thrown away before the idle worker came; it waits in Deleted Items, not automatic, unopened there."""
    person = by_delay(original=50, request=40) | deletes(of="request", unread=True, after="15s")
    story = play(10, person, automatic(20))
    assert (story.outcome(), story.of(1, "aware"), story.places()[1]) == (PENDING, -1, "present")
