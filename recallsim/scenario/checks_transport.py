"""What must fit between the values of the servers: order, names, load, retries."""

from collections.abc import Iterator, Sequence

from recallsim.scenario.base import KINDS, shown, suggestion
from recallsim.scenario.checks_routes import route_findings, stage_names_needed
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_background import Background
from recallsim.scenario.models_obstacles import Fault
from recallsim.scenario.models_stage import Stage, coarseness
from recallsim.scenario.models_transport import STAGE_KEYS
from transport.streams.residuals import mean_of
from transport.units import format_duration

_MOST_BACKGROUND = 1e8
_RANK = ("message", "batch", "recipient")


def transport_findings(scenario: Scenario) -> Iterator[Finding]:
    """Everything that is wrong between the values of `transport`."""
    transport = scenario.transport
    keyed = [key for key in STAGE_KEYS if getattr(transport, key) is not None]
    if transport.stages and keyed:
        what = f"stages and the key {shown(keyed[0])} both describe the passage"
        yield Finding(("transport", "stages"), what, "write every stage in the list, or use the keys alone")
        return
    for key in keyed:
        if getattr(transport, key).name != key:
            yield Finding(
                ("transport", key, "name"), f"the stage of the key {key} is called {key}", "leave name out"
            )
    located: list[tuple[Stage, Location]] = [
        (stage, ("transport", "stages", index)) for index, stage in enumerate(transport.stages)
    ]
    located += [(getattr(transport, key), ("transport", key)) for key in keyed]
    located += [(hop, ("transport", "hops", index)) for index, hop in enumerate(transport.hops)]
    yield from _passage(located)
    if scenario.sender.recall.intercept:
        yield from _expansion(located)
    for stage, at in located:
        yield from _stage(scenario, stage, at)
    for key, troubles in (("outages", transport.outages), ("faults", transport.faults)):
        yield from _stages_named(scenario, key, [trouble.stage for trouble in troubles])
    for index, fault in enumerate(transport.faults):
        yield from _kinds_met(fault, ("transport", "faults", index))
    yield from route_findings(scenario)


def _kinds_met(fault: Fault, at: Location) -> Iterator[Finding]:
    """A fault has values of its own for kinds that meet it only."""
    for key, values in (("odds", fault.odds), ("by", fault.by)):
        for kind in () if values is None else values.named:
            if kind not in fault.kinds:
                met = [each for each in KINDS if each in fault.kinds or each == kind]
                what = (
                    f"the kind {kind} does not meet this fault: kinds is {', '.join(fault.kinds) or 'empty'}"
                )
                hint = f"leave {kind} out, or write kinds: [{', '.join(met)}]"
                yield Finding((*at, key, kind), what, hint, ((*at, "kinds"),))


def _stages_named(scenario: Scenario, key: str, wanted: Sequence[str]) -> Iterator[Finding]:
    """Outages and faults name stages or hops that there are."""
    transport = scenario.transport
    names = [stage.name for stage in transport.passage()]
    for index, name in enumerate(wanted):
        if name not in names:
            hint = suggestion(name, names) if names else "the scenario has no stages"
            here: Location = ("transport", key, index, "stage")
            needs = stage_names_needed(len(transport.stages), len(transport.hops))
            yield Finding(here, f"there is no stage {shown(name)}", hint, needs)


def _expansion(located: list[tuple[Stage, Location]]) -> Iterator[Finding]:
    """S1: servers look for originals when the request leaves the categorizer, before it is one for each recipient."""
    for stage, at in located:
        if stage.name == "categorizer" and stage.grain == "recipient":
            what = "with intercept: true (S1) the categorizer takes a job per message or per batch"
            needs: tuple[Location, ...] = (("sender", "recall", "intercept"),)
            yield Finding((*at, "per"), what, "write per: batch", needs)


def _passage(located: list[tuple[Stage, Location]]) -> Iterator[Finding]:
    seen: set[str] = set()
    coarsest = 0
    for stage, at in located:
        if not stage.name:
            what = "the key 'name' is missing"
            yield Finding(at, what, "every stage of the list has a name", misses="name")
        elif stage.name in seen:
            yield Finding((*at, "name"), f"another stage is called {shown(stage.name)} already")
        seen.add(stage.name)
        if coarseness(stage) < coarsest:
            what = f"a job per {stage.grain} cannot come after a job per {_RANK[coarsest]}"
            yield Finding(
                (*at, "per") if stage.per else at, what, "the passage goes from message to batch to recipient"
            )
        coarsest = max(coarsest, coarseness(stage))


def _stage(scenario: Scenario, stage: Stage, at: Location) -> Iterator[Finding]:
    for kind in ("default", *stage.retry.named):
        schedule = getattr(stage.retry, kind)
        if schedule is not None and schedule.shortest < scenario.clock:
            what = "a gap is shorter than one tick of the clock"
            yield Finding((*at, "retry", kind), what, "", (("clock",),))
    if stage.greylist is not None and stage.grain != "recipient":
        what = f"greylisting is by recipient; this stage takes a job per {stage.grain}"
        yield Finding((*at, "greylist"), what, "write it at a stage per recipient, as delivery", (at,))
    if stage.background is not None:
        yield from _background(scenario, stage, stage.background, at)


def _background(scenario: Scenario, stage: Stage, background: Background, at: Location) -> Iterator[Finding]:
    here: Location = (*at, "background")
    arrivals = background.rate * (scenario.horizon + background.start.warm)
    if arrivals > _MOST_BACKGROUND:
        what = (
            f"{arrivals:.1e} messages would arrive until the horizon; {_MOST_BACKGROUND:.0e} can be simulated"
        )
        yield Finding((*here, "rate"), what, "", (("horizon",),))
    if background.start.state != "stationary":
        return
    law = stage.background_service
    needs: tuple[Location, ...] = (at,)
    hint = "write start: {warm: 2h} instead"
    where: Location = (*here, "start")
    if law.kind != "exponential":
        what = f"a stationary start needs exponential service; here it is {law.words()}"
        yield Finding(where, what, hint, needs)
    if stage.discipline.priority:
        yield Finding(
            where, "a stationary start needs first come, first served; here some kinds go first", hint, needs
        )
    if any(stage.failure.of(kind) > 0 for kind in KINDS):
        yield Finding(where, "a stationary start needs a stage without failures", hint, needs)
    if stage.limit.rate is not None:
        yield Finding(where, "a stationary start needs a stage without a limit of its rate", hint, needs)
    if law.kind == "exponential" and stage.at_once is not None:
        mean = mean_of(law.row)
        load = background.rate * mean / stage.at_once
        if load >= 1:
            what = (
                f"a stationary start needs a load below 1; {background.rate * 60:g} arrivals a minute of "
                f"{format_duration(mean)} each on {stage.at_once} workers make {load:.4g}"
            )
            yield Finding(where, what, "more workers, or start: {warm: 2h}", needs)
