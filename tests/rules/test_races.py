"""Races between client, person and sender: both orders, at one tick and at the ticks before and after."""

import pytest
from scenes import automatic, by_checks, by_delay, late, play

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
ELSEWHERE = ("failed", "different_folders")
PENDING = ("pending", "none", -1)
AROUND = (-1, 0, 1)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r1_automatic_processing_against_opening(shift):
    """R1.1, R1.2: processed at 30; opened at 29 it is read, at 30 and 31 it is gone (PROCESS before LOOK)."""
    story = play(10, by_delay(original=30 + shift), automatic(20))
    expected = (READ, 29) if shift < 0 else (DELETED, -1)
    assert (story.outcome(), story.of(1, "seen")) == ((*expected[0], 30), expected[1])


@pytest.mark.parametrize("shift", AROUND)
def test_race_r1_automatic_processing_against_a_preview_then_leaving(shift):
    """R1.2, R1.3: the pane is left at 30 + shift for the replacement; processed at 30."""
    person = by_delay(original=5, replacement=20 + shift) | {"preview": {"share": 1}}
    story = play(10, person, automatic(20), recall={"replace": {}})
    assert story.outcome() == (*(READ if shift < 0 else DELETED), 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r2_request_by_hand_against_original(shift):
    """R2.1, R2.2: the request opened at 30, the original at 30 + shift: at one tick the request goes first."""
    story = play(10, by_delay(original=30 + shift, request=20))
    assert story.outcome() == (*(READ if shift < 0 else DELETED), 30)


def test_race_r2_by_hazard_a_request_is_a_look_among_others():
    """Ranks: two messages that a hazard opens on one tick are looks (rank 6), the original first (R2.2)."""
    ever = {"ever": {"days": "Mon-Sun", "from": "00:00", "to": "24:00"}}
    person = {"reads": {"hazard": {"calendar": "ever", "inside": "1000/s", "outside": "0/s"}}}
    story = play(0, person, latency="10s", calendars=ever)
    assert (story.outcome(), story.ticks("opens", message="original")) == ((*READ, 10), [10])


def test_race_a_preview_of_the_request_is_a_look():
    """Ranks: a request that the pane shows comes after the original on one tick, one that is opened before it."""
    delays = by_delay(original=10, request=10)
    shown = play(0, delays | {"preview": {"share": 1, "of": "any"}}, latency="10s")
    looks = [(e.event, e.facts["message"]) for e in shown.events if e.event in ("previews", "opens")]
    assert looks == [("previews", "original"), ("previews", "request")]
    opened = play(0, delays, latency="10s")
    assert [e.facts["message"] for e in opened.did("opens")] == ["request"]


@pytest.mark.parametrize("shift", AROUND)
def test_race_idle_worker_against_the_hand(shift):
    """R1, R2: by hand at 30, the idle worker at 30 + shift: decided once, by the first."""
    story = play(10, by_delay(request=20), automatic(20 + shift))
    assert (story.outcome(), story.of(1, "aware")) == ((*DELETED, 30 + min(shift, 0)), 30)
    assert len(story.did("processes the request")) == 1


@pytest.mark.parametrize("shift", AROUND)
def test_race_phone_opens_the_request_against_the_idle_worker(shift):
    """R1, trigger: the phone opens (LOOK) the request at 30 + shift; before that the idle worker took it, after not."""
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"request": f"{20 + shift}s"}}}
    story = play(10, None, automatic(20), devices=[phone])
    assert story.outcome() == (PENDING if shift < 0 else (*DELETED, 30))


@pytest.mark.parametrize("shift", AROUND)
def test_race_idle_wait_against_a_check_that_begins(shift):
    """Idle (model 3): a check at 30 + shift that opens nothing voids a wait that ends at 30 only if it begins before."""
    person = by_checks(30 + shift, open_probability=0)
    story = play(10, person, automatic(20))
    assert story.outcome() == (*DELETED, 30 if shift >= 0 else 29 + 20)


