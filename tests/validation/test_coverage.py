"""How often the 95 % intervals hold an exact value: fixed numbers of replications, and stopping at a precision."""

from pathlib import Path

import numpy as np
import pytest

from recallsim.engines import agents
from recallsim.engines.batch import Batch
from recallsim.engines.compile import missing
from recallsim.estimate.estimates import measure
from recallsim.estimate.stopping import precision
from recallsim.estimate.tally import tally
from recallsim.plan import draw_up
from recallsim.scenario.loading import load

SEED = 20261121
LITERAL_SEED = 20261120
FOLDER = Path(__file__).parent / "scenarios"
MACRO = 2_000
BLOCK = 100
CASES = {
    # Few recipients where they are independent, so that stopping has something to decide.
    "V01": ("v01", {"recipients.count": 10}, 0.7631704821810055),
    "V16": ("v16", {"recipients.count": 10}, 0.7139445191738665),
    "V19a": ("v19", {}, 0.6900333109719925),
}
PROVE = [pytest.mark.prove, pytest.mark.timeout(36_000)]


def quickest():
    """The batch engine, or the agents where it is not installed; their answers are the same."""
    return agents.simulate if missing() else Batch(1)


def blocks(case, seed=SEED, size=BLOCK):
    """What gives the tallies of a block of replications: each macro-replication has its own."""
    scenario, settings, exact = CASES[case]
    plan, engine = draw_up(load(FOLDER / f"{scenario}.yaml", settings)), quickest()
    return plan, exact, lambda number: tally(engine(plan, seed, size * number, size), plan).values


def held(values, plan, exact):
    found = measure(values, plan, "success_rate")
    return found.low <= exact <= found.high


@pytest.mark.parametrize("case", [pytest.param(case, marks=PROVE) for case in CASES])
def test_a_fixed_number_covers_what_it_says(case, record_property):
    """2,000 experiments of 100 replications: the interval holds the exact value in 93.7 to 96.2 %."""
    plan, exact, block = blocks(case)
    hits = sum(held(block(number), plan, exact) for number in range(MACRO))
    record_property("exact case", f"{case:<5} 100 replications: the interval held it in {hits} of {MACRO}")
    assert 0.937 <= hits / MACRO <= 0.962


@pytest.mark.prove
@pytest.mark.timeout(36_000)
def test_fifty_replications_cover_nearly_as_much(record_property):
    """400 experiments of 50 replications of V19a: the interval holds the exact value in 92 to 97.5 %."""
    plan, exact, block = blocks("V19a", LITERAL_SEED, 50)
    hits = sum(held(block(number), plan, exact) for number in range(400))
    record_property("exact case", f"V19a  50 replications: the interval held it in {hits} of 400")
    assert 0.92 <= hits / 400 <= 0.975


@pytest.mark.parametrize("case", [pytest.param(case, marks=PROVE) for case in CASES])
def test_stopping_at_a_precision_covers_a_little_less(case, record_property):
    """2,000 experiments that stop at a half-width of 0.02, looked at after 20, 40 …: 92.5 to 96.5 %."""
    plan, exact, block = blocks(case)
    rule, hits, lengths, drawn = precision(0.02, minimum=20), 0, [], 0
    for _ in range(MACRO):
        values, n = block(drawn), None
        drawn += 1
        while (n := rule.stops_at(values, plan)) is None:
            values = np.concatenate([values, block(drawn)])
            drawn += 1
        lengths.append(n)
        hits += held(values[:n], plan, exact)
    mean = sum(lengths) / MACRO
    record_property(
        "exact case", f"{case:<5} stopped after {mean:.0f} replications: held in {hits} of {MACRO}"
    )
    assert len(set(lengths)) > 1
    assert 0.925 <= hits / MACRO <= 0.965
