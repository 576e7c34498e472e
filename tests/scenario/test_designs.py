"""The language of sweeps, analyses and searches: ranges, constraints, and what is said of mistakes."""

import pytest

from recallsim.scenario.aims import DELAY, Aim, Limit, aim
from recallsim.scenario.base import Refusal
from recallsim.scenario.expressions import expression
from recallsim.scenario.loading import family
from recallsim.scenario.models_ranges import axis_of

PATHS = ["sender.hold", "sender.notices", "recipients.groups.phone-first.share", "message.size"]


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"from": "1min", "to": "6min", "step": "2min"}, ["1min", "3min", "5min"]),
        ({"from": "90s", "to": "150s", "step": "30s"}, ["90s", "2min", "150s"]),
        ({"from": "1s", "to": "1min", "factor": 4}, ["1s", "4s", "16s"]),
        ({"from": "1min", "to": "4h", "steps": 3, "log": True}, ["1min", "929.516s", "4h"]),
        ({"from": 0, "to": 1, "steps": 5}, [0.0, 0.25, 0.5, 0.75, 1.0]),
        ({"from": 0, "to": 0.3, "step": 0.1}, [0.0, 0.1, 0.2, 0.3]),
        ({"from": 2, "to": 8, "step": 3}, [2, 5, 8]),
        ({"from": 1, "to": 10, "steps": 4, "whole": True}, [1, 4, 7, 10]),
        ({"from": "1 MB", "to": "2 MB", "steps": 2}, ["1000000 B", "2000000 B"]),
        ({"from": "1/min", "to": "2/min", "steps": 2}, ["0.0166667/s", "0.0333333/s"]),
    ],
)
def test_counted_ranges(given, values):
    """A range with a step, a factor or a number of steps says its values as a scenario writes them."""
    observed = axis_of(given).values()
    assert repr(observed) == repr(values)


def test_open_ranges():
    """A range without steps gives the value at any share of the way; whole numbers take equal parts."""
    time = axis_of({"from": "1s", "to": "100s", "log": True})
    workers = axis_of({"from": 1, "to": 3, "whole": True})
    assert [time.at(u) for u in (0.0, 0.5, 1.0)] == ["1s", "10s", "100s"]
    assert [workers.at(u) for u in (0.0, 0.33, 0.34, 0.67, 1.0)] == [1, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("sender.hold < sender.notices", True),
        ("hold < notices", True),
        ("notices / 10 == 6", True),
        ("hold + 30s <= 1min", True),
        ("hold > 1min or phone-first.share >= 0.2 and not (size > 2 MB)", True),
        ("10 * hold > notices * 5", False),
        ("min(hold, notices) == max(30s, 1s)", True),
        ("0s < hold < 1min 30s", True),
        ("-hold + abs(-2) < 0", True),
        ("notices % 7 == 4", True),
    ],
)
def test_constraints(text, holds):
    """A constraint compares seconds, bytes and numbers of the paths that are varied, by whole or short names."""
    settings = {
        "sender.hold": "30s",
        "sender.notices": "1min",
        "recipients.groups.phone-first.share": 0.25,
        "message.size": "2 MB",
    }
    assert expression(text, PATHS).holds(settings) is holds


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("__import__('os').system('x')", "\"__import__('os').system('x')\" cannot stand in a constraint"),
        ("hold.__class__ == 1", "'hold.__class__' is not varied here"),
        ("(lambda: 1)() < hold", "'(lambda: 1)()' cannot stand in a constraint"),
        ("[x for x in hold]", "'[x for x in sender.hold]' cannot stand in a constraint"),
        ("hold ** 9999999 > 1", "'sender.hold ** 9999999' cannot stand in a constraint"),
        ("hold < sender.noties", "'sender.noties' is not varied here"),
        ("hold <", "'hold <' cannot be read"),
        ("min(hold, *notices)", "'*sender.notices' cannot stand in a constraint"),
        (
            "hold < 1e9 if hold else 2",
            "'sender.hold < 1000000000.0 if sender.hold else 2' cannot stand in a constraint",
        ),
        ("(" * 60 + "hold" + ")" * 60 + " < " + "-" * 60 + "1", "the constraint is nested too deeply"),
        ("hold < " + "1" * 600, "the constraint has 607 characters; at most 500 are taken"),
    ],
)
def test_what_is_no_constraint(text, what):
    """Whatever is not listed is refused before anything is computed: nothing of a constraint is executed."""
    with pytest.raises(Refusal) as caught:
        expression(text, PATHS)
    assert str(caught.value) == what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hold * 'x' > 1", "\"hold * 'x' > 1\" compares or adds what are not both numbers"),
        ("hold < 'soon'", "\"hold < 'soon'\" compares or adds what are not both numbers"),
        ("notices / (hold - hold) > 1", "'notices / (hold - hold) > 1' divides by zero"),
    ],
)
def test_constraints_that_come_to_nothing(text, what):
    """Texts are not counted with, and nothing is divided by zero."""
    with pytest.raises(Refusal) as caught:
        expression(text, PATHS).holds({"sender.hold": "30s", "sender.notices": "1min"})
    assert str(caught.value) == what


