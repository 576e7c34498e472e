"""One recipient's replication as a sequence: who sends what to whom, in order of time; drawn or in Mermaid."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from recallsim.reporting.plain import plain
from recallsim.reporting.timeline import moment, named_fact, on_the_clock, seconds_of

if TYPE_CHECKING:
    from agents.observer import TraceEvent
    from agents.records import Plan

LANES = ("sender", "servers", "mailbox", "client", "person")
"""Who stands in the picture, from left to right."""

_KINDS = {
    "original": "the message",
    "request": "the recall request",
    "replacement": "the replacement",
    "correction": "a correction",
    "notice": "the notice of the recall",
}
_LEAVES = {
    "bounced": "bounces",
    "lost": "is lost",
    "rejected": "is rejected",
    "intercepted": "is intercepted",
}


class Step(NamedTuple):
    """One thing that somebody does to somebody; to oneself where both are the same.

    Attributes:
        tick: when.
        moment: the same, since the press of Send.
        clock: the same by the clock on the wall; may be empty.
        source, target: two of `LANES`.
        words: what.
        kind: which message it is about: `original`, `request`, `replacement`, `report`, or "".
        verdict: whether the recall is decided here.
    """

    tick: int
    moment: str
    clock: str
    source: str
    target: str
    words: str
    kind: str = ""
    verdict: bool = False


def steps(events: "Sequence[TraceEvent]", plan: "Plan") -> list[Step]:
    """Turns a trace of one recipient into steps."""
    return [step for event in events for step in _steps(event, plan)]


def _steps(event: "TraceEvent", plan: "Plan") -> "Iterator[Step]":
    message = str(event.facts.get("message", ""))
    source, target, words, verdict = _told(event, message, plan.folders)
    if words:
        when = moment(seconds_of(event.tick, plan.clock))
        clock = on_the_clock(plan, event.tick).get("clock", "")
        kind = "report" if event.event == "is told" else "request" if verdict else message
        yield Step(event.tick, when, clock, source, target, words, kind, verdict)


def _told(event: "TraceEvent", message: str, folders: Sequence[str]) -> tuple[str, str, str, bool]:
    facts, what, agent = event.facts, event.event, event.agent
    kind = _KINDS.get(message, plain(message, 60))
    if agent == "sender":
        return _sender(what, kind, facts)
    if agent.startswith("server"):
        if what == "delivers":
            folder = str(named_fact("folder", facts.get("folder", 0), folders))
            folder = plain(folder.replace("_", " "), 60)
            return "servers", "mailbox", f"{kind}, into {folder}", False
        if what in _LEAVES:
            return "servers", "servers", f"{kind} {_LEAVES[what]}", what == "intercepted"
        name = agent.removeprefix("servers").removeprefix("server ").strip()
        return "servers", "servers", plain(f"{name} {what} {kind}", 120).strip(), "status" in facts
    device = f" (device {facts['device']})" if facts.get("device") else ""
    if agent == "client":
        if what == "shows":
            return "mailbox", "client", f"{kind}{device}", False
        if "reason" in facts:
            verdict = f"{facts.get('status')}, {facts.get('reason')}"
            return "client", "mailbox", f"processes the request {facts.get('how', '')}: {verdict}", True
        return "client", "mailbox", plain(f"{what} {kind}{device}", 120).strip(), False
    if agent == "person":
        if what in ("opens", "previews"):
            return "person", "client", f"{what} {kind}{device}", False
        return "person", "mailbox", f"{what} {kind}{device}".strip(), False
    verdict = f": {facts['status']}, {facts.get('reason')}" if "status" in facts else ""
    words = plain(" ".join(filter(None, (agent, what, kind))) + verdict, 160)
    return "servers", "mailbox" if verdict else "servers", words, bool(verdict)


def _sender(what: str, kind: str, facts: dict[str, object]) -> tuple[str, str, str, bool]:
    if what == "submits":
        return "sender", "servers", kind, False
    if what == "is told":
        return "servers", "sender", f"report: {facts.get('news')}", False
    if what.startswith("sends"):
        return "sender", "sender", "", False  # the submission says it
    reason = f": {facts['reason']}" if "reason" in facts else ""
    return "sender", "sender", plain(f"{what}{reason}", 120), "reason" in facts


def mermaid(title: str, told: Sequence[Step], reason: str) -> str:
    """Gives the steps as a Mermaid sequence diagram.

    Args:
        title: of the diagram.
        told: the steps.
        reason: a note at the end.
    """
    lines = ["sequenceDiagram", f"    title {_quoted(title)}"]
    lines += [f"    participant {lane}" for lane in LANES]
    for step in told:
        words = _quoted(f"{step.moment} {step.words}")
        arrow = "-->>" if step.source == "servers" and step.target == "sender" else "->>"
        lines.append(f"    {step.source}{arrow}{step.target}: {words}")
    lines.append(f"    Note over {LANES[0]},{LANES[-1]}: {_quoted(reason)}")
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    """Gives a text in which nothing means anything to Mermaid: it takes `#` and `;` and line breaks for signs."""
    shown = plain(words, 2000)
    special = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "`": "#96;", '"': "#quot;", "%": "#37;"}
    special |= {"{": "#123;", "}": "#125;", "&": "#amp;"}
    return "".join(special.get(character, character) for character in shown)
