"""Values by kind of message: how they are written, set, merged, refused and told apart."""

import pytest

from recallsim.scenario import json_schema, load
from recallsim.scenario.fingerprints import canonical, scenario_differences

WRITTEN = """
name: kinds
transport:
  delivery: {%s}
  faults: [{stage: delivery, %s}]
  lists: [{name: all, members: [them], moderation: {%s}}]
recipients: {groups: [{name: them, count: 5}]}
"""
STAGE, FAULT, MODERATION = "service: 1s", "fault: defer", "reads: 1min"
UNITS = "us, ms, s, min, h, d or w"
NOT_A_KIND = "unknown key 'reqest'", "did you mean 'request'?"
NOT_GREYLISTED, NOT_MODERATED = (
    "reports to the sender are not greylisted",
    "reports to the sender do not wait for moderators",
)
NOT_MET, LEAVE_OUT = "the kind report does not meet this fault: kinds is", "leave report out"
NEGATIVE = "'-1h' is negative; a duration is 0 or more", ""


def written(stage=STAGE, fault=FAULT, moderation=MODERATION):
    return WRITTEN % (stage, fault, moderation)


def values(found):
    """By kind, what a value is."""
    return [found.of(kind) for kind in ("original", "request", "replacement", "report")]


@pytest.mark.parametrize(
    ("parts", "place", "expected"),
    [
        ({"stage": "give_up: {reqest: 1h, default: 2d}"}, "delivery.give_up.reqest", NOT_A_KIND),
        ({"stage": "give_up: {reqest: 1h}"}, "delivery.give_up.reqest", NOT_A_KIND),
        ({"stage": "give_up: {request: -1h}"}, "delivery.give_up.request", NEGATIVE),
        ({"stage": "give_up: {request: 5}"}, "delivery.give_up.request", (f"5 has no unit; use {UNITS}", "'5s' or '5min'?")),
        ({"stage": "give_up: {request: 0s}"}, "delivery.give_up.request", ("'0s' is 0; it must be longer", "")),
        ({"stage": "give_up: [1h]"}, "delivery.give_up", ("expected a duration, found a list", "write one like '90s' or '1h 30min'")),
        ({"stage": "delay_notice: {reqest: 1h}"}, "delivery.delay_notice.reqest", NOT_A_KIND),
        ({"stage": "delay_notice: {original: -1h}"}, "delivery.delay_notice.original", NEGATIVE),
        ({"stage": "retry: {reqest: [1min], default: [1h]}"}, "delivery.retry.reqest", NOT_A_KIND),
        ({"stage": "retry: {reqest: [1min]}"}, "delivery.retry.reqest", NOT_A_KIND),
        ({"stage": "retry: {request: [1min, -1h]}"}, "delivery.retry.request.1", NEGATIVE),
        ({"stage": "retry: {request: {backoff: {first: -1h}}}"}, "delivery.retry.request.backoff.first", NEGATIVE),
        ({"stage": "retry: {request: 1min}"}, "delivery.retry.request", ("expected a list of gaps or a backoff, found '1min'", "[1min, 5min] or {backoff: {first: 1min, factor: 2}, attempts: 6}")),
        ({"stage": "retry: {request: [1min], gaps: [1min]}"}, "delivery.retry.gaps", ("unknown key 'gaps'", "known: original, request, replacement, report, default")),
        ({"stage": "retry: {default: [1min], request: [1us], report: {gaps: [1us], jitter: 0.5}}"}, "delivery.retry.report", ("a gap is shorter than one tick of the clock", "")),
        ({"stage": "greylist: {request: 1min}"}, "delivery.greylist", ("what a greylist does by kind stands under delay, window or known", "{delay: {request: 5min, default: 1min}}")),
        ({"stage": "greylist: {delay: {reqest: 1min}}"}, "delivery.greylist.delay.reqest", NOT_A_KIND),
        ({"stage": "greylist: {window: {request: -1h}}"}, "delivery.greylist.window.request", NEGATIVE),
        ({"stage": "greylist: {known: {request: 20}}"}, "delivery.greylist.known.request", ("20 is outside 0 to 1", "write 0.2?")),
        ({"stage": "greylist: {delay: {request: 1h}, window: {request: 1min}}"}, "delivery.greylist", ("the window is shorter than the delay (request): nothing would ever pass", "")),
        ({"stage": "failure: {reqest: 0.1}"}, "delivery.failure.reqest", NOT_A_KIND),
        ({"fault": "fault: defer, odds: {reqest: 0.1}"}, "faults.0.odds.reqest", NOT_A_KIND),
        ({"fault": "fault: defer, odds: {request: -0.1}"}, "faults.0.odds.request", ("-0.1 is outside 0 to 1", "")),
        ({"fault": "fault: delay, by: {reqest: 1s}"}, "faults.0.by.reqest", NOT_A_KIND),
        ({"fault": "fault: delay, by: {request: -1h}"}, "faults.0.by.request", NEGATIVE),
        ({"fault": "fault: delay, by: {request: never}"}, "faults.0.by.request", ("never cannot stand here", "")),
        ({"moderation": "expires: {reqest: 1h}"}, "lists.all.moderation.expires.reqest", NOT_A_KIND),
        *(
            ({"stage": f"greylist: {{{key}: {{report: {value}}}}}"}, f"delivery.greylist.{key}.report", (NOT_GREYLISTED, LEAVE_OUT))
            for key, value in (("delay", "1min"), ("window", "1d"), ("known", 0.5), ("delay", "nonsense"))
        ),
        *(
            ({"moderation": f"{key}: {{report: {value}}}"}, f"lists.all.moderation.{key}.report", (NOT_MODERATED, LEAVE_OUT))
            for key, value in (("reads", "1min"), ("approve", 0.5), ("expires", "1h"))
        ),
        ({"stage": "delay_notice: {report: 1min, default: 1h}"}, "delivery.delay_notice.report", ("the sender gets no notice of a report that is late", LEAVE_OUT)),
        ({"fault": "fault: defer, odds: {report: 0.5}"}, "faults.0.odds.report", (f"{NOT_MET} original, request, replacement", "leave report out, or write kinds: [original, request, replacement, report]")),
        ({"fault": "fault: delay, by: {report: 1s}, kinds: [request]"}, "faults.0.by.report", (f"{NOT_MET} request", "leave report out, or write kinds: [request, report]")),
        ({"moderation": "expires: {request: -1h}"}, "lists.all.moderation.expires.request", NEGATIVE),
    ],
)  # fmt: skip
def test_a_mistake_within_a_mapping_has_its_place_and_a_suggestion(complaint, parts, place, expected):
    """Kinds that there are not and values that cannot be are told with path, words and help."""
    what, hint = expected
    text = complaint(written(**parts))
    assert [line.partition("error: ")[2] for line in text.splitlines() if "error:" in line] == [
        f"transport.{place}: {what}"
    ]
    assert text.partition("help: ")[2] == hint


