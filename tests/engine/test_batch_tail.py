"""The kernel's quick way through the last stages gives the agents' very answers, bit for bit, where attempts fail too."""

import pytest
from equality import differences
from hypothesis import given, settings
from random_scenarios import QUIET, made_constant, plan_of, tailed

from recallsim.engines import agents, kernel_order, kernel_tail, kernel_travel
from recallsim.engines.batch import simulate_on
from recallsim.engines.kernel_plan import first_of_tail
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
from transport.recall.codes import Place, Reason, Status

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

SEED = 20261120


def unlike(plan, replications=2, **how):
    """In what the engines differ."""
    right = agents.simulate(plan, SEED, 0, replications)
    return differences(right, simulate_on(plan, SEED, 0, replications, threads=1, **how))


@settings(QUIET, max_examples=100)
@given(tailed())
def test_both_engines_agree_on_a_tail_behind_other_stages(scenario):
    """Whatever comes before stages that only queue, and however often attempts fail there, columns are equal."""
    assert unlike(plan_of(scenario)) == []
