"""What the servers will have to carry: arrivals, utilisation, the time that one message to all takes."""

import math
from typing import TYPE_CHECKING, NamedTuple

from transport.relay.lists import parts_of
from transport.streams.residuals import mean_of

if TYPE_CHECKING:
    from agents.records import Plan
    from transport.relay.settings import Stage


class Burst(NamedTuple):
    """The copies of one message, all arriving at a stage together."""

    kind: str
    jobs: int
    mean_service: float
    drain: float  # seconds until the last one is served; inf where the stage cannot keep up


class StageLoad(NamedTuple):
    """What one stage has to carry."""

    name: str
    workers: int  # 0: unlimited
    background: float  # arrivals a second
    utilisation: float | None  # share of the workers that the background keeps busy; None without either
    bursts: tuple[Burst, ...]


_KINDS = ("original", "request", "replacement")


def stage_loads(plan: "Plan", rates: dict[str, float]) -> list[StageLoad]:
    """Gives the load of every stage, in order of passage.

    Args:
        plan: what is to be simulated.
        rates: background arrivals a second, by stage.
    """
    return [_load(stage, plan, rates.get(stage.name, 0.0)) for stage in plan.stages]


def _load(stage: "Stage", plan: "Plan", rate: float) -> StageLoad:
    busy = stage.background.load if stage.background is not None else 0.0
    utilisation = busy / stage.workers if stage.workers and stage.background is not None else None
    kinds = [k for k in range(3) if stage.serves[k] and (k < 2 or plan.has_replacement)]
    bursts = tuple(_burst(stage, plan, kind, utilisation or 0.0) for kind in kinds)
    return StageLoad(stage.name, stage.workers, rate, utilisation, bursts)


def _burst(stage: "Stage", plan: "Plan", kind: int, utilisation: float) -> Burst:
    count = plan.count
    if stage.members:
        count = sum(last - first + 1 for first, last in stage.members if first)
    sizes = [last - first + 1 for _, first, last in parts_of(plan.lists, count)] or [count]
    batches = sum(math.ceil(size / max(stage.batch, 1)) for size in sizes)
    jobs = (1, batches, count)[int(stage.grain)]
    service = mean_of(stage.service[kind])
    drain = service
    if service and stage.workers:
        free = stage.workers * (1 - utilisation)
        drain = max(service, jobs * service / free) if free > 0 else math.inf
    drain = max(drain, (jobs - 1) * stage.interval * plan.clock + service)
    return Burst(_KINDS[kind], jobs, service, drain)
