"""Importance sampling of the reading clock against exact values, and where it is refused."""

import math
import time

import numpy as np
import pytest

import recallsim
from recallsim.arguments import RequestError
from recallsim.engines import agents
from recallsim.estimate.importance import weights
from recallsim.plan import draw_up
from recallsim.plan_importance import probability_within
from recallsim.scenario import load
from transport.streams.law_rows import exponential, tilted
from transport.streams.laws import sample

R = 60.0
"""Minutes until the original is opened, on average."""


def scenario(*, after="60ms", latency="300ms", importance="opened_within: 2s", more=""):
    """V22a, or rarer: asked after `after`, the request takes Exp(`latency`), the original is opened after Exp(60 min)."""
    return f"""\
name: rare
horizon: 7d
replications: {{precision: [{{metric: failed_rate, relative: 0.1}}], min: 20, max: 20000}}
importance: {{{importance}}}
sender: {{client: outlook-desktop, notices: {after}, recall: {{system: outlook, tell_me: false}}}}
transport: {{link: {{latency: {{original: 0s, request: {{exponential: {{mean: {latency}}}}}}}}}}}
recipients:
  count: 100
  groups:
    - name: staff
      client: {{kind: outlook-desktop, auto_process: 1, idle: 0s, sync: push{more and ", " + more}}}
      person: {{reads: {{delay: {{original: {{exponential: {{mean: 60min}}}}, request: never}}}}}}
"""


def fails(after, latency):
    """V22a: the exact probability of a failure, both times in minutes."""
    return -math.expm1(-after / R - math.log1p(latency / R))


@pytest.mark.parametrize(
    "after, latency, within, exact",
    [
        ("60ms", "300ms", "2s", fails(0.001, 0.005)),
        ("600us", "3ms", "20ms", fails(0.00001, 0.00005)),
    ],
    ids=["V22a", "V22 a hundred times rarer"],
)
def test_rare_failures_meet_their_exact_rate(after, latency, within, exact):
    """To within a tenth of 1e-4, and of 1e-6, in a few seconds of processor time."""
    text = scenario(after=after, latency=latency, importance=f"opened_within: {within}")
    began = time.process_time()
    made = recallsim.run(text, workers=1, engine="agents")
    assert time.process_time() - began < 20.0
    found = made.estimate("failed_rate")
    half = (found.high - found.low) / 2
    assert (made.precision_reached, half <= 0.1 * found.mean) == (True, True)
    assert abs(found.mean - exact) < 4.4 / 1.96 * half


@pytest.mark.parametrize("latency, rate", [("300ms", 9.999e-05), ("3ms", 1.0e-06)])
def test_conditional_monte_carlo_reaches_the_same_where_it_is_exact(latency, rate):
    """Where nothing else hangs on the delay, chances in the place of failures do it without weights."""
    after = {"300ms": "60ms", "3ms": "600us"}[latency]
    text = scenario(after=after, latency=latency).replace("importance: {opened_within: 2s}\n", "")
    target = "replications={precision: [{metric: expected_failed_rate, relative: 0.1}]}"
    made = recallsim.run(
        text, workers=1, engine="agents", overrides=[target, "metrics=[expected_failed_rate]"]
    )
    found = made.estimate("expected_failed_rate")
    assert (made.precision_reached, found.mean == pytest.approx(rate, rel=0.1)) == (True, True)
    assert (found.high - found.low) / 2 <= 0.1 * found.mean


def test_beyond_conditional_monte_carlo():
    """A reading pane that sets no flag for three in ten: 70 % of the early readers fail, 30 % see and succeed."""
    text = scenario(after="600us", latency="3ms", importance="opened_within: 20ms", more="marks_read: never")
    preview = "recipients.groups.staff.person.preview.share=0.3"
    with pytest.raises(RequestError) as caught:
        recallsim.run(text, workers=1, overrides=[preview], metrics=["expected_failed_rate"])
    assert "there is a reading pane" in str(caught.value) or "no closed form" in str(caught.value)
    made = recallsim.run(text, replications=400, workers=1, overrides=[preview], engine="agents")
    exact = fails(0.00001, 0.00005)
    for metric, share in (("failed_rate", 0.7), ("seen_success_rate", 0.3)):
        found = made.estimate(metric)
        half = (found.high - found.low) / 2
        assert half < 0.1 * found.mean
        assert abs(found.mean - share * exact) < 4.4 / 1.96 * half


def test_behind_a_queue_and_after_a_law_without_closed_form():
    """V22b: the request through a stationary M/M/1, the original opened after a gamma law: 1 - E[P(R > T)]."""
    # A sojourn is Exp(1 / (mu - lambda)), 5 ms; P(R < T) = E exp(-R / 5 ms) = (1 + 10 s / 5 ms)^-2 with shape 2.
    text = scenario(after="0s", latency="1ms", importance="opened_within: 30ms").replace(
        "transport: {link: {latency: {original: 0s, request: {exponential: {mean: 1ms}}}}}",
        "transport:\n  stages:\n    - {name: queue, workers: 1, service: {exponential: {mean: 1ms}}, kinds: [request],"
        " background: {rate: 800/s, start: stationary}}",
    )
    overrides = [
        "recipients.count=1",
        "horizon=10s",
        "recipients.groups.staff.person.reads.delay.original={gamma: {shape: 2, scale: 10s}}",
    ]
    made = recallsim.run(text, replications=2_000, workers=1, overrides=overrides, engine="agents")
    found, exact = made.estimate("failed_rate"), (1 + 10 / 0.005) ** -2
    half = (found.high - found.low) / 2
    assert abs(found.mean - exact) < 4.4 / 1.96 * half
    assert half < 0.3 * found.mean


