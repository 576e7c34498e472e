"""Out of office, and delegates: who reads a mailbox when its owner does not (model.md 4)."""

import pytest
from scenes import automatic, by_checks, by_delay, late, play

import recallsim

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")


def away(**keys):
    """An absence."""
    return {"out_of_office": {"share": 1} | keys}


@pytest.mark.parametrize(
    ("absence", "opened"),
    [
        ({"from": "20s", "for": "100s"}, 150),
        ({"from": "50s", "for": "100s"}, 150),
        ({"from": "51s"}, 50),
        ({}, -1),
    ],
)
def test_delays_pause_while_somebody_is_away(absence, opened):
    """Opened 50 s after arrival if nobody is away by then; what remains of the delay follows the return."""
    assert play(None, by_delay(original=50) | away(**absence)).of(1, "seen") == opened


def test_checks_pause_while_somebody_is_away():
    """Checks every 40 s: at 40, and with an absence from 60 to 160 next at 180."""
    person = by_checks(40) | away(**{"from": "60s", "for": "100s"})
    assert play(None, person, latency=late(original=41)).ticks("opens") == [180]


def test_the_program_goes_on_while_its_owner_is_away():
    """R1: the Outlook that was left running processes the request."""
    assert play(10, by_delay(original=5) | away(), automatic(20)).outcome() == (*DELETED, 30)


def test_mail_is_answered_automatically():
    """An automatic reply for the original, while away, once; not for the request."""
    person = by_delay(original=5) | away(**{"from": "10s", "for": "100s"})
    assert play(60, person, latency=late(original=50)).ticks("replies automatically") == [50]
    assert play(60, person, latency=late(original=5)).ticks("replies automatically") == []


def test_a_share_is_away():
    """`share`: one draw for each person, whatever the device."""
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": by_delay(original=5)["reads"]}
    story = play(None, {"out_of_office": {"share": 0.25}}, devices=[phone], count=1000)
    assert 200 < story.all("seen").count(-1) < 300


def delegate(auto=0, **delays):
    """An assistant with a desktop Outlook."""
    return {
        "name": "assistant",
        "client": {"kind": "outlook-desktop", "auto_process": auto},
        "reads": by_delay(**delays)["reads"],
    }


def test_a_delegate_is_another_person():
    """`delegates`: both see it, two persons; one flag: what one has opened the other does not find unread."""
    one = play(None, by_delay(original=9), delegates=[delegate(original=5)])
    assert (one.of(1, "seen", "seen_people"), one.ticks("opens")) == ((5, 1), [5])
    shown = by_delay(original=5) | {"preview": {"share": 1}}
    both = play(None, shown, {"marks_read": "never"}, delegates=[delegate(original=9)])
    assert both.of(1, "seen", "seen_people") == (5, 2)


def test_a_delegate_is_there_when_the_owner_is_away_and_may_open_the_request():
    """R2: by hand, in whoever's desktop Outlook."""
    story = play(10, by_delay(original=3) | away(), delegates=[delegate(request=5)])
    assert (story.outcome(), story.of(1, "seen")) == ((*DELETED, 15), -1)
    assert play(10, by_delay(original=3) | away(), delegates=[delegate(original=4, request=5)]).outcome() == (
        *READ,
        15,
    )


def test_a_delegates_outlook_processes_nothing_by_itself():
    """R1, as for shared mailboxes (R6.4): automatic processing looks into the own mailbox only."""
    assert play(10, None, delegates=[delegate(auto=1)]).outcome() == ("pending", "none", -1)


def test_a_delegate_never_reads_on_her_own_account():
    """`never` is drawn for each person: of a quarter of the mailboxes neither looks (0.5 * 0.5)."""
    story = play(None, by_delay(original=3) | {"never": 0.5}, delegates=[delegate(original=4)], count=1000)
    assert 200 < story.all("seen").count(-1) < 300


def test_a_shared_mailbox_has_readers_and_no_delegates():
    """Errors say what to write instead."""
    with pytest.raises(recallsim.ScenarioError) as caught:
        play(None, None, mailbox={"kind": "shared", "readers": 2}, delegates=[delegate()])
    assert "a shared mailbox has readers, not delegates" in str(caught.value)


@pytest.mark.parametrize("kind", ["shared", "public"])
def test_who_reads_with_others_has_one_device(kind):
    """R5, R6.4: further devices there are refused; they would have no effect."""
    with pytest.raises(recallsim.ScenarioError) as caught:
        play(None, None, mailbox={"kind": kind, "readers": 2}, devices=[delegate()])
    assert f"the readers of a {kind} mailbox have one device each" in str(caught.value)


@pytest.mark.parametrize(("of", "shown"), [("original", "seen_level"), ("request", "aware")])
def test_who_is_away_glimpses_nothing(of, shown):
    """Whoever is out of office reads nothing, a notification's line neither (seen level 1, aware); others do."""
    person = {"reads": "never", "glimpse": {"share": 1, "of": of}}
    stories = [play(10, person | absence, {"kind": "mobile"}) for absence in ({}, away(**{"for": "20s"}))]
    nothing = {"seen_level": 0, "aware": -1}[shown]
    assert [story.of(1, shown) == nothing for story in stories] == [False, True]
