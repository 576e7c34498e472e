"""Notifications: who reacts to one, what its line shows, and from which level on something is *seen* (recall.md 0)."""

import pytest
import yaml
from scenes import automatic, by_checks, by_delay, late, plan_of, play, play_text, scene, text_of

import recallsim
from recallsim.engines.agents import simulate
from recallsim.estimate.estimates import measure
from recallsim.estimate.tally import tally

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")


def notified(p=1, after="3s", **more):
    """A person who reacts to notifications."""
    return {"reads": {"notified": {"p": p, "after": after} | more}}


def at_level(level, *args, **keys):
    """A scene in which that level counts as seen."""
    return play_text(text_of(seen_level=level, **yaml.safe_load(scene(*args, **keys))))


def test_whoever_reacts_opens_soon():
    """`notified`: opened 3 s after it is visible; the request processed by hand at its own reaction."""
    story = play(10, notified(), latency=late(original=2))
    assert (story.outcome(), story.ticks("opens")) == ((*READ, 13), [5, 13])


@pytest.mark.parametrize(("otherwise", "opened"), [(by_delay(original=50), [50]), (by_checks(40), [40])])
def test_whoever_does_not_react_reads_otherwise(otherwise, opened):
    """`otherwise`: with probability 1 - p the other kind of reading governs, alone."""
    story = play(None, notified(0, otherwise=otherwise["reads"]))
    assert story.ticks("opens") == opened
    both = play(None, notified(1, otherwise=otherwise["reads"]))
    assert both.ticks("opens") == [3]


def test_reactions_are_drawn_message_by_message():
    """`p`: one draw for each message and recipient."""
    seen = play(None, notified(0.3, otherwise=by_delay(original=50)["reads"]), count=1000).all("seen")
    assert (set(seen), 250 < seen.count(3) < 350) == ({3, 50}, True)


def test_what_a_rule_puts_elsewhere_notifies_nobody():
    """Only new mail in the Inbox notifies, and mail marked unread again does not."""
    rules = [{"move_to": "Lists"}]
    assert play(None, notified(), rules=rules).of(1, "seen") == -1
    again = notified() | {"mark_unread": {"share": 1, "after": "9s"}}
    assert play(None, again).ticks("opens") == [3]


def test_a_reaction_waits_for_the_persons_hours():
    """`hours`: delays of any kind run in them: closed from 1 min to 5 min after Send."""
    hours = [{"days": "Mon", "from": "09:00", "to": "09:01"}, {"days": "Mon", "from": "09:05", "to": "10:00"}]
    person = notified(after="20s") | {"hours": "desk"}
    assert play(None, person, latency="50s", calendars={"desk": hours}).of(1, "seen") == 310


@pytest.mark.parametrize("kind", ["original", "request"])
def test_a_line_in_a_notification_is_a_glimpse(kind):
    """Section 0: level 1 is not *seen*; a line of the request makes *aware*."""
    person = {"reads": "never", "glimpse": {"share": 1, "of": kind}}
    story = play(10, person, automatic(0))
    assert (story.outcome(), story.of(1, "seen", "seen_people")) == ((*DELETED, 10), (-1, 0))
    assert story.of(1, "seen_level", "aware") == ((1, -1) if kind == "original" else (0, 10))


def test_a_share_has_such_notifications():
    """`glimpse: {share}`: one draw for each person, of whatever message."""
    levels = play(None, {"glimpse": {"share": 0.25}}, count=1000).all("seen_level")
    assert 200 < levels.count(1) < 300


def test_never_openers_have_notifications_too():
    """`never` opens nothing, and does not react; the line is shown all the same."""
    story = play(None, notified() | {"never": 1, "glimpse": {"share": 1}})
    assert story.of(1, "seen", "seen_level") == (-1, 1)


@pytest.mark.parametrize(("level", "seen"), [(1, 0), (2, 5), (3, 5), (4, 9)])
def test_seen_level_says_what_counts(level, seen):
    """`seen_level`: glimpsed at 0, opened (level 3) at 5, the attachment opened at 9."""
    person = by_delay(original=5) | {"glimpse": {"share": 1}, "opens_attachment": {"share": 1, "after": "4s"}}
    story = at_level(level, 3, person, message={"attachment": True})
    assert story.of(1, "seen", "seen_level", "seen_people") == (seen, 4, 1)
    assert story.of(1, "seen_phase") == ("before_notice" if seen == 0 else "never_processed")


def test_seen_level_and_the_pane():
    """Section 0: what the pane shows is level 2, and does not count where opening is asked for."""
    person = by_delay(original=5) | {"preview": {"share": 1}}
    assert [at_level(level, None, person).of(1, "seen", "seen_people") for level in (2, 3)] == [
        (5, 1),
        (-1, 0),
    ]


def test_an_attachment_is_opened_where_there_is_one():
    """Level 4: set off by the opening, for a share, if the message carries an attachment and is still there."""
    person = by_delay(original=5) | {"opens_attachment": {"share": 1, "after": "4s"}}
    with_it = play(None, person, message={"attachment": True})
    assert (with_it.ticks("opens the attachment"), with_it.of(1, "seen_level")) == ([9], 4)
    assert play(None, person).of(1, "seen_level") == 3
    gone = person | {"preview": {"share": 1}}
    taken = play(2, gone, automatic(5, marks_read="never"), message={"attachment": True})
    assert (taken.outcome(), taken.of(1, "seen_level")) == ((*DELETED, 7), 2)


def test_glimpses_and_attachments_have_their_rates():
    """`glimpsed_only_rate`: level 1 and no more; `attachment_opened_rate`: level 4; both only where they can happen."""
    person = {"glimpse": {"share": 1}, "opens_attachment": {"share": 1}}
    groups = [
        {"name": "line", "count": 3, "person": person},
        {"name": "open", "count": 1, "person": person | by_delay(original=1)},
    ]
    plan = plan_of(scene(None, groups=groups, message={"attachment": True}))
    values = tally(simulate(plan, 1, 0, 2), plan).values
    rates = [measure(values, plan, name).mean for name in ("glimpsed_only_rate", "attachment_opened_rate")]
    assert rates == [0.75, 0.25]
    with pytest.raises(ValueError, match="has no meaning here: no notification shows a line"):
        measure(values, plan_of(scene(None)), "glimpsed_only_rate")


def test_notified_within_notified_is_refused():
    """What is read otherwise is of another kind, and has no hours of its own."""
    for inner, what in (
        ({"notified": {"p": 1}}, "what is read otherwise cannot be notified again"),
        ({"delay": "1s", "hours": "desk"}, "hours stands beside notified, not inside otherwise"),
    ):
        with pytest.raises(recallsim.ScenarioError) as caught:
            play(None, notified(otherwise=inner))
        assert what in str(caught.value)
