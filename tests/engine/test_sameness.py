"""What must not change anything: a bystander, the way draws are made, the cut into pieces, the hash seed, the unit of time."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from random_scenarios import plan_of, scenarios

from agents.post_office import PostOffice
from recallsim.engines import agents
from recallsim.engines.agents import simulate, trace
from recallsim.engines.observation import Observation
from recallsim.plan import draw_up
from recallsim.scenario.loading import load

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "validation" / "scenarios"
QUIET = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def columns_of(observation: Observation, *, first: int | None = None) -> dict[str, list[int]]:
    """Every column of an observation of one replication, or of its first recipients."""
    cut = slice(first)
    found = {name: column.tolist()[cut] for name, column in observation.recipients.items()}
    for name, passages in (("wait", observation.waits), ("sojourn", observation.sojourns)):
        found |= {
            f"{name}:{stage}:{kind}": column.tolist()[cut] for (stage, kind), column in passages.items()
        }
    found |= {
        name: column.tolist()
        for name, column in observation.replications.items()
        if first is None or not name.startswith("peak_queue")
    }
    return found


def all_columns(plan, seed: int, replications: int) -> dict[str, list[int]]:
    """The columns of replications 0 .. replications - 1."""
    return columns_of(simulate(plan, seed, 0, replications))


# --- a bystander ---------------------------------------------------------------------------------------------------


@settings(QUIET, max_examples=25)
@given(scenarios(finite=False))
def test_a_bystander_changes_nothing_for_anybody(scenario):
    """A further group of one, where nobody queues, leaves every column of all the others as it was."""
    plan = plan_of(scenario)
    groups = scenario["recipients"]["groups"]
    passer_by = {"name": "passer-by", "count": 1, "person": {"reads": {"delay": "1min"}}}
    crowded = plan_of(scenario | {"recipients": {"groups": [*groups, passer_by]}})
    for replication in range(2):
        alone = columns_of(simulate(plan, 20261120, replication, 1), first=plan.count)
        together = columns_of(simulate(crowded, 20261120, replication, 1), first=plan.count)
        assert together == alone


@pytest.mark.parametrize("name", ["v01", "v05", "v06", "v13", "v15", "v19"])
def test_a_bystander_changes_nothing_in_a_crowd(name):
    """The same where there are enough recipients for whole columns of draws."""
    plan = draw_up(load(SCENARIOS / f"{name}.yaml", {"recipients.count": 80}))
    (group,) = plan.groups
    passer_by = replace(group, name="passer-by", number=1, first=81, size=1)
    crowded = replace(plan, count=81, groups=(group, passer_by))
    for replication in range(3):
        before = columns_of(simulate(plan, 20261120, replication, 1), first=80)
        after = columns_of(simulate(crowded, 20261120, replication, 1), first=80)
        assert after == before


# --- how draws are made ------------------------------------------------------------------------------------------------


@QUIET
@given(scenarios())
def test_columns_and_single_draws_give_the_same_society(scenario):
    """Draws one by one, in Python, and servers event by event; or columns, from NumPy, and known departures: the same."""
    plan = plan_of(scenario)
    slow, quick = PostOffice(plan, 20261120, 3, traced=True, plain_stages=False), trace(plan, 20261120, 3)
    slow.run()
    assert slow.observer is not None
    assert slow.observer.events == quick[0]


@pytest.mark.parametrize("name", ["v02", "v05", "v06", "v08d", "v10", "v13", "v14", "v15", "v16", "v19"])
def test_columns_and_single_draws_agree_in_a_crowd(name, monkeypatch):
    """The same with enough recipients for whole columns, every column of the observation compared."""
    plan = draw_up(load(SCENARIOS / f"{name}.yaml"))
    quick = all_columns(plan, 20261120, 2)
    monkeypatch.setattr(
        agents,
        "PostOffice",
        lambda plan, seed, replication, **_: PostOffice(
            plan, seed, replication, plain_stages=False, plain_seats=False
        ),
    )
    assert all_columns(plan, 20261120, 2) == quick


# --- how replications are cut, and where they run ----------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [(6,), (1, 5), (2, 2, 2), (1, 1, 1, 1, 1, 1)])
def test_replications_may_be_cut_into_any_pieces(pieces):
    """Pieces of an experiment, put together, are the experiment."""
    plan = draw_up(load(SCENARIOS / "v08.yaml"))
    whole = all_columns(plan, 20261120, 6)
    first, parts = 0, []
    for count in pieces:
        parts.append(columns_of(simulate(plan, 20261120, first, count)))
        first += count
    assert {name: [value for part in parts for value in part[name]] for name in whole} == whole


DIGEST = """
import hashlib, sys
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.scenario.loading import load

digest = hashlib.sha256()
for name in sys.argv[1:]:
    found = simulate(draw_up(load(name)), 20261120, 0, 3)
    for table in (found.recipients, found.replications, found.waits, found.sojourns):
        for key, column in table.items():
            digest.update(repr(key).encode() + column.tobytes())
