"""What identifies the run of a scenario: gathered once, for the store."""

import json
from typing import TYPE_CHECKING

from recallsim.store.rows import GroupSpan, Identity

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.scenario import Scenario


def identify(scenario: "Scenario", plan: "Plan", seed: int) -> Identity:
    """Give the identity of a scenario's run with a seed."""
    import recallsim
    from recallsim.estimate.tally import curve_times, tally_names
    from recallsim.scenario.fingerprints import canonical, fingerprint

    return Identity(
        name=scenario.name,
        title=scenario.title,
        source=scenario.source,
        canonical=json.dumps(canonical(scenario), sort_keys=True, ensure_ascii=False),
        fingerprint=fingerprint(scenario),
        seed=seed,
        version=recallsim.__version__,
        clock=float(plan.clock),
        horizon=int(plan.horizon),
        groups=tuple(GroupSpan(group.name, group.first, group.size) for group in plan.groups),
        names=tally_names(plan),
        curve_times=curve_times(plan),
    )
