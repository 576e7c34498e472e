"""A whole replication as a Chrome trace: for ui.perfetto.dev, chrome://tracing and the like.

One process for the sender, one for the servers, one for each group; in it a thread for each recipient. How long
the message lay within reach and how long the request waited are slices, everything else is an instant.
"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from recallsim.reporting.plain import plain
from recallsim.reporting.timeline import End, named_fact, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.observer import TraceEvent
    from agents.records import Plan
    from recallsim.engines.observation import Column

_SENDER, _SERVERS, _FIRST_GROUP = 1, 2, 10


def chrome_trace(
    events: "Sequence[TraceEvent]", ends: Sequence[End], recipients: "Mapping[str, Column]", plan: "Plan"
) -> str:
    """Gives the JSON document.

    Args:
        events: the trace.
        ends: how it ended for each recipient that is shown.
        recipients: the recipient columns of that one replication.
        plan: what was simulated.
    """
    rows = [*_names(ends, plan), *_slices(ends, recipients, plan), *_instants(events, plan)]
    document = {
        "displayTimeUnit": "ms",
        "otherData": {"scenario": plain(plan.name)},
        "traceEvents": rows,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _names(ends: Sequence[End], plan: "Plan") -> Iterator[dict[str, Any]]:
    yield _named("process_name", _SENDER, 0, "sender")
    yield _named("process_name", _SERVERS, 0, "servers")
    for group in plan.groups:
        yield _named("process_name", _FIRST_GROUP + group.number, 0, plain(group.name))
    for end in ends:
        process = _FIRST_GROUP + plan.group_of(end.recipient).number
        yield _named("thread_name", process, end.recipient, f"recipient {end.recipient}")


def _named(what: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": process, "tid": thread, "args": {"name": name}}


def _slices(
    ends: Sequence[End], recipients: "Mapping[str, Column]", plan: "Plan"
) -> Iterator[dict[str, Any]]:
    for end in ends:
        at = end.recipient - 1
        original = int(recipients["original_delivered"][at])
        removed = int(recipients["original_removed"][at])
        asked = int(recipients["request_delivered"][at])
        decided = int(recipients["decided"][at])
        facts = {"status": end.status, "reason": end.reason, "told": end.told}
        process = _FIRST_GROUP + plan.group_of(end.recipient).number
        spans = [("message within reach", original, removed)]
        # Decided before it came: refused, or taken on its way; then nothing waits in the mailbox.
        if decided < 0 or decided >= asked:
            spans.append(("request waits", asked, decided))
        for name, begin, finish in spans:
            if begin >= 0:
                last = finish if finish >= 0 else plan.horizon
                yield {
                    "ph": "X",
                    "name": name,
                    "cat": "mailbox",
                    "pid": process,
                    "tid": end.recipient,
                    "ts": _micro(begin, plan),
                    "dur": _micro(last, plan) - _micro(begin, plan),
                    "args": facts,
                }


def _instants(events: "Sequence[TraceEvent]", plan: "Plan") -> Iterator[dict[str, Any]]:
    for event in events:
        recipient = event.facts.get("recipient")
        process, thread = _place(event.agent, recipient, plan)
        facts = {key: named_fact(key, value, plan.folders) for key, value in event.facts.items()}
        message = f" {event.facts['message']}" if "message" in event.facts else ""
        yield {
            "ph": "i",
            "s": "t",
            "name": plain(f"{event.event}{message}"),
            "cat": plain(event.agent),
            "pid": process,
            "tid": thread,
            "ts": _micro(event.tick, plan),
            "args": {key: plain(value) if isinstance(value, str) else value for key, value in facts.items()},
        }


def _place(agent: str, recipient: object, plan: "Plan") -> tuple[int, int]:
    if isinstance(recipient, int) and agent != "sender":
        return _FIRST_GROUP + plan.group_of(recipient).number, recipient
    return (_SENDER if agent == "sender" else _SERVERS), 0


def _micro(tick: int, plan: "Plan") -> float:
    seconds = seconds_of(tick, plan.clock)
    return round(seconds * 1e6, 3)
