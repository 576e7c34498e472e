"""The best of the variants: found under limits, the same by any workers, and what the choice is worth."""

import json
import os
import signal
from pathlib import Path

import pytest

import recallsim
from recallsim.engines.agents import simulate
from recallsim.engines.choose import Choice

VARIANTS = """\
what_if:
  sooner: {sender.notices: 1min}
  later: {sender.notices: 30min}
  hold: {sender.hold: 2min, sender.notices: 1min}
"""


@pytest.fixture
def varied(v01):
    """V01 with variants: sooner is better, later is worse, the hold is best and delays by two minutes."""
    return v01 + VARIANTS


def fates(found):
    return {each.name: each.fate for each in found.contenders}


def test_the_best_variant_is_found(varied):
    """Without a limit the hold is best: what is held is never seen."""
    found = recallsim.best(varied, indifference=0.02, workers=1)
    assert (found.best, found.settled) == ("hold", True)
    assert fates(found) == {
        "base": "eliminated",
        "sooner": "eliminated",
        "later": "eliminated",
        "hold": "best",
    }
    assert found.sentence() == "Best: hold."
    assert found.guarantee().startswith(
        "With a probability of 95 % at least, no other variant is better by more than 2 points "
    )


def test_a_limit_comes_first(varied):
    """With at most 30 s of added delay the hold of two minutes is out, and sooner is best."""
    found = recallsim.best(
        varied, objective="most unseen successes with at most 30s added delay", indifference=0.02, workers=1
    )
    assert (found.best, fates(found)["hold"], found.contenders[3].breaks) == (
        "sooner",
        "infeasible",
        "at most 30s added delay",
    )
    assert [round(each.limits[0].mean, 6) for each in found.contenders] == [0.0, 0.0, 0.0, 120.0]


def test_nobody_keeps_the_limits(varied):
    """Where no variant keeps its limits there is no best, and the sentence says so."""
    found = recallsim.best(
        varied, objective="least seen with at least 99 % unseen successes", among=["base", "later"], workers=1
    )
    assert (found.best, found.sentence(), found.guarantee()) == (None, "No variant keeps the limits.", "")


def test_the_least_of_something(varied):
    """`least` turns the order round: of base, sooner and later, most people see it with later, fewest with sooner."""
    among = ["base", "sooner", "later"]
    assert (
        recallsim.best(varied, objective="least seen", among=among, indifference=0.02, workers=1).best
        == "sooner"
    )
    assert (
        recallsim.best(varied, objective="most seen", among=among, indifference=0.02, workers=1).best
        == "later"
    )


def test_workers_and_stores_change_nothing(varied, tmp_path):
    """One process or two, from nothing or from the stores: the same JSON."""
    asked = {"indifference": 0.02, "objective": "most successes with at most 5min added delay"}
    one = recallsim.best(varied, **asked, workers=1, store=tmp_path / "s").to_json()
    assert recallsim.best(varied, **asked, workers=2).to_json() == one
    assert recallsim.best(varied, **asked, workers=1, store=tmp_path / "s").to_json() == one
    assert sorted(path.name for path in (tmp_path / "s").glob("*.sqlite")) == [
        "base.sqlite",
        "hold.sqlite",
        "later.sqlite",
        "sooner.sqlite",
    ]


def test_equal_variants_are_equally_good(v01):
    """A/A: variants equal to the base differ by exactly nothing, and the first is chosen at once."""
    text = v01 + "what_if: {same: {sender.notices: 5min}, other: {sender.notices: 5min}}\n"
    found = recallsim.best(text, workers=1)
    assert (found.best, [each.replications for each in found.contenders]) == ("base", [20, 20, 20])


def test_a_budget_is_spent(varied):
    """A budget is spent to the last replication, and no guarantee is given."""
    found = recallsim.best(varied, budget=200, workers=1)
    assert (found.best, sum(each.replications for each in found.contenders)) == ("hold", 200)
    assert found.probability > 0.99
    assert (
        found.guarantee()
        == "A fixed budget guarantees nothing beforehand; from what was seen, the choice is right with a probability "
        "of more than 99.9 %."
    )


