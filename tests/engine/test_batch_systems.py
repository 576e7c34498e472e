"""The batch engine's recall by the servers, and the administrator beside it: the agents' very answers, bit for bit."""

from collections import Counter
from pathlib import Path

import pytest
from equality import SEED, both, differences, interpreted
from hypothesis import given, settings
from random_scenarios import QUIET, plan_of
from served_scenarios import crowds, served, troubled

from recallsim.engines import agents, kernel
from recallsim.engines.batch import simulate, simulate_on
from recallsim.engines.kernel_layout import COUNT
from recallsim.engines.kernel_servers_layout import W_PLACE
from recallsim.engines.refusals import refusal
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
from transport.recall.codes import Reason

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

ROOT = Path(__file__).parents[2]
SYSTEMS = sorted((ROOT / "configs" / "systems").glob("*.yaml"))
OF_SERVERS = {
    Reason.ALREADY_READ,
    Reason.DELETED_READ,
    Reason.DELETED_UNREAD,
    Reason.DISABLED_FOR_MAILBOX,
    Reason.NOT_DELIVERED,
    Reason.NOT_FOUND,
    Reason.OTHER_ORGANISATION,
    Reason.OUT_OF_REACH,
    Reason.PURGED,
    Reason.RECIPIENT_NOT_EXCHANGE,
    Reason.REFUSED_BY_RECIPIENT,
    Reason.TENANT_NOT_ALLOWED,
    Reason.TIMED_OUT,
    Reason.TOO_OLD_WHEN_PROCESSED,
    Reason.UNSUPPORTED_RECIPIENT,
}
"""Every reason that servers or an administrator give; what a hop strips is told apart by the servers' own tests."""
LINE = """
clock: 1s
horizon: 1h
sender:
  notices: 1min
  acts: 0s
  recall: {system: exchange-online, workers: 1, service: 1min, retry: [3min], report_opens: 5min}
transport: {link: {latency: {original: 0s, request: {uniform: {low: 0s, high: 10min}}}}}
recipients:
  groups:
    - {name: tidy, count: 4, person: {reads: {delay: 2min}, deletes: {share: SHARE, after: 0s, hard: true}}}
    - {name: others, count: 6, person: {reads: {delay: 30min}}}
"""
SLOW = """
horizon: 2h
sender:
  notices: 1min
  acts: 0s
  recall: {system: exchange-online, workers: 1, service: 5min, retry: [], max_age_since_delivery: 12min}
transport: {link: {latency: 0s}}
recipients:
  groups:
    - {name: pop, count: 4, client: {kind: pop, sync: {fetch: 2min}}}
    - {name: web, count: 6, client: {kind: web}}
"""
"""An agent that comes when the message was fetched, or has lain there for too long."""
ABROAD = """
organisation: {domain: contoso.example, tenants: {partner.example: {allows_recall_from: []}}}
sender: {notices: 1min, recall: {system: exchange-online}}
recipients: {groups: [{name: partners, count: 2, organisation: partner.example}]}
"""
"""Mailboxes in a tenant that lets nobody in."""


def decided_of_the_others(share: int) -> list[int]:
    """When the recalls of those who delete nothing end, where a share of their colleagues deletes the original for good."""
    one, other = both(draw_up(load(LINE.replace("SHARE", str(share)))), 1)
    assert differences(one, other) == []
    return sorted(one.recipients["decided"].tolist()[4:])


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
def test_no_shipped_system_is_refused(path):
    """Whatever system the office's day is shipped with, the batch engine takes it."""
    assert refusal(draw_up(load(path))) == ""