@pytest.mark.parametrize("shift", AROUND)
def test_race_idle_wait_against_the_next_check_after_a_check(shift):
    """Idle: begun anew at 25, the end of a check, the wait is void when the next check begins at 45, for ever so."""
    person = by_checks(20, handling="5s", open_probability={"original": 1, "request": 0})
    story = play(10, person, automatic(20 + shift))
    assert story.outcome() == (PENDING if shift > 0 else (*READ, 45 + shift))


def test_race_idle_wait_begins_when_a_check_in_progress_ends():
    """Idle: the request comes at 22 into a check that lasts from 20 to 25: the wait of 3 ends at 28."""
    person = by_checks(20, handling="5s", open_probability={"original": 1, "request": 0})
    story = play(22, person, automatic(3))
    assert story.outcome() == (*READ, 28)


@pytest.mark.parametrize("shift", AROUND)
def test_race_going_offline_against_the_end_of_the_idle_wait(shift):
    """Idle: offline from tick 60 (SWITCH): a wait that ends at 59 acts, at 60 or 61 it is void; a new one begins at 120."""
    calendars = {
        "on": [
            {"days": "Mon", "from": "09:00", "to": "09:01"},
            {"days": "Mon", "from": "09:02", "to": "10:00"},
        ]
    }
    story = play(10, None, automatic(50 + shift, online={"hours": "on"}), calendars=calendars)
    assert story.outcome() == (*DELETED, 59 if shift < 0 else 120 + 50 + shift)


@pytest.mark.parametrize("shift", AROUND)
def test_race_coming_online_against_the_request(shift):
    """Visible: online from 60; the request of 60 + shift is shown at once when online, with the sync at 60 if before."""
    calendars = {"on": {"days": "Mon", "from": "09:01", "to": "10:00"}}
    story = play(60 + shift, None, automatic(0, online={"hours": "on"}), calendars=calendars)
    assert story.outcome() == (*DELETED, max(60, 60 + shift))


@pytest.mark.parametrize("shift", AROUND)
def test_race_going_offline_against_the_request(shift):
    """Visible: offline from 60: a request of 59 is processed at once, later ones after coming back at 120."""
    calendars = {
        "on": [
            {"days": "Mon", "from": "09:00", "to": "09:01"},
            {"days": "Mon", "from": "09:02", "to": "10:00"},
        ]
    }
    story = play(60 + shift, None, automatic(0, online={"hours": "on"}), calendars=calendars)
    assert story.outcome() == (*DELETED, 59 if shift < 0 else 120)


@pytest.mark.parametrize("shift", AROUND)
def test_race_delivery_against_a_check(shift):
    """Ranks: what is delivered at the tick of a check (20) is handled by it; one tick later it waits for 40."""
    story = play(None, by_checks(20), latency=late(original=20 + shift))
    assert story.of(1, "seen") == (40 if shift > 0 else 20)


