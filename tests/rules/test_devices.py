"""When a device learns of what is in the mailbox, and the mailbox of what was done at the device."""

import pytest
from scenes import automatic, by_checks, by_delay, late, play

from transport.streams.draws import Draws
from transport.streams.purposes import POLL_PHASE

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
PENDING = ("pending", "none", -1)
PERIOD = 100


def poll_of(seed, device=0):
    """The first poll of recipient 1 at a period of 100 ticks."""
    return int(Draws(seed, 0).uniform(POLL_PHASE, 0, device, 1) * PERIOD)


def seed_with_poll(least, most, device=0):
    return next(seed for seed in range(1000) if least <= poll_of(seed, device) <= most)


def phone(sync="push", **delays):
    reads = {"delay": {kind: f"{delay}s" for kind, delay in delays.items()}}
    return {"name": "phone", "client": {"kind": "mobile", "sync": sync}, "reads": reads}


def test_push_shows_at_the_tick_of_delivery():
    """Visible, `push`: a delay counts from the delivery."""
    assert play(None, by_delay(original=5), latency="7s").of(1, "seen") == 12


@pytest.mark.parametrize(("arrives", "shown"), [(0, 30), (29, 30), (30, 30), (31, 61)])
def test_cached_shows_everything_when_its_timer_ends(arrives, shown):
    """Visible, `cached`: the original of tick 0 starts 30 s, at whose end all changes come; a later one starts anew."""
    story = play(0, by_delay(request=0), {"sync": "cached"}, latency=late(request=arrives))
    assert (story.ticks("shows", message="original"), story.ticks("shows", message="request")) == (
        [30],
        [shown],
    )


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_poll_takes_what_arrived_by_its_tick(shift):
    """Visible, `poll`: delivered at the very tick of a poll it is taken, one tick later with the next poll."""
    seed = seed_with_poll(5, 95)
    poll = poll_of(seed)
    story = play(
        None,
        by_delay(original=0),
        {"sync": {"poll": f"{PERIOD}s"}},
        latency=late(original=poll + shift),
        seed=seed,
    )
    assert story.of(1, "seen") == (poll + PERIOD if shift > 0 else poll)


def test_polls_have_a_phase_of_their_own():
    """Visible, `poll`: uniform over the period, drawn per recipient."""
    seen = play(None, by_delay(original=0), {"sync": {"poll": "100s"}}, count=1000).all("seen")
    assert (min(seen) >= 0, max(seen) < 100, 40 < sum(seen) / 1000 < 60) == (True, True, True)


def test_r1_a_request_is_not_processed_before_the_sync():
    """R1, trigger: in sync: the cached timer of 30 s, then the idle wait of 5."""
    assert play(40, None, automatic(5, sync="cached")).outcome() == (*DELETED, 75)


def test_r1_2_what_the_phone_flags_counts_at_the_desktop():
    """R1.2: a phone that is in touch with the mailbox sets the flag there."""
    story = play(10, None, automatic(20), devices=[phone(original=5)])
    assert (story.outcome(), story.of(1, "seen", "seen_level")) == ((*READ, 30), (5, 2))


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_section_0_a_polling_device_hands_in_its_flags_when_it_syncs(shift):
    """Section 0, model 3: read after one poll, the flag is at the mailbox from the next on (SYNC before PROCESS)."""
    seed = seed_with_poll(2, 20, device=1)
    poll = poll_of(seed, 1)
    desk = automatic(poll + PERIOD + shift - 50)
    story = play(50, None, desk, devices=[phone({"poll": f"{PERIOD}s"}, original=1)], seed=seed)
    assert story.of(1, "seen") == poll + 1
    assert story.outcome() == (*(DELETED if shift < 0 else READ), poll + PERIOD + shift)


def test_section_0_a_device_goes_by_its_own_flag_before_it_syncs():
    """Section 0: the desktop itself opened the original a moment ago; its own worker knows."""
    outcomes = [
        play(40, by_delay(original=delay), automatic(0, sync="cached")).outcome() for delay in (39, 40, 42)
    ]
    assert outcomes == [(*READ, 70), (*DELETED, 70), (*DELETED, 70)]


def test_two_desktops_the_first_that_gets_to_it_decides():
    """R1, trigger: automatic processing belongs to an Outlook, not to the mailbox."""
    second = {"name": "second", "client": {"kind": "outlook-desktop"} | automatic(7)}
    assert play(10, None, automatic(20), devices=[second]).outcome() == (*DELETED, 17)
    assert play(10, None, {}, devices=[second]).outcome() == (*DELETED, 17)


def test_a_check_at_the_phone_does_not_disturb_the_desktop():
    """R1, trigger: nobody is handling mail *in it*: checks at another device void no wait."""
    checks = {
        "name": "phone",
        "client": {"kind": "mobile"},
        "reads": by_checks(3, open_probability=0)["reads"],
    }
    assert play(10, None, automatic(20), devices=[checks]).outcome() == (*DELETED, 30)


def test_a_request_marked_unread_again_is_new_to_the_idle_worker():
    """R1, trigger: opened on the phone at 12, its wait ran out at 13; unread again at 16, a new wait of 3 begins."""
    person = {"mark_unread": {"of": "request", "share": 1, "after": "4s"}}
    checks = by_checks(12, open_probability={"original": 0, "request": 1})["reads"]
    device = {"name": "phone", "client": {"kind": "mobile"}, "reads": checks}
    story = play(10, person, automatic(3), devices=[device])
    assert (story.ticks("marks unread"), story.outcome()) == ([16], (*DELETED, 19))


