"""What the batch engine cannot do, refused by the name of the scenario's key.

The kernel reads what is listed here and nothing else. A record of the plan with a field that is not listed, or with a
code that is not, is refused unless the field has its neutral value: a feature that is new to the agents is never passed
over in silence. A test holds the list against the records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import IntEnum
from typing import Any, Final

from agents.records import Plan
from recallsim.engines.kernel_plan import is_plain

KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "Plan": frozenset(
        {
            "name",
            "clock",
            "horizon",
            "week",
            "start",
            "start_calendar",
            "calendars",
            "sender",
            "stages",
            "link",
            "reports_shared",
            "groups",
            "count",
            "metrics",
            "agent",
            "report",
            "purge",
            "seen_level",
            "antithetic",
            "folders",
            "lists",
        }
    ),
    "SenderPlan": frozenset(
        {
            "hold",
            "notices",
            "acts",
            "account_on_exchange",
            "enabled",
            "protected",
            "client_can_recall",
            "opened",
            "max_age",
            "in_sent_items",
            "recallable",
            "tells",
            "early_request",
            "intercept",
            "first_reader_decides",
            "compose",
            "abandon",
            "correction",
            "window",
            "looks_every",
            "max_age_since_delivery",
        }
    ),
    "Group": frozenset(
        {
            "name",
            "domain",
            "number",
            "first",
            "size",
            "same_organisation",
            "on_exchange",
            "processes",
            "mailbox",
            "readers",
            "full_rights",
            "devices",
            "person",
            "rules",
            "rules_at_client",
            "reports",
            "at_server",
            "lets_in",
            "processing",
            "refuses",
            "purgeable",
        }
    ),
    "Device": frozenset(
        {
            "number",
            "executes",
            "level",
            "sync",
            "period",
            "auto_process",
            "idle",
            "online",
            "marks_read",
            "marks_after",
            "preview",
            "preview_kinds",
            "reading",
            "downloads",
            "turns",
            "reader",
        }
    ),
    "Reading": frozenset(
        {
            "kind",
            "calendar",
            "delay",
            "gap",
            "first_gap",
            "stationary",
            "per_session",
            "open_probability",
            "handling",
            "order",
            "inside",
            "outside",
            "while_online",
            "notified",
            "reaction",
            "inbox",
            "clocks",
        }
    ),
    "Person": frozenset(
        {
            "never",
            "curiosity",
            "marks_unread",
            "moves",
            "deletes",
            "forwards",
            "opens_attachment",
            "glimpses",
            "absence",
        }
    ),
    "Habit": frozenset(
        {
            "share",
            "after",
            "kinds",
            "on_arrival",
            "repeat",
            "folder",
            "hard",
            "to",
        }
    ),
    "Rule": frozenset(
        {
            "number",
            "share",
            "folder",
            "mark_read",
            "stop",
            "forward",
        }
    ),
    "Stage": frozenset(
        {
            "name",
            "number",
            "grain",
            "batch",
            "workers",
            "serves",
            "service",
            "shared",
            "failure",
            "lanes",
            "background_lane",
            "gaps",
            "attempts",
            "give_up",
            "jitter",
            "background",
            "outages",
            "interval",
            "greylist",
            "faults",
            "delay_notice",
            "strips",
            "members",
        }
    ),
    "Greylist": frozenset(
        {
            "delay",
            "window",
            "known",
        }
    ),
    "Fault": frozenset(
        {
            "number",
            "trouble",
            "odds",
            "kinds",
            "begins",
            "ends",
            "by",
            "interval",
        }
    ),
    "MailingList": frozenset(
        {
            "name",
            "number",
            "spans",
            "moderation",
        }
    ),
    "Moderation": frozenset(
        {
            "moderators",
            "reads",
            "approve",
            "kinds",
            "expires",
        }
    ),
    "Background": frozenset(
        {
            "gap",
            "service",
            "start",
            "load",
            "begins",
        }
    ),
    "AgentPlan": frozenset(
        {
            "workers",
            "service",
            "shared",
            "failure",
            "gaps",
            "give_up",
            "across",
            "reads_too",
            "spoils",
            "max_age",
            "alerts",
        }
    ),
    "ReportPlan": frozenset(
        {
            "opens",
            "readable",
        }
    ),
    "PurgePlan": frozenset(
        {
            "on_notice",
            "acts",
            "gap",
            "read_too",
            "follows_forwards",
            "tells",
        }
    ),
    "Link": frozenset(
        {
            "latency",
            "shared",
            "loss",
            "duplicate",
        }
    ),
    "Turns": frozenset({"up", "down", "start", "share_up", "met_up", "met_down"}),
    "InboxMail": frozenset({"gap", "handling", "opened"}),
    "FolderClock": frozenset({"folder", "factor"}),
    "Absence": frozenset({"share", "from_", "until"}),
}
"""The fields of the plan's records that the kernel knows. Notices of delay it need not make: in lanes of their own they keep
nobody waiting, and they tell the sender nothing of the recall."""

CODES: Final[Mapping[str, frozenset[str]]] = {
    "EarlyRequest": frozenset(["WAIT", "DROP_ON_ARRIVAL", "DROP_ON_PROCESSING", "DELETE_ON_DELIVERY"]),
    "MailboxKind": frozenset(["USER", "SHARED", "PUBLIC"]),
    "Sync": frozenset(["PUSH", "CACHED", "POLL", "FETCH"]),
    "MarksRead": frozenset(["ON_LEAVE", "AFTER", "NEVER"]),
    "Reads": frozenset(["NEVER", "DELAY", "SESSIONS", "HAZARD"]),
    "HandlingOrder": frozenset(["NEWEST", "OLDEST", "RANDOM", "REQUEST_FIRST"]),
    "TurnsStart": frozenset(["STATIONARY", "UP", "DOWN"]),
    "Grain": frozenset(["MESSAGE", "BATCH", "RECIPIENT"]),
    "Start": frozenset(["STATIONARY", "EMPTY"]),
    "Alert": frozenset(["NEVER", "READ_ONLY", "ALWAYS"]),
    "Trouble": frozenset(["REJECT", "DEFER", "DISCONNECT", "RATE_LIMIT", "DELAY"]),
}
"""The codes that the kernel knows."""

REFUSED: Final[Mapping[str, frozenset[str]]] = {}
"""By record and by enumeration, the fields and codes that are known not to be done: refused unless neutral."""

KEYS: Final[Mapping[str, str]] = {
    "Plan": "",
    "SenderPlan": "sender.",
    "Group": "recipients.groups.",
    "Device": "recipients.groups.client.",
    "Reading": "recipients.groups.person.reads.",
    "Person": "recipients.groups.person.",
    "Habit": "recipients.groups.person.",
    "Rule": "recipients.groups.rules.",
    "Stage": "transport.stages.",
    "Background": "transport.stages.background.",
    "Greylist": "transport.stages.greylist.",
    "Fault": "transport.faults.",
    "MailingList": "transport.lists.",
    "Moderation": "transport.lists.moderation.",
    "Link": "transport.link.",
    "AgentPlan": "sender.recall.",
    "ReportPlan": "sender.recall.",
    "PurgePlan": "sender.recall.admin_purge.",
    "Turns": "recipients.groups.client.online.",
    "InboxMail": "recipients.groups.person.reads.sessions.inbox_mail.",
    "FolderClock": "recipients.groups.person.reads.folders.",
    "Absence": "recipients.groups.person.out_of_office.",
}
"""Where in a scenario what a record holds is said."""

MOST_STAGES: Final = 80
MOST_READERS: Final = 0xFFFF
MOST_TICKS: Final = 1 << 57
MOST_CLOCKS: Final = 0xFF


def refusal(plan: Plan) -> str:
    """Why the batch engine does not take a plan, in one line; empty if it does."""
    what = next(_unknown(plan), "") or next(_beyond(plan), "")
    return f"the batch engine does not do {what}; use --engine agents" if what else ""


def _unknown(record: Any) -> Iterator[str]:
    """Fields, codes and kinds of record that the kernel does not know, with their keys."""
    name = type(record).__name__
    if name not in KNOWN:
        yield f"{name} (no key known)"
        return
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name not in KNOWN[name]:
            if not _is_neutral(field, value):
                spoken = f"{field.name.replace('_', ' ')} ({KEYS[name]}{field.name})"
                yield NAMES.get((name, field.name), spoken)
        else:
            yield from _unknown_inside(value, f"{KEYS[name]}{field.name}")


def _unknown_inside(value: Any, key: str) -> Iterator[str]:
    if is_dataclass(value):
        yield from _unknown(value)
    elif isinstance(value, IntEnum):
        if value.name not in CODES.get(type(value).__name__, ()):
            yield f"{value.name.lower()} ({key})"
    elif isinstance(value, tuple) and value and not isinstance(value[0], int | float):
        for each in value:
            yield from _unknown_inside(each, key)


def _is_neutral(field: "Field[Any]", value: Any) -> bool:
    """Whether an unknown field has the value that changes nothing: its default, else nothing, zero, off."""
    if field.default is not MISSING:
        return bool(value == field.default)
    if isinstance(value, tuple):
        return not any(value)
    return value is None or not value


NAMES: Final[Mapping[tuple[str, str], str]] = {}
"""What fields that are not named as their keys are called."""


def _beyond(plan: Plan) -> Iterator[str]:
    """What is more than the kernel has room for, or feeds back into the servers' queues."""
    if plan.reports_shared and not is_plain(plan):
        yield (
            "reports that queue with the mail in stages that do more than queue, recipient by recipient, or beside"
            " interception, lists, duplicates or recall by the servers (transport.reports: shared)"
        )
    if plan.reports_shared and plan.public:
        yield "reports on public folders that queue with the mail (transport.reports: shared)"
    if plan.purge is not None and plan.purge.follows_forwards and plan.forwards:
        yield "forwarded copies that are removed on their way (sender.recall.admin_purge.follows_forwards)"
    if len(plan.stages) > MOST_STAGES:
        yield f"more than {MOST_STAGES} stages (transport.stages)"
    if plan.horizon >= MOST_TICKS:
        yield f"a horizon of {plan.horizon} ticks (horizon, clock)"
    if any(group.readers > MOST_READERS for group in plan.groups):
        yield f"more than {MOST_READERS} readers (recipients.groups.mailbox.readers)"
    if any(len(device.reading.clocks) > MOST_CLOCKS for group in plan.groups for device in group.devices):
        yield f"more than {MOST_CLOCKS} folders with a clock of their own (recipients.groups.person.reads.folders)"
