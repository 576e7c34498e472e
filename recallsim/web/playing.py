"""One replication to be played on the page: every message on its way, every mailbox, in simulated time."""

from typing import Any, Final

from recallsim.reporting.timeline import seconds_of
from recallsim.web.controls import RequestRefused
from recallsim.web.estimating import Question

MOST_PLAYED: Final = 300
"""So many recipients are played at most."""


def played(asked: Question, replication: int) -> dict[str, Any]:
    """Lives through one replication and gives its moments in seconds; null where something never was.

    Raises:
        RequestRefused: there are too many recipients to be shown.
    """
    plan = asked.plan
    if plan.count > MOST_PLAYED:
        raise RequestRefused(
            f"{plan.count:,} recipients are too many to be shown; the page plays {MOST_PLAYED} at most. "
            "Move the list's slider to the left."
        )
    from recallsim.engines.agents import simulate

    observation = simulate(plan, asked.scenario.seed, replication, 1)
    table, moments = observation.recipients, observation.replications

    def seconds(tick: Any) -> float | None:
        return None if int(tick) < 0 else round(seconds_of(int(tick), plan.clock), 3)

    names = ("original_delivered", "request_delivered", "seen", "decided", "told_first", "original_removed")
    rows = [
        {name: seconds(table[name][at]) for name in names}
        | {"group": int(table["group"][at]), "status": int(table["status"][at])}
        for at in range(plan.count)
    ]
    return {
        "groups": [group.name for group in plan.groups],
        "horizon": plan.horizon * plan.clock,
        "released": seconds(moments["released"][0]),
        "noticed": seconds(moments["noticed"][0]),
        "asked": seconds(moments["asked"][0]),
        "recipients": rows,
    }
