"""Every error at once: what could be read is checked, and nothing follows from what is wrong already."""

import pytest

from recallsim.errors import ScenarioError
from recallsim.scenario import load

WRITTEN = """
calendars: {{office: {{days: Mon-Fri, from: "08:00", to: "16:30"}}}}
transport:
  delivery: {delivery}
  outages: [{outage}]
  routes: [{{groups: [x], hops: [y]}}]
recipients:
  groups: [{group}]
"""
GROUP = "{name: a, count: 5, client: {online: {hours: nox}}}"


def problems(text):
    """What is wrong with a text, in order, as path and words."""
    with pytest.raises(ScenarioError) as error:
        load(text)
    found = error.value.problems
    places = [(problem.line, problem.column) for problem in found]
    assert places == sorted(places)
    return [f"{problem.path}: {problem.what}" for problem in found]


def written(delivery="{workers: 1}", outage="{stage: delivery, from: 1h, for: 1s}", group=GROUP):
    return WRITTEN.format(delivery=delivery, outage=outage, group=group)


STAGE_ZZ = "transport.outages.0.stage: there is no stage 'zz'"
GROUP_X = "transport.routes.0.groups.0: there is no group 'x'"
HOP_Y = "transport.routes.0.hops.0: there is no hop 'y'"
HOURS = "recipients.groups.a.client.online.hours: there is no calendar 'nox'"
FETCH = "recipients.groups.a.client.sync: only pop fetches; outlook-desktop has push, cached or poll"


