"""The kernel's quick way through the last stages gives the agents' very answers, bit for bit, where attempts fail too."""

from collections import Counter

import pytest
from equality import differences, interpreted
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenarios import QUIET, made_constant, plan_of, tailed

import recallsim
from recallsim.engines import (
    agents,
    batch,
    kernel_expansion,
    kernel_relay,
    kernel_tail,
    kernel_travel,
    kernel_workers,
)
from recallsim.engines.batch import Batch, FeedbackError, simulate_on
from recallsim.engines.kernel_plan import first_of_tail, is_plain
from recallsim.engines.kernel_servers_layout import LEAST_CELLS
from recallsim.engines.rooms import Room
from recallsim.plan import draw_up
from transport.recall.codes import Place

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

SEED = 20261120
CROWDED = """
name: crowded
clock: 1min
horizon: 2h
sender: {notices: 2min, acts: 0s}
transport:
  stages:
    - {name: head, per: message, service: 1min}
    - {name: batches, per: batch, batch: 20, workers: 1, service: {original: 2min, request: 1min}}
    - {name: boxes, per: recipient, workers: 9, service: 1min, failure: 0.5, retry: [1min], give_up: 3min}
    - {name: last, per: recipient, workers: 12, service: 1min, failure: 0.2, retry: {gaps: [2min], attempts: 2}}
  link: {latency: 1min, loss: 0.3}
recipients: {groups: [{name: them, count: 60, person: {reads: {delay: 4min}}}]}
"""
"""Two stages of few workers behind two that make the mail, on a clock on which nearly everything is a tie."""
TOGETHER = """
name: together
clock: 1min
horizon: 2h
sender: {notices: 2min, acts: 0s}
transport:
  stages:
    - name: boxes
      per: recipient
      service: {original: 5min, request: 1min}
      failure: {request: 0.5}
      retry: [3min]
      give_up: 3min
  link: {latency: 1min, loss: {original: 0.5}}
recipients: {groups: [{name: them, count: 60}]}
"""
"""At the fifth minute requests are given up; and originals leave the same stage, half of them to be lost."""

AT_ONE_TICK = """
name: at one tick
clock: 1min
horizon: 2h
sender: {notices: 2min, acts: 0s}
transport:
  stages:
    - {name: head, per: message, service: {original: 3min, request: 1min}, failure: {request: 1}}
  link: {latency: 1min, loss: {original: 0.5}}
recipients: {groups: [{name: them, count: 30}]}
"""
"""At the third minute the original leaves the only stage, which then gives the request up; half of the originals are lost."""
BEFORE = """
name: before
clock: 1min
horizon: 2h
sender: {notices: 2min, acts: 0s}
transport:
  stages:
    - {name: batches, per: batch, service: {original: 2min, request: 1min}}
    - {name: boxes, per: recipient, kinds: [original], service: 1min, failure: 0.5, discipline: {priority: [original]}}
  link: {latency: 1min, loss: {request: 0.5}}
recipients: {groups: [{name: them, count: 30}]}
"""
"""At the third minute requests are lost behind the first stage, and then originals are given up by the second."""
PASSED_BY = """
name: passed by
clock: 1min
horizon: 2h
sender: {notices: 1min, acts: 0s}
transport:
  stages:
    - {name: gate, per: recipient, service: {original: 2min, request: 1min}}
    - {name: scanner, per: recipient, kinds: [original], service: 1min}
  routes: [{groups: [others], hops: [], bypass: [scanner]}]
  link: {latency: 1min, loss: 0.5}
recipients: {groups: [{name: them, count: 5}, {name: others, count: 30}]}
"""
"""The mail of others leaves the first stage at the second minute, originals first, though it is not the last for originals."""


INSTANT = """
name: instant
clock: 1min
horizon: 2h
sender: {notices: 0s, acts: 0s}
transport:
  stages:
    - {name: way, per: recipient, service: {original: 3min, request: 1min}}
    - name: boxes
      per: recipient
      workers: 1
      service: {mixture: [{weight: 0.9, constant: 0s}, {weight: 0.1, constant: 10min}]}
  link: {latency: 1min, loss: 0.7}
recipients: {groups: [{name: them, count: 20}]}
"""
"""Most take a worker no time: who waits for him leaves at the tick at which others do, and after them."""


