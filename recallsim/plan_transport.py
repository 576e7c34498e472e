"""The transport half of the plan: stages and hops, link, lists."""

from collections.abc import Mapping
from typing import Final

from recallsim.scenario.models_kinds import LimitByKind
from recallsim.scenario.models_lists import MailingList as ListModel
from recallsim.scenario.models_obstacles import Fault as FaultModel
from recallsim.scenario.models_stage import Hop
from recallsim.scenario.models_stage import Stage as StageModel
from recallsim.scenario.models_transport import Transport
from transport.relay.settings import (
    Background,
    ByKind,
    Fault,
    Grain,
    Greylist,
    Link,
    MailingList,
    Moderation,
    Stage,
    Start,
    Trouble,
)
from transport.streams.law_rows import exponential
from transport.streams.laws import to_ticks
from transport.streams.residuals import mean_of
from transport.timing import NEVER

KINDS: Final = ("original", "request", "replacement", "report")
NO_TIME: Final = (1.0, 0.0)
NOBODY: Final = ((0, 0),)

Spans = tuple[tuple[int, int], ...]  # (first, last) recipient numbers


def ticks_in(seconds: float, clock: float) -> int:
    """A duration in ticks: floor(seconds / clock + 0.5)."""
    return to_ticks(seconds, clock)


def stages_of(
    transport: Transport, clock: float, horizon: float, spans: Mapping[str, tuple[int, int]]
) -> tuple[Stage, ...]:
    """The stages and hops in order of passage.

    Args:
        transport: what was written.
        clock: seconds a tick.
        horizon: in seconds.
        spans: by group, the first and last recipient number; the last is below the first in an empty group.
    """
    return tuple(
        _stage(stage, number, transport, clock, horizon, _members(stage, transport, spans))
        for number, stage in enumerate(transport.passage())
    )


def _stage(
    stage: StageModel, number: int, transport: Transport, clock: float, horizon: float, members: Spans
) -> Stage:
    def ticks(seconds: float) -> int:
        return ticks_in(seconds, clock)

    priority = stage.discipline.priority
    outages = sorted(
        (ticks(outage.from_), ticks(outage.from_) + ticks(outage.for_))
        for outage in transport.outages
        if outage.stage == stage.name
    )
    # Before those with priority goes whoever an outage put back: the first lane is theirs where there are both.
    first = 1 if priority and outages else 0
    others = first + len(priority)
    rate, schedules = stage.limit.rate, [stage.retry.of(kind) for kind in KINDS]
    mine = [fault for fault in transport.faults if fault.stage == stage.name]
    return Stage(
        name=stage.name,
        number=number,
        grain=Grain[stage.grain.upper()],
        batch=stage.batch,
        workers=stage.at_once or 0,
        serves=tuple(_works_on(stage, kind, bool(outages or mine)) for kind in KINDS),
        service=_rows(stage),
        shared=tuple(stage.service.of(kind).per == "message" for kind in KINDS),
        failure=tuple(stage.failure.of(kind) for kind in KINDS),
        lanes=tuple(first + priority.index(kind) if kind in priority else others for kind in KINDS),
        background_lane=others,
        gaps=tuple(
            () if each is None else tuple(max(ticks(gap), 1) for gap in each.expanded(horizon))
            for each in schedules
        ),
        attempts=tuple(0 if each is None else each.attempts or 0 for each in schedules),
        give_up=_limits(stage.give_up, clock, 0),
        jitter=tuple(0.0 if each is None else each.spread for each in schedules),
        background=_background(stage, clock),
        outages=tuple(_merged(outages)),
        interval=0.0 if rate is None else 1.0 / (rate * clock),
        greylist=_greylist(stage, clock),
        faults=tuple(_fault(fault, place, clock) for place, fault in enumerate(mine)),
        delay_notice=_limits(stage.delay_notice, clock, 1),
        strips=_strips(stage),
        members=members,
    )


def _limits(limits: LimitByKind, clock: float, least: int) -> tuple[int, ...]:
    """By kind, a time in ticks, `least` of them at least; -1 for none."""
    times = [limits.of(kind) for kind in KINDS]
    return tuple(-1 if each is None else max(ticks_in(each, clock), least) for each in times)