@pytest.mark.parametrize(
    ("parts", "reach", "expected"),
    [
        ({"stage": "give_up: {request: 1h, default: 2d}"}, lambda t: t.delivery.give_up, [172_800.0, 3600.0, 172_800.0, 172_800.0]),
        ({"stage": "give_up: {request: 1h}"}, lambda t: t.delivery.give_up, [None, 3600.0, None, None]),
        ({"stage": "delay_notice: {original: 1min}"}, lambda t: t.delivery.delay_notice, [60.0, None, None, None]),
        ({"stage": "greylist: {delay: {request: 1min}}"}, lambda t: t.delivery.greylist.delay, [300.0, 60.0, 300.0, 300.0]),
        ({"stage": "greylist: {window: {request: 1h}}"}, lambda t: t.delivery.greylist.window, [172_800.0, 3600.0, 172_800.0, 172_800.0]),
        ({"stage": "greylist: {known: {request: 0.5}}"}, lambda t: t.delivery.greylist.known, [0.0, 0.5, 0.0, 0.0]),
        ({"fault": "fault: defer, odds: {request: 0.5}"}, lambda t: t.faults[0].odds, [0.0, 0.5, 0.0, 0.0]),
        ({"moderation": "expires: {request: 1h}"}, lambda t: t.lists[0].moderation.expires, [432_000.0, 3600.0, 432_000.0, 432_000.0]),
    ],
)  # fmt: skip
def test_what_is_not_named_has_the_default(parts, reach, expected):
    """Kinds that are not named have `default`, and without one what the key's own default is."""
    assert values(reach(load(written(**parts)).transport)) == expected


