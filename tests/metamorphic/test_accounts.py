"""Laws of bookkeeping that hold exactly, whatever the times are: Little's law, work conservation, conservation."""

from collections import Counter

import pytest
from busy_scenarios import busy_scenarios
from hypothesis import given, settings
from random_scenarios import plan_of
from relations import QUIET, SEED, with_groups

from recallsim.engines.agents import simulate, trace
from transport.recall.codes import Place

LEAVES = ("delivers", "lost", "bounced")
KINDS = ("original", "request", "replacement")


def queue(loss=0, **stage):
    """Three messages to 60 people through one stage; the link takes no time, so that leaving the stage is delivery."""
    tree = {
        "name": "queue",
        "clock": "1s",
        "horizon": "6h",
        "sender": {"notices": "90s", "recall": {"replace": {"compose": "2min"}}},
        "transport": {
            "delivery": {"service": {"exponential": {"mean": "20s"}}, **stage},
            "link": {"loss": loss},
        },
    }
    return plan_of(with_groups(tree, [{"name": "g", "count": 60, "client": {"auto_process": 1}}]))


def population(plan, replication):
    """How many jobs are in the stage after each tick, counted from the trace alone."""
    events, found = trace(plan, SEED, replication)
    change = Counter()
    for event in events:
        if event.event == "submits":
            change[event.tick] += plan.count
        elif event.event in LEAVES:
            change[event.tick] -= 1
    inside, jobs = [], 0
    for tick in range(max(change) + 1):
        jobs += change[tick]
        inside.append(jobs)
    assert jobs == 0
    return inside, found


def total(passages):
    """The sum over all kinds and recipients."""
    return sum(int(column[column >= 0].sum()) for (_, kind), column in passages.items() if kind < 3)


@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize("discipline", ["fifo", {"priority": ["request"]}], ids=["fifo", "priority"])
@pytest.mark.parametrize("loss", [0, 0.2], ids=["all arrive", "some are lost"])
def test_littles_law_holds_to_the_tick(workers, discipline, loss):
    """The area under the number of jobs in a stage is the sum of their sojourns: L = lambda W over the whole busy time."""
    plan = queue(loss, workers=workers, discipline=discipline, kinds=list(KINDS))
    for replication in range(2):
        inside, found = population(plan, replication)
        assert sum(inside) == total(found.sojourns)


@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize("discipline", ["fifo", {"priority": ["request"]}], ids=["fifo", "priority"])
def test_no_worker_is_idle_while_somebody_waits(workers, discipline):
    """The area under what exceeds the workers is the sum of the waits: work is conserved."""
    plan = queue(workers=workers, discipline=discipline, kinds=list(KINDS))
    for replication in range(2):
        inside, found = population(plan, replication)
        assert sum(max(jobs - workers, 0) for jobs in inside) == total(found.waits)


def test_workers_for_all_keep_nobody_waiting():
    """Without a limit nobody waits, and a sojourn is a service: the order of the messages changes none of them."""
    inside, found = population(queue(workers="unlimited"), 0)
    assert (total(found.waits), sum(inside)) == (0, total(found.sojourns))


@settings(QUIET, max_examples=60)
@given(busy_scenarios())
def test_sent_is_the_sum_of_where_copies_ended(tree):
    """Every copy of a message that was submitted ends in one place; one that was not is nowhere."""
    plan = plan_of(tree)
    events, found = trace(plan, SEED, 0)
    submitted = {event.facts["message"] for event in events if event.event == "submits"}
    held = any(event.event == "takes the message back from the hold" for event in events)
    arrived = Counter(event.facts["message"] for event in events if event.event == "delivers")
    arrived["request"] += sum(event.event == "takes the request" for event in events)
    for kind in KINDS:
        places = Counter(Place(place).name for place in found.recipients[f"{kind}_place"].tolist())
        nowhere = 0 if kind in submitted or (held and kind == "original") else plan.count
        assert places["NOT_SENT"] == nowhere
        under_way = sum(places[name] for name in ("IN_TRANSIT", "INTERCEPTED", "HELD", "BOUNCED", "LOST"))
        assert arrived[kind] == plan.count - nowhere - under_way
    assert simulate(plan, SEED, 0, 1).recipients["status"].tolist() == found.recipients["status"].tolist()
