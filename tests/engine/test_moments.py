"""Moments at which several things fall on one tick, lived through by the whole society."""

import pytest
from random_scenarios import plan_of

from recallsim.engines.agents import simulate

MINUTE = 60_000_000
"""Ticks of a microsecond."""


def scenario(**changes):
    """Four recipients who are never at their mail."""
    return {
        "name": "moments",
        "horizon": "1d",
        "sender": {"notices": "5min"},
        "recipients": {"groups": [{"name": "g", "count": 4}]},
    } | changes


@pytest.mark.parametrize("workers", ["unlimited", 4])
def test_an_outage_from_the_first_tick_is_met(workers):
    """Outages (rank SWITCH) begin before the sender presses Send (rank SENDER) at the same tick."""
    transport = {
        "stages": [{"name": "s", "workers": workers, "service": "1min"}],
        "outages": [{"stage": "s", "from": "0s", "for": "30min"}],
    }
    found = simulate(plan_of(scenario(transport=transport)), 1, 0, 1)
    assert found.recipients["original_delivered"].tolist() == [31 * MINUTE] * 4
    assert found.waits[0, 0].tolist() == [30 * MINUTE] * 4


def test_what_falls_on_the_horizon_still_happens():
    """A delivery at the very tick of the horizon is seen, one a tick later is in transit."""
    transport = {"link": {"latency": {"original": "24h", "request": "23h 55min"}}}
    at_end = simulate(plan_of(scenario(transport=transport)), 1, 0, 1)
    assert at_end.recipients["original_delivered"].tolist() == [1440 * MINUTE] * 4
    assert at_end.recipients["request_delivered"].tolist() == [1440 * MINUTE] * 4
    transport = {"link": {"latency": {"original": "24h", "request": "23h 55min 1ms"}}}
    late = simulate(plan_of(scenario(transport=transport)), 1, 0, 1)
    assert late.recipients["request_delivered"].tolist() == [-1] * 4


@pytest.mark.parametrize(("after", "removed"), [("24h", 1440 * MINUTE), ("24h 1ms", -1)])
def test_what_people_do_on_the_horizon_still_happens(after, removed):
    """A message deleted (rank KEEP) at the very tick of the horizon is gone, one due a tick later is there."""
    group = {"name": "g", "count": 4, "person": {"deletes": {"after": after, "unread": True, "hard": True}}}
    found = simulate(plan_of(scenario(recipients={"groups": [group]})), 1, 0, 1)
    assert found.recipients["original_removed"].tolist() == [removed] * 4


def test_asking_at_the_tick_of_send_is_an_ordinary_recall():
    """Without a hold, the original is submitted before the request of the same tick."""
    changes = {
        "sender": {"notices": "0s"},
        "recipients": {"groups": [{"name": "g", "count": 4, "client": {"auto_process": 1}}]},
    }
    found = simulate(plan_of(scenario(**changes)), 1, 0, 1)
    assert found.recipients["status"].tolist() == [1] * 4
    assert found.recipients["original_delivered"].tolist() == [0] * 4
    assert found.recipients["overtaken"].tolist() == [0] * 4


def test_request_and_opening_at_one_tick():
    """A request that is processed by itself (rank PROCESS) comes before an opening at that tick (rank LOOK)."""
    group = {
        "name": "g",
        "count": 4,
        "client": {"auto_process": 1},
        "person": {"reads": {"delay": {"original": "5min", "request": "never"}}},
    }
    found = simulate(plan_of(scenario(recipients={"groups": [group]})), 1, 0, 1)
    assert found.recipients["decided"].tolist() == [5 * MINUTE] * 4
    assert found.recipients["status"].tolist() == [1] * 4
    assert found.recipients["seen"].tolist() == [-1] * 4
