"""Several runs side by side: the same chance, one pool, a store each."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from process_groups import end, group_is_gone
from several_fakes import TEXT, cells, failing, interrupting, side_by_side

from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.running import several as module
from recallsim.running.errors import ReplicationError
from recallsim.running.experiment import run_experiment
from recallsim.running.lanes import Cell, file_name
from recallsim.running.several import run_several
from recallsim.scenario import load
from recallsim.store.digest import digest


class After:
    """A rule over all runs that is satisfied after a certain number, and notes where it was asked."""

    maximum = 12

    def __init__(self, enough):
        self.enough = enough
        self.asked = []

    def next_examined(self, n):
        return min(n + 4, 12)

    def satisfied(self, values, bits):
        self.asked.append([len(each) for each in values])
        return len(values[0]) >= self.enough


def digests(folder):
    return {path.name: digest(path) for path in folder.glob("*.sqlite")}


def test_each_run_is_what_it_would_be_alone():
    """Values and estimates are those of an experiment of its own."""
    together = side_by_side()
    for outcome in together.outcomes:
        cell = outcome.cell
        alone = run_experiment(
            cell.scenario, cell.plan, seed=7, rule_or_n=6, workers=1, engine=simulate, variant=cell.name
        )
        assert np.array_equal(outcome.values, alone.values, equal_nan=True)
        assert (outcome.n, outcome.estimates) == (6, alone.estimates)


def test_bits_say_what_the_tallies_count():
    """The bits of a replication add up to its counts of successes and of those who saw it."""
    outcome = side_by_side().outcomes[0]
    counted = np.unpackbits(outcome.bits, axis=2)[:, :, :11].sum(axis=2)
    rates = {each.metric: each.mean for each in outcome.estimates if each.group == "all"}
    observed = [round(float(each), 12) for each in counted.mean(axis=0) / 11]
    assert observed == [round(rates[name], 12) for name in ("success_rate", "seen_rate")]


def test_a_run_that_equals_another_is_simulated_once(tmp_path):
    """One store serves the base and the variant that changes nothing but the seed; both have outcomes."""
    outcomes = side_by_side(tmp_path).outcomes
    assert sorted(digests(tmp_path)) == ["base.sqlite", "sooner.sqlite"]
    assert np.array_equal(outcomes[0].values, outcomes[2].values, equal_nan=True)
    assert [each.estimates[0].variant for each in outcomes] == ["base", "sooner", "same"]


def test_workers_change_nothing(tmp_path, monkeypatch):
    """One process or two: the same stores."""
    side_by_side(tmp_path / "one", 9)
    monkeypatch.setattr(module, "SMALL_JOB_SECONDS", 0.0)
    side_by_side(tmp_path / "two", 9, workers=2)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_longer_run_extends_a_shorter_one(tmp_path):
    """What is stored is not computed again, and the end is the same."""
    side_by_side(tmp_path / "whole", 9)
    side_by_side(tmp_path / "parts", 5)
    longer = side_by_side(tmp_path / "parts", 9)
    assert [each.resumed for each in longer.outcomes] == [5, 5, 5]
    assert digests(tmp_path / "parts") == digests(tmp_path / "whole")


def test_replications_without_bits_are_made_again(tmp_path):
    """A store of a run that kept no bits does not serve a comparison; afterwards it does."""
    side_by_side(tmp_path / "a", 5, bits=False)
    resumed = [side_by_side(tmp_path / "a", 5).outcomes[0].resumed for _ in range(2)]
    side_by_side(tmp_path / "b", 5)
    assert resumed == [0, 5]
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_a_changed_variant_gets_a_store_of_its_own(tmp_path):
    """The store of the same name that belongs to another scenario stays as it is."""
    side_by_side(tmp_path)
    before = digests(tmp_path)
    scenario = load(TEXT, ["sender.notices=2min"])
    changed = side_by_side(tmp_path, given=[Cell("base", scenario, draw_up(scenario), simulate)])
    path = changed.outcomes[0].store
    assert (path.name[:5], len(path.name)) == ("base-", len("base-12345678.sqlite"))
    assert {name: digests(tmp_path)[name] for name in before} == before


def test_a_rule_over_all_runs_sees_the_same_number_of_each(tmp_path):
    """It is asked after 4, 8, 12 of each; a resumed run ends at the same number with the same numbers."""
    rule = After(8)
    whole = side_by_side(tmp_path / "whole", rule=rule)
    assert (rule.asked, whole.reached) == ([[4] * 3, [8] * 3], True)
    side_by_side(tmp_path / "parts", 5)
    parts = side_by_side(tmp_path / "parts", rule=After(8))
    assert [each.n for each in parts.outcomes] == [8, 8, 8]
    assert digests(tmp_path / "parts") == digests(tmp_path / "whole")


def test_a_rule_over_all_runs_ends_at_its_maximum():
    """What is not reached by then is said not to be."""
    found = side_by_side(rule=After(99))
    assert ([each.n for each in found.outcomes], found.reached) == ([12, 12, 12], False)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_fails_ends_alone_where_that_is_asked(workers, monkeypatch):
    """The others go on to their end; the error says which replication it was."""
    if workers == 2:
        monkeypatch.setattr(module, "SMALL_JOB_SECONDS", 0.0)
    ended = []
    found = side_by_side(
        given=cells(sooner=failing),
        workers=workers,
        record_failures=True,
        done=lambda each: ended.append(each),
    )
    base, sooner, same = found.outcomes
    assert (base.n, same.n, base.error, same.error) == (6, 6, None, None)
    assert str(sooner.error).startswith("replication 3 failed: RuntimeError: a copy got lost\n")
    assert {each.cell.name for each in ended} == {"base", "sooner", "same"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_fails_ends_all_otherwise(workers, monkeypatch, tmp_path):
    """The error is raised, and what was stored is safe: mended, the runs go on."""
    if workers == 2:
        monkeypatch.setattr(module, "SMALL_JOB_SECONDS", 0.0)
    with pytest.raises(ReplicationError, match="replication 3 failed: RuntimeError: a copy got lost"):
        side_by_side(tmp_path / "a", given=cells(sooner=failing), workers=workers)
    side_by_side(tmp_path / "a")
    side_by_side(tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_an_interruption_leaves_the_same_number_of_each(tmp_path):
    """Ctrl-C under a common rule: what counts is what all have; going on ends as if nothing had been."""
    stopped = side_by_side(tmp_path / "a", given=cells(sooner=interrupting), rule=After(12))
    assert stopped.signal == 2
    assert len({each.n for each in stopped.outcomes}) == 1
    side_by_side(tmp_path / "a", rule=After(12))
    side_by_side(tmp_path / "b", rule=After(12))
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_outcomes_may_be_slim():
    """Without values memory does not grow with the runs; estimates are there all the same."""
    slim, full = side_by_side(keep=False).outcomes[0], side_by_side().outcomes[0]
    assert (slim.values.size, slim.curves.size, slim.bits) == (0, 0, None)
    assert slim.estimates == full.estimates


def test_many_runs_are_under_way_by_turns():
    """More runs than are open at once all come to their end."""
    scenario = load(TEXT)
    plan = draw_up(scenario)
    many = [Cell(f"c{at}", load(TEXT, [f"sender.notices={at + 1}min"]), plan, simulate) for at in range(20)]
    found = run_several(many, seed=7, rule=1, workers=1, keep=False)
    assert [each.n for each in found.outcomes] == [1] * 20


def test_nothing_to_run_is_an_error():
    """There has to be a run and a worker."""
    with pytest.raises(ValueError, match="0 runs by 1 workers"):
        run_several([], seed=7, rule=1, workers=1)


def test_names_become_names_of_files():
    """Separators and dots of folders cannot leave the folder."""
    assert [file_name(name) for name in ("a/b", "..", "hold 30s", "a\\b:c")] == [
        "a-b",
        "run",
        "hold 30s",
        "a-b-c",
    ]


def start(folder, n=30):
    support = Path(__file__).parent / "support"
    return subprocess.Popen(
        [sys.executable, str(support / "several_script.py"), str(folder), str(n)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(support)]),
        },
    )


@pytest.mark.parametrize("lines", [3, 8, *(pytest.param(n, marks=pytest.mark.prove) for n in range(2, 20))])
def test_killed_runs_go_on_and_leave_nobody_behind(tmp_path, lines):
    """After kill -9 no worker is left, and the same runs again end with the very stores."""
    process = start(tmp_path / "a")
    for _ in range(lines):
        process.stdout.readline()
    process.kill()
    end(process)
    assert group_is_gone(process)
    again = start(tmp_path / "a")
    assert end(again)[-1] == "complete [30, 30, 30]"
    assert group_is_gone(again)
    side_by_side(tmp_path / "b", 30)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