def test_the_schema_names_no_kind_that_is_refused():
    """Editors are not offered what an error would follow."""
    offered = {
        name: "report" in definition["anyOf"][1]["properties"]
        for name, definition in json_schema()["$defs"].items()
        if name in ("GreylistDelay", "GreylistWindow", "Known", "NoticeByKind", "LookByKind", "Approval", "Expiry", "OpenProbability", "Odds", "LimitByKind")
    }  # fmt: skip
    refused = ("Approval", "Expiry", "GreylistDelay", "GreylistWindow", "Known", "LookByKind", "NoticeByKind", "OpenProbability")  # fmt: skip
    assert offered == dict.fromkeys(refused, False) | {"Odds": True, "LimitByKind": True}


def test_nobody_opens_a_report(complaint, small):
    """Recipients get no reports, so there is no probability that they open one."""
    setting = "recipients.groups.desk.person.reads.sessions.open_probability.report=0.5"
    assert (
        "open_probability.report: reports go to the sender; recipients have none to open\n  help: leave report out"
        in complaint(small, setting)
    )


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        ("", [1.0] * 4),
        (", odds: 0.5", [0.5] * 4),
        (", odds: {default: 0.5}", [0.5] * 4),
        (", odds: {request: 0.5, default: 0.1}", [0.1, 0.5, 0.1, 0.1]),
        (", odds: {report: 0.5}, kinds: [report]", [0.0, 0.0, 0.0, 0.5]),
    ],
)
def test_odds_are_certain_unless_some_are_named(odds, expected):
    """A fault without odds is met by every attempt; by kind, those that are not named are not met."""
    assert values(load(written(fault=f"fault: defer{odds}")).transport.faults[0].odds) == expected


def gaps(stage):
    """By kind, the first gaps of a stage's schedule."""
    return [None if each is None else each.expanded(100.0)[:2] for each in values(stage.retry)]


LISTED = "retry: [5min], give_up: 2d"
GROWING = "retry: {backoff: {first: 1min}}, give_up: {report: 2d}"
MAPPED = "retry: {request: {backoff: {first: 1min}}, default: [5min]}, give_up: 2d"


@pytest.mark.parametrize(
    ("stage", "setting", "expected"),
    [
        (LISTED, "retry.request=[7s]", [(300.0,), (7.0,), (300.0,), (300.0,)]),
        (GROWING, "retry.request=[7s]", [(60.0, 120.0), (7.0,), (60.0, 120.0), (60.0, 120.0)]),
        (MAPPED, "retry.request=[7s]", [(300.0,), (7.0,), (300.0,), (300.0,)]),
        (LISTED, "retry.request.backoff.first=7s", [(300.0,), (7.0, 14.0), (300.0,), (300.0,)]),
        (MAPPED, "retry.request.backoff.first=7s", [(300.0,), (7.0, 14.0), (300.0,), (300.0,)]),
        (MAPPED, "retry.request.gaps=[7s]", [(300.0,), (7.0,), (300.0,), (300.0,)]),
        (MAPPED, "retry.default.0=7s", [(7.0,), (60.0, 120.0), (7.0,), (7.0,)]),
        (MAPPED, "retry.request=null", [(300.0,)] * 4),
        (MAPPED, "retry=[7s]", [(7.0,)] * 4),
        (MAPPED, "retry={backoff: {first: 7s}}", [(7.0, 14.0)] * 4),
        (GROWING, "retry={request: [7s]}", [(60.0, 120.0), (7.0,), (60.0, 120.0), (60.0, 120.0)]),
        (MAPPED, "retry={original: [7s]}", [(7.0,), (60.0, 120.0), (300.0,), (300.0,)]),
    ],
)  # fmt: skip
def test_a_path_sets_the_schedule_of_a_kind(stage, setting, expected):
    """A path reaches the schedule of one kind, whatever form the schedules had before."""
    assert gaps(load(written(stage), [f"transport.delivery.{setting}"]).transport.delivery) == expected


