"""Conditional Monte Carlo: chances in place of what happened, where that is exact."""

import math
from pathlib import Path

import numpy as np
import pytest

import recallsim
from recallsim.arguments import RequestError
from recallsim.estimate.expected import below, refusal
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.streams.laws import sample

SCENARIOS = Path(__file__).parents[1] / "validation" / "scenarios"
V01 = (SCENARIOS / "v01.yaml").read_text(encoding="utf-8")
V22 = (SCENARIOS / "v22.yaml").read_text(encoding="utf-8")
READS = "recipients.groups.staff.person.reads"
LAWS = [
    "{uniform: {low: 1min, high: 5min}}",
    "{exponential: {mean: 7min}}",
    "{lognormal: {median: 5min, sigma: 1.2}}",
    "{weibull: {shape: 0.7, scale: 30min}}",
    "{lomax: {shape: 2.5, scale: 30min}}",
    "{triangular: {low: 1min, mode: 2min, high: 9min}}",
    "{mixture: [{weight: 0.25, exponential: {mean: 7min}}, {weight: 0.75, uniform: {low: 2h, high: 5h}}]}",
]


def law_of(text):
    plan = draw_up(load(V01, [f"{READS}.delay.original={text}"]))
    return plan.groups[0].devices[0].reading.delay[0]


@pytest.mark.parametrize("text", LAWS)
def test_the_chance_of_less_than_a_value_inverts_the_quantile(text):
    """For every law: the chance of less than its quantile at u is u."""
    law = law_of(text)
    points = [1e-6, 0.01, 0.2, 0.24, 0.5, 0.77, 0.99, 1 - 1e-6]
    assert [below(law, sample(law, 0, u)) for u in points] == pytest.approx(points, rel=1e-7)
    assert below(law, 0.0) == 0.0


def test_constants_and_never():
    """A constant is below everything above it; what never comes is below nothing."""
    constant, never = law_of("5min"), law_of("never")
    assert [below(constant, x) for x in (299.0, 300.0, 301.0)] == [0.0, 0.0, 1.0]
    assert below(never, 1e9) == 0.0


@pytest.mark.parametrize(
    "text, ending, exact, least",
    [
        (V01, "succeeded", math.exp(-5 / 60) / (1 + 2 / 60) / (1 + 10 / 60), 8.0),
        (V22, "failed", 9.999152848e-05, 100.0),
    ],
)
def test_the_mean_is_exact_and_varies_far_less(text, ending, exact, least):
    """Cases V01 and V22a: the exact value, with a variance smaller by the factor that was to be expected."""
    name, plain = f"expected_{ending}_rate", {"succeeded": "success_rate", "failed": "failed_rate"}[ending]
    made = recallsim.run(
        text,
        replications=60,
        workers=1,
        metrics=[name],
        overrides=["recipients.count=100"],
        seed=20261120,
    )
    found, counted = made.estimate(name), made.estimate(plain)
    error = (found.high - found.low) / 2 / 2.0009953780882679
    assert abs(found.mean - exact) < 4.4 * error
    binomial = exact * (1 - exact) / 6000
    assert binomial / error**2 > least
    assert counted.mean == pytest.approx(exact, abs=5 * math.sqrt(binomial))


def test_one_in_a_million_takes_a_moment():
    """A relative half-width of 10 % at 1e-6, from 2,000 simulated recipients of whom none failed."""
    rarer = V22 + "replications: {precision: [{metric: expected_failed_rate, relative: 0.1}]}\n"
    made = recallsim.run(
        rarer,
        workers=1,
        metrics=["expected_failed_rate"],
        overrides=[
            "recipients.count=100",
            "sender.notices=600us",
            "transport.link.latency.request={exponential: {mean: 3ms}}",
        ],
    )
    found = made.estimate("expected_failed_rate")
    exact = 1 - math.exp(-0.0006 / 3600) / (1 + 0.003 / 3600)
    assert (made.precision_reached, made.replications) == (True, 20)
    assert abs(found.mean / exact - 1) < 0.2
    assert (found.high - found.low) / 2 < 0.1 * found.mean
    assert "expected_failed_rate" in str(made)


def test_what_does_not_hang_on_the_opening_counts_as_it_happened():
    """Whoever's request never came is no success, whatever the chance of an opening."""
    made = recallsim.run(
        V01, replications=5, workers=1, metrics=["expected_succeeded_rate"],
        overrides=["transport.link.loss.request=1", "recipients.count=10"],
    )  # fmt: skip
    assert made.estimate("expected_succeeded_rate").mean == 0.0


def test_cutting_the_work_changes_no_digit():
    """Replication by replication or all at once: the same sums."""
    from recallsim.engines.agents import simulate
    from recallsim.estimate.tally import tally, tally_names

    plan = draw_up(load(V01 + "metrics: [expected_failed_rate]\n", ["recipients.count=37"]))
    at = tally_names(plan).index("expected_failed")
    whole = tally(simulate(plan, 7, 0, 6), plan).values[:, :, at]
    parts = [tally(simulate(plan, 7, n, 1), plan).values[:, :, at] for n in range(6)]
    assert np.array_equal(whole, np.concatenate(parts))


@pytest.mark.parametrize(
    "setting, why",
    [
        (
            f"{READS}={{sessions: {{gap: 7min}}}}",
            "the original is not opened after a delay (reads: {delay: …})",
        ),
        ("recipients.groups.staff.person.never=0.2", "the person does more than open it after a delay"),
        ("recipients.groups.staff.person.preview.share=0.5", "there is a reading pane"),
        ("recipients.groups.staff.client.sync=cached", "the delay does not run from delivery, always"),
        (
            "recipients.groups.staff.person.forwards={share: 0.1, to: 2}",
            "forwards is not looked into",
        ),
        (
            f"{READS}.delay.original={{gamma: {{shape: 2, scale: 5min}}}}",
            "the law of the delay has no closed form here",
        ),
    ],
)
def test_where_it_would_not_be_exact_it_is_refused(setting, why):
    """The message names the group and what stands against it."""
    assert refusal(draw_up(load(V01, [setting]))) == f"group 'staff': {why}"
    with pytest.raises(RequestError, match="expected_failed_rate is exact only where"):
        recallsim.run(V01, replications=2, workers=1, metrics=["expected_failed_rate"], overrides=[setting])
