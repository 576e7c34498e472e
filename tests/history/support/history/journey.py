"""The way of the messages: what the sender and the servers do, held against the rules."""

from collections.abc import Callable
from typing import Any

from history.mailbox import HERE, NEVER_CAME, UNDER_WAY, UNSENT, Copy, Recipient
from history.reading import Event, Terms, Violation


class Journey:
    """What is known so far, and the steps of sender and servers."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.found: list[Violation] = []
        self.people = [Recipient(n, what) for n, what in enumerate(terms.addressees, start=1)]
        self.now = -(1 << 60)
        self.noticed = self.asked = -1
        self.over = ""  # refused or held
        self.steps: dict[str, Callable[[Event, Any], None]] = {}
        self.may_submit: dict[str, str] = {"original": "sending", "request": "", "replacement": ""}

    def say(self, rule: str, event: Event | None, what: str, number: int = 0) -> None:
        """Note a violation."""
        tick = self.now if event is None else event.tick
        self.found.append(Violation(rule, tick, event.recipient if event else number, what))

    def _end(self, event: Event, who: Recipient, status: str, reason: str) -> None:
        if who.status != "pending":
            self.say("once", event, f"{status}, {reason} after {who.status}, {who.reason}")
        who.end(status, reason, event.tick)

    # --- the sender ----------------------------------------------------------------------------------------------

    def _notices(self, event: Event, _: object) -> None:
        self.noticed = event.tick

    def _submits(self, event: Event, _: object) -> None:
        kind = str(event.facts["message"])
        if kind == "request":
            if self.noticed < 0:
                self.say("cause", event, "she asks before she has noticed")
            if self.over:
                self.say("refusal", event, f"a request travels although the recall was {self.over}")
            if self.people and self.people[0].copies["original"].place == UNSENT:
                self.say("cause", event, "a request without an original")
            self.asked = event.tick
        elif kind == "replacement" and not self.may_submit["replacement"]:
            self.say("cause", event, "a replacement that nobody set about sending")
        elif kind == "original" and self.over == "held":
            self.say("refusal", event, "the original leaves although it was held back")
        for who in self.people:
            copy = who.copies[kind]
            if copy.place != UNSENT:
                self.say("once", event, f"the {kind} is submitted twice")
                break
            copy.place = UNDER_WAY

    def _refused(self, event: Event, _: object) -> None:
        self._end_all(event, "refused", str(event.facts["reason"]))

    def _held(self, event: Event, _: object) -> None:
        self._end_all(event, "succeeded", "held")
        for who in self.people:
            if who.copies["original"].place != UNSENT:
                self.say("refusal", event, "what is held back has left already", who.number)
            who.copies["original"].place = "held"

    def _end_all(self, event: Event, status: str, reason: str) -> None:
        if self.noticed < 0:
            self.say("cause", event, "she asks before she has noticed")
        self.asked, self.over = event.tick, "held" if reason == "held" else "refused"
        for who in self.people:
            if who.reason != "purged":  # an administrator was quicker (S13)
                self._end(event, who, status, reason)

    def _replaces(self, event: Event, _: object) -> None:
        self.may_submit["replacement"] = "yes"
        if self.asked < 0 or self.over == "refused":
            self.say("refusal", event, "a replacement follows where no recall was asked for, or was refused")

    def _corrects(self, event: Event, _: object) -> None:
        self.may_submit["replacement"] = "yes"
        if self.over != "refused":
            self.say("refusal", event, "a correction follows a recall that was not refused")

    def _told(self, event: Event, who: Recipient) -> None:
        news = str(event.facts["news"])
        if news == "bounce":
            who.dsns -= 1
            if who.dsns < 0:
                self.say("report", event, "a DSN about a message that did not bounce")
        else:
            for k, (tick, verdict) in enumerate(who.verdicts):
                if verdict == news and tick < event.tick:
                    del who.verdicts[k]
                    break
            else:
                self.say("report", event, f"told {news}, and nothing decided so before")
        who.told.append((event.tick, news))

    # --- the servers ---------------------------------------------------------------------------------------------

    def _copy(self, event: Event, who: Recipient) -> Copy:
        message = str(event.facts["message"])
        return who.copies["request" if message == "notice" else message]

    def _leaves_the_way(self, event: Event, copy: Copy) -> None:
        if copy.place != UNDER_WAY:
            message = event.facts.get("message", "request")
            self.say("cause", event, f"the {message} is {copy.place}, not under way")

    def _delivers(self, event: Event, who: Recipient) -> None:
        kind, copy = str(event.facts["message"]), self._copy(event, who)
        self._leaves_the_way(event, copy)
        folder, read = copy.ruled or ("inbox", False)
        if folder != event.facts["folder"]:
            self.say("books", event, f"delivered into {event.facts['folder']}, where no rule put it")
        copy.place, copy.delivered, copy.folder, copy.read = (
            HERE,
            event.tick,
            str(event.facts["folder"]),
            read,
        )
        if kind == "request":
            who.overtaken = who.copies["original"].place == UNDER_WAY
            if not who.what.internal:
                self._end(event, who, "failed", "other_organisation")
            elif not who.what.exchange:
                self._end(event, who, "failed", "recipient_not_exchange")

    def _never_comes(self, event: Event, who: Recipient) -> None:
        kind, copy = str(event.facts["message"]), self._copy(event, who)
        self._leaves_the_way(event, copy)
        copy.place = event.event
        if event.event != "lost" and kind != "replacement":
            who.dsns += 1
        if kind == "request" and who.status == "pending":
            nothing = who.copies["original"].place in NEVER_CAME
            self._end(event, who, "failed", "not_delivered" if nothing else "request_not_delivered")

    def _intercepted(self, event: Event, who: Recipient) -> None:
        if not self.terms.intercept:
            self.say("trigger", event, "intercepted, where nobody intercepts")
        for kind in ("original", "request"):
            self._leaves_the_way(event, who.copies[kind])
            who.copies[kind].place = "intercepted"
        self._end(event, who, "succeeded", "intercepted")
        who.verdicts.append((event.tick, "success"))
