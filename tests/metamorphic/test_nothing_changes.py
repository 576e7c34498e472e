"""What must change nothing: the unit of time, a bystander, a feature that is off, whether the sender wants reports."""

import pytest
from busy_scenarios import busy_scenarios
from hypothesis import given, settings
from random_scenarios import plan_of, scenarios
from relations import QUIET, columns_of, events_of, slowed, with_groups

BYSTANDERS = [
    {
        "name": "eager",
        "count": 3,
        "client": {"auto_process": 1, "idle": "1min", "sync": {"poll": "5min"}, "rules_run": "client"},
        "person": {
            "reads": {"sessions": {"gap": {"exponential": {"mean": "4min"}}, "order": "random", "handling": "30s"}},
            "preview": {"share": 0.5, "of": "any"},
            "curiosity": 0.5,
            "mark_unread": {"share": 0.5, "after": "1min", "repeat": "unlimited", "of": "any"},
            "deletes": {"share": 0.5, "after": "3min"},
        },
        "devices": [{"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"exponential": {"mean": "9min"}}}}],
        "rules": [{"share": 0.5, "when": {"to": "list"}, "move_to": "Lists"}],
    },
    {"name": "club", "count": 2, "mailbox": {"kind": "shared", "readers": 3}, "person": {"reads": {"delay": "6min"}}},
    {"name": "far", "count": 2, "organisation": "far.example", "person": {"reads": {"delay": "6min"}}},
]  # fmt: skip


def has_times_of_its_own(tree):
    """Whether anything in it follows the hours of a real week, or the times of a preset, which cannot be slowed down."""
    if tree["sender"]["recall"]["system"] != "outlook":
        return True
    return "hours" in repr(tree) or "hazard" in repr(tree) or tree["start"] == {"any": "office"}


@settings(QUIET, max_examples=50)
@given(busy_scenarios().filter(lambda tree: not has_times_of_its_own(tree)))
def test_twice_as_slow_is_the_same_to_the_tick(tree):
    """All times and the clock doubled: every event of every agent falls on the same tick, with the same facts."""
    assert events_of(plan_of(slowed(tree))) == events_of(plan_of(tree))


@settings(QUIET, max_examples=40)
@given(busy_scenarios(finite=False))
def test_bystanders_change_nothing_for_anybody(tree):
    """Further groups with habits, devices, rules and readers of their own: to all others the same happens."""
    count = plan_of(tree).count
    crowded = plan_of(with_groups(tree, [*tree["recipients"]["groups"], *BYSTANDERS]))
    assert events_of(crowded, first=count) == events_of(plan_of(tree))
    assert columns_of(crowded, first=count) == columns_of(plan_of(tree))


def test_a_crowd_of_bystanders_changes_nothing():
    """Nor do so many that draws are made in columns."""
    groups = [{**group, "count": 7, "name": f"g{k}"} for k, group in enumerate(BYSTANDERS)]
    tree = {
        "name": "few",
        "clock": "1s",
        "horizon": "4h",
        "sender": {"notices": "5min", "recall": {"replace": {"compose": "1min"}}},
        "transport": {"link": {"latency": {"exponential": {"mean": "1min"}}, "loss": 0.1}},
        "recipients": {"groups": groups},
    }
    crowd = [{**group, "count": 400} for group in BYSTANDERS]
    few, crowded = plan_of(tree), plan_of(with_groups(tree, [*groups, *crowd]))
    for replication in range(3):
        assert columns_of(crowded, replication, first=21) == columns_of(few, replication)


NOTHING = {
    "preview": {"share": 0},
    "curiosity": 0,
    "mark_unread": {"share": 0},
    "moves": {"share": 0, "to": "Later"},
    "deletes": {"share": 0},
    "never": 0,
}


def switched_off(group):
    """The group with whatever it leaves out written down, and switched off; a rule of nobody comes last."""
    rules = [*group.get("rules", ()), {"share": 0, "when": {}, "delete": True}]
    return {**group, "person": NOTHING | group["person"], "rules": rules}


@settings(QUIET, max_examples=40)
@given(scenarios())
def test_a_feature_that_is_off_changes_nothing(tree):
    """Shares of nobody, losses and failures of nothing, said or left out: the same story to the letter."""
    off = with_groups(tree, [switched_off(group) for group in tree["recipients"]["groups"]])
    road = {"loss": 0, **tree["transport"]["link"]}
    stages = [{"failure": 0, **stage} for stage in tree["transport"]["stages"]]
    off["transport"] = {**tree["transport"], "link": road, "stages": stages}
    assert events_of(plan_of(off)) == events_of(plan_of(tree))


@settings(QUIET, max_examples=40)
@given(busy_scenarios(finite=False))
def test_whether_reports_are_wanted_changes_what_is_told_only(tree):
    """R9.2: with *tell me* off the same happens to everybody; no report comes, bounces are told as before."""
    recall = tree["sender"]["recall"]
    found = []
    for tell in (True, False):
        sender = {**tree["sender"], "recall": {**recall, "tell_me": tell}}
        found.append(events_of(plan_of({**tree, "sender": sender})))
    asked, silent = found
    news = [e for e in asked if e[2] == "is told" and e[3]["news"] != "bounce"]
    assert silent == [e for e in asked if e not in news]


@pytest.mark.parametrize("kind", ["imap", "mobile", "web", "outlook-new"])
def test_a_further_device_that_nobody_reads_changes_nothing(kind):
    """Another program that neither executes requests nor is looked at: everything else is as it was."""
    group = {
        "name": "g",
        "count": 40,
        "client": {"auto_process": 0.5, "idle": {"uniform": {"low": "1min", "high": "8min"}}},
        "person": {
            "reads": {"delay": {"exponential": {"mean": "9min"}}},
            "mark_unread": {"share": 0.5, "after": "2min", "repeat": 3},
            "preview": {"share": 0.3},
        },
    }
    tree = {"name": "alone", "clock": "1s", "horizon": "6h", "sender": {"notices": "5min"}}
    alone = with_groups(tree, [group])
    beside = with_groups(
        tree, [group | {"devices": [{"name": "d", "client": {"kind": kind}, "reads": "never"}]}]
    )
    second = [e for e in events_of(plan_of(beside)) if e[3].get("device") != 1]
    assert second == events_of(plan_of(alone))
