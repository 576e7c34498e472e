import signal
import sqlite3

import pytest
from store_fakes import as_bytes, broken_engine

from recallsim.engines.agents import simulate
from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.estimate.stopping import Rule, Target, fixed
from recallsim.plan import draw_up
from recallsim.running.errors import ReplicationError
from recallsim.running.experiment import run_experiment
from recallsim.running.identity import identify
from recallsim.running.workers import default_workers
from recallsim.scenario import load
from recallsim.store.digest import digest
from recallsim.store.errors import StoreMismatch
from recallsim.store.realloop import run_in_real_loop
from recallsim.store.store import opened

SCENARIO = """
name: few
horizon: {horizon}
sender: {{client: outlook-desktop, notices: 10min, recall: {{system: outlook}}}}
transport: {{link: {{latency: {{exponential: {{mean: 1min}}}}}}}}
recipients:
  count: 12
  groups:
    - name: desk
      share: 0.5
      client: {{kind: outlook-desktop, auto_process: 0.5, idle: 3min}}
      person: {{reads: {{delay: {{exponential: {{mean: 30min}}}}}}}}
    - {{name: web, share: 0.5, client: {{kind: web}}, person: {{reads: {{delay: 20min}}}}}}
"""


def experiment(path, rule_or_n, horizon="1d", **options):
    """A run of the small scenario; also its scenario and plan."""
    scenario = load(SCENARIO.format(horizon=horizon))
    plan = draw_up(scenario)
    options = {"seed": 11, "workers": 1, "engine": simulate} | options
    outcome = run_experiment(scenario, plan, rule_or_n=rule_or_n, store_path=path, **options)
    return scenario, plan, outcome


def test_an_experiment_is_the_same_with_any_number_of_workers(tmp_path, monkeypatch):
    """The engine of agents gives one store and one answer, in this process and in others."""
    monkeypatch.setattr("recallsim.running.conduct.SMALL_JOB_SECONDS", 0.0)
    found = []
    for workers in (1, 2):
        path = tmp_path / f"{workers}.sqlite"
        _, _, outcome = experiment(path, 12, workers=workers, record_recipients=True)
        found.append((digest(path), outcome.estimates, as_bytes(outcome.values), as_bytes(outcome.curves)))
    assert found[0] == found[1]


def test_the_store_holds_the_estimates_of_the_outcome(tmp_path):
    """What is reported and what is stored is one and the same."""
    path = tmp_path / "a.sqlite"
    _, _, outcome = experiment(path, fixed(8))
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "select variant, group_name, metric, mean, low, high, replications, degenerate from estimates"
        ).fetchall()
    database.close()
    assert sorted(rows, key=str) == sorted(
        [
            (e.variant, e.group, e.metric, e.mean, e.low, e.high, e.replications, int(e.degenerate))
            for e in outcome.estimates
        ],
        key=str,
    )
    assert (outcome.n, outcome.precision_reached, outcome.interrupted, outcome.store) == (
        8,
        None,
        False,
        path,
    )


def test_recorded_recipients_are_what_the_engine_saw(tmp_path):
    """The rows of one replication, read back, are the engine's columns."""
    path = tmp_path / "a.sqlite"
    scenario, plan, _ = experiment(path, 5, record_recipients=True)

    async def work():
        async with opened(path) as store:
            return await store.recipients(await store.begin(identify(scenario, plan, 11)), 3)

    found = run_in_real_loop(work())
    expected = simulate(plan, 11, 3, 1).recipients
    assert {name: found[name].tolist() for name in RECIPIENT_COLUMNS} == {
        name: expected[name].tolist() for name in RECIPIENT_COLUMNS
    }


def test_a_precision_decides_how_many(tmp_path):
    """The rule of the estimators ends the run, and says whether it was satisfied."""
    rule = Rule((Target(half_width=0.5),), minimum=4, maximum=20, step=4)
    _, _, loose = experiment(tmp_path / "a.sqlite", rule)
    strict = Rule((Target(half_width=1e-9),), minimum=4, maximum=8, step=4)
    _, _, missed = experiment(tmp_path / "a.sqlite", strict)
    assert (loose.n, loose.precision_reached) == (4, True)
    assert (missed.n, missed.precision_reached, missed.resumed) == (8, False, 4)


def test_a_changed_scenario_is_refused_with_the_key_that_changed(tmp_path):
    """The store of another scenario names what differs."""
    path = tmp_path / "a.sqlite"
    experiment(path, 2)
    with pytest.raises(StoreMismatch) as caught:
        experiment(path, 2, horizon="2d")
    assert str(caught.value) == (
        f"{path}: the store belongs to another scenario ('few'), which differs in horizon. Name another place "
        "with --store, or move this one away to start anew; nothing in it was changed."
    )


def test_an_engine_that_fails_is_reported_with_its_address(tmp_path):
    """Replication, seed and what to type stand in the message, and its cause is the engine's own error."""
    path = tmp_path / "a.sqlite"
    with pytest.raises(ReplicationError) as caught:
        experiment(path, 5, engine=broken_engine)
    assert str(caught.value) == (
        "replication 0 failed: RuntimeError: a copy got lost\n"
        f"The replications in {path} are safe. To see it alone: "
        "recallsim trace SCENARIO --replication 0 --set seed=11 ('few')."
    )
    assert str(caught.value.__cause__) == "a copy got lost"


def test_an_experiment_that_is_stopped_says_so(tmp_path):
    """A signal ends it with what is there: here the replications of the first advance."""

    class Impatient:
        def started(self, total, resumed):
            pass

        def advanced(self, done, target):
            signal.raise_signal(signal.SIGINT)

        def finished(self, simulated):
            pass

    _, _, outcome = experiment(tmp_path / "a.sqlite", 50, progress=Impatient())
    assert (outcome.interrupted, outcome.signal, outcome.n) == (True, signal.SIGINT, 1)
    assert {estimate.replications for estimate in outcome.estimates} <= {0, 1}


@pytest.mark.parametrize("n", [0, -4])
def test_less_than_one_replication_is_an_error(n):
    """There would be nothing to estimate from."""
    with pytest.raises(ValueError) as caught:
        experiment(None, n)
    assert str(caught.value) == f"{n} replications were asked for; there has to be at least 1"


def test_there_is_a_worker_for_each_processor():
    """By default all processors that this process may use are used."""
    assert default_workers() >= 1
