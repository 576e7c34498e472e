"""A replication that is read part by part has the columns, the tally and the bits of one that is read at once."""

from pathlib import Path

import numpy as np
import pytest
from equality import interpreted

from recallsim.engines import parts as in_parts
from recallsim.engines.batch import Batch, simulate_on
from recallsim.estimate.parts import joined, tally_part
from recallsim.estimate.tally import tally
from recallsim.plan import draw_up
from recallsim.running.work import EngineWork
from recallsim.scenario.loading import load

ROOT = Path(__file__).parents[2]
RACE = ROOT / "benchmarks" / "race.yaml"
PARTIES = """
[{name: few, count: 3, client: {kind: outlook-desktop, idle: 5s}, person: {reads: {delay: {exponential: {mean: 10min}}}}},
 {name: none, count: 130, client: {kind: web}, person: {reads: {delay: 1h}}},
 {name: many, count: 377, client: {kind: outlook-desktop, idle: 1min}, person: {reads: {delay: {exponential: {mean: 1h}}}}}]
"""
WAYS = {
    "one stage": [],
    "two stages": ["transport.submission={workers: 2, service: {exponential: {mean: 10ms}}, per: recipient}"],
    "workers for all": ["transport.delivery.workers=unlimited"],
    "lost mail": ["transport.link.loss=0.1"],
    "a replacement": ["sender.recall.replace={compose: 5s}"],
    "groups": ["recipients.count=null", f"recipients.groups={PARTIES}"],
}


def plan_of(way, clock="10s"):
    """A plan that comes in parts if it is large."""
    return draw_up(
        load(RACE, ["recipients.count=510", "transport.reports=own", f"clock={clock}", *WAYS[way]])
    )


@pytest.mark.parametrize("way", WAYS)
def test_the_parts_are_the_whole(way):
    """Columns and tally of 64 recipients at a time, on two threads, are those of all at once."""
    plan = plan_of(way)
    whole = simulate_on(plan, 1, 5, 1, threads=1, replicate=interpreted)
    kept = []

    def read(observation, part):
        kept.append(part.count)
        return observation, tally_part(observation, part)

    found = list(in_parts.parts(plan, 1, 5, read, threads=2, kernel=interpreted, size=64))
    assert sorted(kept) == [62, *7 * [64]]
    for name, column in whole.recipients.items():
        assert np.array_equal(column, np.concatenate([each.recipients[name] for each, _ in found])), name
    for name in ("waits", "sojourns"):
        for key, column in getattr(whole, name).items():
            assert np.array_equal(column, np.concatenate([getattr(each, name)[key] for each, _ in found]))
    one, other = tally(whole, plan), joined((each for _, each in found), plan)
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert np.array_equal(one.curves, other.curves)


def test_work_takes_parts_where_there_are_many_recipients(monkeypatch):
    """The batch of a large plan is the same as that of one piece, with the bits of its recipients."""
    pytest.importorskip("numba", reason="the batch engine needs numba")
    plan = plan_of("one stage")
    work = EngineWork(Batch(2), plan, 1, bits=True)
    whole = work(0, 3)
    monkeypatch.setattr(in_parts, "LARGE", 100)
    monkeypatch.setattr(in_parts.parts, "__kwdefaults__", {"size": 64})
    assert in_parts.comes_in_parts(plan)
    found = work(0, 3)
    assert np.array_equal(whole.values, found.values, equal_nan=True)
    assert np.array_equal(whole.curves, found.curves)
    assert np.array_equal(whole.bits, found.bits)


def test_the_order_of_a_queue_does_not_depend_on_the_room(monkeypatch):
    """Who queues before whom is the same whether all are put in order at once or some at a time."""
    from recallsim.engines import rooms

    plan = draw_up(load(RACE, ["recipients.count=9000", "transport.reports=own", "sender.notices=1h"]))
    whole = list(
        in_parts.parts(plan, 1, 5, lambda seen, _: seen, threads=1, kernel=interpreted, size=1 << 20)
    )
    monkeypatch.setattr(rooms, "ORDERED_AT_ONCE", 2500)
    found = list(
        in_parts.parts(plan, 1, 5, lambda seen, _: seen, threads=1, kernel=interpreted, size=1 << 20)
    )
    assert np.array_equal(whole[0].waits[0, 0], found[0].waits[0, 0])


def test_reports_through_the_same_servers_come_at_once(monkeypatch):
    """Where reports follow the mail through its stages nobody is finished before all are."""
    monkeypatch.setattr(in_parts, "LARGE", 100)
    assert not in_parts.comes_in_parts(draw_up(load(RACE, ["recipients.count=510"])))