def test_both_engines_agree_on_random_systems():
    """Any system of servers gives equal columns, and so does a crowd before few workers; each reason of servers occurs.

    In the crowds clocks are coarse, and people take from the agent what it looks for.
    """
    reasons: Counter[int] = Counter()
    after_removal: Counter[int] = Counter()

    def agree(scenario):
        agree_on(plan_of(scenario))

    def agree_on(plan):
        one, other = both(plan)
        assert differences(one, other) == []
        reasons.update(one.recipients["reason"].tolist())
        after_removal.update(one.recipients["seen_after_removal"].tolist())

    agree_on(draw_up(load(SLOW)))
    agree_on(draw_up(load(ABROAD)))
    QUIET(given(served())(agree))()
    settings(QUIET, max_examples=60)(given(crowds())(agree))()
    assert {reason.name for reason in OF_SERVERS - {Reason(code) for code in reasons}} == set()
    assert after_removal[1] > 0


@settings(QUIET, max_examples=60)
@given(troubled())
def test_both_engines_agree_on_systems_among_troubled_servers(scenario):
    """The same with whatever befalls mail on its way; a request that a hop has stripped never reaches the agent (S9)."""
    assert differences(*both(plan_of(scenario), 1)) == []


def test_who_deletes_the_original_keeps_others_waiting():
    """A visit that finds nothing is made again and takes a worker's time: the others' recalls end later, in both engines."""
    apart, beside = decided_of_the_others(0), decided_of_the_others(1)
    assert len(apart) == len(beside)
    assert sum(beside) > sum(apart)


def test_an_administrator_goes_from_one_failed_recall_to_the_next():
    """With a rate the mailboxes are gone to one after the other, in the order in which their recalls failed."""
    path = ROOT / "configs" / "systems" / "admin-purge.yaml"
    changes = ["recipients.count=80", "clock=10s", "sender.recall.admin_purge.rate=1/min"]
    plan = draw_up(load(path, [*changes, "sender.recall.admin_purge.acts=5min"]))
    one, other = both(plan)
    assert differences(one, other) == []
    rows = one.recipients
    ended = rows["decided"][(rows["reason"] == Reason.PURGED) & (rows["replication"] == 0)]
    assert len(set(ended.tolist())) == len(ended) > 10


def test_the_age_since_delivery_counts_in_public_folders():
    """S10 is open to the classic recall, where a reader of a public folder opens the request too."""
    recall = "recall: {max_age_since_delivery: 1min}, notices: 5min"
    group = "{name: a, count: 9, mailbox: {kind: public, readers: 2}, person: {reads: {delay: {original: 1h, request: 1min}}}}"
    one, other = both(draw_up(load(f"sender: {{{recall}}}\nrecipients: {{groups: [{group}]}}\n")))
    assert set(one.recipients["reason"].tolist()) == {Reason.TOO_OLD_WHEN_PROCESSED.value}
    assert differences(one, other) == []


def test_the_kernel_is_the_same_compiled_and_as_plain_python():
    """The interpreted kernel gives the compiled one's columns."""
    path = ROOT / "configs" / "systems" / "exchange-online.yaml"
    plan = draw_up(load(path, ["recipients.count=60", "clock=10s"]))
    slow = simulate_on(plan, SEED, 0, 1, threads=1, replicate=interpreted)
    assert differences(slow, simulate(plan, SEED, 0, 1)) == []


def by_number(p, _z, w):
    """Recipients queue in the order of their numbers."""
    for number in range(1, p[COUNT] + 1):
        w[W_PLACE, number] = number


def test_a_wrong_order_of_the_line_is_caught(monkeypatch):
    """On a coarse clock the comparison finds an agent that lines up by number those who come at one tick."""
    path = ROOT / "configs" / "systems" / "exchange-online.yaml"
    changes = ["recipients.count=80", "clock=60s", "sender.recall.workers=2", "sender.notices=1min"]
    plan = draw_up(load(path, changes))
    right = agents.simulate(plan, SEED, 0, 1)
    run = {"threads": 1, "replicate": interpreted}
    assert differences(right, simulate_on(plan, SEED, 0, 1, **run)) == []
    monkeypatch.setattr(kernel, "fill_places", by_number)
    assert differences(right, simulate_on(plan, SEED, 0, 1, **run)) != []
