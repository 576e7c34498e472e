"""Rare branches are taken sometimes: the scenarios of the suite reach every one of them."""

from functools import partial
from pathlib import Path

import recallsim
from agents.post_office import PostOffice
from recallsim.plan import draw_up
from transport.clock.loop import VirtualLoop
from transport.sometimes import Rare, Sometimes

SCENARIOS = Path(__file__).parent / "sometimes"
REPLICATIONS = 6
QUIET = """
name: quiet
sender: {notices: 1min}
recipients: {groups: [{name: them, count: 5, client: {auto_process: 1}}]}
"""
STRICT = partial(VirtualLoop, strict=True)


def counts_of(path: Path, variant: str | None = None) -> list[int]:
    """How often each rare branch was taken in a few replications."""
    scenario = recallsim.load(path, variant=variant)
    plan, total = draw_up(scenario), Sometimes().counts
    for replication in range(REPLICATIONS):
        office = PostOffice(plan, scenario.seed, replication, loop=STRICT)
        office.run()
        total = [a + b for a, b in zip(total, office.world.relay.sometimes.counts, strict=True)]
    return total


def test_every_rare_branch_is_reached():
    """Played a few times, the scenarios beside this file take each branch that is counted at least once."""
    reached = Sometimes().counts
    for path in sorted(SCENARIOS.glob("*.yaml")):
        for variant in (None, *recallsim.load(path).what_if):
            counts = counts_of(path, variant)
            reached = [a + b for a, b in zip(reached, counts, strict=True)]
    assert [branch.name for branch in Rare if not reached[branch]] == []


def test_a_quiet_day_takes_no_rare_branch():
    """Where nothing can go wrong no counter moves."""
    office = PostOffice(draw_up(recallsim.load(QUIET)), 1, 0)
    office.run()
    assert office.world.relay.sometimes.reached() == set()
