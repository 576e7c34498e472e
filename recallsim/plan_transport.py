"""The transport half of the plan: stages and link."""

from typing import Final

from recallsim.scenario.models_transport import Stage as StageModel
from recallsim.scenario.models_transport import Transport
from transport.relay.settings import Background, ByKind, Grain, Link, Stage, Start
from transport.streams.law_rows import exponential
from transport.streams.laws import to_ticks
from transport.streams.residuals import mean_of

KINDS: Final = ("original", "request", "replacement", "report")


def ticks_in(seconds: float, clock: float) -> int:
    """A duration in ticks: floor(seconds / clock + 0.5)."""
    return to_ticks(seconds, clock)


def stages_of(transport: Transport, clock: float, horizon: float) -> tuple[Stage, ...]:
    """The stages in order of passage."""
    return tuple(
        _stage(stage, number, transport, clock, horizon) for number, stage in enumerate(transport.passage())
    )


def _stage(stage: StageModel, number: int, transport: Transport, clock: float, horizon: float) -> Stage:
    def ticks(seconds: float) -> int:
        return ticks_in(seconds, clock)

    priority = stage.discipline.priority
    others = len(priority)
    outages = sorted(
        (ticks(outage.from_), ticks(outage.from_ + outage.for_))
        for outage in transport.outages
        if outage.stage == stage.name
    )
    retry = stage.retry
    return Stage(
        name=stage.name,
        number=number,
        grain=Grain[stage.grain.upper()],
        batch=stage.batch,
        workers=stage.workers or 0,
        serves=tuple(_works_on(stage, kind, bool(outages)) for kind in KINDS),
        service=_rows(stage),
        shared=tuple(stage.service.of(kind).per == "message" for kind in KINDS),
        failure=tuple(stage.failure.of(kind) for kind in KINDS),
        lanes=tuple(priority.index(kind) if kind in priority else others for kind in KINDS),
        background_lane=others,
        gaps=() if retry is None else tuple(max(ticks(gap), 1) for gap in retry.expanded(horizon)),
        attempts=0 if retry is None else retry.attempts or 0,
        give_up=-1 if stage.give_up is None else ticks(stage.give_up),
        jitter=0.0 if retry is None else retry.spread,
        background=_background(stage, clock),
        outages=tuple(_merged(outages)),
    )


def _works_on(stage: StageModel, kind: str, has_outages: bool) -> bool:
    """Whether a kind of message stops there at all: a stage that takes no time and cannot fail is no stop."""
    if kind not in stage.kinds:
        return False
    costs_nothing = stage.workers is None and stage.service.of(kind).is_zero and stage.failure.of(kind) == 0.0
    return has_outages or not costs_nothing


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
    )
