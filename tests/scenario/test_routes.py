"""Errors between hops, routes, lists, faults and the names that they use."""

import pytest

from recallsim import ScenarioError, load

GROUPS = "recipients: {groups: [{name: a, count: 1}, {name: b, count: 1}]}\n"
HOP = "hops: [{name: filter}], routes: [{groups: [a], hops: [filter]}]"


def problems(transport: str) -> list[str]:
    """Paths and words of what is wrong with these servers."""
    with pytest.raises(ScenarioError) as caught:
        load(f"transport: {{{transport}}}\n{GROUPS}")
    return [f"{each.path}: {each.what}" for each in caught.value.problems]


WRONG = {
    "routes: [{groups: [c]}]": ["transport.routes.0.groups.0: there is no group 'c'"],
    "routes: [{groups: [a], hops: [filter]}]": ["transport.routes.0.hops.0: there is no hop 'filter'"],
    "routes: [{groups: [a], bypass: [x]}]": [
        "transport.routes.0.bypass.0: there is no stage per recipient 'x'"
    ],
    "submission: {}, routes: [{groups: [a], bypass: [submission]}]": [
        "transport.routes.0.bypass.0: there is no stage per recipient 'submission'"
    ],
    "hops: [{name: filter}]": ["transport.hops.filter: no route takes this hop"],
    f"{HOP}, stages: [{{name: filter}}]": [
        "transport.hops.filter.name: another stage is called 'filter' already"
    ],
    "hops: [{name: f, per: batch}], routes: [{groups: [a], hops: [f]}]": [
        "transport.hops.f.per: a hop takes a job per recipient"
    ],
    "routes: [{groups: [a]}, {groups: [b, a]}]": ["transport.routes.1.groups.1: 'a' is on a route already"],
    "lists: [{name: l, members: [a, a]}]": ["transport.lists.l.members.1: 'a' is on a list already"],
    "lists: [{name: l, members: [a]}, {name: l, members: [b]}]": [
        "transport.lists.l.name: another list is called 'l' already"
    ],
    "lists: [{name: l, members: []}]": ["transport.lists.l.members: the list is empty"],
    "faults: [{stage: x, fault: defer}]": ["transport.faults.0.stage: there is no stage 'x'"],
    "delivery: {}, faults: [{stage: delivery, fault: delay}]": [
        "transport.faults.0: the fault delay needs by"
    ],
    "delivery: {}, faults: [{stage: delivery, fault: defer, rate: 1/s}]": [
        "transport.faults.0: rate belongs to the fault rate_limit; this one is defer"
    ],
    "delivery: {limit: {rate: 0/s}}": [
        "transport.delivery.limit.rate: '0/s' lets nothing pass; it must be above 0"
    ],
    "delivery: {greylist: {delay: 1h, window: 1min}}": [
        "transport.delivery.greylist: the window is shorter than the delay: nothing would ever pass"
    ],
    "categorizer: {greylist: 5min}": [
        "transport.categorizer.greylist: greylisting is by recipient; this stage takes a job per batch"
    ],
    "delivery: {workers: 1, service: {exponential: {mean: 1s}}, limit: {rate: 2/s}, "
    "background: {rate: 1/min, start: stationary}}": [
        "transport.delivery.background.start: a stationary start needs a stage without a limit of its rate"
    ],
}


@pytest.mark.parametrize("transport", WRONG)
def test_errors_say_where_and_what(transport):
    """Each slip is named at its place, once."""
    assert problems(transport) == WRONG[transport]


def test_a_stage_and_a_hop_may_extend_presets():
    """The preset's keys stand below those of the stage; stages of a list and hops extend alike."""
    scenario = load(
        "transport:\n"
        "  stages: [{name: s, extends: retry-exchange-online.yaml, give_up: 12h}]\n"
        "  hops: [{name: h, extends: [filter-hop.yaml, retry-postfix.yaml]}]\n"
        f"  routes: [{{groups: [a], hops: [h]}}]\n{GROUPS}"
    )
    stage, hop = scenario.transport.stages[0], scenario.transport.hops[0]
    assert (stage.retry.default.gaps, stage.give_up.default) == ((1800.0, 3600.0), 43_200.0)
    assert (hop.tnef, hop.retry.default.backoff.first, hop.give_up.default) == ("stripped", 300.0, 432_000.0)