@pytest.mark.parametrize(
    ("stage", "expected"),
    [(LISTED, [172_800.0, 3600.0, 172_800.0, 172_800.0]), (GROWING, [None, 3600.0, None, 172_800.0])],
)
def test_a_path_sets_the_time_of_a_kind(stage, expected):
    """A path gives one kind a time of its own and leaves the others theirs."""
    found = load(written(stage), ["transport.delivery.give_up.request=1h"]).transport.delivery
    assert values(found.give_up) == expected


def test_a_preset_lies_below_what_a_file_says_by_kind():
    """Kinds that a file names lie over a preset's schedule as a whole; its other keys stay."""
    stage = load(
        written("extends: retry-postfix.yaml, retry: {request: [7s], default: [9s]}")
    ).transport.delivery
    assert gaps(stage) == [(9.0,), (7.0,), (9.0,), (9.0,)]
    assert values(stage.give_up) == [432_000.0] * 4


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ("transport.delivery.give_up.request=1h", "transport.delivery.give_up"),
        ("transport.delivery.give_up=1d", "transport.delivery.give_up"),
        ("transport.delivery.retry.request.jitter=0.1", "transport.delivery.retry.request.jitter"),
    ],
)
def test_a_kind_changes_the_fingerprint(setting, path):
    """What is set for one kind is a difference, told by its path."""
    text = written("retry: {request: {gaps: [1min]}, default: [5min]}, give_up: 2d")
    before, after = canonical(load(text)), canonical(load(text, [setting]))
    assert scenario_differences(before, after) == [path]


def test_values_without_kinds_are_kept_as_they_were():
    """The canonical form of a scenario that names no kinds has the bare values that it had before they could be named."""
    stage = "retry: [5min], give_up: {default: 2d}, greylist: {known: 0.5}"
    found = canonical(load(written(stage, "fault: delay, by: 5s", "expires: 1d")))["transport"]
    delivery, fault = found["delivery"], found["faults"][0]
    observed = (
        *(delivery[key] for key in ("retry", "give_up", "delay_notice", "greylist")),
        *(fault["odds"], fault["by"]["constant"], found["lists"][0]["moderation"]["expires"]),
    )
    assert observed == (
        {"gaps": [300.0], "backoff": None, "jitter": 0.0, "attempts": None},
        *(172_800.0, None, {"delay": 300.0, "window": 172_800.0, "known": 0.5}),
        *(1.0, 5.0, 86_400.0),
    )


def test_a_sweep_and_an_analysis_reach_a_kind(complaint):
    """The paths of designs name kinds, and a kind that there is not is an error there too."""
    text = written("retry: [1min], greylist: 5min, failure: 0.5")
    sweep = "sweep: {grid: {transport.delivery.give_up.%s: [1h, 2h], transport.delivery.retry.request: [[1min], [2min]]}}\n"
    over = "sensitivity: {over: {transport.delivery.greylist.known.request: {from: 0, to: 1}}}\n"
    scenario = load(text + sweep % "request" + over)
    assert (scenario.sweep is not None, scenario.sensitivity is not None) == (True, True)
    assert "transport.delivery.give_up.reqest: unknown key 'reqest'" in complaint(text + sweep % "reqest")
