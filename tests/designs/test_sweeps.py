"""Sweeps from a scenario to rows: same chance in all cells, failures that end nothing, going on after a kill."""

import json
import math
import os
import signal
import sys
from pathlib import Path

import pytest

import recallsim
import recallsim.engines.choose as choosing
from recallsim.engines.agents import simulate
from recallsim.engines.choose import Choice
from recallsim.store.digest import digest

NOTICES = {"sender.notices": ["1min", "5min", "15min"]}


def stores(folder):
    """The digest of every store by its name."""
    return {path.name: digest(path) for path in sorted(Path(folder).glob("*.sqlite"))}


def mean(result, cell, metric="success_rate"):
    rows = [
        row for row in result.rows() if (row["cell"], row["metric"], row["group"]) == (cell, metric, "all")
    ]
    return rows[0]["mean"]


def test_a_sweep_answers_for_each_cell(v01):
    """V01 at three delays: each cell's success is the exact one, within four standard errors."""
    found = recallsim.sweep(v01.replace("count: 50", "count: 400"), grid=NOTICES, workers=1, replications=25)
    exact = [math.exp(-d / 60) / (1 + 2 / 60) / (1 + 10 / 60) for d in (1, 5, 15)]
    error = 4 * math.sqrt(0.25 / 10_000)
    assert [abs(mean(found, cell) - exact[cell]) < error for cell in range(3)] == [True] * 3
    assert found.sentence().startswith("unseen_success_rate goes from ")


def test_cells_share_their_chance(v01):
    """A cell's numbers are those of a run by itself, whatever other cells there are; more delay, less success."""
    found = recallsim.sweep(v01, grid=NOTICES, workers=1)
    alone = recallsim.run(v01, overrides=["sender.notices=5min"], workers=1)
    assert mean(found, 1) == alone.estimate("success_rate").mean
    assert mean(found, 0) > mean(found, 1) > mean(found, 2)


def test_workers_change_nothing(v01, tmp_path):
    """One process or two, and a second time from the stores: the same rows, and the same digests of the stores."""
    one = recallsim.sweep(v01, grid=NOTICES, workers=1, store=tmp_path / "one")
    two = recallsim.sweep(v01, grid=NOTICES, workers=2, store=tmp_path / "two")
    again = recallsim.sweep(v01, grid=NOTICES, workers=1, store=tmp_path / "one")
    assert one.rows() == two.rows() == again.rows()
    assert stores(tmp_path / "one") == stores(tmp_path / "two")
    assert list(stores(tmp_path / "one")) == [
        "notices-15min.sqlite",
        "notices-1min.sqlite",
        "notices-5min.sqlite",
    ]


def test_repeats_take_the_seeds_that_follow(v01):
    """The second repeat has the seed after the first one's, for every cell alike."""
    found = recallsim.sweep(v01, grid=NOTICES, repeat=2, replications=5, workers=1)
    alone = recallsim.run(v01, overrides=["sender.notices=1min"], seed=4, replications=5, workers=1)
    assert [(cell.number, cell.repeat, cell.seed) for cell in found.cells] == [
        (number, repeat, 3 + repeat) for number in range(3) for repeat in range(2)
    ]
    assert found.cells[1].estimates[0].mean == alone.estimate(found.cells[1].estimates[0].metric).mean


def failing(plan, seed, first, count):
    """An engine that fails where the sender notices after five minutes."""
    if plan.sender.notices[1] == 300.0 and first + count > 2:
        raise RuntimeError("a copy got lost")
    return simulate(plan, seed, first, count)


def test_a_failing_cell_ends_nothing(v01, monkeypatch):
    """A cell whose engine fails is recorded with its error; the others are whole, and the sentence says so."""
    monkeypatch.setattr(choosing, "choose", lambda name, plan, **_: Choice("agents", failing, ""))
    monkeypatch.setattr("recallsim.designs.sweeping.choose", choosing.choose)
    found = recallsim.sweep(v01, grid=NOTICES, replications=6, workers=1)
    assert [(cell.replications, cell.error) for cell in found.cells if not cell.error] == [(6, ""), (6, "")]
    assert found.cells[1].error.endswith("RuntimeError: a copy got lost")
    assert {row["error"] for row in found.rows() if row["cell"] == 1} == {found.cells[1].error}
    assert found.sentence().endswith("1 cell failed; the others stand.")
    assert "failed: notices=5min: replication" in str(found)


def test_the_json_of_a_sweep(v01):
    """Tidy rows with the settings in columns, all with the same keys."""
    found = json.loads(recallsim.sweep(v01, grid=NOTICES, replications=3, workers=1).to_json())
    assert (found["scenario"], found["varied"], found["cells"], found["failed"]) == (
        "v01",
        ["sender.notices"],
        3,
        0,
    )
    assert len({tuple(row) for row in found["rows"]}) == 1
    assert {row["sender.notices"] for row in found["rows"]} == {"1min", "5min", "15min"}


