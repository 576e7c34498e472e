"""When a program is online, and what of the person pauses while it is not (model.md 4 and 5)."""

import pytest
from scenes import automatic, by_checks, by_delay, late, play

import recallsim

DELETED = ("succeeded", "deleted_unread")
PENDING = ("pending", "none", -1)


def turns(up, down, start="up"):
    """Online for `up` seconds, then offline for `down`, and so on."""
    return {"online": {"up": f"{up}s", "down": f"{down}s", "start": start}}


@pytest.mark.parametrize(
    ("arrives", "shown"), [(0, 0), (99, 99), (100, 150), (149, 150), (150, 150), (260, 300)]
)
def test_mail_is_shown_when_the_program_is_online(arrives, shown):
    """Online in turns of 100 s up and 50 s down: half-open, and switching comes before everything else on its tick."""
    story = play(None, by_delay(original=0), turns(100, 50), latency=late(original=arrives))
    assert story.ticks("shows") == [shown]


def test_turns_may_begin_offline():
    """`start: down`: the first time offline has just begun at Send."""
    assert play(None, None, turns(100, 50, "down")).ticks("shows") == [50]


@pytest.mark.parametrize(("idle", "decided"), [(39, 139), (49, 149), (50, 250), (51, 251), (151, None)])
def test_r1_going_offline_cancels_the_idle_wait(idle, decided):
    """R1, trigger: request at 100, offline from 150 to 200; a wait that does not fit begins anew, one too long never ends."""
    story = play(100, None, automatic(idle) | turns(150, 50))
    assert story.outcome() == (PENDING if decided is None else (*DELETED, decided))


def test_a_poll_that_falls_offline_comes_with_the_next_time_online():
    """Visible, `poll`: coming online syncs at once."""
    story = play(None, None, {"sync": {"poll": "300s"}} | turns(10, 600), latency=late(original=5), seed=3)
    assert story.ticks("shows")[0] in (*range(5, 10), 610)


@pytest.mark.parametrize(("while_", "opened"), [("online", 230), ("always", 130), (None, 130)])
def test_delays_pause_while_the_program_is_offline(while_, opened):
    """`while: online`: of a delay of 130 s, 100 pass up to the time offline of 100 s, and 30 after it."""
    person = by_delay(original=130) | ({"while": while_} if while_ else {})
    assert play(None, person, turns(100, 100)).of(1, "seen") == opened


def test_gaps_between_checks_pause_while_the_program_is_offline():
    """`while: online`: checks come 60 s online after one another: at 60, 220 (40 s up, 100 down, 20 up), 280."""
    person = by_checks(60, open_probability=0) | {"while": "online"}
    story = play(None, person, turns(100, 100), latency=late(original=61))
    assert story.of(1, "seen") == -1
    opened = play(None, by_checks(60) | {"while": "online"}, turns(100, 100), latency=late(original=61))
    assert opened.ticks("opens") == [220]


def test_rates_pause_while_the_program_is_offline():
    """`while: online`: the same uniform, spent on time online only: offline for 900 s of every 1,000."""
    always = {"days": "daily", "from": "00:00", "to": "24:00"}
    hazard = {"reads": {"hazard": {"calendar": "ever", "inside": "1/100s", "outside": "0/s"}}}
    keys = {"calendars": {"ever": always}, "count": 50, "horizon": "30000s"}
    free = play(None, hazard, **keys).all("seen")
    paused = play(None, hazard | {"while": "online"}, turns(100, 900), **keys).all("seen")
    expected = [tick + (tick // 100) * 900 for tick in free]
    assert [abs(a - b) <= 1 for a, b in zip(paused, expected, strict=True)] == [True] * 50


def test_hours_and_online_are_both_asked_for():
    """`while: online` beside hours: open until 100 s, then from 300 s on; online to 50, from 150 to 200, from 300 on."""
    open_ = [{"days": "Mon", "from": "09:00", "to": "09:02"}, {"days": "Mon", "from": "09:05", "to": "10:00"}]
    person = by_delay(original=100) | {"while": "online", "hours": "desk"}
    story = play(None, person, turns(50, 100), calendars={"desk": open_})
    assert story.of(1, "seen") == 350 + 100


def test_a_stationary_start_is_up_as_often_as_it_should_be():
    """Cox 1962: up 1 min, down 3 min, of whatever law: a quarter is online at Send, and a quarter at any later moment."""
    laws = {"up": {"exponential": {"mean": "1min"}}, "down": {"uniform": {"low": "0s", "high": "6min"}}}
    for moment in (0, 500):
        story = play(
            None,
            None,
            {"online": laws},
            count=4000,
            horizon=f"{moment + 1}s",
            clock="1ms",
            latency=f"{moment}s",
        )
        at_once = [tick for tick in story.ticks("shows") if tick == moment * 1000]
        assert 0.23 < len(at_once) / 4000 < 0.27


def test_open_asks_for_hours():
    """`while: open` needs a calendar, `always` refuses one; both say what to do."""
    for person, what in (
        ({"while": "open"}, "while: open asks for a calendar"),
        (
            {"while": "always", "hours": "h"},
            "while: always says that hours do not matter, but hours are given",
        ),
    ):
        with pytest.raises(recallsim.ScenarioError) as caught:
            play(
                None,
                by_delay(original=1) | person,
                calendars={"h": {"days": "Mon", "from": "08:00", "to": "09:00"}},
            )
        assert what in str(caught.value)


def test_a_hazard_has_a_calendar_of_its_own():
    """Hours of the person would say twice, and differently, when a hazard runs."""
    person = {"reads": {"hazard": {"calendar": "h", "inside": "1/h", "outside": "1/d"}}, "hours": "h"}
    calendars = {"h": {"days": "Mon", "from": "08:00", "to": "09:00"}}
    with pytest.raises(recallsim.ScenarioError) as caught:
        play(None, person, calendars=calendars)
    assert "a hazard has a calendar of its own; hours cannot stand beside it" in str(caught.value)
