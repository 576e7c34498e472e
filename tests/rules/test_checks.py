"""A person who checks the inbox: order, curiosity, the pane, what is passed over, what is done with mail afterwards."""

import math

import pytest
from scenes import automatic, by_checks, by_delay, late, play

from transport.streams.draws import Draws
from transport.streams.purposes import FIRST_GAP_AGE

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
BOSS = {"rules": [{"when": {"subject_starts": "Recall:"}, "move_to": "Recalls"}]}


def handled(story, what="opens"):
    """(tick, message) of what was opened or previewed."""
    return [(event.tick, event.facts["message"]) for event in story.did(what)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["replacement", "request", "original"]),
        ("oldest", ["original", "request", "replacement"]),
        ("request_first", ["request", "replacement"]),
    ],
)
def test_checks_handle_in_their_order(order, expected):
    """R2.1, R2.2: all three lie there at the check; the order decides, and a recalled original is not handled."""
    story = play(10, by_checks(30, order=order), recall={"replace": {"compose": "5s"}})
    if order == "newest":
        expected = ["replacement", "request"]
    assert handled(story) == [(30, message) for message in expected]
    assert story.outcome() == (*(READ if order == "oldest" else DELETED), 30)


def test_a_random_order_finds_either_first():
    """R2.1, R2.2: original and request in random order: about half of a thousand recalls succeed."""
    statuses = play(10, by_checks(30, order="random"), count=1000).all("status")
    assert 420 < statuses.count("succeeded") == 1000 - statuses.count("failed") < 580


def test_messages_that_came_at_one_tick_are_ordered_by_kind():
    """Newest first: of original and request of the same tick, the request counts as newer."""
    assert play(0, by_checks(30, order="newest")).outcome() == (*DELETED, 30)


def test_a_check_takes_time_for_each_message_and_ends_after_the_last():
    """Sessions: 7 s a message; the next check begins a gap after the end of this one."""
    person = by_checks(30, order="oldest", handling="7s")
    story = play(10, person, recall={"replace": {"compose": "40s"}})
    assert handled(story) == [(30, "original"), (37, "request"), (74, "replacement")]
    assert story.outcome() == (*READ, 37)


def test_seen_flag_and_decision_fall_at_the_start_of_handling():
    """Sessions: the request handled from 30 to 90 is decided at 30, the original seen at its own start."""
    story = play(10, by_checks(30, order="oldest", handling="60s"))
    assert (story.of(1, "seen"), story.outcome()) == (30, (*READ, 90))


def test_a_check_handles_at_most_per_session_messages():
    """Sessions: one message a check: original at 30, request at 60."""
    story = play(10, by_checks(30, order="oldest", per_session=1))
    assert (handled(story), story.outcome()) == ([(30, "original"), (60, "request")], (*READ, 60))


def test_a_message_may_come_into_a_check_in_progress():
    """Sessions: each message is chosen anew: the request that comes at 33 is handled at 37, before anything older."""
    story = play(33, by_checks(30, order="newest", handling="7s"))
    assert handled(story) == [(30, "original"), (37, "request")]


def test_a_message_not_opened_is_not_handled_again_in_that_check():
    """Sessions: an original that is never opened costs no handling and stays unread."""
    person = by_checks(30, handling="7s", open_probability={"original": 0, "request": 1})
    story = play(10, person)
    assert (handled(story), story.outcome()) == ([(30, "request")], (*DELETED, 30))


def test_open_probability_is_drawn_anew_for_each_check():
    """Sessions: a probability of one half, drawn in each check: sooner or later everybody opens it, not at once."""
    story = play(None, by_checks(10, open_probability=0.5), count=500, horizon="1000s")
    seen = story.all("seen")
    assert (min(seen), 200 < seen.count(10) < 300, 80 < seen.count(20) < 170) == (10, True, True)


def test_the_inbox_comes_first():
    """Sessions: newest first, but the request lies in a folder of its own: the original of the Inbox goes before."""
    story = play(10, by_checks(30, order="newest"), **BOSS)
    assert (handled(story), story.outcome()) == (
        [(30, "original"), (30, "request")],
        ("failed", "different_folders", 30),
    )