def test_the_hand_and_the_idle_worker_never_share_a_key():
    """Ranks: opened on the phone, unread at 13, read there again at 15: at 16 the desktop's hand and worker find it read."""
    person = by_delay(request=3) | {"mark_unread": {"of": "request", "share": 1, "after": "1s"}}
    story = play(10, person, automatic(6), devices=[phone(request=2)])
    assert (story.outcome(), story.ticks("marks unread")) == (PENDING, [13])


def test_mail_shown_on_a_phone_is_level_two_and_opened_at_a_desk_level_three():
    """Section 0: levels of seen."""
    levels = [
        play(None, by_delay(original=5), {"kind": kind}).of(1, "seen_level") for kind in ("mobile", "web")
    ]
    assert levels == [2, 3]
    both = play(None, by_delay(original=9), devices=[phone(original=5)])
    assert both.of(1, "seen", "seen_level", "seen_people") == (5, 2, 1)


def test_r3_rules_of_the_client_run_at_its_sync():
    """R3: the client files the original when it syncs (30); the server would have at once."""
    rules = [{"when": {"has_attachment": True}, "move_to": "Files"}]
    story = play(
        40,
        None,
        automatic(0, sync="cached", rules_run="client"),
        rules=rules,
        message={"attachment": True},
    )
    assert story.outcome() == ("failed", "different_folders", 70)


@pytest.mark.parametrize("mark_read", [False, True])
def test_a_rule_that_marks_as_read_decides_without_anybody_seeing(mark_read):
    """R1.2: marked read by a rule: failed and unseen."""
    rules = [{"when": {"has_attachment": True}, "mark_read": True}] if mark_read else []
    story = play(10, by_delay(original=5, request=9), rules=rules, message={"attachment": True})
    assert (story.outcome()[1], story.of(1, "seen")) == ("already_read", -1 if mark_read else 5)


def test_pop_sync_of_the_only_device_leaves_the_recall_pending():
    """R6.2, R6.3: fetched and read at home only, the request is an ordinary mail there."""
    client = {"kind": "pop", "sync": {"fetch": "1s"}}
    story = play(10, by_delay(original=5, request=5), client)
    assert (story.outcome(), story.places()[:2]) == (PENDING, ("fetched", "fetched"))
    assert story.of(1, "seen", "aware") == (5, 15)


def home(period=20, **delays):
    reads = {"delay": {kind: f"{delay}s" for kind, delay in delays.items()}}
    return {"name": "home", "client": {"kind": "pop", "sync": {"fetch": f"{period}s"}}, "reads": reads}


def fetched_at(period=20):
    """A seed with which the POP device 1 first fetches at 10 to 15, and that tick."""
    for seed in range(1000):
        tick = int(Draws(seed, 0).uniform(POLL_PHASE, 0, 1, 1) * period)
        if 10 <= tick <= 15:
            return seed, tick
    raise AssertionError


@pytest.mark.parametrize("hard", [False, True])
def test_r6_3_what_pop_fetched_away_cannot_be_deleted_at_the_desk(hard):
    """R6.3: opened at the desk at 5 to be deleted at 65, fetched between: it stays where it was fetched to."""
    seed, tick = fetched_at()
    person = by_delay(original=5) | {"deletes": {"after": "60s", "hard": hard}}
    story = play(None, person, devices=[home()], seed=seed)
    assert story.ticks("fetches") == [tick]
    assert story.of(1, "seen", "original_place", "original_removed") == (5, "fetched", -1)


def test_r6_3_what_pop_fetched_away_cannot_be_moved_or_marked_unread_at_the_desk():
    """R6.3: nor is it moved or marked unread there, and the flag of the desk is not handed in for it."""
    seed, _ = fetched_at()
    habits = {"moves": {"after": "60s", "to": "Later"}, "mark_unread": {"after": "60s"}}
    story = play(None, by_delay(original=5) | habits, {"sync": "cached:4s"}, devices=[home()], seed=seed)
    later = [event for event in ("moves", "marks unread", "hands in the flag") if story.did(event)]
    assert (story.of(1, "seen", "original_place"), later) == ((9, "fetched"), [])


def test_r6_3_a_pane_marks_nothing_that_was_fetched_away_from_it():
    """R6.3: shown in the pane at 5, fetched before the pane would set the flag: there is nothing left to flag."""
    seed, _ = fetched_at()
    person = by_delay(original=5) | {"preview": {}}
    story = play(None, person, {"marks_read": {"after": "30s"}}, devices=[home(original=60)], seed=seed)
    assert (story.of(1, "seen"), story.did("marks read in the pane")) == (5, [])
    assert [e.facts["device"] for e in story.did("opens")] == [1]


@pytest.mark.parametrize(("keys", "seen"), [({}, 603), ({"while": "always"}, 3)])
def test_a_device_that_is_read_always_has_no_hours(keys, seen):
    """The person's hours begin at 600 s and hold at every device, but where `while: always` says that they do not matter."""
    evening = {"evening": {"days": "Mon", "from": "09:10", "to": "10:00"}}
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"original": "3s"}} | keys}
    person = {"reads": "never", "hours": "evening"}
    story = play(None, person, {"kind": "web"}, calendars=evening, devices=[phone])
    assert story.of(1, "seen") == seen
