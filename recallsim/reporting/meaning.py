"""What a scenario means, in words and numbers: shown before anything runs."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from agents.sender import facts_of
from recallsim.engines.effort import seconds_per_replication
from recallsim.reporting.load import StageLoad, stage_loads
from recallsim.reporting.meaning_troubles import (
    attempts,
    coarse_clock_warnings,
    list_words,
    losses,
    obstacles,
    trouble_warnings,
)
from recallsim.reporting.numbers import count, duration, percent, plural
from recallsim.reporting.people import PROGRAMS, can_process, group_words, share, time_words
from recallsim.reporting.plain import plain
from recallsim.reporting.system_words import system_words
from recallsim.reporting.words import cause_of
from transport.recall.codes import Reason, Status
from transport.recall.eligibility import may_recall
from transport.streams.laws import sample

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.scenario import Scenario
    from recallsim.scenario.models_frame import Opening

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RULES = {
    Reason.SENDER_NOT_EXCHANGE: "E1",
    Reason.DISABLED_FOR_ORGANISATION: "E2",
    Reason.PROTECTED: "E3",
    Reason.CLIENT_CANNOT_RECALL: "E4",
    Reason.NOT_OPENED: "E5",
    Reason.TOO_OLD: "E6",
    Reason.NOT_IN_SENT_ITEMS: "E7",
    Reason.TOO_LATE: "H1",
}
_EARLY = {
    "wait": "",
    "drop_on_arrival": "a request that arrives before its message is dropped",
    "drop_on_processing": "a request that is processed before its message is there is dropped",
    "delete_on_delivery": "a request that arrives first removes the message as it is delivered",
}


class Statement(NamedTuple):
    """A heading and what there is to say under it."""

    heading: str
    words: tuple[str, ...]


def meaning(scenario: "Scenario", plan: "Plan") -> Iterator[Statement]:
    """Says what a scenario means."""
    yield Statement("The message", tuple(_message(scenario)))
    yield Statement("The sender", tuple(_sender(scenario, plan)))
    yield Statement("May she recall?", (eligibility(scenario, plan),))
    sizes = scenario.group_sizes()
    total = f"{plural(plan.count, 'recipient')} in {plural(len(sizes), 'group')}"
    yield Statement("Recipients", (total,))
    for group, size, each in zip(scenario.groups, sizes, plan.groups, strict=True):
        head = f"{count(size)} ({share(size / plan.count) if plan.count else '0 %'})"
        classic = scenario.sender.recall.executed_by == "servers" and not each.at_server
        words = (
            *group_words(group, outside=scenario.is_outside(group), lets_in=each.lets_in),
            *(["on premises, out of the servers' reach: the classic rules hold there"] if classic else []),
        )
        yield Statement(f"  {plain(group.name, 60)}", (f"{head}: {words[0]}", *words[1:]))
    yield from _servers(scenario, plan)
    for name, openings in scenario.calendars.items():
        yield Statement(f"{plain(name, 60)} hours", (_calendar(openings),))
    yield Statement("How long", (_effort(scenario, plan),))


def _message(scenario: "Scenario") -> Iterator[str]:
    message = scenario.message
    kept = [f'"{plain(message.subject)}"']
    if message.size:
        kept.append(
            f"{message.size / 1e6:,.3g} MB" if message.size >= 1e5 else f"{message.size / 1e3:,.3g} kB"
        )
    if message.attachment:
        kept.append("with an attachment")
    if message.protected:
        kept.append("rights-protected")
    yield ", ".join(kept)
    start = scenario.start
    if start.any is None:
        yield f"sent {_DAYS[start.weekday]} {_time(start.minutes)} {plain(start.timezone)}"
    else:
        yield f"sent at a random moment of {plain(start.any)} hours ({plain(start.timezone)})"
    yield f"watched for {duration(scenario.horizon)}"


def _sender(scenario: "Scenario", plan: "Plan") -> Iterator[str]:
    sender, recall = scenario.sender, scenario.sender.recall
    if sender.hold:
        yield f"every message is held for {duration(sender.hold)} before it is sent"
    if sender.notices.never:
        yield "never notices the slip"
    else:
        yield "notices at once" if sender.notices.is_zero else f"notices after {time_words(sender.notices)}"
    if not sender.acts.is_zero:
        yield f"asks for the recall {time_words(sender.acts)} later"
    yield f"uses {PROGRAMS[sender.client]}"
    yield from system_words(recall, plan)
    if recall.intercept:
        yield "servers take the message out of their queues while it is still under way"
    if recall.replace is not None:
        compose = recall.replace.compose
        when = "together with the request" if compose.is_zero else f"{time_words(compose)} after asking"
        never = f", {share(recall.replace.abandon)} never do" if recall.replace.abandon else ""
        yield f"sends a replacement {when}{never}"
    if recall.tell_me and plan.report is not None:
        opens, closes = time_words(recall.report_opens), duration(recall.report_readable)
        yield f"can read one report on everybody {opens} after asking, for {closes}"
    else:
        yield "is told how it ended for each recipient" if recall.tell_me else "is told nothing"
    if plan.agent is None and _EARLY[recall.recall_before_original]:
        yield _EARLY[recall.recall_before_original]


def eligibility(scenario: "Scenario", plan: "Plan") -> str:
    """Says whether the sender may recall at all, and by which rule not."""
    sender = plan.sender
    verdict = may_recall(facts_of(sender, 0))
    if verdict.status != Status.REFUSED:
        recall = scenario.sender.recall
        limits = [limit for limit in (recall.max_age, recall.window) if limit is not None]
        return f"yes, while the message is not older than {duration(min(limits))}" if limits else "yes"
    reason = Reason(verdict.reason)
    words = f"no: {cause_of(reason.name.lower()).words} (rule {_RULES[reason]}, {reason.name.lower()})"
    return words + (", unless she asks within the hold" if sender.hold else "")


def _servers(scenario: "Scenario", plan: "Plan") -> Iterator[Statement]:
    stages = {stage.name: stage for stage in scenario.transport.passage()}
    rates = {name: stage.background.rate for name, stage in stages.items() if stage.background is not None}
    for load in stage_loads(plan, rates):
        yield Statement(f"Server {plain(load.name, 60)}", tuple(_load_words(load)))
        stage = stages[load.name]
        met = (*attempts(stage), *obstacles(scenario, stage))
        if met:
            yield Statement("", met)
    for each in scenario.transport.lists:
        yield Statement(f"List {plain(each.name, 60)}", tuple(list_words(each)))
    yield from _link(scenario, plan)


def _link(scenario: "Scenario", plan: "Plan") -> Iterator[Statement]:
    link = scenario.transport.link
    kinds = ["original", "request"]
    kinds += ["replacement"] if plan.has_replacement else []
    kinds += ["report"] if plan.tells else []
    words: tuple[str, ...] = ()
    if not link.latency.is_zero:
        laws = {kind: link.latency.of(kind).words() for kind in kinds}
        one = len(set(laws.values())) == 1
        words = (laws["original"],) if one else tuple(f"{kind}: {law}" for kind, law in laws.items())
    words += tuple(losses(link, kinds))
    if words:
        yield Statement("On the link", words)


def _load_words(load: StageLoad) -> Iterator[str]:
    yield plural(load.workers, "worker") if load.workers else "as many workers as needed"
    if load.background:
        rate = (
            f"{load.background:.3g} a second"
            if load.background >= 1
            else f"{60 * load.background:.3g} a minute"
        )
        busy = (
            "" if load.utilisation is None else f", which keeps the workers {percent(load.utilisation)} busy"
        )
        yield f"other mail arrives at {rate}{busy}"
    elif load.workers:
        yield "idle until the message comes: utilisation 0 %"
    for burst in load.bursts:
        jobs = plural(burst.jobs, "job")
        if burst.jobs == 1 and burst.mean_service:
            yield f"{burst.kind}: {jobs}, {duration(burst.mean_service)} on average"
        elif math.isinf(burst.drain) or math.isinf(burst.mean_service):
            yield f"{burst.kind}: {jobs} at once, never worked off"
        elif burst.mean_service:
            each, done = duration(burst.mean_service), duration(burst.drain)
            yield f"{burst.kind}: {jobs} at once, {each} each, done in {done}"


def _calendar(openings: "tuple[Opening, ...]") -> str:
    spans = [f"{_days(each.days)} {_time(each.from_)} to {_time(each.to)}" for each in openings]
    open_minutes = sum(len(each.days) * (each.to - each.from_) for each in openings)
    return f"{'; '.join(spans)} ({open_minutes / 60:g} h a week)"


def _days(days: tuple[int, ...]) -> str:
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return ",".join(_DAYS[day] for day in days)


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _effort(scenario: "Scenario", plan: "Plan") -> str:
    asked = scenario.replications
    each = max(seconds_per_replication(plan), 1e-3)
    one = f"a replication takes about {_roughly(each)} of one processor"
    if asked.fixed is not None:
        return (
            f"{plural(asked.fixed, 'replication')}; {one}, all of them about {_roughly(asked.fixed * each)}"
        )
    goals = " and ".join(
        f"{plain(target.metric)} of {plain(target.group)} to "
        + (
            f"{100 * target.relative:g} % of itself"
            if target.relative is not None
            else f"{target.half_width:g}"
        )
        for target in asked.precision
    )
    return f"until {goals} is reached, from {asked.min:,} to {asked.max:,} replications; {one}"


def _roughly(seconds: float) -> str:
    digits = -math.floor(math.log10(seconds))
    return duration(round(seconds, digits)) if seconds < 100 else duration(60 * math.ceil(seconds / 60))


def warnings(scenario: "Scenario", plan: "Plan") -> Iterator[str]:
    """Names what is probably not meant."""
    inside = [
        group
        for group in scenario.groups
        if not scenario.is_outside(group) and group.mailbox.where != "other"
    ]
    refused = eligibility(scenario, plan).startswith("no")
    if refused and not scenario.sender.hold:
        yield "the recall is refused in every replication; nothing else can come out"
    elif scenario.sender.notices.never:
        yield "the sender never notices, so no recall is ever asked for"
    elif scenario.sender.recall.executed_by == "client" and not any(map(can_process, inside)):
        yield "no recipient can ever carry out the recall: it stays open or fails everywhere (R6.1, R6.2)"
    yield from _too_late(scenario, plan)
    yield from _never_there(scenario, plan)
    yield from trouble_warnings(scenario)
    yield from coarse_clock_warnings(plan)
    rates = {s.name: s.background.rate for s in scenario.transport.passage() if s.background is not None}
    for load in stage_loads(plan, rates):
        if load.utilisation is not None and load.utilisation >= 1:
            yield (
                f"server {plain(load.name)} cannot keep up: other mail alone needs "
                f"{percent(load.utilisation)} of its workers, so its queue grows without end"
            )
    for group, size in zip(scenario.groups, scenario.group_sizes(), strict=True):
        if size == 0:
            yield f"group {plain(group.name)} has no recipient: its share of {plan.count:,} rounds to 0"
    if scenario.replications.fixed is not None and scenario.replications.fixed < 10:
        yield f"only {plural(scenario.replications.fixed, 'replication')}: intervals will be wide; take 20"


def _too_late(scenario: "Scenario", plan: "Plan") -> Iterator[str]:
    horizon = duration(scenario.horizon)
    if scenario.sender.hold > scenario.horizon:
        held = duration(scenario.sender.hold)
        yield f"the message is held for {held} but watched for {horizon} only: it never leaves"
    # Notice and act run from the press of Send, so that the hold does not add to them.
    asks = sample(plan.sender.notices, 0, 0.5) + sample(plan.sender.acts, 0, 0.5)
    if asks > scenario.horizon and not scenario.sender.notices.never:
        when = duration(asks)
        yield f"she typically asks after {when}, and the message is watched for {horizon} only: raise horizon"


def _never_there(scenario: "Scenario", plan: "Plan") -> Iterator[str]:
    kinds = ["original", "request", *(["replacement"] if plan.has_replacement else [])]
    for stage in scenario.transport.passage():
        for kind in (kind for kind in kinds if stage.failure.of(kind) >= 1):
            yield f"server {plain(stage.name)} fails at every {kind}, so that none ever arrives"
    for kind in (kind for kind in kinds if scenario.transport.link.loss.of(kind) >= 1):
        yield f"the link loses every {kind}, so that none ever arrives"
