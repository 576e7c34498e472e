"""Values by kind of message: each key of the servers takes them, in both engines alike."""

import json

import pytest
from equality import differences, interpreted

import recallsim
from agents.post_office import PostOffice
from recallsim.engines import agents, kernel_stage
from recallsim.engines.batch import simulate_on
from recallsim.plan import draw_up
from recallsim.scenario import fingerprint
from transport.sometimes import Rare

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

SEED = 20261120
KINDS = ("original", "request", "replacement", "default")
SERVERS = """
name: kinds
clock: 1s
horizon: 12h
sender: {notices: 2min, acts: 10s, recall: {replace: {compose: 1min}}}
transport:
  delivery:
    workers: 4
    service: {exponential: {mean: 3s}}
    failure: 0.5
    retry: [1min, 3min]
    give_up: 20min
    greylist: {delay: 2min, window: 10min, known: 0.3}
    delay_notice: 3min
  hops: [{name: gateway, service: 1s, failure: 0.6, retry: [2min], give_up: 6min}]
  routes: [{groups: [members], hops: [gateway]}]
  faults:
    - {stage: delivery, fault: defer, odds: 0.2}
    - {stage: delivery, fault: delay, odds: 0.5, by: 10s}
  lists: [{name: all, members: [members], moderation: {reads: {exponential: {mean: 30min}}, expires: 1h}}]
recipients:
  groups:
    - {name: members, count: 15, client: {auto_process: 1}, person: {reads: {delay: {exponential: {mean: 30min}}}}}
    - {name: others, count: 15, client: {auto_process: 1}, person: {reads: {delay: {exponential: {mean: 30min}}}}}
"""
BACKOFF = {"backoff": {"first": "20s", "factor": 3, "max": "5min", "jitter": 0.5}, "attempts": 4}
BY_KIND = {
    "transport.delivery.retry": {"original": ["10s"], "request": BACKOFF, "default": ["4min"]},
    "transport.delivery.give_up": {"request": "3min", "default": "1h"},
    "transport.delivery.greylist.delay": {"request": "5min", "default": "1min"},
    "transport.delivery.greylist.window": {"original": "2min", "request": "6min"},
    "transport.delivery.greylist.known": {"original": 0.1, "request": 0.9},
    "transport.delivery.failure": {"request": 0.9, "default": 0.1},
    "transport.hops.gateway.retry": {"original": ["10s"], "request": BACKOFF},
    "transport.hops.gateway.give_up": {"original": "30s", "default": "1h"},
    "transport.faults.0.odds": {"request": 0.7, "default": 0},
    "transport.faults.1.by": {"request": {"exponential": {"mean": "2min"}}, "original": "1s"},
    "transport.lists.all.moderation.expires": {"request": "5min", "default": "2h"},
}
"""By key, a value by kind that makes a difference to somebody."""
BARE = {
    "transport.delivery.retry": ["2min"],
    "transport.delivery.give_up": "7min",
    "transport.delivery.delay_notice": "7min",
    "transport.delivery.greylist.delay": "3min",
    "transport.delivery.greylist.window": "4min",
    "transport.delivery.greylist.known": 0.7,
    "transport.hops.gateway.retry": BACKOFF,
    "transport.hops.gateway.give_up": "5min",
    "transport.hops.gateway.delay_notice": "5min",
    "transport.faults.0.odds": 0.4,
    "transport.faults.1.by": {"uniform": {"low": "1s", "high": "9s"}},
    "transport.lists.all.moderation.expires": "3h",
}


def scenario_with(changes):
    """The scenario with values set, by path."""
    return recallsim.load(SERVERS, [f"{path}={json.dumps(value)}" for path, value in changes.items()])


@pytest.mark.parametrize("path", BY_KIND)
def test_both_engines_take_the_key_by_kind(path):
    """The columns of both engines are equal, and others than without the mapping."""
    plan = draw_up(scenario_with({path: BY_KIND[path]}))
    right = agents.simulate(plan, SEED, 0, 2)
    assert differences(right, simulate_on(plan, SEED, 0, 2, threads=1)) == []
    assert differences(right, agents.simulate(draw_up(scenario_with({})), SEED, 0, 2)) != []


def test_both_engines_take_all_of_them_together():
    """All mappings at once, compiled and as plain Python."""
    plan = draw_up(scenario_with(BY_KIND | {"transport.delivery.delay_notice": {"original": "1min"}}))
    right = agents.simulate(plan, SEED, 0, 4)
    compiled = simulate_on(plan, SEED, 0, 4, threads=1)
    read = simulate_on(plan, SEED, 0, 4, threads=1, replicate=interpreted)
    assert (differences(right, compiled), differences(right, read)) == ([], [])


@pytest.mark.parametrize("path", BARE)
def test_a_bare_value_is_the_default_of_all_kinds(path):
    """A bare value, the mapping with it as `default`, and one that gives it to each kind make one plan."""
    bare, default, each = (
        scenario_with({path: value})
        for value in (BARE[path], {"default": BARE[path]}, dict.fromkeys(KINDS, BARE[path]))
    )
    assert draw_up(bare) == draw_up(default) == draw_up(each)
    assert draw_up(bare) != draw_up(scenario_with({}))
    assert fingerprint(bare) == fingerprint(default)


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ({"replacement": "1us", "default": "2h"}, set()),
        ({"original": "1min", "default": "2h"}, {0}),
        ({"request": "1min", "default": "2h"}, {1}),
    ],
)
def test_a_notice_of_delay_is_for_the_kinds_that_have_one(notice, expected):
    """Kinds without a time are not told of, however long they are held up."""
    changes = {"transport.delivery.delay_notice": notice, "sender.recall.replace": None}
    office = PostOffice(draw_up(scenario_with(changes)), SEED, 0)
    told = set()
    office.world.relay.delayed = lambda number, kind: told.add(kind)
    office.run()
    assert told == expected
    assert (office.world.relay.sometimes.counts[Rare.DELAY_NOTICE] > 0) == bool(expected)


def test_a_kernel_that_takes_one_kind_for_another_is_caught(monkeypatch):
    """Where all kinds follow the schedule of the original, the columns differ."""
    plan = draw_up(scenario_with(BY_KIND))
    right = agents.simulate(plan, SEED, 0, 2)
    monkeypatch.setattr(kernel_stage, "E_WIDTH", 0)
    assert differences(right, simulate_on(plan, SEED, 0, 2, threads=1, replicate=interpreted)) != []