def test_what_is_looked_for():
    """An objective with limits, in words or by the names of metrics."""
    observed = aim(
        "most unseen successes with at most 30s added delay and at least 20 % success_rate of desk"
    )
    limits = (
        Limit(DELAY, "all", 30.0, True, True, "at most 30s added delay"),
        Limit("success_rate", "desk", 0.2, False, False, "at least 20 % success_rate of desk"),
    )
    assert (observed.metric, observed.group, observed.most, observed.limits) == (
        "unseen_success_rate",
        "all",
        True,
        limits,
    )
    assert aim("least exposure of web") == Aim("least exposure of web", "exposure_seconds", "web", False)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("unseen successes", "expected most or least and a metric, found 'unseen successes'"),
        ("most luck and fun", "there is no metric called 'luck and fun'"),
        ("most delay", "delay is for limits only"),
        ("least seen with few", "expected at most or at least, a value and a metric, found 'few'"),
        (
            "least seen with at most 30 added delay",
            "'at most 30 added delay': delay is limited by a duration such as 30s",
        ),
        ("least seen with at most 30s aware", "'at most 30s aware': aware_rate is limited by a plain number"),
    ],
)
def test_what_cannot_be_looked_for(text, what):
    """A sentence that is no objective says what was expected."""
    with pytest.raises(Refusal) as caught:
        aim(text)
    assert str(caught.value) == what


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        (
            "sweep: {grid: {sender.hold: {from: 1s}}}",
            ["2:29: error: sweep.grid.sender.hold: a range needs to"],
        ),
        (
            "sweep: {grid: {sender.hold: {from: 1s, to: 9}}}",
            ["2:29: error: sweep.grid.sender.hold: it goes from a duration to a plain number"],
        ),
        (
            "sweep: {grid: {sender.hold: {from: 1s, to: 9s}}}",
            ["2:29: error: sweep.grid.sender.hold: a range of a grid says which values it has"],
        ),
        (
            "sweep: {grid: {sender.hold: {from: 1s, to: 9s, stepp: 2s}}}",
            ["2:29: error: sweep.grid.sender.hold: unknown key 'stepp'"],
        ),
        (
            "sweep: {grid: {message.subject: [a], 'sender.hold, sender.acts': [[1s, 2]]}}",
            ["2:72: error: sweep.grid: sender.acts: 2 has no unit; use us, ms, s, min, h, d or w"],
        ),
        (
            "sweep: {grid: {'sender.hold, sender.acts': [[1s]]}}",
            [
                "2:44: error: sweep.grid.sender.hold, sender.acts: expected a list of 2 values, one for each path, found a list of 1"
            ],
        ),
        (
            "sweep: {zip: {sender.hold: [1s], sender.acts: [1s, 2s]}}",
            [
                "2:14: error: sweep.zip: values that go in step are equally many; sender.hold has 1, sender.acts has 2"
            ],
        ),
        (
            "sweep: {grid: {sender.hold: [1s]}, zip: {sender.hold: [2s]}}",
            ["2:55: error: sweep.zip.sender.hold: sender.hold is varied twice"],
        ),
        (
            "sweep: {grid: {seed: [1, 2]}}",
            ["2:22: error: sweep.grid.seed: seed changes nothing that is simulated"],
        ),
        (
            "sweep: {lhs: {samples: 0, over: {sender.hold: {from: 1s, to: 9s, steps: 3}}}}",
            [
                "2:24: error: sweep.lhs.samples: 0 is outside 1 to 65,536",
                "2:47: error: sweep.lhs.over.sender.hold: values are drawn from the whole range here, so it takes no step, factor or steps",
            ],
        ),
        (
            "sweep: {sobol: {samples: 12, over: {}}}",
            ["2:26: error: sweep.sobol.samples: 12 is not a power of two from 2 to 65,536"],
        ),
        (
            "sweep: {grid: {sender.hold: [1s]}, constraint: hold < notices}",
            ["2:48: error: sweep.constraint: 'notices' is not varied here"],
        ),
        (
            "sensitivity: {levels: 5, over: {sender.acts: {from: 1s, to: 9s}}}",
            ["2:14: error: sensitivity: levels is 5; Morris's walks need an even number"],
        ),
        ("best: {among: [cloud]}", ["2:16: error: best.among.0: there is no variant 'cloud'"]),
        (
            "best: {objective: more luck}",
            ["2:19: error: best.objective: expected most or least and a metric, found 'more luck'"],
        ),
    ],
)
def test_mistakes_in_designs(small, complaint, text, complaints):
    """All that is wrong with a design is said at once, each with its place."""
    head, rest = small.split("\n", 1)
    told = complaint(f"{head}\n{text}\n{rest}")
    assert [line.removeprefix("<text>:") for line in told.splitlines() if ": error: " in line] == complaints


def test_cells_are_checked_together(small):
    """What only a combination breaks is said with the cell that breaks it, at the sweep's place."""
    text = (
        small
        + "sweep: {grid: {recipients.groups.desk.share: [0.7, 0.6], recipients.groups.web.share: [0.3, 0.4]}}\n"
    )
    found = family(text)
    with pytest.raises(Exception) as caught:
        found.check(
            {
                "fits": (("recipients.groups.desk.share", 0.6), ("recipients.groups.web.share", 0.4)),
                "does not": (("recipients.groups.desk.share", 0.6), ("recipients.groups.web.share", 0.3)),
                "neither": (("sender.hold", "soon"),),
            },
            "sweep",
        )
    line = len(small.splitlines()) + 1
    observed = [each for each in str(caught.value).splitlines() if ": error: " in each]
    assert observed == [
        f"<text>:{line}:1: error: sweep: does not: recipients.groups: the shares add up to 0.9, not to 1",
        f"<text>:{line}:1: error: sweep: neither: sender.hold: 'soon' is not a duration; write a number and a unit (us, ms, s, min, h, d or w)",
    ]


def test_members_of_a_family(small):
    """A member has its settings, and `--set` lies over them; the family's own scenario stays."""
    found = family(small, ["sender.acts=7s"])
    member = found.member((("sender.hold", "30s"), ("sender.acts", "1s")), "cell")
    assert (member.name, member.sender.hold, found.scenario.sender.hold) == ("cell", 30.0, 0.0)
    assert member.sender.acts == found.scenario.sender.acts
