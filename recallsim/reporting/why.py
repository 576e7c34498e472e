"""Why a recall ended as it did for one recipient: the rule's number, and the facts that decided.

Everything is taken from a trace; nothing is decided anew here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from agents.records import EarlyRequest, MailboxKind
from recallsim.reporting.plain import plain
from recallsim.reporting.timeline import End, moment, named_fact, seconds_of
from recallsim.reporting.words import cause_of
from transport.recall.codes import Folder, Place

if TYPE_CHECKING:
    from agents.observer import TraceEvent
    from agents.records import Plan

PROCESSES = "processes the request"
DROPS = "drops the early request"


class Why(NamedTuple):
    """The answer to why.

    Attributes:
        rule: the number of the rule that decided, as in `docs/choices.md`.
        words: what decided, in sentences.
    """

    rule: str
    words: str


_ALWAYS = {
    "different_folders": "R3",
    "not_found": "R7.3",
    "not_delivered": "R7.3",
    "request_not_delivered": "R7.5",
    "other_organisation": "R6.1",
    "recipient_not_exchange": "R6.1",
    "no_permission": "R5.3",
    "out_of_reach": "R6.3",
    "intercepted": "S1",
    "held": "H1",
    "sender_not_exchange": "E1",
    "disabled_for_organisation": "E2",
    "protected": "E3",
    "client_cannot_recall": "E4",
    "not_opened": "E5",
    "too_old": "E6",
    "not_in_sent_items": "E7",
    "timed_out": "S8",
    "unsupported_recipient": "S2a",
    "disabled_for_mailbox": "S6",
    "tenant_not_allowed": "S7",
    "stripped_on_path": "S9",
    "too_old_when_processed": "S10",
    "refused_by_recipient": "S10",
    "purged": "S13",
}
"""Reasons that one rule stands for, whatever else the trace says."""

_BY_SERVERS = {"exchange-online": "S2", "domino": "S10", "groupwise": "S12"}
"""The rule of each system that servers carry out; the others have a window (S11)."""


class _Facts(NamedTuple):
    """What the trace says of one recipient."""

    public: bool
    processed: "TraceEvent | None"
    previewed: bool
    opened: bool
    marked_unread: bool
    deleted: bool
    request_came: bool
    early: bool  # the recall was decided before the message came
    waits: bool  # the message is on its way, and the request is kept for it
    request_sent: bool
    executes: bool
    servers: str


def why(end: End, events: "Sequence[TraceEvent]", plan: "Plan", system: str) -> Why:
    """Says by which rule a recipient's recall ended, and from which facts.

    Args:
        end: how it ended.
        events: the trace, of this recipient or of everybody.
        plan: what was simulated.
        system: the recall system that the scenario names.
    """
    own = [each for each in events if each.facts.get("recipient") in (None, end.recipient)]
    facts = _gathered(end, own, plan, system)
    rule = _rule(end, facts) if end.reason != "too_late" else "S11" if plan.sender.window >= 0 else "H1"
    early = end.reason == "not_found" and rule == "R7.1"
    said = [_verdict(end, rule, "the message had not come yet" if early else cause_of(end.reason).words)]
    if facts.processed is not None:
        said.append(_processing(facts.processed, plan))
    if facts.previewed and end.reason == "deleted_unread":
        said.append("The message had been shown in the reading pane, which left the flag unset.")
    if facts.marked_unread and end.reason == "deleted_unread":
        said.append("It had been read and marked unread again: only the flag counts.")
    if end.status == "pending":
        said.append(_open(end, facts))
    if end.seen is not None and end.status == "succeeded":
        said.append(f"The content had been seen all the same, at {moment(end.seen)}.")
    return Why(rule, " ".join(said))


def _gathered(end: End, events: "Sequence[TraceEvent]", plan: "Plan", system: str) -> _Facts:
    group = plan.group_of(end.recipient)

    def did(event: str, message: str | None = None) -> bool:
        return any(
            each.event == event and (message is None or each.facts.get("message") == message)
            for each in events
        )

    processed = [each for each in events if each.event == PROCESSES]
    agent = any(each.agent == "recall agent" for each in events)
    decided = [at for at, each in enumerate(events) if each.event in (PROCESSES, DROPS)]
    came = [at for at, each in enumerate(events) if _brings_original(each)]
    kept = plan.sender.early_request in (EarlyRequest.WAIT, EarlyRequest.DELETE_ON_DELIVERY)
    return _Facts(
        servers=_BY_SERVERS.get(system, "S11") if agent else "",
        public=group.mailbox is MailboxKind.PUBLIC,
        processed=processed[-1] if processed else None,
        previewed=did("previews", "original"),
        opened=did("opens", "original"),
        marked_unread=did("marks unread", "original"),
        deleted=did("deletes", "request"),
        request_came=did("delivers", "request"),
        early=bool(decided) and not any(at < decided[-1] for at in came),
        waits=kept and end.place == Place.IN_TRANSIT.name.lower(),
        request_sent=did("submits", "request"),
        executes=group.processes and any(device.executes for device in group.devices),
    )


def _brings_original(event: "TraceEvent") -> bool:
    return event.event == "delivers" and event.facts.get("message") == "original"


def _rule(end: End, facts: _Facts) -> str:
    if end.reason == "none":
        return _open_rule(facts)
    event = facts.processed
    at = Folder.INBOX.value if event is None else event.facts.get("folder", Folder.INBOX.value)
    if end.reason == "different_folders" and event is not None:
        thrown_away = Folder.DELETED_ITEMS.value in (event.facts.get("original_folder"), at)
        return "R7.2" if event.facts.get("original_folder") == 1 and thrown_away else "R3"
    if facts.servers and event is None:
        return _rule_of_servers(end, facts.servers)
    if end.reason == "not_found" and facts.early:
        return "R7.1"  # an early request was dropped, as it came or when processed
    if end.reason == "deleted_unread" and event is None:
        return "R7.1"  # it was kept for the original's delivery
    if end.reason not in ("deleted_unread", "already_read"):
        return _ALWAYS.get(end.reason, "")
    read = end.reason == "already_read"
    if facts.public:
        return "R5.2" if read else "R5.4" if facts.marked_unread else "R5.1"
    if event is None:
        return ""
    if not read and facts.marked_unread and facts.opened:
        return "R4.3"
    only_pane = facts.previewed and not facts.opened
    if event.facts.get("how") == "automatically":
        return "R1.2" if read else "R1.3" if only_pane else "R1.1"
    if at == Folder.INBOX.value:
        return "R2.2" if read else "R2.3" if only_pane else "R2.1"
    return "R4.2" if read else "R4.4" if only_pane else "R4.1"


def _rule_of_servers(end: End, system: str) -> str:
    if end.reason in ("deleted_read", "already_read"):
        return "S3" if system == "S2" else system
    if end.reason in ("not_found", "not_delivered"):
        return "S2a" if system == "S2" else system
    return _ALWAYS.get(end.reason, system)


def _open_rule(facts: _Facts) -> str:
    if not facts.request_sent:
        return ""
    if facts.servers:
        return "S8"
    if not facts.request_came:
        return "R7.4"
    if not facts.executes:
        return "R6.2"
    if facts.deleted:
        return "R7.6"
    return "R7.1" if facts.waits else "R7.4"


def _verdict(end: End, rule: str, words: str) -> str:
    by = f" ({rule})" if rule else ""
    if end.status == "pending":
        return f"Still open at the end{by}."
    at = "" if end.decided is None else f" at {moment(end.decided)}"
    ended = {
        "succeeded": "The recall succeeded",
        "failed": "The recall failed",
        "refused": "The recall was refused",
    }
    return f"{ended.get(end.status, end.status)}{at}{by}: {words}."


def _processing(event: "TraceEvent", plan: "Plan") -> str:
    facts = event.facts
    how, when = facts.get("how", ""), moment(seconds_of(event.tick, plan.clock))
    where = named_fact("folder", facts.get("folder", 0), plan.folders)
    words = f"The request was processed {how} at {when}; it lay in {_folder(where)}"
    if "original_folder" not in facts:
        return f"{words}, and the message was not there."
    original = named_fact("folder", facts["original_folder"], plan.folders)
    flag = "read" if facts.get("read") else "unread"
    together = "beside the message" if where == original else f"the message in {_folder(original)}"
    return f"{words}, {together}, and that was marked {flag}."


def _folder(name: object) -> str:
    written = {"inbox": "the Inbox", "deleted_items": "Deleted Items", "junk": "Junk"}
    return written.get(str(name)) or plain(str(name), 60)


def _open(end: End, facts: _Facts) -> str:
    if not facts.request_sent:
        return "The sender never asked for the recall."
    if end.reason == "stripped_on_path":
        return "A filter on the way made an ordinary mail of the request, which nothing processes."
    if facts.servers:
        return "The servers had not come to an end with it."
    if not facts.request_came:
        return "The request had not arrived."
    if not facts.executes:
        return (
            "No program of this recipient can carry out a request, so that it stays a message among others."
        )
    if facts.deleted:
        return "The person had thrown the request away unprocessed."
    if facts.waits:
        return "The request waited for its message, which had not come."
    return "Nothing had processed the request: there is no time limit."
