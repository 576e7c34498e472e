"""Virtual time: the order of events is a rule, never an accident; and what a stall, a tie or a stock timer says."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transport.clock.event_list import EventList
from transport.clock.loop import VirtualLoop
from transport.clock.ranks import Rank, order
from transport.clock.real_time import RealTimeLoop
from transport.errors import ClockError, Stalled, TiedEvents

KEYS = st.tuples(
    st.integers(0, 8),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
)


def packed(key):
    rank, sub, entity, message, ordinal = key
    return order(rank, entity, message, ordinal, sub=sub)


# --- ranks and the event list ----------------------------------------------------------------------------------------


@given(KEYS, KEYS)
def test_packed_orders_compare_as_their_parts_do(one, other):
    """Rank first, then sub-rank, entity, message and ordinal."""
    assert (packed(one) < packed(other)) == (one < other)
    assert (packed(one) == packed(other)) == (one == other)


def test_ranks_are_those_of_the_model():
    """Who goes first within a tick."""
    assert [rank.name for rank in sorted(Rank)] == [
        "SWITCH", "SENDER", "SERVE", "DELIVER", "SYNC", "PROCESS", "LOOK", "KEEP", "HORIZON",
    ]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), KEYS), unique=True, max_size=40), st.randoms(use_true_random=False)
)
def test_events_come_by_tick_and_order_however_they_went_in(keys, shuffler):
    """The list sorts by (tick, order); the order in which events were added means nothing."""
    mixed = list(keys)
    shuffler.shuffle(mixed)
    events = EventList(strict=True)
    for tick, key in mixed:
        events.push(tick, packed(key), print, tick, key)
    assert len(events) == len(keys) == len(list(events))
    assert [events.pop()[3:] for _ in keys] == sorted(keys)


def first(a, b):
    """An event."""


def second(a, b):
    """Another one."""


def test_two_pending_events_with_one_key_are_an_error():
    """Strict lists refuse to let chance decide; the message names both."""
    events = EventList(strict=True)
    events.push(7, 42, first, None, None)
    with pytest.raises(TiedEvents) as caught:
        events.push(7, 42, second, None, None)
    assert str(caught.value) == f"two events have the key (7, 42): {first!r} and {second!r}"
    assert (caught.value.tick, caught.value.order, caught.value.first, caught.value.second) == (
        7,
        42,
        first,
        second,
    )


def test_the_same_key_may_be_used_again_when_it_is_free():
    """One after the other is legal: handling times may be 0."""
    events = EventList(strict=True)
    events.push(7, 42, first, None, None)
    assert events.pop()[2] is first
    events.push(7, 42, second, None, None)
    assert events.pop()[2] is second


# --- the loop ------------------------------------------------------------------------------------------------------------


def loops():
    return [VirtualLoop(strict=True), fake_real_time()[0]]


def fake_real_time(seconds_per_tick=0.25):
    """A real-time loop whose wall clock moves by its sleeps alone, and the sleeps."""
    wall, sleeps = [1000.0], []

    def sleep(seconds):
        sleeps.append(seconds)
        wall[0] += seconds

    return RealTimeLoop(seconds_per_tick, strict=True, monotonic=lambda: wall[0], sleep=sleep), sleeps


async def society(clock, log):
    """Three agents that meet on the same ticks, wake each other and start a task."""
    mail = clock.signal("mail")

    async def reader():
        await clock.sleep_until(3, order(Rank.LOOK, 1))
        log.append((clock.now, "reader looks"))
        letter = await mail
        log.append((clock.now, "reader finds", letter))
        await clock.sleep_until(clock.now, order(Rank.KEEP, 1))
        log.append((clock.now, "reader keeps"))

    async def writer(number):
        await clock.sleep_until(3, order(Rank.SENDER, number))
        log.append((clock.now, "writer", number))
        await clock.sleep_until(5, order(Rank.SENDER, number))
        log.append((clock.now, "writer again", number))
        if number == 2:
            mail.set_result("a letter")

    async with asyncio.TaskGroup() as group:
        for agent in (reader(), writer(2), writer(1)):
            group.create_task(agent)
    return clock.now


TRACE = [
    (3, "writer", 1),
    (3, "writer", 2),
    (3, "reader looks"),
    (5, "writer again", 1),
    (5, "writer again", 2),
    (5, "reader finds", "a letter"),
    (5, "reader keeps"),
]


@pytest.mark.parametrize("clock", loops(), ids=["virtual", "real time"])
def test_agents_act_in_the_order_of_ticks_and_ranks(clock):
    """One trace, in virtual and in real time: by rank and number, whatever the order in which tasks were made."""
    log = []
    assert clock.run_until_complete(society(clock, log)) == 5
    assert log == TRACE


def test_real_time_sleeps_between_ticks_and_never_within_one():
    """The real-time loop waits for the wall clock, once for each tick in which something happens."""
    clock, sleeps = fake_real_time(0.25)
    clock.run_until_complete(society(clock, []))
    assert sleeps == [0.75, 0.5]


def test_a_slow_machine_does_not_sleep():
    """Where the wall clock is late already, real time hurries on."""
    sleeps = []
    wall = iter(range(0, 1000, 10))
    clock = RealTimeLoop(0.5, monotonic=lambda: float(next(wall)), sleep=sleeps.append)
    clock.run_until_complete(society(clock, []))
    assert sleeps == []


def test_callbacks_that_are_ready_run_before_the_next_event():
    """`call_soon` is drained to the last before time moves, or another event of the same tick."""
    clock, log = VirtualLoop(strict=True), []

    def chain(left):
        log.append((clock.now, left))
        if left:
            clock.call_soon(chain, left - 1)

    clock.at(4, order(Rank.SWITCH), lambda a, b: clock.call_soon(chain, 3))
    clock.at(4, order(Rank.SENDER), lambda a, b: log.append((clock.now, "sender")))
    clock.run_forever()
    assert log == [(4, 3), (4, 2), (4, 1), (4, 0), (4, "sender")]


def test_a_cancelled_callback_does_not_run():
    """A handle that was cancelled in time stays silent."""
    clock, log = VirtualLoop(), []
    clock.call_soon(log.append, "cancelled").cancel()
    clock.call_soon(log.append, "called")
    clock.run_forever()
    assert log == ["called"]


@pytest.mark.parametrize(
    "timer",
    [
        lambda clock: asyncio.sleep(1),
        lambda clock: asyncio.wait_for(clock.signal("mail"), 1),
        lambda clock: later(clock),
        lambda clock: timed_out(),
        lambda clock: at(clock),
    ],
    ids=["sleep", "wait_for", "call_later", "timeout", "call_at"],
)
def test_stock_timers_are_refused(timer):
    """asyncio's own timers have no rank."""
    clock = VirtualLoop()

    async def agent():
        await timer(clock)

    with pytest.raises(ClockError) as caught:
        clock.run_until_complete(agent())
    assert str(caught.value) == (
        "asyncio timers have no rank; sleep on the clock: await clock.sleep_until(tick, order)"
    )


