"""Scenes: tiny scenarios in whole seconds, played once, told in words.

A scene has a tick a second, servers that cost nothing and one recipient with a desktop Outlook; the original is submitted
at tick 0 and the sender asks at tick `ask`. Everything else is what the test writes.
"""

from functools import cache, partial

import yaml

from agents.observer import TraceEvent
from agents.post_office import PostOffice
from agents.records import Plan
from recallsim.engines.agents import simulate, trace
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.clock.loop import VirtualLoop
from transport.recall.codes import Place, Reason, SeenPhase, Status, Told

STRICT = partial(VirtualLoop, strict=True)
"""A loop in which two pending events with one key are an error."""

WORDS = {
    "status": Status,
    "reason": Reason,
    "seen_phase": SeenPhase,
    "original_place": Place,
    "request_place": Place,
    "replacement_place": Place,
    "told": Told,
}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def text_of(**keys: object) -> str:
    """The YAML of a scenario made of these keys."""
    return yaml.dump(keys, Dumper=_Dumper, sort_keys=False)


@cache
def plan_of(text: str) -> Plan:
    """The plan of a scenario text."""
    return draw_up(load(text))


class Story:
    """What became of one replication.

    Attributes:
        events: the trace.
        plan: what was played.
    """

    def __init__(self, plan: Plan, events: list[TraceEvent], observation: object) -> None:
        self.plan = plan
        self.events = events
        self._recipients = observation.recipients
        self._replications = observation.replications
        self.waits = observation.waits
        self.sojourns = observation.sojourns

    def of(self, number: int, *names: str) -> object:
        """Observed facts of one recipient, codes as words; one name gives one value, several a tuple."""
        values = tuple(self._value(number, name) for name in names)
        return values[0] if len(values) == 1 else values

    def _value(self, number: int, name: str) -> object:
        value = int(self._recipients[name][number - 1])
        return WORDS[name](value).name.lower() if name in WORDS else value

    def all(self, name: str) -> list[object]:
        """One fact of every recipient, in order."""
        return [self._value(number, name) for number in range(1, self.plan.count + 1)]

    def outcome(self, number: int = 1) -> tuple[str, str, int]:
        """Status, reason and the tick of the decision."""
        return self.of(number, "status", "reason", "decided")

    def places(self, number: int = 1) -> tuple[str, str, str]:
        """Where original, request and replacement ended."""
        return self.of(number, "original_place", "request_place", "replacement_place")

    def moment(self, name: str) -> int:
        """One of the sender's moments: released, noticed, asked, replaced; or a peak_queue."""
        return int(self._replications[name][0])

    def told(self, number: int = 1) -> list[tuple[int, str]]:
        """What the sender was told about a recipient: (tick, news)."""
        return [(e.tick, e.facts["news"]) for e in self.did("is told") if e.facts["recipient"] == number]

    def did(self, event: str) -> list[TraceEvent]:
        """The trace of one kind of event."""
        return [each for each in self.events if each.event == event]

    def ticks(self, event: str, **facts: object) -> list[int]:
        """The ticks of the events of one kind that have these facts."""
        return [e.tick for e in self.did(event) if facts.items() <= e.facts.items()]

    def log(self, number: int = 1) -> list[tuple[int, str]]:
        """Tick and words of everything that happened at one recipient."""
        lines = []
        for event in self.events:
            if event.facts.get("recipient") == number:
                message = event.facts.get("message", "")
                lines.append((event.tick, f"{event.event} {message}".strip()))
        return lines


def scene(
    ask: int | None = 10,
    person: dict | None = None,
    client: dict | None = None,
    *,
    latency: object = None,
    horizon: str = "1000s",
    sender: dict | None = None,
    recall: dict | None = None,
    transport: dict | None = None,
    count: int = 1,
    groups: list[dict] | None = None,
    clock: str = "1s",
    start: str = "Mon 09:00 UTC",
    message: dict | None = None,
    organisation: dict | None = None,
    calendars: dict | None = None,
    **group: object,
) -> str:
    """The text of a scene; further keys belong to its only group."""
    member: dict = {"name": "them", "client": {"kind": "outlook-desktop"} | (client or {})}
    if person is not None:
        member["person"] = person
    road: dict = {"link": {"latency": latency}} if latency is not None else {}
    keys: dict = {
        "clock": clock,
        "start": start,
        "horizon": horizon,
        "replications": 1,
        "sender": {
            "notices": "never" if ask is None else f"{ask}s",
            "recall": {"system": "outlook"} | (recall or {}),
        }
        | (sender or {}),
        "transport": road | (transport or {}),
        "recipients": {"groups": groups or [member | {"count": count} | group]},
    }
    extra = {"message": message, "organisation": organisation, "calendars": calendars}
    return text_of(**keys, **{key: value for key, value in extra.items() if value is not None})


def play(
    *args: object, seed: int = 1, replication: int = 0, loop: object = STRICT, **kwargs: object
) -> Story:
    """Play a scene once, listening."""
    return play_text(scene(*args, **kwargs), seed, replication, loop)


def play_text(text: str, seed: int = 1, replication: int = 0, loop: object = STRICT) -> Story:
    """Play a scenario text once, listening; the loop that listens and the one that does not see the same."""
    plan = plan_of(text)
    events, observation = trace(plan, seed, replication)
    silent = simulate(plan, seed, replication, 1, loop=loop)
    for name, column in observation.recipients.items():
        assert column.tolist() == silent.recipients[name].tolist(), name
    return Story(plan, events, observation)


def traced(
    plan: Plan, seed: int, replication: int, loop: object = VirtualLoop
) -> tuple[list[TraceEvent], PostOffice]:
    """Play a plan once in a loop of the test's own: the trace, and the society at its end."""
    office = PostOffice(plan, seed, replication, traced=True, loop=loop)
    office.run()
    assert office.observer is not None
    return office.observer.events, office


def by_delay(**delays: object) -> dict:
    """A person who opens each kind of message so many seconds after it is visible; what is left out is never opened."""
    return {"reads": {"delay": {kind: f"{d}s" if isinstance(d, int) else d for kind, d in delays.items()}}}


def by_checks(gap: int, **more: object) -> dict:
    """A person who checks the inbox every `gap` seconds, the first time `gap` seconds after Send."""
    return {"reads": {"sessions": {"gap": f"{gap}s", "phase": "fresh"} | more}}


def automatic(idle: int = 0, **more: object) -> dict:
    """A desktop Outlook that processes requests by itself after `idle` seconds."""
    return {"auto_process": 1, "idle": f"{idle}s"} | more


def late(**kinds: int) -> dict[str, str]:
    """Seconds on the link, by kind; those left out take none."""
    return {kind: f"{seconds}s" for kind, seconds in kinds.items()}