def test_a_loaded_scenario_cannot_be_varied(v01):
    """A scenario that was loaded has lost what it was made from, and the message says what to give."""
    with pytest.raises(recallsim.RecallsimError) as caught:
        recallsim.sweep(recallsim.load(v01), grid=NOTICES)
    assert (
        str(caught.value)
        == "the scenario is of type Scenario; what is varied is given as a file, or as its text"
    )


def test_a_metric_that_there_is_not_is_said_before_anything_runs(v01, tmp_path):
    """No store is made for a sweep whose metric does not exist."""
    with pytest.raises(recallsim.RecallsimError) as caught:
        recallsim.sweep(v01, grid=NOTICES, metrics=["success_rates"], store=tmp_path / "s")
    assert str(caught.value) == "there is no metric 'success_rates'; did you mean 'success_rate'?"
    assert not (tmp_path / "s").exists()


def test_the_command_says_how_much_it_is_first(v01, run_command):
    """`--dry-run` checks, says how many cells and replications there are, and runs none."""
    done = run_command(
        "sweep", v01, "--grid", "sender.notices=[1min, 5min]", "--repeat", "3", "--dry-run", "--workers", "1"
    )
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("2 cells, each 3 times: 240 replications, about ")


def test_mistakes_on_the_command_line_have_their_place(v01, run_command):
    """What is wrong with an option is said with the option, all at once, with exit code 2."""
    done = run_command("sweep", v01, "--grid", "sender.notices=[1, 5min]", "--grid", "sender.hod=[1s]")
    assert (done.code, [line for line in done.err.splitlines() if "error" in line]) == (
        2,
        [
            "--grid sender.notices=[1, 5min]: error: sweep.grid: sender.notices: 1 has no unit; use us, ms, s, min, h, d or w",
            "--grid sender.hod=[1s]: error: sweep.grid: sender.hod: unknown key 'hod'",
        ],
    )


def kill_and_resume(scenario, folder, workers, lines):
    """Kill a sweep when it has printed so many lines; then the same again, to the end."""
    from process_groups import group_is_gone, start_group

    script = Path(__file__).parent / "support" / "sweep_script.py"
    command = [sys.executable, str(script), str(scenario), str(folder), str(workers)]
    process = start_group(command)
    for _ in range(lines):
        process.stdout.readline()
    process.kill()
    with process:
        process.stdout.read()
    assert group_is_gone(process)
    again = start_group(command)
    with again:
        assert again.stdout.read().split("\n")[-2] == "complete"
    assert group_is_gone(again)


@pytest.mark.parametrize(("workers", "lines"), [(2, 5), pytest.param(1, 3, marks=pytest.mark.prove)])
def test_a_killed_sweep_goes_on(v01, tmp_path, workers, lines):
    """After kill -9 nobody is left behind, and the same sweep again ends with the very stores of one that was not."""
    scenario = tmp_path / "v01.yaml"
    scenario.write_text(v01)
    kill_and_resume(scenario, tmp_path / "killed", workers, lines)
    recallsim.sweep(scenario, grid=NOTICES, repeat=2, workers=1, replications=16, store=tmp_path / "whole")
    assert stores(tmp_path / "killed") == stores(tmp_path / "whole")


@pytest.mark.prove
@pytest.mark.parametrize("lines", range(2, 12))
def test_a_sweep_may_be_killed_at_any_moment(v01, tmp_path, lines):
    """As above, at many moments."""
    test_a_killed_sweep_goes_on(v01, tmp_path, 2, lines)


def interrupting(plan, seed, first, count):
    """An engine during whose second piece this process gets a SIGINT, once."""
    if first > 0 and not Path("interrupted").exists():
        Path("interrupted").touch()
        os.kill(os.getpid(), signal.SIGINT)
    return simulate(plan, seed, first, count)


def test_a_sweep_that_was_stopped_goes_on(v01, tmp_path, monkeypatch):
    """After Ctrl-C what was begun is shown and kept, and the same sweep again ends as if nothing had been."""
    monkeypatch.chdir(tmp_path)
    whole = recallsim.sweep(v01, grid=NOTICES, workers=1)
    monkeypatch.setattr(
        "recallsim.designs.sweeping.choose", lambda name, plan, **_: Choice("agents", interrupting, "")
    )
    stopped = recallsim.sweep(v01, grid=NOTICES, workers=1, store=tmp_path / "s")
    again = recallsim.sweep(v01, grid=NOTICES, workers=1, store=tmp_path / "s")
    assert (stopped.interrupted, "It was stopped with" in stopped.sentence()) == (True, True)
    assert again.rows() == whole.rows()