def of_nobody(problem):
    """The same problem in a group that has no name."""
    return problem.replace("groups.a.", "groups.0.")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"outage": "{stage: zz, from: 1h, for: 1s}"}, [STAGE_ZZ, GROUP_X, HOP_Y, HOURS]),
        (
            {"outage": "{stage: zz, from: 1h}"},
            ["transport.outages.0: the key 'for' is missing", STAGE_ZZ, GROUP_X, HOP_Y, HOURS],
        ),
        (
            {"outage": "{stage: zz}"},
            ["transport.outages.0: the keys 'from' and 'for' are missing", STAGE_ZZ, GROUP_X, HOP_Y, HOURS],
        ),
        (
            {"outage": "5, {stage: zz, from: 1, for: 1h}"},
            [
                "transport.outages.0: expected a mapping of keys and values, found 5",
                STAGE_ZZ.replace("0", "1"),
                "transport.outages.1.from: 1 has no unit; use us, ms, s, min, h, d or w",
                *(GROUP_X, HOP_Y, HOURS),
            ],
        ),
        (
            {"group": "{count: 5, client: {online: {hours: nox}, sync: {fetch: 1min}}}"},
            [HOP_Y, "recipients.groups.0: the key 'name' is missing", of_nobody(HOURS), of_nobody(FETCH)],
        ),
        (
            {"group": "{nam: a, count: 5, client: {online: {hours: nox}}}"},
            [HOP_Y, "recipients.groups.0.nam: unknown key 'nam'", of_nobody(HOURS)],
        ),
        (
            {"group": "{name: a, count: 5, client: {online: {hours: nox}, sync: {fetch: 1min}}, foo: 2}"},
            [GROUP_X, HOP_Y, HOURS, FETCH, "recipients.groups.a.foo: unknown key 'foo'"],
        ),
        (
            {"group": "{name: a, count: 5, client: {online: {hours: nox, up: 1h}}, person: {hours: nix, while: always}}"},
            [
                *(GROUP_X, HOP_Y),
                "recipients.groups.a.client.online: expected either hours, or up and down",
                HOURS,
                "recipients.groups.a.person: while: always says that hours do not matter, but hours are given",
                "recipients.groups.a.person.hours: there is no calendar 'nix'",
            ],
        ),
        (
            {"group": "{name: a, count: 5, person: {reads: {sessions: {gap: {foo: 1s}, hours: nox}}}}"},
            [
                *(GROUP_X, HOP_Y),
                "recipients.groups.a.person.reads.sessions.gap.foo: unknown key 'foo'",
                "recipients.groups.a.person.reads.sessions.hours: there is no calendar 'nox'",
            ],
        ),
        (
            {"group": "{name: a, count: 5, rules: [{}, {delete: true, moov: x}, {qq: 1}]}"},
            [
                *(GROUP_X, HOP_Y),
                "recipients.groups.a.rules.0: the rule does nothing",
                "recipients.groups.a.rules.1.moov: unknown key 'moov'",
                "recipients.groups.a.rules.2.qq: unknown key 'qq'",
            ],
        ),
        (
            {"group": "{name: a, share: 0.3, foo: 1}, {share: 0.3}, {name: c, shar: 0.4, client: {knd: pop}}"},
            [
                HOP_Y,
                "recipients: the key 'count' is missing",
                "recipients.groups.a.foo: unknown key 'foo'",
                "recipients.groups.1: the key 'name' is missing",
                "recipients.groups.c.shar: unknown key 'shar'",
                "recipients.groups.c.client.knd: unknown key 'knd'",
            ],
        ),
        (
            {"delivery": "{greylist: {delay: 1h, window: 1min}, retry: [1us, 0s], failure: {foo: 1, request: 2}}", "outage": ""},
            [
                "transport.delivery.greylist: the window is shorter than the delay: nothing would ever pass",
                "transport.delivery.retry.1: '0s' is 0; it must be longer",
                "transport.delivery.failure.foo: unknown key 'foo'",
                "transport.delivery.failure.request: 2 is outside 0 to 1",
                *(GROUP_X, HOP_Y, HOURS),
            ],
        ),
    ],
)  # fmt: skip
def test_exactly_the_true_errors_come_in_order(parts, expected):
    """A missing key, an unknown one, a bad value or keys that do not go together hide nothing and add nothing."""
    assert problems(written(**parts)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: x\n", [": the key 'recipients' is missing"]),
        (
            "transport: {outages: [{stage: a, from: 1h, for: 1h}]}\nrecipients: {groups: 5}\n",
            [
                "transport.outages.0.stage: there is no stage 'a'",
                "recipients.groups: expected a list, found 5",
            ],
        ),
        (
            "calendars: {off: {days: Mon, from: '10:00', to: '09:00'}, day: 5, late: {from: '10:00', to: '11:00'}}\n"
            "recipients: {groups: [{name: a, count: 3, person: {reads: {delay: 1min}, hours: off}},\n"
            "  {name: b, count: 3, person: {reads: {delay: 1min}, hours: day}},\n"
            "  {name: c, count: 3, person: {reads: {delay: 1min}, hours: late}},\n"
            "  {name: d, count: 3, person: {reads: {delay: 1min}, hours: never}}]}\n",
            [
                "calendars.off: it closes before it opens",
                "calendars.day: expected a list, found 5",
                "calendars.late: the key 'days' is missing",
                "recipients.groups.d.person.hours: there is no calendar 'never'",
            ],
        ),
        (
            "metrics: [5, wait_seconds:delivry]\ntransport: {delivery: {}}\n"
            "observe: {at: 1000d}\nrecipients: {groups: [{name: a, count: 3}]}\n",
            [
                "metrics.0: expected a text, found 5",
                "metrics.1: wait_seconds:delivry: the scenario has no stage 'delivry' (did you mean 'delivery'?); "
                "its stages are delivery",
                "observe: the key 'reports' is missing",
                "observe.at: 1000 d is after the horizon (7 d)",
            ],
        ),
        (
            "transport:\n  stages: [{workers: 1}]\n  hops: [{service: 1s}]\n  faults: [{fault: defer, stage: zz}, {stage: yy}]\n"
            "  routes: [{groups: [a, q], hops: [h]}]\nrecipients: {groups: [{name: a, count: 3}]}\n",
            [
                "transport.stages.0: the key 'name' is missing",
                "transport.hops.0: the key 'name' is missing",
                "transport.faults.1: the key 'fault' is missing",
                "transport.routes.0.groups.1: there is no group 'q'",
            ],
        ),
    ],
)  # fmt: skip
def test_whole_files(text, expected):
    """The same of files with several mistakes in several places."""
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "transport: zz\nwhat_if: {v: {transport.faults: [{stage: delivery, fault: defer}]}}\n",
            ["transport: expected a mapping of keys and values, found 'zz'"],
        ),
        (
            "transport: {delivery: {}, hops: [{nme: f}], routes: [{groups: [a], hops: [f]}]}\n"
            "what_if: {v: {transport.hops.f.exempt: [request]}, w: {sender.hold: 3}}\n",
            [
                "transport.hops.0.nme: unknown key 'nme'",
                "what_if.w.sender.hold: 3 has no unit; use us, ms, s, min, h, d or w",
            ],
        ),
        (
            "name: 5\ntransport: {delivery: {greylist: {delay: 1h, window: 1min}}, hops: [7]}\n"
            "what_if: {v: {transport.delivery.greylist: 5min}, w: {recipients.groups.a.client.online: {hours: nox}},\n"
            "  u: {transport.hops.f.exempt: [request]}}\n",
            [
                "name: expected a text, found 5",
                "transport.delivery.greylist: the window is shorter than the delay: nothing would ever pass",
                "transport.hops.0: expected a mapping of keys and values, found 7",
                "what_if.w.recipients.groups.a.client.online.hours: there is no calendar 'nox'",
            ],
        ),
    ],
)  # fmt: skip
def test_variants_of_what_is_wrong_already(text, expected):
    """Variants are tried on what could be read, too; what follows from the scenario's own errors is not said again."""
    assert problems(text + "recipients: {groups: [{name: a, count: 3}]}\n") == expected