@pytest.mark.parametrize("folder", ["Junk", "Deleted Items"])
def test_junk_and_deleted_items_are_left_alone(folder):
    """Person: unread mail of every folder but Junk and Deleted Items is handled."""
    rules = [{"when": {"from": "sender"}, "move_to": folder}]
    stories = [play(10, person, rules=rules) for person in (by_checks(30), by_delay(original=5, request=5))]
    assert [story.of(1, "seen", "aware") for story in stories] == [(-1, -1)] * 2


def test_hours_stop_the_clock_of_gaps_and_delays():
    """Person: hours open at tick 60: a gap or a delay of 40 s is over at 100."""
    calendars = {"office": {"days": "Mon", "from": "09:01", "to": "09:02"}}
    seen = [
        play(None, person | {"hours": "office"}, calendars=calendars).of(1, "seen")
        for person in (by_checks(40), by_delay(original=40))
    ]
    assert seen == [100, 100]


def test_hours_carry_over_to_the_next_opening():
    """Person: open minutes 0-1 and 10-11: 40 s are over at 40, 80 s at 620."""
    calendars = {
        "h": [
            {"days": "Mon", "from": "09:00", "to": "09:01"},
            {"days": "Mon", "from": "09:10", "to": "09:11"},
        ]
    }
    seen = [
        play(None, by_delay(original=delay) | {"hours": "h"}, calendars=calendars).of(1, "seen")
        for delay in (40, 59, 60, 80)
    ]
    assert seen == [40, 59, 600, 620]


def test_who_never_opens_anything_never_does():
    """Person: the share `never` beside any kind; the others go on."""
    for person in (by_checks(30), by_delay(original=5, request=5)):
        story = play(10, person | {"never": 1})
        assert story.of(1, "seen", "aware", "status") == (-1, -1, "pending")
    seen = play(None, by_delay(original=5) | {"never": 0.5}, count=1000).all("seen")
    assert 430 < seen.count(-1) == 1000 - seen.count(5) < 570


# --- curiosity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person",
    [by_checks(30, order="request_first"), by_delay(original=500, request=20)],
    ids=["checks", "delay"],
)
@pytest.mark.parametrize("curious", [False, True])
def test_curiosity_opens_the_original_first(person, curious):
    """Curiosity: about to open the request, the person opens the unread original: R2.2 instead of R2.1."""
    story = play(10, person | {"curiosity": int(curious)})
    assert (story.outcome(), story.of(1, "seen")) == (((*READ, 30), 30) if curious else ((*DELETED, 30), -1))


def test_curiosity_takes_the_handling_time_of_the_original():
    """Curiosity in checks: the original takes 7 s, then comes the request."""
    story = play(10, by_checks(30, order="request_first", handling="7s") | {"curiosity": 1})
    assert (handled(story), story.outcome()) == ([(30, "original"), (37, "request")], (*READ, 37))


def test_curiosity_leaves_a_read_or_removed_original_alone():
    """Curiosity: an original read before, or removed by the idle worker, is not opened (again)."""
    read = play(10, by_delay(original=5, request=20) | {"curiosity": 1})
    gone = play(10, by_delay(request=20) | {"curiosity": 1}, automatic(5))
    assert (handled(read), handled(gone)) == ([(5, "original"), (30, "request")], [(30, "notice")])


# --- the pane --------------------------------------------------------------------------------------------------------


def test_the_last_item_of_a_check_stays_unflagged_until_the_next():
    """Section 0, `on_leave`: shown at 30, last of its check; the next check, at 60, sets the flag before it shows more."""
    person = by_checks(30, order="oldest") | {"preview": {"share": 1}}
    outcomes = [play(ask, person, automatic(5)).outcome() for ask in (40, 54, 55, 56)]
    assert outcomes == [(*DELETED, 45), (*DELETED, 59), (*DELETED, 60), (*READ, 60)]


@pytest.mark.parametrize(
    ("marks_read", "status"), [("never", DELETED), ("on_leave", READ), ({"after": "1h"}, DELETED)]
)
def test_leaving_the_pane_within_a_check(marks_read, status):
    """Section 0: original shown, then the request opened in the same check."""
    person = by_checks(30, order="oldest") | {"preview": {"share": 1}}
    assert play(10, person, {"marks_read": marks_read}).outcome() == (*status, 30)


