"""One replication to be played on the page: every message on its way, every mailbox, in simulated time."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from recallsim.reporting.plain import plain
from recallsim.web.controls import RequestRefused
from recallsim.web.estimating import Question
from transport.recall.codes import Kind

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.engines.observation import Observation

MOST_PLAYED: Final = 5_000
"""So many recipients are played at most."""

SHOWN: Final = ("original_delivered", "request_delivered", "seen", "decided", "told_first")
TRAVELS: Final = ((Kind.ORIGINAL, "released", "original_ends"), (Kind.REQUEST, "asked", "request_ends"))


def played(asked: Question, replication: int) -> dict[str, Any]:
    """Lives through one replication and gives its moments in seconds; null where something never was.

    The keys of `SHOWN` and `status` hold a column, one entry a recipient; `original_ends` and `request_ends` hold
    such a column for each stage of the servers: when the message's first attempt there ended.

    Raises:
        RequestRefused: there are too many recipients to be shown.
    """
    plan = asked.plan
    if plan.count > MOST_PLAYED:
        raise RequestRefused(
            f"{plan.count:,} recipients are too many to be shown; the page plays {MOST_PLAYED:,} at most. "
            "Move the list's slider to the left."
        )
    observation = asked.choice.simulate(plan, asked.scenario.seed, replication, 1)
    table, moments = observation.recipients, observation.replications
    shown: dict[str, Any] = {name: _seconds(table[name], plan.clock) for name in SHOWN}
    for kind, began, name in TRAVELS:
        shown[name] = _ends(observation, plan, kind, int(moments[began][0]))
    return shown | {
        "status": table["status"].tolist(),
        "stages": [plain(stage.name, 40) for stage in plan.stages],
        "horizon": plan.horizon * plan.clock,
        **{name: _seconds(moments[name], plan.clock)[0] for name in ("released", "noticed", "asked")},
    }


def _ends(observation: "Observation", plan: "Plan", kind: Kind, began: int) -> list[list[float | None]]:
    """Gives for each stage when a message left it for the first time; null where it never came there."""
    so_far = np.full(plan.count, began, dtype=np.int64)
    ends: list[list[float | None]] = []
    for at in range(len(plan.stages)):
        took = observation.sojourns.get((at, kind.value))
        if took is None or began < 0:
            ends.append([None] * plan.count)
            continue
        so_far = so_far + np.maximum(took, 0)
        ends.append(_seconds(np.where(took < 0, -1, so_far), plan.clock))
    return ends


def _seconds(ticks: "NDArray[np.int64]", clock: float) -> list[float | None]:
    return [None if tick < 0 else round(tick * clock, 3) for tick in ticks.tolist()]