def test_weights_are_the_likelihood_ratio_of_what_was_drawn():
    """Early openings weigh 1 / (1 - share + share / reach), all others 1 / (1 - share); the engine drew accordingly."""
    plan = draw_up(load(scenario(importance="opened_within: 5min, share: 0.4"), ["sender.notices=6h"]))
    observation = agents.simulate(plan, 7, 0, 5)
    reach = -math.expm1(-5 / R)
    seen = observation.recipients["seen"]
    early = (seen >= 0) & (seen <= round(300 / plan.clock))
    expected = np.where(early, 1 / (0.6 + 0.4 / reach), 1 / 0.6)
    assert 0.3 < early.mean() < 0.6
    assert weights(observation, plan) == pytest.approx(expected, rel=1e-9)


def test_other_rates_stay_what_they_are():
    """V01: the success rate, not rare at all, with weights and antithetic pairs, is the exact one."""
    overrides = ["sender.notices=5min", "transport.link.latency.request={exponential: {mean: 2min}}"]
    exact = math.exp(-5 / R) / (1 + 2 / R)
    for more in ([], ["antithetic=true"]):
        made = recallsim.run(
            scenario(importance="opened_within: 5min, share: 0.3"),
            replications=200,
            workers=1,
            overrides=[*overrides, *more],
            engine="agents",
        )
        found = made.estimate("success_rate")
        half = (found.high - found.low) / 2
        assert abs(found.mean - exact) < 4.4 / 1.96 * half
        assert half < 0.02


def test_a_tilted_law_draws_from_the_law_it_tilts():
    """Below the share come its values up to `reach`, above it all of them."""
    law = exponential(10.0)
    reach = probability_within(law, 1.0)
    assert reach == pytest.approx(-math.expm1(-0.1), rel=1e-14)
    row = tilted(law, 0.5, reach)
    assert [sample(row, 0, u) for u in (0.25, 0.75)] == [sample(law, 0, reach / 2), sample(law, 0, 0.5)]


@pytest.mark.parametrize(
    "override, why",
    [
        (
            "sender.recall.system=exchange-online",
            "servers or an administrator take mailboxes one after the other",
        ),
        ("transport.reports=shared", "reports queue with the mail to others (transport.reports: shared)"),
        (
            "recipients.groups.staff.person.mark_unread={share: 0.5, after: 1h}",
            "group 'staff': what is marked unread is opened after a delay again (recipients.groups.person.mark_unread)",
        ),
        (
            "recipients.groups.staff.person.reads={sessions: {gap: 7min}}",
            "nobody opens the original after a delay that is rarely so short",
        ),
    ],
)
def test_where_it_is_not_exact(override, why):
    """It is refused by the scenario's key, before anything runs."""
    with pytest.raises(RequestError) as caught:
        recallsim.run(scenario(), replications=2, workers=1, overrides=[override])
    assert str(caught.value).startswith(f"importance: weights of recipients are not exact here: {why}")


@pytest.mark.parametrize(
    "metric", ["all_succeeded", "icc", "seen_count_p50", "decision_seconds_p90", "success_count:3"]
)
def test_what_is_no_sum_over_recipients_has_no_row(metric):
    """It is refused by name."""
    with pytest.raises(RequestError) as caught:
        recallsim.run(scenario(), replications=2, workers=1, metrics=[metric])
    assert str(caught.value) == (
        f"the metric {metric!r} is no sum over recipients, which alone have weights (importance): run it without "
        "importance"
    )


def test_where_weights_are_not_known():
    """A comparison, a sweep and rows of recipients refuse them."""
    text = scenario() + "what_if: {later: {sender.notices: 1s}}\n"
    for call, what in (
        (lambda: recallsim.compare(text), "a comparison knows no weights of recipients; run does"),
        (
            lambda: recallsim.sweep(text, grid={"sender.notices": ["1s", "2s"]}),
            "a sweep knows no weights of recipients; run does",
        ),
        (
            lambda: recallsim.run(text, record="recipients"),
            "recipients have weights, and rows of them would not tell; leave --record out",
        ),
    ):
        with pytest.raises(RequestError) as caught:
            call()
        assert str(caught.value) == f"importance: {what}"


def test_a_result_says_that_it_is_weighted():
    """The report has a note, and no picture of single replications."""
    made = recallsim.run(scenario(), replications=10, workers=1)
    assert "Importance sampling: early openings were drawn more often" in " ".join(str(made).split())
    assert (len(made.evidence.curves), made.evidence.successes) == (0, ())
