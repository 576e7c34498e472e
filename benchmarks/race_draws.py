"""What chance decides in the race, as lists that every implementation is given: the engine's draws, at their addresses."""

from dataclasses import dataclass

import numpy as np

from agents.records import Plan
from recallsim.engines.columns import numpy_filler
from transport.streams.laws import sample_ticks
from transport.streams.purposes import AUTO_PROCESS, LATENCY, QUEUE_ORDER, READ_DELAY, RULE, SERVICE

ORIGINAL, REQUEST, REPORT = 0, 1, 2
ASKED = 300.0
WORKERS = 4


@dataclass(frozen=True, slots=True)
class Draws:
    """For each recipient, in seconds; index 0 is the first recipient. `order` is how they queue at the server."""

    order: list[int]
    service: tuple[list[float], list[float], list[float]]
    latency: tuple[list[float], list[float], list[float]]
    open_after: list[float]
    request_after: list[float]
    automatic: list[bool]
    has_rule: list[bool]


def draws_of(plan: Plan, seed: int, replication: int) -> Draws:
    """The draws of one replication of the plan of race.yaml."""
    device, rule = plan.groups[0].devices[0], plan.groups[0].rules[0][0]

    def uniforms(word: int) -> list[float]:
        (found,) = numpy_filler(seed & 0xFFFFFFFF, seed >> 32, 0, [word], 1, replication, plan.count, True)
        return [*found]

    def seconds(law: tuple[float, ...], word: int) -> list[float]:
        return [sample_ticks(law, 0, u, plan.clock) * plan.clock for u in uniforms(word)]

    kinds = (0, 1, 3)
    return Draws(
        np.argsort(np.array(uniforms(QUEUE_ORDER)), kind="stable").tolist(),
        tuple(seconds(plan.stages[0].service[kind], SERVICE | kind << 8) for kind in kinds),
        tuple(seconds(plan.link.latency[kind], LATENCY | kind << 8) for kind in kinds),
        seconds(device.reading.delay[0], READ_DELAY),
        seconds(device.reading.delay[1], READ_DELAY | 1 << 8),
        [u < device.auto_process for u in uniforms(AUTO_PROCESS)],
        [u < rule.share for u in uniforms(RULE)],
    )