def test_the_pane_flags_only_what_it_still_shows():
    """Section 0, `after`: shown at 3, left at 6 for the request, shown again at 6: flagged five seconds after that."""
    person = by_checks(3, order="newest") | {"preview": {"share": 1, "of": "any"}}
    story = play(4, person, automatic(3, marks_read={"after": "5s"}))
    assert story.outcome() == (*DELETED, 9)


# --- afterwards ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("repeat", "openings"), [(1, [5, 20]), (2, [5, 20, 35]), (3, [5, 20, 35, 50])])
def test_r4_3_marking_unread_repeats_so_many_times(repeat, openings):
    """R4.3: opened after 5, unread after 10 more, and again, `repeat` times."""
    person = by_delay(original=5) | {"mark_unread": {"share": 1, "after": "10s", "repeat": repeat}}
    assert play(None, person).ticks("opens") == openings


def test_r4_3_marking_unread_without_limit_ends_with_the_decision():
    """R4.3: a cycle of 15 s goes on until the recall is decided; nothing is marked unread afterwards."""
    person = by_delay(original=5) | {"mark_unread": {"share": 1, "after": "10s", "repeat": "unlimited"}}
    stories = [play(ask, person, automatic(0), horizon="200s") for ask in (104, 105, 106, 110, 111)]
    assert [story.outcome() for story in stories] == [
        (*READ, 104), (*READ, 105), (*DELETED, 106), (*DELETED, 110), (*READ, 111),
    ]  # fmt: skip
    assert [len(story.ticks("marks unread")) for story in stories] == [6, 6, 7, 7, 7]


def test_r4_3_checks_find_what_was_marked_unread():
    """R4.3: opened at 20, unread at 25, opened at 40."""
    person = by_checks(20) | {"mark_unread": {"share": 1, "after": "5s"}}
    assert play(None, person).ticks("opens") == [20, 40]


def test_r4_3_a_fresh_delay_takes_the_place_of_the_old_one():
    """R4.3, delay: marked unread at 15 it is new mail; the phone's delay of 17 from its arrival counts no more."""
    person = by_delay(original=5) | {"mark_unread": {"share": 1, "after": "10s"}}
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"original": "17s"}}}
    assert play(None, person, devices=[phone]).ticks("opens") == [5, 20]


def test_r3_r4_1_moving_everything_the_person_opens():
    """R3: `of: any` moves the original that was opened; a request processed when opened is moved no more."""
    person = by_delay(original=5, request=30) | {"moves": {"share": 1, "to": "Done", "of": "any"}}
    assert play(10, person).outcome() == ("failed", "different_folders", 40)


def test_r7_1_checks_pass_over_a_request_that_waits():
    """R7.1: the request is there from 0, the original from 50; checks at 20 and 40 open the replacement only."""
    person = by_checks(20, order="request_first")
    story = play(0, person, latency=late(original=50), recall={"replace": {}})
    assert handled(story) == [(20, "replacement"), (60, "request")]


def first_checks(gap, count):
    """When each of so many people first opens the original that is there from the beginning."""
    return play(None, {"reads": {"sessions": {"gap": gap}}}, count=count, horizon="40d").all("seen")


def test_the_first_of_equal_gaps_has_begun_at_any_moment():
    """Sessions, stationary: of a gap of 1,000 s a uniform share is left at Send."""
    left = [Draws(1, 0).uniform(FIRST_GAP_AGE, 0, 0, number) * 1000 for number in range(1, 6)]
    assert first_checks("1000s", 5) == [math.floor(seconds + 0.5) for seconds in left]


def test_the_first_of_unequal_gaps_is_a_long_one():
    """Sessions, stationary: what is left of a lognormal gap has mean m exp(3 s^2 / 2) / 2, not that of a gap."""
    median, sigma, count = 600, 0.8, 4000
    seen = first_checks({"lognormal": {"median": f"{median}s", "sigma": sigma}}, count)
    mean = sum(seen) / count
    spread = math.sqrt(sum((tick - mean) ** 2 for tick in seen) / (count - 1) / count)
    assert abs(mean - median * math.exp(1.5 * sigma**2) / 2) <= 4.4 * spread
