"""The checker has teeth: a history that breaks a rule is found out, by the rule that it breaks."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import history
import pytest
from histories import history_of, scenario_of
from history.checking import RULES

from recallsim.scenario import load

TABLE = Path(__file__).parents[2] / "configs" / "table"
REFUSED = {
    "name": "refused",
    "clock": "1s",
    "horizon": "1h",
    "sender": {"notices": "5min", "client": "web"},
    "recipients": {"groups": [{"name": "g", "count": 2}]},
}
CAUGHT = REFUSED | {
    "name": "intercepted",
    "sender": {"notices": "1min", "recall": {"intercept": True}},
    "transport": {"delivery": {"service": {"constant": "5min"}, "kinds": ["original"]}},
}

READER = {"reads": {"delay": {"original": "1min"}}}
CLOUD = REFUSED | {
    "name": "cloud",
    "sender": {"notices": "5min", "recall": {"system": "exchange-online", "alert_recipients": True}},
    "recipients": {"groups": [{"name": "g", "count": 2}, {"name": "h", "count": 1, "person": READER}]},
}
PURGE = REFUSED | {
    "name": "purge",
    "sender": {
        "notices": "5min",
        "client": "web",
        "recall": {"admin_purge": {"after": "notice", "acts": "1min"}},
    },
}


@cache
def lawful(name: str):
    """A real history without a fault: events, terms, ends, moments."""
    trees = {"refused": REFUSED, "intercepted": CAUGHT, "cloud": CLOUD, "purge": PURGE}
    scenario = scenario_of(trees[name]) if name in trees else load(TABLE / f"{name}.yaml")
    found = history_of(scenario, 1)
    assert history.check(*found) == []
    return found


class Draft:
    """A history that may be spoiled."""

    def __init__(self, name: str) -> None:
        events, self.terms, ends, self.moments = lawful(name)
        self.events = list(events)
        self.ends = [dict(end) for end in ends]

    def find(self, event: str, number: int = 1, message: str | None = None) -> int:
        """The place of the first event of that name at a recipient."""
        return next(
            k
            for k, e in enumerate(self.events)
            if e.event == event and e.recipient == number and message in (None, e.facts.get("message"))
        )

    def drop(self, *what: object) -> None:
        """Leave an event out."""
        del self.events[self.find(*what)]

    def change(self, *what: object, tick: int | None = None, **facts: object) -> None:
        """Tell an event otherwise."""
        at = self.find(*what)
        event = self.events[at]
        self.events[at] = event._replace(
            tick=event.tick if tick is None else tick, facts={**event.facts, **facts}
        )

    def again(self, *what: object, tick: int) -> None:
        """Tell an event once more, later."""
        event = self.events[self.find(*what)]._replace(tick=tick)
        self.insert(event)

    def insert(self, event: history.Event) -> None:
        """Tell something more, at its time."""
        at = next((k for k, e in enumerate(self.events) if e.tick > event.tick), len(self.events))
        self.events.insert(at, event)

    def person(self, tick: int, what: str, message: str, number: int = 1, device: int = 0) -> None:
        """Let a person do something."""
        facts = {"recipient": number, "message": message, "device": device}
        self.insert(history.Event(tick, "person", what, facts))

    def move(self, *what: object, tick: int) -> None:
        """Tell an event at another time."""
        self.insert(self.events.pop(self.find(*what))._replace(tick=tick))


BY_HAND, AUTO, REMARKED = "r2-1-by-hand-request-first", "r1-1-automatic-unread", "r4-3-marked-unread"
MOVED, FETCHED, BOUNCED = "r7-2-deleted-by-the-person", "r6-3-fetched", "r7-5-request-bounced"
OWN_FLAGS, READ, OUTSIDE = "r5-5-public-folder-own-flags", "r1-2-automatic-read", "r6-1-other-organisation"
NO_RIGHT, PANE = "r5-3-public-folder-no-permission", "r1-3-automatic-pane"

PLANTED = {
    "time goes back": ("time", AUTO, lambda h: h.change("shows", 1, "original", tick=1)),
    "something after the horizon": ("time", AUTO, lambda h: h.again("opens", 1, "notice", tick=9000)),
    "shown before it is delivered": ("cause", AUTO, lambda h: h.move("delivers", 1, "original", tick=3)),
    "opened where it was never shown": ("cause", READ, lambda h: h.drop("shows", 1, "original")),
    "delivered though never submitted": ("cause", AUTO, lambda h: h.drop("submits", 0, "original")),
    "delivered twice": ("cause", AUTO, lambda h: h.again("delivers", 1, "original", tick=50)),
    "asked before she noticed": ("cause", AUTO, lambda h: h.drop("notices", 0)),
    "a notice before processing": ("cause", BY_HAND, lambda h: h.person(350, "opens", "notice")),
    "a replacement from nowhere": ("cause", AUTO, lambda h: h.drop("sends the replacement", 0)),
    "opened after the recall removed it": ("gone", AUTO, lambda h: h.person(1000, "opens", "original")),
    "previewed after the recall removed it": ("gone", AUTO, lambda h: h.person(1000, "previews", "original")),
    "read at the desk after POP took it": ("gone", FETCHED, lambda h: h.person(80, "opens", "original")),
    "moved after it was removed": ("gone", AUTO, lambda h: h.person(1000, "marks unread", "original")),
    "opened in Deleted Items": ("gone", MOVED, lambda h: h.person(6000, "opens", "original")),
    "opened a second time while marked read": ("flag", READ, lambda h: h.person(250, "opens", "original")),
    "marked unread while unread": ("flag", AUTO, lambda h: h.person(100, "marks unread", "original")),
    "a pane that marks what it never showed": (
        "flag", READ, lambda h: h.insert(history.Event(
            100, "client", "marks read in the pane", {"recipient": 1, "message": "original", "device": 0})),
    ),
    "a flag handed in that was never set": (
        "flag", AUTO, lambda h: h.insert(history.Event(
            100, "client", "hands in the flag", {"recipient": 1, "message": "original", "device": 0})),
    ),
    "opened by hand, not processed": ("trigger", BY_HAND, lambda h: h.drop("processes the request")),
    "processed by hand, not opened": ("trigger", BY_HAND, lambda h: h.drop("opens", 1, "request")),
    "processed at once though read": ("trigger", AUTO, lambda h: h.insert(history.Event(
        350, "client", "hands in the flag", {"recipient": 1, "message": "request", "device": 0}))),
    "processed automatically elsewhere": (
        "trigger", AUTO, lambda h: h.insert(history.Event(350, "person", "moves", {
            "recipient": 1, "message": "request", "device": 0, "folder": "later"})),
    ),
    "processed while somebody handles mail": ("trigger", AUTO, lambda h: h.insert(history.Event(
        350, "person", "begins a check", {"recipient": 1, "device": 0}))),
    "processed outside": ("trigger", OUTSIDE, lambda h: h.insert(history.Event(350, "client", "processes the request", {
        "recipient": 1, "how": "by hand", "device": 0, "status": "succeeded", "reason": "deleted_unread"}))),
    "intercepted where nobody intercepts": ("trigger", "intercepted", lambda h: setattr(
        h, "terms", replace(h.terms, intercept=False))),
    "R1.2 told as a success": ("table", READ, lambda h: h.change(
        "processes the request", status="succeeded", reason="deleted_unread")),
    "R4.3 without the marking": ("table", REMARKED, lambda h: h.drop("marks unread")),
    "R7.2 without the deleting": ("table", MOVED, lambda h: h.drop("deletes")),
    "R3 ahead of the flag": ("table", MOVED, lambda h: h.change("processes the request", reason="already_read")),
    "R5.3 with the right of another": ("table", OWN_FLAGS, lambda h: h.change(
        "processes the request", rights="not all items")),
    "R6.3 without the fetching": ("table", FETCHED, lambda h: h.drop("fetches", 1, "original")),
    "decided twice": ("once", AUTO, lambda h: h.again("processes the request", tick=800)),
    "a report that says the contrary": ("report", AUTO, lambda h: h.change("is told", news="failure")),
    "a report before the processing": ("report", AUTO, lambda h: h.move("is told", tick=310)),
    "two reports of one processing": ("report", AUTO, lambda h: h.again("is told", tick=800)),
    "a report that nobody asked for": ("report", AUTO, lambda h: setattr(
        h, "terms", replace(h.terms, tell_me=False))),
    "a DSN without a bounce": ("report", BOUNCED, lambda h: h.drop("bounced")),
    "a request after a refusal": ("refusal", "refused", lambda h: h.insert(
        history.Event(300, "sender", "submits", {"message": "request"}))),
    "a replacement after a refusal": ("refusal", "refused", lambda h: h.insert(
        history.Event(300, "sender", "sends the replacement", {}))),
    "a delivery that vanished": ("books", AUTO, lambda h: h.drop("delivers", 2, "replacement")),
    "a copy that is nowhere": ("books", AUTO, lambda h: h.ends[0].update(replacement_place="not_sent")),
    "a rule that nobody saw": ("books", "r3-different-folders", lambda h: h.drop("applies rules", 1)),
    "unseen in the books, opened in the history": ("books", READ, lambda h: h.ends[0].update(
        seen=-1, seen_level=0, seen_phase="unseen", seen_people=0)),
    "a pane that was forgotten": ("books", PANE, lambda h: h.drop("previews")),
    "the wrong phase": ("books", READ, lambda h: h.ends[0].update(seen_phase="after_processing")),
    "the wrong outcome": ("books", AUTO, lambda h: h.ends[0].update(status="pending", reason="none", decided=-1)),
    "doomed though unread": ("books", AUTO, lambda h: h.ends[0].update(doomed=1)),
    "told otherwise": ("books", AUTO, lambda h: h.ends[0].update(told="nothing", told_first=-1)),
    "decided a tick later": ("books", AUTO, lambda h: h.ends[0].update(decided=h.ends[0]["decided"] + 1)),
    "noticed at another time": ("books", AUTO, lambda h: h.moments.update(noticed=1)),
    "a recipient too few": ("books", AUTO, lambda h: h.ends.pop()),
    "tried in vain, and pending": ("books", NO_RIGHT, lambda h: h.ends[0].update(status="pending", reason="none")),
    "S3 with the flag of another": ("table", "cloud", lambda h: h.change("ends the recall", reason="deleted_read")),
    "S3 against the policy": ("table", "cloud", lambda h: setattr(
        h, "terms", replace(h.terms, servers=replace(h.terms.servers, reads_too=False)))),
    "S2a, though it is there": ("table", "cloud", lambda h: h.change("ends the recall", status="failed", reason="timed_out")),
    "S2, a request shown": ("cause", "cloud", lambda h: h.person(299, "opens", "request")),
    "S2, opened after the servers removed it": ("gone", "cloud", lambda h: h.person(1000, "opens", "original")),
    "S2, ended and never taken": ("cause", "cloud", lambda h: h.drop("takes the request")),
    "S2, taken elsewhere": ("trigger", "cloud", lambda h: setattr(h, "terms", replace(
        h.terms, addressees=(replace(h.terms.addressees[0], at_server=False), *h.terms.addressees[1:])))),
    "S5, told against the policy": ("trigger", "cloud", lambda h: setattr(
        h, "terms", replace(h.terms, servers=replace(h.terms.servers, alerts=False)))),
    "S8, an attempt fails for nothing": ("trigger", "cloud", lambda h: h.insert(
        history.Event(299, "recall agent", "fails to remove", {"recipient": 1, "attempt": 1}))),
    "S13, purged twice": ("gone", "purge", lambda h: h.again("purges", tick=900)),
    "S13, the purge forgotten": ("books", "purge", lambda h: h.drop("purges")),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(name):
    """A single spoiled event or column is a violation of the rule that it spoils."""
    rule, source, spoil = PLANTED[name]
    draft = Draft(source)
    draft.moments = dict(draft.moments)
    spoil(draft)
    found = history.check(draft.events, draft.terms, draft.ends, draft.moments)
    assert rule in {each.rule for each in found}, found


def test_every_rule_is_planted():
    """There is a violation of every rule that the checker knows."""
    assert {rule for rule, _, _ in PLANTED.values()} == set(RULES)
