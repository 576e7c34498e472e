"""The checker: walks through a history, event by event, and says which rules it breaks."""

from collections.abc import Iterable, Mapping, Sequence

from history.mailbox import HERE, KINDS, UNDER_WAY, UNSENT, Recipient
from history.reading import Event, Terms, Violation
from history.servers import Servers

RULES = {
    "time": "time goes on, and not beyond the horizon",
    "cause": "nothing happens before what it takes to happen",
    "gone": "nobody acts on a copy that is not there",
    "flag": "flags are set and cleared by what sets and clears them",
    "trigger": "a request is processed when its trigger is given, and only then",
    "table": "the outcome follows from the facts by the table",
    "once": "a recall ends once for a recipient",
    "report": "the sender is told what was decided, after it was, if she asked to be told",
    "refusal": "a recall that was refused or held sends no request",
    "books": "every copy ends in one place, and the books say which",
}


def check(
    events: Iterable[Event],
    terms: Terms,
    ends: Sequence[Mapping[str, object]],
    moments: Mapping[str, int] = {},
) -> list[Violation]:
    """Every violation in a history, in order.

    Args:
        events: the trace of everybody.
        terms: what the scenario says.
        ends: the end of each recipient in order; whatever columns it has are compared.
        moments: the sender's moments (noticed, asked), if known.
    """
    history = _History(terms)
    for event in events:
        history.take(event)
    history.close(ends, moments)
    return history.found


