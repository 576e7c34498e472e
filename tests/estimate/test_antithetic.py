"""Antithetic pairs: the pair is the unit, both engines mirror the same draws, and what is not exact is refused."""

import math

import numpy as np
import pytest
from click.testing import CliRunner

import recallsim
from recallsim.arguments import RequestError
from recallsim.cli import commands
from recallsim.engines import agents, batch
from recallsim.estimate.estimates import measure
from recallsim.estimate.intervals import of_counts, of_values
from recallsim.estimate.tally import tally
from recallsim.plan import draw_up
from recallsim.scenario import load

RACE = """\
name: race
horizon: 7d
antithetic: true
sender: {client: outlook-desktop, notices: 5min, recall: {system: outlook, tell_me: true}}
transport:
  delivery: {workers: 1, service: {exponential: {mean: 20s}}}
  link: {latency: {original: 0s, request: {exponential: {mean: 2min}}}}
recipients:
  count: 6
  groups:
    - name: staff
      client: {kind: outlook-desktop, auto_process: 0, sync: push}
      person: {reads: {delay: {original: {exponential: {mean: 60min}}, request: {exponential: {mean: 10min}}}}}
what_if: {later: {sender.notices: 8min}}
"""
ALONE = [
    "recipients.count=1",
    "transport={link: {latency: {original: 0s, request: {exponential: {mean: 2min}}}}}",
]


def test_both_engines_mirror_the_same_draws():
    """Agents and batch engine give the same columns, and an odd replication is not the one that it would be alone."""
    plan, plain = draw_up(load(RACE)), draw_up(load(RACE, ["antithetic=false"]))
    observed, expected = batch.simulate(plan, 20261120, 0, 8), agents.simulate(plan, 20261120, 0, 8)
    for name, column in expected.recipients.items():
        assert (name, observed.recipients[name].tolist()) == (name, column.tolist())
    alone = agents.simulate(plain, 20261120, 0, 8).recipients["decided"].reshape(8, -1)
    decided = expected.recipients["decided"].reshape(8, -1)
    assert [decided[r].tolist() == alone[r].tolist() for r in range(8)] == [True, False] * 4


def test_cutting_the_work_changes_nothing():
    """An odd replication that is simulated by itself is the one of its pair."""
    plan = draw_up(load(RACE))
    whole, alone = agents.simulate(plan, 7, 0, 4).recipients, agents.simulate(plan, 7, 3, 1).recipients
    assert whole["decided"][-6:].tolist() == alone["decided"].tolist()


def test_the_pair_is_the_unit():
    """Counts and values are paired before their interval is taken; a half without its other half is left out."""
    counts = np.array([3, 5, 4, 4, 1, 6, 9])
    assert of_counts(counts, 10, rate=True, confidence=0.95, pairs=True) == of_counts(
        np.array([8, 8, 7]), 20, rate=True, confidence=0.95
    )
    values = np.array([1.0, 2.0, 4.0, 3.0, 2.5, 0.5])
    paired, means = (
        of_values(values, rate=False, confidence=0.95, pairs=True),
        of_values(np.array([1.5, 3.5, 1.5]), rate=False, confidence=0.95),
    )
    assert (paired.replications, paired.degenerate) == (3, False)
    assert [paired.mean, paired.half_width] == pytest.approx([means.mean, means.half_width], rel=1e-15)


def test_pairs_of_which_a_half_does_not_exist():
    """The mean is over all values that exist, its error that of a ratio of sums over pairs."""
    values = np.array([1.0, 2.0, np.nan, 3.0, np.nan, np.nan, 4.0, 6.0])
    found = of_values(values, rate=False, confidence=0.95, pairs=True)
    sums, halves = np.array([3.0, 3.0, 10.0]), np.array([2, 1, 2])
    mean = 16 / 5
    error = math.sqrt(3 / 2 * float(((sums - mean * halves) ** 2).sum())) / 5
    assert (found.mean, found.replications) == (mean, 3)
    assert found.error == pytest.approx(error, rel=1e-12)


def test_the_estimate_meets_the_exact_value_with_less_variance():
    """V01: within 4.4 standard errors of the exact value, and narrower than as many independent replications."""
    exact, n = math.exp(-5 / 60) / (1 + 2 / 60) / (1 + 10 / 60), 8_000
    pairs, plain = draw_up(load(RACE, ALONE)), draw_up(load(RACE, [*ALONE, "antithetic=false"]))
    found, other = (
        measure(tally(batch.simulate(plan, 20261120, 0, n), plan).values, plan, "success_rate")
        for plan in (pairs, plain)
    )
    assert abs(found.mean - exact) < 4.4 * found.error
    # validation.md 2: 1.45 times as precise per evaluation.
    assert 1.2 < (other.error / found.error) ** 2 < 1.8


@pytest.mark.parametrize("metric", ["icc", "design_effect", "success_variance", "seen_count_p90"])
def test_what_is_about_the_spread_of_replications_has_no_row(metric):
    """It is not reported, and refused by name where it is asked for."""
    rows = recallsim.run(RACE, replications=4, workers=1).rows()
    assert metric not in {row["metric"] for row in rows}
    with pytest.raises(RequestError) as caught:
        recallsim.run(RACE, replications=4, workers=1, metrics=[metric])
    assert str(caught.value) == (
        f"the metric {metric!r} takes replications as independent, which antithetic pairs are not (antithetic)"
    )


@pytest.mark.parametrize(
    "function, what",
    [
        (recallsim.compare, "a comparison"),
        (recallsim.infer, "an inference"),
        (recallsim.best, "a search for the best"),
        (recallsim.sensitivity, "an analysis of sensitivity"),
    ],
)
def test_where_replications_have_to_be_independent(function, what):
    """Commands that take them so refuse pairs by name."""
    with pytest.raises(RequestError) as caught:
        function(RACE)
    assert str(caught.value) == (
        f"antithetic: {what} takes replications as independent, which antithetic pairs are not; run and sweep know them"
    )


@pytest.mark.parametrize(
    "wish, message",
    [
        ({"replications": 5}, "replications is 5"),
        (
            {"precision": 0.1, "overrides": ["replications={precision: 0.1, min: 21}"]},
            "replications.min is 21",
        ),
        (
            {"precision": 0.1, "overrides": ["replications={precision: 0.1, step: 5}"]},
            "replications.step is 5",
        ),
    ],
)
def test_pairs_are_whole(wish, message):
    """An odd number of replications, at whichever look, is refused."""
    with pytest.raises(RequestError) as caught:
        recallsim.run(RACE, workers=1, **wish)
    assert str(caught.value) == f"{message}; antithetic replications come in pairs, so give an even number"


def test_the_option_of_the_command_is_the_key_of_the_scenario(tmp_path, monkeypatch):
    """`--antithetic` and `--set antithetic=true` give the same document, another than without."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "race.yaml").write_text(RACE.replace("antithetic: true\n", ""))
    common = ["run", "race.yaml", "--replications", "10", "--json", "--quiet", "--no-store", "--workers", "1"]
    told = [
        CliRunner().invoke(commands, [*common, *more]).stdout
        for more in (["--antithetic"], ["--set", "antithetic=true"], [])
    ]
    assert told[0] == told[1] != told[2]


def test_a_sweep_takes_pairs():
    """Cells are estimated over pairs."""
    made = recallsim.sweep(RACE, grid={"sender.notices": ["1min", "5min"]}, replications=10, workers=1)
    rates = [row for row in made.rows() if row["metric"] == "success_rate" and row["group"] == "all"]
    assert [row["replications"] for row in rates] == [5, 5]