async def later(clock):
    clock.call_later(1, print)


async def at(clock):
    clock.call_at(1, print)


async def timed_out():
    async with asyncio.timeout(1):
        pass


def test_asyncio_sleep_of_zero_gives_way():
    """`asyncio.sleep(0)` needs no timer and lets the others run."""
    clock, log = VirtualLoop(), []

    async def agent(name):
        for turn in range(2):
            log.append((name, turn))
            await asyncio.sleep(0)

    async def both():
        await asyncio.gather(agent("a"), agent("b"))

    clock.run_until_complete(both())
    assert log == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_answers_from_threads_are_refused():
    """Nothing may come in from outside virtual time."""
    with pytest.raises(ClockError) as caught:
        VirtualLoop().call_soon_threadsafe(print)
    assert str(caught.value) == (
        "nothing may come into virtual time from another thread; do I/O outside, in a real loop"
    )


def test_a_stall_names_who_waits_for_what():
    """When nothing is left to happen, the error lists the agents and what each of them waits for."""
    clock = VirtualLoop()

    async def waits(what):
        await clock.signal(what)

    async def main():
        clock.create_task(waits("mail"), name="person 3")
        clock.create_task(waits("a free worker"), name="server delivery")
        await clock.sleep_until(12, order(Rank.LOOK))
        await asyncio.Future(loop=clock)

    task = clock.create_task(main(), name="main")
    with pytest.raises(Stalled) as caught:
        clock.run_until_complete(task)
    assert str(caught.value) == (
        "nothing is left to happen at tick 12: main waits for something without a name; "
        "person 3 waits for mail; server delivery waits for a free worker"
    )
    assert caught.value.now == 12
    for agent in clock.tasks:
        agent.cancel()
    clock.drain()


def test_the_past_is_over():
    """Neither an event nor a sleep can be set for a tick that has passed."""
    clock = VirtualLoop()
    clock.at(5, 0, lambda a, b: None)
    clock.run_forever()
    with pytest.raises(ClockError) as caught:
        clock.at(4, 0, print)
    assert str(caught.value) == "an event was set for tick 4, but it is already tick 5"
    with pytest.raises(ClockError) as caught:
        clock.sleep_until(4, 0)
    assert str(caught.value) == "an agent would sleep until tick 4, but it is already tick 5"


def test_an_effect_whose_rank_is_not_above_its_cause_waits_a_tick():
    """The rule of effects, for a cause of rank PROCESS."""
    clock, due = VirtualLoop(), []
    clock.at(
        10,
        order(Rank.PROCESS, 5),
        lambda a, b: due.extend(clock.due(ticks, rank) for ticks in (0, 3) for rank in Rank),
    )
    clock.run_forever()
    assert due == [11] * 6 + [10] * 3 + [13] * 9