@pytest.mark.parametrize("budget", [200, None])
def test_what_was_looked_at_is_told_from_what_counts(varied, budget, tmp_path):
    """All replications are those simulated and kept; the table's are those that the verdicts rest on."""
    from recallsim.store.reading import held

    found = recallsim.best(
        varied,
        objective="most unseen successes with at most 30s added delay",
        budget=budget,
        indifference=0.0005,
        workers=1,
        store=tmp_path,
    )
    runs = [run for path in tmp_path.glob("*.sqlite") for run in held(path)]
    kept = sum(run.replications for run in runs)
    assert {run.variant: bool(run.headlines) for run in runs} == dict.fromkeys(fates(found), True)
    counted = sum(each.replications for each in found.contenders)
    assert json.loads(found.to_json())["replications"] == {"counted": counted, "in_all": kept}
    assert kept > counted
    assert f"{kept:,} replications in all: {counted:,} that the verdicts rest on" in " ".join(
        str(found).split()
    )


def test_a_search_that_runs_out_promises_nothing(varied):
    """At `max` the search ends unsettled: the leader is named, and there is no guarantee."""
    text = varied.replace("sender.notices: 1min}\n  later", "sender.notices: 4min}\n  later")
    close = recallsim.best(
        text, among=["base", "sooner"], indifference=0.0001, overrides=["best.max=30"], workers=1
    )
    assert (close.settled, close.sentence().split(":")[0]) == (
        False,
        "Not settled; ahead as far as the replications went",
    )
    assert close.guarantee().startswith("The replications ran out")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (
            {"objective": "most unseen_sucess_rate"},
            '--objective "most unseen_sucess_rate": error: best.objective: '
            "there is no metric 'unseen_sucess_rate'; did you mean 'unseen_success_rate'?",
        ),
        ({"objective": "least icc"}, "icc has no value in a replication by itself"),
        (
            {"objective": "most successes of cats"},
            "success_rate: there is no group 'cats'; there are people, all",
        ),
        (
            {"budget": 50},
            "a budget of 50 replications does not give each of 4 variants its first 20; the smallest that does is 80",
        ),
        (
            {"among": ["base"]},
            "one candidate is not enough: only base competes; name at least two with --among, or in best.among",
        ),
    ],
)
def test_what_cannot_be_searched_for(varied, asked, what):
    """A search that is impossible says why in one line."""
    with pytest.raises(recallsim.RecallsimError) as caught:
        recallsim.best(varied, **asked, workers=1)
    assert str(caught.value) == what


def test_too_small_a_budget_is_said_before_anything_is_kept(varied, run_command, tmp_path):
    """Neither a folder nor a line of progress is there then."""
    done = run_command("best", varied, "--budget", "79", "--store", str(tmp_path / "kept"))
    assert (done.code, done.err) == (
        2,
        "a budget of 79 replications does not give each of 4 variants its first 20; the smallest that does is 80\n",
    )
    assert not (tmp_path / "kept").exists()


def test_the_command_and_its_json(varied, run_command):
    """`recallsim best --json` prints the choice, its guarantee and tidy rows."""
    done = run_command(
        "best", varied, "--indifference", "0.02", "--json", "--quiet", "--workers", "1", "--no-store"
    )
    found = json.loads(done.out)
    assert (done.code, done.err, found["best"], found["settled"]) == (0, "", "hold", True)
    assert {row["variant"] for row in found["rows"]} == {"base", "sooner", "later", "hold"}


def interrupting(plan, seed, first, count):
    """An engine during whose second piece this process gets a SIGINT, once."""
    if first > 0 and not Path("interrupted").exists():
        Path("interrupted").touch()
        os.kill(os.getpid(), signal.SIGINT)
    return simulate(plan, seed, first, count)


@pytest.mark.parametrize("budget", [None, 120])
def test_a_search_that_was_stopped_goes_on(varied, tmp_path, monkeypatch, budget):
    """After Ctrl-C nothing is promised, what was done is kept, and the same search again ends as if nothing had been."""
    monkeypatch.chdir(tmp_path)
    whole = recallsim.best(varied, indifference=0.02, budget=budget, workers=1)
    monkeypatch.setattr(
        "recallsim.designs.searching.choose", lambda name, plan, **_: Choice("agents", interrupting, "")
    )
    asked = {"indifference": 0.02, "budget": budget, "workers": 1, "store": tmp_path / "s"}
    stopped = recallsim.best(varied, **asked)
    again = recallsim.best(varied, **asked)
    assert (stopped.interrupted, stopped.best, stopped.rows()) == (True, None, [])
    assert stopped.sentence() == "It was stopped before the choice; the same command goes on."
    assert again.to_json() == whole.to_json()
