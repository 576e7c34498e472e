"""What no single value of the sender shows: limits of one recall system."""

from collections.abc import Iterator
from typing import Final

from recallsim.scenario.finding import Finding
from recallsim.scenario.models import Scenario
from transport.units import format_duration

_AGES: Final = (300.0, 315_360_000.0)
"""Seconds, 5 min to 3,650 days: what Exchange Online takes for the maximum age (S4)."""
_LONGEST_DEFERRED: Final = 900.0
"""Seconds, 15 min: the longest hold of a deferred queue (H2)."""


def sender_findings(scenario: Scenario) -> Iterator[Finding]:
    """Everything that is wrong between the values of the sender."""
    sender, recall = scenario.sender, scenario.sender.recall
    system = (("sender", "recall", "system"),)
    if recall.system == "exchange-online" and recall.max_age is not None:
        least, most = _AGES
        if not least <= recall.max_age <= most:
            what = f"{format_duration(recall.max_age)} is outside 5 min to 3,650 days, which Exchange Online takes"
            yield Finding(("sender", "recall", "max_age"), what, "", system)
    if recall.system in ("deferred-queue", "mdaemon") and sender.hold > _LONGEST_DEFERRED:
        what = f"{format_duration(sender.hold)} is longer than 15 min, the longest of a deferred queue"
        yield Finding(("sender", "hold"), what, "", system)