def test_the_failure_of_an_agent_is_raised_from_the_loop():
    """An agent that nobody awaits does not fail in silence."""
    clock = VirtualLoop()

    async def fails():
        await clock.sleep_until(2, 0)
        raise ValueError("a slip in an agent")

    async def main():
        task = clock.create_task(fails(), name="fails")
        task.add_done_callback(lambda done: clock.call_exception_handler({"exception": done.exception()}))
        await clock.sleep_until(100, 0)

    with pytest.raises(ValueError, match=r"\Aa slip in an agent\Z"):
        clock.run_until_complete(main())
    assert clock.now == 2


def test_the_failure_of_a_task_nobody_awaits_is_raised():
    """The same without a callback: the loop itself looks after its tasks."""
    clock = VirtualLoop()

    async def fails():
        await clock.sleep_until(2, 0)
        raise ValueError("a slip in an agent")

    async def main():
        clock.create_task(fails(), name="fails")
        await clock.sleep_until(100, 0)
        return "the horizon"

    with pytest.raises(ValueError, match=r"\Aa slip in an agent\Z"):
        clock.run_until_complete(main())


def test_the_failure_of_a_callback_is_raised_from_the_loop():
    """An event that raises ends the run."""
    clock = VirtualLoop()

    def fails(a, b):
        raise ValueError("a slip in an event")

    clock.at(1, 0, fails)
    with pytest.raises(ValueError, match=r"\Aa slip in an event\Z"):
        clock.run_forever()


def test_a_task_group_cancels_the_others_when_one_fails():
    """TaskGroup works in virtual time: one failure cancels its siblings and comes out as a group."""
    clock, log = VirtualLoop(strict=True), []

    async def sleeps():
        try:
            await clock.sleep_until(50, order(Rank.LOOK))
        except asyncio.CancelledError:
            log.append(("cancelled", clock.now))
            raise

    async def fails():
        await clock.sleep_until(3, order(Rank.LOOK))
        raise ValueError("enough")

    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeps())
            group.create_task(fails())

    with pytest.raises(ExceptionGroup) as caught:
        clock.run_until_complete(main())
    assert [repr(each) for each in caught.value.exceptions] == ["ValueError('enough')"]
    assert log == [("cancelled", 3)]


def test_loops_do_not_nest():
    """A virtual loop does not run inside another one."""
    clock = VirtualLoop()

    async def main():
        VirtualLoop().run_forever()

    with pytest.raises(RuntimeError, match=r"\Aa virtual loop cannot run inside another loop\Z"):
        clock.run_until_complete(main())


def test_a_closed_loop_stays_closed():
    """Nothing runs after `close`."""
    clock = VirtualLoop()
    clock.close()
    with pytest.raises(RuntimeError, match=r"\Athe loop is closed\Z"):
        clock.run_forever()
    assert clock.is_closed()


def test_many_events_at_random_fire_in_order():
    """A thousand events, half of them set while others happen, fire in the order of their keys."""
    clock, shuffler, fired = VirtualLoop(strict=True), random.Random(5), []

    def happens(key, depth):
        fired.append(key)
        if depth:
            tick = clock.now + shuffler.randrange(1, 40)
            key = (tick, order(shuffler.randrange(8), shuffler.randrange(2**32), 0, len(fired)))
            clock.at(*key, happens, key, depth - 1)

    for number in range(500):
        key = (shuffler.randrange(100), order(shuffler.randrange(8), number))
        clock.at(*key, happens, key, 1)
    clock.run_forever()
    assert len(fired) == 1000
    assert fired == sorted(fired)


@pytest.mark.parametrize("spread", [3, 40, 5000, 10**9])
@pytest.mark.parametrize("many", [3, 60, 900])
def test_wherever_an_event_waits_it_fires_in_its_turn(many, spread):
    """Near or late, soon, alone or among many: events fire in the order of their keys, and all of them are counted."""
    clock, shuffler, fired = VirtualLoop(), random.Random(many * spread), []
    keys = iter(range(10**6))

    def entry(depth, soon):
        ahead = 1 if soon else 1 + int(spread ** shuffler.random() * shuffler.random())
        key = clock.now + ahead, order(shuffler.randrange(8), next(keys))
        return (*key, happens, key, depth)

    def happens(key, depth):
        fired.append(key)
        for way in shuffler.sample(range(4), k=2 * depth):
            if way == 0:
                clock.push(entry(depth - 1, False))
            elif way == 1:
                clock.push_soon(entry(depth - 1, True))
            elif way == 2:
                added = entry(depth - 1, False)
                push = clock.push if added[0] < clock.events.bound else clock.push_late
                push(added)
            else:
                clock.push_all([entry(0, False) for _ in range(shuffler.randrange(1, 40))])
        if len(fired) % 500 == 0:
            waiting = sorted(each[:2] for each in clock.pending())
            assert len(waiting) == len(clock.events)
            assert not waiting or waiting[0] > key

    clock.push_all([entry(1, False) for _ in range(many)])
    clock.push((2 * spread, order(9), happens, (2 * spread, order(9)), 0))
    clock.run_forever()
    assert fired == sorted(fired)
    assert (len(fired), len(clock.events)) == (next(keys) + 1, 0)