@pytest.mark.parametrize("shift", AROUND)
def test_race_sync_against_a_check(shift):
    """Ranks: the cached sync of 30 + shift comes before a check at that very tick, after one of the tick before."""
    story = play(None, by_checks(30), {"sync": {"cached": f"{30 + shift}s"}})
    assert story.of(1, "seen") == (60 if shift > 0 else 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_mark_unread_against_a_check(shift):
    """Ranks: opened at 20, unread again at 40 + shift; the check at 40 uses it only if it was so by 39."""
    person = by_checks(20) | {"mark_unread": {"share": 1, "after": f"{20 + shift}s"}}
    story = play(None, person, horizon="70s")
    assert story.ticks("opens") == ([20, 40] if shift < 0 else [20, 60])


@pytest.mark.parametrize("shift", AROUND)
def test_race_r4_3_mark_unread_against_processing(shift):
    """R4.3: unread again at 30 + shift (KEEP), processed at 30 (PROCESS): only what was unread before counts."""
    person = by_delay(original=15) | {"mark_unread": {"share": 1, "after": f"{15 + shift}s"}}
    story = play(10, person, automatic(20))
    assert story.outcome() == (*(DELETED if shift < 0 else READ), 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r4_3_a_mark_unread_that_opens_again_at_once(shift):
    """R4.3: marked unread at 29 and opened again `1 + shift` later (at once is the next tick): read at 30 in rank LOOK."""
    person = by_delay(original=1 + shift) | {"mark_unread": {"share": 1, "after": f"{28 - shift}s"}}
    story = play(10, person, automatic(20))
    assert (story.outcome(), story.ticks("marks unread")) == ((*DELETED, 30), [29])


@pytest.mark.parametrize("shift", AROUND)
@pytest.mark.parametrize("hard", [False, True])
def test_race_r7_2_r7_3_deleting_against_processing(shift, hard):
    """R7.2, R7.3: deleted unopened at 30 + shift (KEEP), processed at 30 (PROCESS)."""
    person = {"deletes": {"share": 1, "unread": True, "after": f"{30 + shift}s", "hard": hard}}
    story = play(10, person, automatic(20))
    lost = ("failed", "not_found") if hard else ELSEWHERE
    assert story.outcome() == (*(lost if shift < 0 else DELETED), 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r3_moving_against_processing(shift):
    """R3: opened at 5 and filed at 30 + shift; processed at 30."""
    person = by_delay(original=5) | {"moves": {"share": 1, "after": f"{25 + shift}s", "to": "Done"}}
    story = play(10, person, automatic(20))
    assert story.outcome() == (*(ELSEWHERE if shift < 0 else READ), 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r7_6_deleting_the_request_against_processing(shift):
    """R7.6: the request thrown away at 30 + shift; the idle worker comes at 30."""
    person = {"deletes": {"share": 1, "of": "request", "unread": True, "after": f"{20 + shift}s"}}
    story = play(10, person, automatic(20))
    assert story.outcome() == (PENDING if shift < 0 else (*DELETED, 30))


@pytest.mark.parametrize("shift", AROUND)
def test_race_r6_3_fetching_against_processing(shift):
    """R6.3: a POP program that comes online at 60 fetches all (SYNC), of a processed request the notice only."""
    home = {"name": "home", "client": {"kind": "pop", "sync": {"fetch": "1s"}, "online": {"hours": "on"}}}
    calendars = {"on": {"days": "Mon", "from": "09:01", "to": "10:00"}}
    story = play(10, None, automatic(50 + shift), devices=[home], calendars=calendars)
    assert (story.outcome(), story.places()[1]) == (
        ((*DELETED, 59), "removed_by_recall") if shift < 0 else (PENDING, "fetched")
    )


# --- the sender ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", AROUND)
@pytest.mark.parametrize("system", ["outlook", "undo-send"])
def test_race_h1_asking_against_the_release_of_a_hold(shift, system):
    """H1: held for 30 s; asked at 29 and 30 it is held, at 31 it is too late or an ordinary recall."""
    sender = {"hold": "30s", "recall": {"system": system}}
    story = play(30 + shift, by_delay(request=5), sender=sender)
    after = (*DELETED, 36) if system == "outlook" else ("refused", "too_late", 31)
    assert story.outcome() == (("succeeded", "held", 30 + shift) if shift <= 0 else after)
    assert story.moment("released") == (-1 if shift <= 0 else 30)


def test_race_h1_without_a_hold_asking_at_once_is_an_ordinary_recall():
    """H1: hold 0 and asking at 0: the original goes out, then the request, at one tick."""
    story = play(0, by_delay(original=0, request=0), recall={"replace": {}})
    assert (story.outcome(), story.of(1, "overtaken", "seen")) == ((*DELETED, 0), (0, -1))
    late_one = play(0, by_delay(original=0), sender={"recall": {"system": "undo-send"}})
    assert late_one.outcome() == ("refused", "too_late", 0)


@pytest.mark.parametrize("shift", AROUND)
def test_race_r7_1_request_against_original(shift):
    """R7.1: the original arrives at 30, the request at 30 + shift: overtaken only if strictly earlier."""
    recall = {"recall_before_original": "drop_on_arrival"}
    story = play(0, by_delay(request=5), latency=late(original=30, request=30 + shift), recall=recall)
    expected = (("failed", "not_found", 29), 1) if shift < 0 else ((*DELETED, 35 + shift), 0)
    assert (story.outcome(), story.of(1, "overtaken")) == expected


@pytest.mark.parametrize("shift", AROUND)
def test_race_r7_1_processing_against_a_late_original(shift):
    """R7.1, `drop_on_processing`: processed at 30, the original delivered at 30 + shift (DELIVER before PROCESS)."""
    recall = {"recall_before_original": "drop_on_processing"}
    story = play(0, None, automatic(20), latency=late(original=30 + shift, request=10), recall=recall)
    assert story.outcome() == (*(("failed", "not_found") if shift > 0 else DELETED), 30)


@pytest.mark.parametrize("shift", AROUND)
def test_race_horizon_against_processing(shift):
    """Horizon at 100: what falls on 100 still happens, what falls on 101 does not."""
    story = play(10, None, automatic(90 + shift), horizon="100s")
    assert story.outcome() == (PENDING if shift > 0 else (*DELETED, 100 + shift))


@pytest.mark.parametrize("shift", AROUND)
def test_race_horizon_against_a_report(shift):
    """R9.1: processed at 99 + shift, told a tick later: at 100 it counts, at 101 it does not."""
    story = play(10, None, automatic(89 + shift), horizon="100s")
    assert story.of(1, "told", "told_first") == (("nothing", -1) if shift > 0 else ("success", 100 + shift))


@pytest.mark.parametrize("shift", AROUND)
@pytest.mark.parametrize("what", ["original", "request", "replacement"])
def test_race_horizon_against_a_delivery(shift, what):
    """Conservation: a copy that would come at 101 is in transit, at 100 it is there."""
    story = play(0, latency=late(**{what: 100 + shift}), horizon="100s", recall={"replace": {}})
    assert story.of(1, f"{what}_place") == ("in_transit" if shift > 0 else "present")


@pytest.mark.parametrize("shift", AROUND)
def test_race_horizon_against_the_sender(shift):
    """Model 2: noticed and asked at 100 + shift, horizon at 100."""
    story = play(100 + shift, horizon="100s")
    moments = (-1, -1) if shift > 0 else (100 + shift,) * 2
    assert (story.moment("noticed"), story.moment("asked")) == moments
    assert story.of(1, "request_place") == ("not_sent" if shift > 0 else "present")


@pytest.mark.parametrize("shift", AROUND)
def test_race_horizon_against_opening_and_a_check(shift):
    """Horizon at 100: the original opened by delay, or in a check, at 100 + shift."""
    seen = [
        play(None, person, horizon="100s").of(1, "seen")
        for person in (by_delay(original=100 + shift), by_checks(100 + shift))
    ]
    assert seen == ([-1, -1] if shift > 0 else [100 + shift] * 2)


@pytest.mark.parametrize("shift", AROUND)
@pytest.mark.parametrize("habit", ["deletes", "moves"])
def test_race_a_curious_look_against_the_look_that_was_due(habit, shift):
    """Ranks: shown out of curiosity at 20 and in its own turn at 20 + shift, it is thrown away or filed without a tie."""
    afterwards = {habit: {"share": 1, "after": "3s"} | ({"to": "Done"} if habit == "moves" else {})}
    person = (
        by_delay(original=20 + shift, request=10) | {"curiosity": 1, "preview": {"share": 1}} | afterwards
    )
    story = play(10, person, {"kind": "web", "marks_read": "never"})
    assert (story.ticks(habit)[0], story.of(1, "seen", "aware")) == (
        23 + min(shift, 0),
        (20 + min(shift, 0), 20),
    )
