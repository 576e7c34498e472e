"""How long a plan takes the agents, as a guess: what an engine is chosen by, and what is told before a run."""

from typing import Final

from agents.records import Plan, Reads
from transport.streams.residuals import mean_of

_READING: Final = {Reads.NEVER: 25e-6, Reads.DELAY: 40e-6, Reads.SESSIONS: 120e-6, Reads.HAZARD: 60e-6}
"""Seconds a recipient, by how mail is read; measured. A person who only opens each message once takes a quarter of it."""
_STAGE: Final = 10e-6
_BACKGROUND: Final = 8e-6
"""Seconds for a recipient at a stage, and for a message of the background."""
_BUSY: Final = 3600.0
"""A replication ends when nothing can change any more: mostly so many seconds after it began, long before its horizon; not
where reports pass the servers, which come as long as somebody reads."""


def seconds_per_replication(plan: Plan) -> float:
    """Guesses how long one replication takes the agents on one processor."""
    cost = 0.0
    for group in plan.groups:
        reading = max((_READING[device.reading.kind] for device in group.devices), default=0.0)
        cost += group.size * (reading + _STAGE * len(plan.stages)) * max(group.readers, 1)
    horizon = plan.horizon * plan.clock
    busy = horizon if plan.reports_shared else min(horizon, _BUSY)
    for stage in plan.stages:
        if stage.background is not None and stage.background.load:
            gap = mean_of(stage.background.gap)
            cost += _BACKGROUND * busy / gap if gap > 0 else 0.0
    return cost