def unlike(plan, replications=2, **how):
    """In what the engines differ."""
    right = agents.simulate(plan, SEED, 0, replications)
    return differences(right, simulate_on(plan, SEED, 0, replications, threads=1, **how))


@settings(QUIET, max_examples=100)
@given(tailed())
def test_both_engines_agree_on_a_tail_behind_other_stages(scenario):
    """Whatever comes before stages that only queue, and however often attempts fail there, columns are equal."""
    assert unlike(plan_of(scenario)) == []


@settings(QUIET, max_examples=60)
@given(tailed(), st.sampled_from(["10s", "60s"]))
def test_both_engines_agree_on_a_tail_where_all_is_constant(scenario, clock):
    """With a coarse clock and constant laws nearly everything in the tail is a tie, and ties are decided alike."""
    scenario["clock"] = clock
    scenario["transport"] = made_constant(scenario["transport"])
    scenario["sender"] |= {"notices": "3min", "acts": "0s"}
    assert unlike(plan_of(scenario)) == []


def test_which_stages_make_a_tail():
    """The tail are the last stages that only queue; there is none where the link must know what happens elsewhere."""
    plan = draw_up(recallsim.load(CROWDED))
    intercepting = draw_up(recallsim.load(CROWDED, ["sender.recall.intercept=true"]))
    assert (first_of_tail(plan), first_of_tail(intercepting), is_plain(plan)) == (2, 5, False)


@pytest.mark.parametrize("scenario", [CROWDED, TOGETHER], ids=["crowded", "together"])
def test_a_tail_bounces_and_loses_alike(scenario):
    """Originals and requests are given up in the tail or lost behind it, in either order, and the columns are equal."""
    plan = draw_up(recallsim.load(scenario))
    found = simulate_on(plan, SEED, 0, 4, threads=1).recipients
    ends = Counter(zip(found["original_place"].tolist(), found["request_place"].tolist(), strict=True))
    assert ends[Place.LOST, Place.BOUNCED] > 0
    assert unlike(plan, 4) == []


@pytest.mark.parametrize(
    "scenario", [AT_ONE_TICK, BEFORE, PASSED_BY], ids=["at one tick", "before", "passed by"]
)
def test_what_is_lost_behind_the_stages_before_the_tail_is_lost_in_the_order_of_events(monkeypatch, scenario):
    """Mail that goes from a stage before the tail on the link is lost before or after what else ends at that tick."""
    plan = draw_up(recallsim.load(scenario))
    assert unlike(plan) == []
    for each in (kernel_expansion, kernel_relay):
        monkeypatch.setattr(each, "goes_straight", lambda p, f, kind, target: False)
    assert unlike(plan, replicate=interpreted) != []


def test_a_tail_passes_by_what_it_does_not_serve(monkeypatch):
    """A stage of the tail that serves none of the mail under way draws no time for it."""
    laws, sample_all = [], kernel_workers.sample_all

    def sample(f, law, u, t, size):
        laws.append(law)
        sample_all(f, law, u, t, size)

    monkeypatch.setattr(kernel_workers, "sample_all", sample)
    scenario = CROWDED.replace("{name: last,", "{name: last, kinds: [report],")
    assert unlike(draw_up(recallsim.load(scenario)), replicate=interpreted) == []
    assert laws == []  # of what is served all times are constant


@pytest.mark.parametrize("more", [[], ["transport.stages.boxes.failure=0.1"]], ids=["plain", "tail"])
def test_copies_that_are_lost_at_one_tick_are_lost_in_the_order_of_events(monkeypatch, more):
    """Where only the event list tells which of two copies was lost first, a replication takes it, and agrees."""
    plan = draw_up(recallsim.load(INSTANT, more))
    taken = []
    by_events = batch._Run._by_events
    monkeypatch.setattr(batch._Run, "_by_events", lambda run: taken.append(run) or by_events(run))
    assert unlike(plan, 40) == []
    assert 0 < len(taken) < 40


def test_copies_that_are_lost_at_one_tick_are_left_to_the_agents_where_reports_pass_too():
    """With reports through the same workers there is no event list to take: the engine says so, and `auto` asks the agents."""
    plan = draw_up(recallsim.load(INSTANT, ["transport.reports=shared", "sender.recall.tell_me=false"]))
    right = agents.simulate(plan, SEED, 0, 40)
    with pytest.raises(FeedbackError, match="lost at one tick"):
        simulate_on(plan, SEED, 0, 40, threads=1)
    assert differences(right, Batch(1, falls_back=True)(plan, SEED, 0, 40)) == []


