"""What may befall mail on its way: the batch engine gives the agents' very answers, bit for bit."""

from pathlib import Path

import pytest
from equality import differences, interpreted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_scenarios import made_constant, plan_of, troubled

import recallsim
from agents.post_office import PostOffice
from recallsim.engines import agents, kernel_obstacles, kernel_recipient, kernel_stage
from recallsim.engines.batch import simulate, simulate_on
from recallsim.engines.kernel_layout import LOOK, SERVE
from recallsim.engines.refusals import refusal
from recallsim.plan import draw_up
from transport.recall.codes import Place, Reason, SeenPhase
from transport.sometimes import Rare, Sometimes

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

RARE = sorted((Path(__file__).parent / "sometimes").glob("*.yaml"))
SEED = 20261120
REPLICATIONS = 6
IN_SECONDS = frozenset(
    ["WITHDRAWN_IN_SERVICE", "OUTAGE_DURING_RECALL", "PRIORITY_OVERTAKES", "STARTED_OVER", "THROTTLED"]
)
"""What takes some seconds, and so no time on a coarse clock."""
QUIET = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def unlike(plan, replications=2, seed=SEED, **how):
    """In what the engines differ."""
    right = agents.simulate(plan, seed, 0, replications)
    return differences(right, simulate_on(plan, seed, 0, replications, threads=1, **how))


# --- equality --------------------------------------------------------------------------------------------------------


@QUIET
@given(troubled())
def test_both_engines_agree_on_mail_in_trouble(scenario):
    """Hops, routes, lists, moderators, limits, greylists, faults, losses and duplicates give equal columns."""
    assert unlike(plan_of(scenario)) == []


@settings(QUIET, max_examples=60)
@given(troubled(), st.sampled_from(["10s", "60s"]))
def test_both_engines_agree_on_trouble_where_all_is_constant(scenario, clock):
    """With a coarse clock and constant laws nearly everything is a tie, and ties are decided alike."""
    scenario["clock"] = clock
    scenario["transport"] = made_constant(scenario["transport"])
    scenario["sender"] |= {"notices": "3min", "acts": "0s"}
    for group in scenario["recipients"]["groups"]:
        group["client"] |= {"idle": "1min"}
        group["person"] |= {"reads": {"delay": {"original": "4min", "request": "1min", "replacement": "0s"}}}
    assert unlike(plan_of(scenario)) == []


@pytest.mark.parametrize("clock", ["1us", "10s", "60s"])
def test_both_engines_agree_on_everything_that_is_rare(clock):
    """In the scenarios that reach every rare branch, which the engine takes all, the columns are equal."""
    found, counts = {}, Sometimes().counts
    for path in RARE:
        for variant in (None, *recallsim.load(path).what_if):
            scenario = recallsim.load(path, [f"clock={clock}"], variant=variant)
            plan = draw_up(scenario)
            assert refusal(plan) == ""
            if columns := unlike(plan, REPLICATIONS, scenario.seed):
                found[path.name, variant] = columns
            for replication in range(REPLICATIONS):
                office = PostOffice(plan, scenario.seed, replication)
                office.run()
                counts = [a + b for a, b in zip(counts, office.world.relay.sometimes.counts, strict=True)]
    assert found == {}
    never = {branch.name for branch in Rare if not counts[branch]}
    assert never <= (set() if clock == "1us" else IN_SECONDS)


@pytest.mark.parametrize("path", RARE, ids=lambda path: path.stem)
def test_the_kernel_of_the_servers_is_the_same_as_plain_python(path):
    """The interpreted kernel gives the agents' columns too."""
    assert unlike(draw_up(recallsim.load(path, ["clock=10s"])), 1, replicate=interpreted) == []


# --- single points ---------------------------------------------------------------------------------------------------

LIST = """
name: list
clock: 1min
horizon: 1h
sender: {notices: 4min}
transport:
  lists: [{name: all, members: [them], moderation: {reads: 3min, approve: {original: 1, request: 0}}}]
recipients: {groups: [{name: them, count: 5, person: {reads: {delay: 3min}}}]}
"""


def test_who_looks_does_so_before_a_moderator():
    """At the tick at which a moderator refuses the request its recipients see the original: the recall was still open."""
    plan = draw_up(recallsim.load(LIST))
    found = simulate(plan, SEED, 0, 1).recipients
    assert set(found["seen_phase"].tolist()) == {SeenPhase.WHILE_PROCESSING}
    assert set(found["request_place"].tolist()) == {Place.REJECTED}
    assert (found["seen"] == found["decided"]).all()
    assert unlike(plan) == []


