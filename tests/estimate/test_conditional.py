"""Replications that agree with reports: which they are, and what they say."""

import numpy as np
import pytest

from recallsim.estimate.conditional import (
    AgreeingRule,
    agreeing,
    distribution,
    reported,
    round_thresholds,
    seen,
)
from recallsim.estimate.intervals import of_counts, of_quantile
from recallsim.estimate.tally import tally
from transport.recall.codes import SeenPhase, Told

SEEN = {"seen": 5, "seen_phase": SeenPhase.BEFORE_NOTICE.value, "seen_people": 1}
SUCCESS, FAILURE = (
    {"told": Told.SUCCESS.value, "told_first": 7},
    {"told": Told.FAILURE.value, "told_first": 7},
)


@pytest.fixture
def values(make_plan, observe):
    """Three replications of two recipients: successes 2, 1, 0; failures 0, 1, 1; who saw it 0, 1, 2."""
    plan = make_plan(2)
    rows = [SUCCESS, SUCCESS, SUCCESS, {**FAILURE, **SEEN}, {**FAILURE, **SEEN}, SEEN]
    return plan, tally(observe(plan, rows), plan).values


def test_reports_and_people_are_counted(values):
    """Reports count recipients by the last that was told of each; people count who saw it."""
    plan, found = values
    counted = [reported(found, plan, kind).tolist() for kind in ("success", "failure", "bounce")]
    assert (counted, seen(found, plan).tolist()) == ([[2, 1, 0], [0, 1, 1], [0, 0, 0]], [0, 1, 2])


@pytest.mark.parametrize(
    "reports, expected",
    [
        ({}, [True, True, True]),
        ({"success": (1, 2)}, [True, True, False]),
        ({"success": (0, 1), "failure": (1, 1)}, [False, True, True]),
        ({"success": (0, 2), "failure": (1, 1), "bounce": (1, 2)}, [False, False, False]),
    ],
)
def test_all_reports_must_agree(values, reports, expected):
    """Both ends of a range belong to it; kinds that are not named may be anything."""
    plan, found = values
    assert agreeing(found, plan, reports).tolist() == expected


def test_the_distribution_is_that_of_its_parts():
    """Mean by t, quantiles by order statistics, chances by Wilson."""
    counts = np.random.default_rng(3).poisson(40, size=300)
    found = {each.name: each for each in distribution(counts, (0, 45), confidence=0.95)}
    assert list(found) == ["mean", "p5", "p25", "p50", "p75", "p90", "p95", "p99", "above:0", "above:45"]
    mean, high = of_counts(counts, 1, rate=False, confidence=0.95), of_quantile(counts, 0.95, confidence=0.95)
    assert (found["mean"].value, found["mean"].low) == (mean.mean, mean.low)
    assert (found["p95"].value, found["p95"].high) == (high.mean, high.high)
    assert (found["above:45"].value, found["above:0"].value) == (float((counts > 45).mean()), 1.0)


def test_nothing_agrees_nothing_is_known():
    """Without a sample every number is missing."""
    found = distribution(np.empty(0, dtype=np.int64), (0,), confidence=0.95)
    assert {(each.value, each.low, each.high) for each in found} == {(None, None, None)}


@pytest.mark.parametrize(
    "counts, expected",
    [
        ([], (0,)),
        ([0, 0], (0,)),
        ([0, 3], (0, 1, 2)),
        ([7, 300], (0, 10, 20, 50, 100, 200)),
        ([60, 110], (0, 70, 80, 90, 100)),
        ([1_000_000, 9_000_000], (0, 1_000_000, 2_000_000, 5_000_000)),
    ],
)
def test_thresholds_are_round_and_fall_among_the_counts(counts, expected):
    """Whoever names none is asked about round ones."""
    assert round_thresholds(np.array(counts, dtype=np.int64)) == expected


def test_it_goes_on_until_enough_agree(values):
    """Looked at after every step; a fixed number goes on to its end."""
    plan, found = values
    rule = AgreeingRule(plan, {"success": (1, 2)}, 2, 50)
    assert [rule.next_examined(n) for n in (0, 20, 25, 40)] == [20, 40, 40, 50]
    assert [rule.satisfied([found[:n]], []) for n in (1, 2, 3)] == [False, True, True]
    fixed = AgreeingRule(plan, {}, None, 3)
    assert (fixed.next_examined(0), fixed.satisfied([found], [])) == (3, True)
