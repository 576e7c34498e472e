"""Folders with a clock of their own, Deleted Items among them (model.md 4, R7.6)."""

import pytest
from scenes import automatic, by_checks, by_delay, play

import recallsim

DELETED = ("succeeded", "deleted_unread")
ELSEWHERE = ("failed", "different_folders")
PENDING = ("pending", "none", -1)
LISTS = [{"when": {"to": "list"}, "move_to": "Lists"}]


def with_folders(person, **gaps):
    """A person to whom some folders are farther than the inbox."""
    person["reads"]["folders"] = {name.replace("_", " "): {"gap": gap} for name, gap in gaps.items()}
    return person


def throws_away(of, after, **folders):
    """A person who opens things in the inbox at 1,000 s, deletes some unopened, and looks into folders every so often."""
    deletes = {"share": 1, "unread": True, "of": of, "after": f"{after}s"}
    return with_folders(by_delay(original=1000, request=40), **folders) | {"deletes": deletes}


def test_delays_are_longer_in_a_folder_of_its_own():
    """R4: a rule puts both into Lists, where delays of 10 and 6 s are three times as long."""
    person = with_folders(by_delay(original=10, request=6), Lists="3x")
    story = play(2, person, rules=LISTS)
    assert (story.outcome(), story.ticks("opens")) == ((*DELETED, 20), [20])
    assert play(20, person, rules=LISTS).ticks("opens") == [30, 38]


def test_checks_are_rarer_in_a_folder_of_its_own():
    """R4: checks of the inbox every 20 s find nothing; the folder is looked into every 50 s, newest first."""
    person = with_folders(by_checks(20), Lists="2.5x")
    story = play(45, person, rules=LISTS)
    assert (story.outcome(), story.ticks("opens")) == ((*DELETED, 50), [50])
    assert play(55, person, rules=LISTS).ticks("opens", message="original") == [50]


def test_rates_are_lower_in_a_folder_of_its_own():
    """The same uniforms at a fifth of the rate: everything is opened five times as late."""
    always = {"ever": {"days": "daily", "from": "00:00", "to": "24:00"}}
    plain = {"reads": {"hazard": {"calendar": "ever", "inside": "1/100s", "outside": "0/s"}}}
    keys = {"rules": LISTS, "calendars": always, "count": 400, "horizon": "100000s"}
    mean = [
        sum(play(None, person, **keys).all("seen")) / 400
        for person in (plain, with_folders({"reads": dict(plain["reads"])}, Lists="5x"))
    ]
    assert (85 < mean[0] < 115, 425 < mean[1] < 575) == (True, True)


def test_the_inbox_keeps_its_own_clock():
    """What lies in the inbox is not touched by the folder's."""
    person = with_folders(by_checks(20), Lists="2.5x")
    assert play(None, person).ticks("opens") == [20]


@pytest.mark.parametrize("form", ["delay", "sessions"])
def test_r7_6_a_deleted_request_is_opened_in_deleted_items(form):
    """R7.6, R3: thrown away unopened at 25, the request is found in Deleted Items and processed: different folders."""
    person = throws_away("request", 15, Deleted_Items="2x")
    if form == "sessions":
        reads = by_checks(40, open_probability={"original": 0})["reads"] | {
            "folders": {"Deleted Items": {"gap": "2x"}}
        }
        person |= {"reads": reads}
    story = play(10, person, automatic(20))
    opened = 25 + 80 if form == "delay" else 80
    assert (story.ticks("deletes"), story.outcome()) == ([25], (*ELSEWHERE, opened))
    assert story.of(1, "aware") == opened


def test_r7_6_both_in_deleted_items_are_in_one_folder():
    """R7.6, R4.1: both thrown away unopened; the request, opened there first, deletes the original."""
    story = play(10, throws_away("any", 15, Deleted_Items="2x"), automatic(20))
    assert (story.ticks("deletes"), story.outcome()) == ([15, 25], (*DELETED, 105))


def test_r7_6_nobody_looks_into_deleted_items_unless_told():
    """R7.6: else it waits there for ever."""
    assert play(10, throws_away("request", 15), automatic(20)).outcome() == PENDING
    assert play(10, throws_away("request", 15, Junk="2x"), automatic(20)).outcome() == PENDING


def test_an_opening_that_was_planned_in_the_inbox_does_not_follow_a_message():
    """R7.6: the delay of 40 s in the inbox is void with the deletion; the one of 80 s in the folder counts."""
    story = play(10, throws_away("request", 39, Deleted_Items="2x"))
    assert story.ticks("opens", message="request") == [10 + 39 + 80]


@pytest.mark.parametrize(
    ("reads", "what"),
    [
        ({"delay": "1s", "folders": {"Lists": {"gap": "5"}}}, "expected a multiple such as 5x, found '5'"),
        (
            {"sessions": {"gap": "1s"}, "folders": {"Lists": {"gap": "0x"}}},
            "expected a multiple such as 5x, found '0x'",
        ),
        (
            {"notified": {"p": 1}, "folders": {"Lists": {"gap": "5x"}}},
            "there is no delay, gap or rate that a folder could make longer",
        ),
    ],
)
def test_a_folder_clock_that_makes_no_sense_is_refused(reads, what):
    """Errors say what was found."""
    with pytest.raises(recallsim.ScenarioError) as caught:
        play(None, {"reads": reads})
    assert what in str(caught.value)


@pytest.mark.parametrize(("run", "opened"), [("server", 400), ("client", 430)])
def test_a_rule_of_one_program_moves_it_for_the_other_devices_too(run, opened):
    """A folder with twice the delay, on the web: met there on arrival, or when the desktop's rule has moved it at 30."""
    web = {"name": "web", "client": {"kind": "web"}} | with_folders(by_delay(original=200), Lists="2x")
    desktop = {"rules_run": run, "sync": {"cached": "30s"}}
    story = play(None, {"reads": "never"}, desktop, rules=LISTS, devices=[web])
    assert story.of(1, "seen") == opened