print(digest.hexdigest())
"""


def test_the_hash_seed_changes_nothing():
    """Processes with different hash seeds give the same observation, byte for byte."""
    files = [str(SCENARIOS / f"{name}.yaml") for name in ("v03", "v06", "v08d", "v13", "v15")]
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, *files],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(digests) == 1


def test_running_twice_gives_the_same_log():
    """A trace is the same to the letter when the replication is lived through again."""
    plan = draw_up(load(SCENARIOS / "v06.yaml", {"recipients.count": 40}))
    logs = [hashlib.sha256(repr(trace(plan, 1, 2)[0]).encode()).hexdigest() for _ in range(2)]
    assert logs[0] == logs[1]


# --- the unit of time --------------------------------------------------------------------------------------------------


TIMED = {
    "name": "timed",
    "clock": "1ms",
    "horizon": "8h",
    "sender": {
        "notices": {"lognormal": {"median": "4min", "sigma": 1}},
        "acts": "20s",
        "recall": {"replace": {"compose": {"exponential": {"mean": "3min"}}}},
    },
    "transport": {
        "stages": [
            {
                "name": "s",
                "workers": 3,
                "service": {"exponential": {"mean": "20s"}},
                "failure": 0.1,
                "retry": ["1min", "3min"],
                "background": {"rate": "2/min", "service": {"exponential": {"mean": "30s"}}, "start": "warm:30min"},
            }
        ],
        "link": {"latency": {"gamma": {"shape": 2, "scale": "30s"}}},
        "outages": [{"stage": "s", "from": "5min", "for": "2min"}],
    },
    "recipients": {
        "groups": [
            {
                "name": "g",
                "count": 30,
                "client": {"auto_process": 0.5, "idle": {"uniform": {"low": "1min", "high": "8min"}}, "sync": "cached:30s"},
                "person": {
                    "reads": {"sessions": {"gap": {"exponential": {"mean": "15min"}}, "order": "random", "handling": "20s"}},
                    "mark_unread": {"share": 0.3, "after": "2min", "repeat": "unlimited"},
                },
            },
            {
                "name": "h",
                "count": 30,
                "client": {"auto_process": 0.3, "sync": {"poll": "4min"}},
                "person": {"reads": {"delay": {"lognormal": {"median": "9min", "sigma": 1.2}}}, "preview": {"share": 0.4}},
            },
        ]
    },
}  # fmt: skip


def slowed(value: object) -> object:
    """The tree with every duration doubled and every rate halved."""
    if isinstance(value, dict):
        return {key: slowed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [slowed(each) for each in value]
    if not isinstance(value, str):
        return value
    rate = re.fullmatch(r"(\d+)/(\w+)", value)
    if rate:
        return f"{int(rate[1]) / 2:g}/{rate[2]}"
    return re.sub(r"(\d+)(ms|s|min|h)\b", lambda found: f"{2 * int(found[1])}{found[2]}", value)


def test_twice_as_slow_is_the_same_in_ticks():
    """Doubling every time and the tick changes no tick and no outcome."""
    assert slowed({"a": ["warm:30min", "2/min"], "clock": "1ms"}) == {
        "a": ["warm:60min", "1/min"],
        "clock": "2ms",
    }
    as_it_is, slow = plan_of(TIMED), plan_of(slowed(TIMED))
    assert slow.clock == 2 * as_it_is.clock
    assert slow.horizon == as_it_is.horizon
    assert all_columns(slow, 20261120, 4) == all_columns(as_it_is, 20261120, 4)


# --- what ought to help does -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["v01", "v03", "v05", "v13", "v16", "v19"])
def test_sooner_is_never_worse(name):
    """Nobody for whom a late recall succeeds is lost by an earlier one: the same people on the same day."""
    found = []
    for notices in ("1min", "5min", "20min", "2h"):
        plan = draw_up(load(SCENARIOS / f"{name}.yaml", {"sender.notices": notices}))
        found.append(simulate(plan, 20261120, 0, 4).recipients["status"] == 1)
    for sooner, later in pairwise(found):
        assert not np.any(later & ~sooner)
    assert found[0].sum() > found[-1].sum()


def test_random_order_lies_halfway_between_newest_and_oldest():
    """In random order success is about the mean of newest first and oldest first."""
    shares = {}
    for order in ("newest", "oldest", "random"):
        settings_of = {"recipients.groups.staff.person.reads.sessions.order": order}
        plan = draw_up(load(SCENARIOS / "v06.yaml", settings_of))
        shares[order] = float((simulate(plan, 20261120, 0, 16).recipients["status"] == 1).mean())
    assert shares["random"] == pytest.approx((shares["newest"] + shares["oldest"]) / 2, abs=0.03)


def test_nobody_reads_means_nothing_fails():
    """If mail is never opened, every recall that is processed succeeds, whatever else happens."""
    plan = draw_up(load(SCENARIOS / "v16.yaml", {"recipients.groups.*.person.reads": "never"}))
    assert simulate(plan, 20261120, 0, 5).recipients["status"].tolist() == [1] * 5 * plan.count


def test_a_plan_is_made_of_frozen_records():
    """Nothing in a plan can be changed after it was drawn up."""
    plan = draw_up(load(SCENARIOS / "v08d.yaml"))
    for record in (plan, plan.sender, plan.link, *plan.stages, *plan.groups):
        assert is_dataclass(record)
        with pytest.raises(AttributeError):
            setattr(record, fields(record)[0].name, None)