def test_a_fault_without_its_key_is_still_looked_at():
    """Keys that do not go together are told, and what they name is looked up all the same."""
    text = "transport: {delivery: {}, faults: [{stage: zz, fault: delay}, {stage: yy, by: 5s}]}\n"
    assert problems(text + "recipients: {groups: [{name: a, count: 3}]}\n") == [
        "transport.faults.0: the fault delay needs by",
        "transport.faults.0.stage: there is no stage 'zz'",
        "transport.faults.1: the key 'fault' is missing",
        "transport.faults.1.stage: there is no stage 'yy'",
    ]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("transport.delivery.faults=[]", "it belongs further out: transport.faults"),
        ("recipients.groups.desk.client.transport={}", "it belongs at the top: transport"),
        ("recipients.groups.desk.client.organisation=x", "it belongs further out: recipients.groups.organisation"),
    ],
)  # fmt: skip
def test_a_key_of_a_mapping_further_out_is_pointed_there(complaint, small, setting, expected):
    """An unknown key that is known further out is told where it belongs."""
    assert complaint(small, setting).partition("help: ")[2] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("seed: 3", "what_if.v.seed: variants are compared by the same chance, so they have one seed"),
        ("replications: 5", "what_if.v.replications: variants are compared replication by replication, so they have equally many"),
        ("replications.max: 5", "what_if.v.replications.max: variants are compared replication by replication, so they have equally many"),
        ("name: w", "what_if.v.name: a variant is called by its key"),
        ("title: w", "what_if.v.title: a variant is called by its key"),
        ("schema: 1", "what_if.v.schema: a variant is in the language of its scenario"),
        ("what_if.w: {sender.hold: 1s}", "what_if.v.what_if.w: a variant has no variants"),
    ],
)  # fmt: skip
def test_what_all_variants_share_is_refused_in_one(small, changes, expected):
    """What a comparison would not look at is an error in a variant."""
    assert problems(f"{small}what_if: {{v: {{sender.hold: 3s, {changes}}}}}\n") == [expected]