class _History(Servers):
    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.steps |= {
            "submits": self._submits,
            "notices": self._notices,
            "is refused the recall": self._refused,
            "takes the message back from the hold": self._held,
            "sends the replacement": self._replaces,
            "sends a correction": self._corrects,
            "is told": self._told,
            "delivers": self._delivers,
            "bounced": self._never_comes,
            "lost": self._never_comes,
            "rejected": self._never_comes,
            "intercepted": self._intercepted,
            "applies rules": self._rules,
            "fetches": self._fetches,
            "shows": self._shows,
            "hands in the flag": self._hands_in,
            "marks read in the pane": self._pane,
            "opens": self._looks,
            "previews": self._looks,
            "begins a check": self._begins,
            "ends the check": self._ends,
            "processes the request": self._processes,
            "drops the early request": self._processes,
            "removes the original as it comes": self._processes,
            "marks unread": self._marks_unread,
            "moves": self._moves,
            "deletes": self._deletes,
            "hands in the move": self._hands_in_act,
            "hands in the mark": self._hands_in_act,
            "hands in the deletion": self._hands_in_act,
            "loses": self._loses,
            "glimpses": self._glimpses,
            "opens the attachment": self._attachment,
        }

    def take(self, event: Event) -> None:
        """Walk on by one event."""
        if event.tick < self.now:
            self.say("time", event, f"{event.event!r} at tick {event.tick}, after tick {self.now}")
        if event.tick > self.terms.horizon:
            self.say("time", event, f"{event.event!r} after the horizon")
        self.now = max(self.now, event.tick)
        if not 0 <= event.recipient <= len(self.people):
            self.say("cause", event, "there is no such recipient")
            return
        step = self.steps.get(event.event)
        if step is None:
            return  # what servers say of themselves
        who = self.people[event.recipient - 1] if event.recipient else None
        if who is not None and who.owed and event.event != "processes the request":
            self._pay(who)
        step(event, who)

    def _pay(self, who: Recipient) -> None:
        if who.owed:
            self.say(
                "trigger", None, f"opened at tick {who.owed[0]}, the request was not processed", who.number
            )
            who.owed = None

    # --- the recall ----------------------------------------------------------------------------------------------

    def _processes(self, event: Event, who: Recipient) -> None:
        how, device = str(event.facts.get("how", event.event)), int(event.facts.get("device", -1))
        request, original = who.copies["request"], who.copies["original"]
        if request.delivered < 0:
            self.say("cause", event, "processed before it was delivered")
        if not who.what.reachable:
            self.say("trigger", event, "processed where no program can")
        expected = self._triggered(event, who, how, device)
        verdict = str(event.facts["status"]), str(event.facts["reason"])
        if verdict != expected:
            self.say("table", event, f"{' '.join(verdict)} where the facts say {' '.join(expected)}")
        attempt = verdict[1] == "no_permission"
        first = attempt and not who.tried
        who.tried = who.tried or attempt
        if attempt and not self.terms.first_reader_decides:
            if first:
                who.verdicts.append((event.tick, "failure"))
            return
        self._end(event, who, *verdict)
        who.verdicts.append((event.tick, "success" if verdict[0] == "succeeded" else "failure"))
        if attempt:
            return
        who.processed = True
        if request.place in (HERE, "fetched"):
            request.place = "removed_by_recall"
        if verdict[0] == "succeeded":
            original.place, original.left = "removed_by_recall", event.tick
            original.shown.discard(device)  # this device knows

    def _triggered(self, event: Event, who: Recipient, how: str, device: int) -> tuple[str, str]:
        """Hold the trigger against its conditions; gives what must come of it."""
        request, original, early = who.copies["request"], who.copies["original"], self.terms.early
        if how == "drops the early request":
            if early != "drop_on_arrival" or original.place != UNDER_WAY:
                self.say("trigger", event, "dropped although it was not early, or early ones are not dropped")
            return "failed", "not_found"
        if how == "removes the original as it comes":
            if early != "delete_on_delivery" or original.delivered != event.tick:
                self.say(
                    "trigger", event, "the original is removed as it comes, where that is not the policy"
                )
            return "succeeded", "deleted_unread"
        if device not in request.shown:
            self.say("cause", event, "processed by a program that does not have the request")
        if not who.what.device(device).executes:
            self.say("trigger", event, "processed by a program that cannot")
        if how == "automatically":
            self._idle(event, who, device)
        elif who.owed != (event.tick, device):
            self.say("trigger", event, "processed by hand, and nobody has opened it just now")
        who.owed = None
        if early == "wait" and original.place == HERE and device not in original.shown:
            self.say("trigger", event, "processed before the original was fetched there")
        too_old = 0 <= self.terms.max_age < event.tick - original.delivered
        entitled = event.facts.get("rights") != "not all items"
        return who.table(device, entitled=entitled, early=early, too_old=too_old)

    def _idle(self, event: Event, who: Recipient, device: int) -> None:
        request = who.copies["request"]
        if who.what.mailbox != "user" or not who.what.device(device).automatic:
            self.say("trigger", event, "processed automatically where nothing does so")
        if request.folder_at(device) != "inbox" or who.is_read(request, device):
            self.say("trigger", event, "processed automatically although not unread in the Inbox")
        if device in who.checking:
            self.say("trigger", event, "processed automatically while somebody handles mail there")

    # --- the end -------------------------------------------------------------------------------------------------

    def close(self, ends: Sequence[Mapping[str, object]], moments: Mapping[str, int]) -> None:
        """Hold the history against the books."""
        self.now = self.terms.horizon
        for name, mine in (("noticed", self.noticed), ("asked", self.asked)):
            if moments.get(name, mine) != mine:
                self.say("books", None, f"{name} at tick {mine}, but the books say {moments[name]}")
        if len(ends) != len(self.people):
            self.say("books", None, f"{len(self.people)} recipients, but the books have {len(ends)}")
        for who, end in zip(self.people, ends, strict=False):
            self._pay(who)
            self._settle(who)
            for name, value in who.columns():
                if name in end and end[name] != value:
                    self.say("books", None, f"{name} is {value}, but the books say {end[name]}", who.number)
            for kind in KINDS:
                if who.copies[kind].place != UNSENT and end.get(f"{kind}_place") == UNSENT:
                    self.say("books", None, f"the {kind} was sent, and is nowhere", who.number)

    def _settle(self, who: Recipient) -> None:
        """What the horizon decides, and what may not be there in the end."""
        if who.status == "pending" and who.tried:
            who.end("failed", "no_permission", self.terms.horizon)
        elif who.status == "pending" and who.seen_phase == "while_processing":
            who.seen_phase = "never_processed"
        if who.what.at_server and self.terms.servers.reads_too:
            who.dooms = False  # S3: the flag dooms nothing there
        told = any(news != "bounce" for _, news in who.told)
        if told and not (self.terms.tell_me and who.what.reported):
            self.say("report", None, "a report came, though none was asked for", who.number)
        if told and not who.processed and not who.tried and who.reason != "intercepted":
            self.say("report", None, "a report came, though nothing was processed", who.number)