def test_the_tail_is_the_same_as_plain_python():
    """The interpreted kernel gives the agents' columns too."""
    assert unlike(draw_up(recallsim.load(CROWDED)), replicate=interpreted) == []


def test_a_tail_with_too_little_room_is_gone_through_again(monkeypatch):
    """Where attempts that fail outgrow the room there is, the replication is repeated with more, and the next ones have it at once."""
    scenario = (
        TOGETHER.replace("request: 0.5", "request: 1")
        .replace("count: 60", "count: 400")
        .replace("give_up: 3min", "give_up: 30min")
    )
    plan = draw_up(recallsim.load(scenario))
    made = []
    room = Room.of

    def of(plan, packed, factor, each=2):
        made.append(factor)
        return room(plan, packed, factor, each)

    monkeypatch.setattr(Room, "of", of)
    rooms = []
    assert unlike(plan, 1, rooms=rooms) == []
    assert made == [1, 4]
    assert unlike(plan, 2, rooms=rooms) == []
    assert made == [1, 4], "the larger room is taken again"


ENDLESS = """
name: endless
clock: 1min
horizon: 2h
sender: {notices: 2min, acts: 0s}
transport:
  stages:
    - {name: boxes, per: recipient, workers: 1, service: {weibull: {shape: 0.01, scale: 1min}}}
    - {name: last, per: recipient, workers: 1, service: 1min}
recipients: {groups: [{name: them, count: 400}]}
"""
"""Every fifth service would never end, and so many one after the other are more ticks than a number of 64 bits holds."""


def test_services_that_never_end_add_up_to_no_other_time():
    """Where whole lines wait for ever, mail behind them is under way at the horizon, in the tail as where stages only queue."""
    failing = draw_up(recallsim.load(ENDLESS, ["transport.stages.boxes.failure=0.001"]))
    assert (first_of_tail(failing), is_plain(failing)) == (0, False)
    assert unlike(failing) == []
    plain = draw_up(recallsim.load(ENDLESS))
    assert unlike(plain) == []
    found = simulate_on(plain, SEED, 0, 2, threads=1)
    assert max(found.sojourns[1, 0]) <= 120
    assert Counter(found.recipients["original_place"].tolist())[Place.IN_TRANSIT] > 0


def test_attempts_that_fail_for_long_need_no_more_room_in_line(monkeypatch):
    """Who has begun is forgotten where the line is full: what it takes follows from the jobs, not from their attempts."""
    scenario = (
        CROWDED.replace("failure: 0.5", "failure: 1")
        .replace("give_up: 3min", "give_up: 20h")
        .replace("2h", "1d")
    )
    plan, room, made = draw_up(recallsim.load(scenario)), Room.of, []

    def of(plan, packed, factor, each=2):
        made.append(room(plan, packed, factor, each))
        return made[-1]

    monkeypatch.setattr(Room, "of", of)
    assert unlike(plan, 1) == []
    assert [each.y.shape[1] for each in made] == [LEAST_CELLS] * len(made)


@pytest.mark.parametrize(
    ("scenario", "name", "wrong"),
    [
        (CROWDED, "comes_again_before", lambda z, h, tick, copy: h[0] <= tick),
        (CROWDED, "comes_again_before", lambda z, h, tick, copy: h[0] < tick),
        (CROWDED, "place_of", lambda z, copy: copy),
        (TOGETHER, "GIVEN_UP_BEFORE", -1),
    ],
    ids=["again first", "again last", "by number", "given up last"],
)
def test_a_wrong_order_in_the_tail_is_caught(monkeypatch, scenario, name, wrong):
    """A kernel that decides one tie of the tail otherwise gives other columns."""
    monkeypatch.setattr(kernel_tail, name, wrong)
    assert unlike(draw_up(recallsim.load(scenario)), replicate=interpreted) != []


def test_a_tail_that_forgets_what_is_lost_in_it_is_caught(monkeypatch):
    """A kernel whose tail does not settle the recalls of lost requests gives other columns."""
    monkeypatch.setattr(kernel_tail, "settle", lambda p, w, first, last: True)
    assert kernel_travel.settle is not kernel_tail.settle
    assert unlike(draw_up(recallsim.load(TOGETHER)), replicate=interpreted) != []