def _greylist(stage: StageModel, clock: float) -> Greylist | None:
    greylist = stage.greylist
    if greylist is None:
        return None
    return Greylist(
        delay=tuple(ticks_in(greylist.delay.of(kind), clock) for kind in KINDS),
        window=tuple(ticks_in(greylist.window.of(kind), clock) for kind in KINDS),
        known=tuple(greylist.known.of(kind) for kind in KINDS),
    )


def _fault(fault: FaultModel, number: int, clock: float) -> Fault:
    begins = ticks_in(fault.from_, clock)
    return Fault(
        number=number,
        trouble=Trouble[fault.fault.upper()],
        odds=tuple(fault.odds.of(kind) for kind in KINDS),
        kinds=tuple(kind in fault.kinds for kind in KINDS),
        begins=begins,
        ends=NEVER if fault.for_ is None else begins + ticks_in(fault.for_, clock),
        by=tuple(NO_TIME if fault.by is None else fault.by.of(kind).row for kind in KINDS),
        interval=0.0 if fault.rate is None else 1.0 / (fault.rate * clock),
    )


def _strips(stage: StageModel) -> bool:
    return isinstance(stage, Hop) and stage.tnef == "stripped"


def _members(stage: StageModel, transport: Transport, spans: Mapping[str, tuple[int, int]]) -> Spans:
    """Whose mail a stage takes: empty for everybody's."""
    if isinstance(stage, Hop):
        taken = [name for route in transport.routes if stage.name in route.hops for name in route.groups]
    elif any(stage.name in route.bypass for route in transport.routes):
        passed_by = {
            name for route in transport.routes if stage.name in route.bypass for name in route.groups
        }
        taken = [name for name in spans if name not in passed_by]
    else:
        return ()
    return _together(taken, spans) or NOBODY


def _together(groups: list[str] | tuple[str, ...], spans: Mapping[str, tuple[int, int]]) -> Spans:
    """The recipient numbers of some groups, in as few spans as there can be."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans[name] for name in groups):
        if last < first:
            continue
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)


def lists_of(
    transport: Transport, clock: float, spans: Mapping[str, tuple[int, int]]
) -> tuple[MailingList, ...]:
    """The distribution groups."""
    return tuple(
        MailingList(each.name, number, _together(each.members, spans), _moderation(each, clock))
        for number, each in enumerate(transport.lists)
    )


def _moderation(each: ListModel, clock: float) -> Moderation | None:
    moderation = each.moderation
    if moderation is None:
        return None
    return Moderation(
        moderators=moderation.moderators,
        reads=tuple(moderation.reads.of(kind).row for kind in KINDS),
        approve=tuple(moderation.approve.of(kind) for kind in KINDS),
        kinds=(True, moderation.moderate_recall, True, False),
        expires=tuple(ticks_in(moderation.expires.of(kind), clock) for kind in KINDS),
    )


def _works_on(stage: StageModel, kind: str, is_troubled: bool) -> bool:
    """Whether a kind of message stops there at all: a stage that takes no time and cannot fail is no stop."""
    if kind not in stage.kinds or (isinstance(stage, Hop) and kind in stage.exempt):
        return False
    costs_nothing = (
        stage.at_once is None
        and stage.limit.rate is None
        and stage.greylist is None
        and stage.service.of(kind).is_zero
        and stage.failure.of(kind) == 0.0
    )
    return is_troubled or not costs_nothing or (_strips(stage) and kind == "request")


def _rows(stage: StageModel) -> ByKind:
    return tuple(stage.service.of(kind).row for kind in KINDS)


def _background(stage: StageModel, clock: float) -> Background | None:
    background = stage.background
    if background is None or background.rate <= 0.0:
        return None
    service = stage.background_service.row
    return Background(
        gap=exponential(1.0 / background.rate),
        service=service,
        start=Start.STATIONARY if background.start.state == "stationary" else Start.EMPTY,
        load=background.rate * mean_of(service),
        begins=-ticks_in(background.start.warm, clock),
    )


def _merged(outages: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begins, ends in outages:
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def link_of(transport: Transport) -> Link:
    """The link into the mailbox."""
    latency = transport.link.latency
    return Link(
        latency=tuple(latency.of(kind).row for kind in KINDS),
        shared=tuple(latency.of(kind).per == "message" for kind in KINDS),
        loss=tuple(transport.link.loss.of(kind) for kind in KINDS),
        duplicate=tuple(transport.link.duplicate.of(kind) for kind in KINDS),
    )
