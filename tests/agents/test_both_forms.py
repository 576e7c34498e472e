"""An actor may be a task or an entry of the event list: both forms live the same lives."""

from functools import partial

import pytest
from other_loops import EntryLoop, TaskLoop
from scenes import STRICT, traced
from societies import SOCIETIES, columns

from agents.post_office import PostOffice
from recallsim.engines.agents import simulate, trace
from transport.clock.real_time import RealTimeLoop

SEED = 20261120


@pytest.fixture(scope="module")
def lives():
    """The trace of each society in the ordinary loop."""
    return {name: traced(make(), SEED, 0)[0] for name, make in SOCIETIES.items()}


@pytest.mark.parametrize("loop", [TaskLoop, EntryLoop, STRICT], ids=["tasks", "entries", "strict"])
@pytest.mark.parametrize("name", SOCIETIES)
def test_both_forms_of_each_actor_give_the_same_trace(name, loop, lives):
    """Whatever waits, in a task or as an entry: every event, at its tick, in its order; and no key twice."""
    events, _ = traced(SOCIETIES[name](), SEED, 0, loop)
    assert events == lives[name]


@pytest.mark.parametrize("loop", [TaskLoop, EntryLoop], ids=["tasks", "entries"])
@pytest.mark.parametrize("name", SOCIETIES)
def test_both_forms_of_each_actor_give_the_same_observation(name, loop):
    """Outcomes, ticks, waits and the sender's moments of two replications are equal, and the books balance."""
    plan = SOCIETIES[name]()
    assert columns(simulate(plan, SEED, 1, 2, loop=loop)) == columns(simulate(plan, SEED, 1, 2))


@pytest.mark.parametrize("name", SOCIETIES)
def test_no_two_pending_events_have_one_key(name):
    """The strict loop finds no tie in ten replications."""
    simulate(SOCIETIES[name](), SEED, 100, 10, loop=STRICT)


@pytest.mark.parametrize("name", ["cycles", "servers"])
def test_the_wall_clock_changes_nothing(name, lives):
    """The same agents, paced by a clock of real time, live the same lives."""
    now = [1000.0]

    def sleep(seconds):
        now[0] += seconds

    loop = partial(RealTimeLoop, 0.5, strict=True, monotonic=lambda: now[0], sleep=sleep)
    events, office = traced(SOCIETIES[name](), SEED, 0, loop)
    assert (events, now[0] - 1000.0) == (lives[name], office.world.clock.now * 0.5)


def test_the_loops_do_what_they_are_for():
    """Under TaskLoop nothing but wake-ups is in the event list; under EntryLoop nobody is an asyncio task."""
    plan = SOCIETIES["checks"]()
    tasks = PostOffice(plan, SEED, 0, loop=TaskLoop)
    entries = PostOffice(plan, SEED, 0, loop=EntryLoop)
    tasks.run()
    entries.run()
    assert tasks.world.clock.turned > 200
    assert {type(task).__name__ for task in entries.world.clock.tasks} == {"Driven"}


@pytest.mark.parametrize("name", SOCIETIES)
def test_draws_one_by_one_or_in_columns(name, lives):
    """Without fillers of columns every draw and every time is made by itself: the same trace."""
    plan = SOCIETIES[name]()
    assert trace(plan, SEED, 0)[0] == lives[name]
