"""A society that is over leaves memory before the next one comes."""

import gc
from types import SimpleNamespace

import pytest
from societies import SOCIETIES

from recallsim.engines import agents
from recallsim.engines.agents import simulate


def left_of(name):
    """How many objects that nobody can reach two replications of a society leave."""
    plan = SOCIETIES[name]()
    simulate(plan, 7, 0, 1)  # what modules keep of a first time is no part of it
    gc.collect()
    gc.disable()
    try:
        simulate(plan, 7, 0, 2)
        return gc.collect()
    finally:
        gc.enable()


@pytest.mark.parametrize("name", SOCIETIES)
def test_nothing_is_left_of_a_society(name):
    """After two replications a search for garbage finds nothing that nobody can reach."""
    assert left_of(name) == 0


@pytest.mark.parametrize("name", ["servers", "delays"])
def test_a_society_without_mailboxes_parts_by_itself(monkeypatch, name):
    """Where recipients are no agents, its parting leaves nothing for a search for garbage to find."""
    monkeypatch.setattr(agents, "gc", SimpleNamespace(**vars(gc) | {"collect": lambda generation: 0}))
    assert left_of(name) == 0