def test_a_moderator_who_is_too_early_is_caught(monkeypatch):
    """A kernel that lets moderators look before recipients at a tick gives other columns."""
    plan = draw_up(recallsim.load(LIST))
    monkeypatch.setattr(
        kernel_recipient, "rank_of_end", lambda marks, kind: LOOK if marks >> kind & 1 else SERVE
    )
    assert unlike(plan, replicate=interpreted) != []


STRIPPED = """
name: stripped
clock: 1s
horizon: 8h
sender: {{notices: 1min, recall: {{recall_before_original: {policy}}}}}
transport:
  hops: [{{name: filter, tnef: stripped, service: 5s}}]
  routes: [{{groups: [filtered], hops: [filter]}}]
  link: {{latency: {{original: {{uniform: {{low: 0s, high: 3min}}}}, request: 10s}}}}
recipients:
  groups:
    - {{name: filtered, count: 20, client: {{auto_process: 1}}}}
    - {{name: others, count: 20, client: {{auto_process: 1}}}}
"""


@pytest.mark.parametrize("policy", ["wait", "drop_on_arrival", "drop_on_processing", "delete_on_delivery"])
def test_a_stripped_request_is_an_ordinary_mail(policy):
    """S9: behind the filter no policy makes anything of the request; the others' mail does not pass there."""
    plan = draw_up(recallsim.load(STRIPPED.format(policy=policy)))
    reasons = simulate(plan, SEED, 0, 1).recipients["reason"].tolist()
    assert set(reasons[:20]) == {Reason.STRIPPED_ON_PATH}
    assert Reason.STRIPPED_ON_PATH not in reasons[20:]
    assert unlike(plan) == []


BATCHES = """
name: batches
clock: 1s
horizon: 8h
sender: {notices: 2min, recall: {intercept: true}}
transport:
  stages:
    - {name: whole, per: message, service: 5s}
    - {name: large, per: batch, batch: 6, workers: 1, service: {exponential: {mean: 20s}}, failure: 0.2, retry: [1min]}
    - {name: small, per: batch, batch: 2, workers: 2, service: {exponential: {mean: 20s}}}
    - {name: each, workers: 1, service: {exponential: {mean: 10s}}}
  lists:
    - {name: slow, members: [a, c], moderation: {moderators: 2, reads: {exponential: {mean: 3min}}, approve: 0.8}}
    - {name: quick, members: [d]}
recipients:
  groups:
    - {name: a, count: 5, client: {auto_process: 1}}
    - {name: b, count: 9, client: {auto_process: 1}}
    - {name: c, count: 8, client: {auto_process: 1}}
    - {name: d, count: 7, client: {auto_process: 1}}
"""


def test_parts_and_their_batches_are_those_of_the_agents():
    """Lists with several parts, moderators, batches within batches, a taking back: equal in every replication."""
    plan = draw_up(recallsim.load(BATCHES))
    assert unlike(plan, 30) == []
    reasons = set(simulate(plan, SEED, 0, 30).recipients["reason"].tolist())
    assert {Reason.INTERCEPTED, Reason.REQUEST_NOT_DELIVERED, Reason.NOT_DELIVERED} <= reasons


def test_each_replication_has_room_of_its_own_at_a_pace():
    """What one replication did with a rate does not reach the next, nor another thread."""
    plan = draw_up(recallsim.load(RARE[1]))
    right = agents.simulate(plan, SEED, 0, REPLICATIONS)
    assert differences(right, simulate_on(plan, SEED, 0, REPLICATIONS, threads=2)) == []


# --- the tests' own teeth --------------------------------------------------------------------------------------------


def lenient(p, f, z, w, kind, number, k):
    """A greylist that counts a retry after the window as a second one."""
    stage = kernel_obstacles.stage_plan(p, k)
    row = p[stage + kernel_obstacles.T_GREYLIST]
    window = p[
        p[stage + kernel_obstacles.T_FAILING]
        + kind * kernel_obstacles.E_WIDTH
        + kernel_obstacles.E_GREY_WINDOW
    ]
    if row and w[row, number] >= 0 and z[kernel_obstacles.Z_NOW] - w[row, number] > window:
        w[row, number] = kernel_obstacles.KNOWN
    return kernel_obstacles.is_greylisted(p, f, z, w, kind, number, k)


def test_a_greylist_that_forgets_nothing_is_caught(monkeypatch):
    """A kernel whose greylist has no window gives other columns."""
    plan = draw_up(recallsim.load(RARE[1]))
    assert unlike(plan, REPLICATIONS, replicate=interpreted) == []
    monkeypatch.setattr(kernel_stage, "is_greylisted", lenient)
    assert unlike(plan, REPLICATIONS, replicate=interpreted) != []
