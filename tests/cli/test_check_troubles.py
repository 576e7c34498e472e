"""`recallsim check` says what may befall mail on its way."""

import pytest
from click.testing import CliRunner

from recallsim.cli import commands

TROUBLES = """
name: troubles
clock: 1s
transport:
  categorizer: {per: batch, batch: 5, service: 1s}
  delivery: {service: 1s, limit: {rate: 1/3s}, greylist: 300s, delay_notice: 10min}
  hops: [{name: filter, tnef: stripped, exempt: [report]}]
  routes: [{groups: [a], hops: [filter]}]
  lists: [{name: all, members: [a], moderation: {moderators: 2, moderate_recall: false}, reports_to: none}]
  outages: [{stage: delivery, from: 2min, for: 3min}]
  faults:
    - {stage: delivery, fault: defer, odds: 0.2, from: 5min, for: 10min}
    - {stage: delivery, fault: rate_limit, rate: 6/min}
    - {stage: delivery, fault: delay, by: 5s, from: 1h}
recipients: {groups: [{name: a, count: 4}, {name: b, count: 6}]}
"""


def test_check_names_every_trouble(tmp_path):
    """Each key that may hold mail up has its line, and a greylist without retries a warning."""
    path = tmp_path / "troubles.yaml"
    path.write_text(TROUBLES, encoding="utf-8")
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    expected = [
        "a hop that the mail of a takes",
        "makes ordinary mail of recall requests (S9); exempt: report",
        "original: 3 jobs at once, 1 s each",  # of 4 on the list and 6 on none
        "original: 10 jobs at once, 1 s each, done in 28 s",
        "begins at most one service every 3 s",
        "its next hop greylists: an attempt passes from 5 min after the first one on",
        "tells the sender of a delay after 10 min",
        "stands still from 2 min on for 3 min",
        "fault: refuses an attempt for now, with probability 0.2, from 5 min on for 10 min",
        "fault: refuses for now what is more than one every 10 s",
        "fault: makes an attempt longer by 5 s, from 1 h on",
        "members: a; expanded in batches of their own",
        "mail waits, requests do not, for 2 moderators; undecided after 5 d it goes back",
        "no report on its members reaches the sender (R9.3)",
        "warning: server delivery is greylisted and never tries again: whatever meets it bounces; give it a retry",
    ]
    assert [line for line in expected if line not in said] == []


def test_trouble_after_the_horizon_is_warned_of(tmp_path):
    """An outage that begins after the horizon changes nothing, most likely by a mistake."""
    path = tmp_path / "troubles.yaml"
    path.write_text(TROUBLES.replace("clock: 1s", "horizon: 1min"), encoding="utf-8")
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    late = "begins at 2 min, after the horizon: it changes nothing"
    assert f"warning: the outage of server delivery {late}" in said


BY_KIND = """
name: kinds
transport:
  delivery:
    failure: 0.1
    retry: {request: [1min]}
    delay_notice: {original: 10min, request: 1h}
    greylist: {delay: {request: 1min}, known: {original: 1}}
  lists: [{name: all, members: [a], moderation: {expires: {request: 1h}}}]
  faults:
    - {stage: delivery, fault: defer, odds: {request: 0.5}}
    - {stage: delivery, fault: delay, by: {request: 5s}, kinds: [request]}
recipients: {groups: [{name: a, count: 4}]}
"""


def test_check_says_what_differs_by_kind(tmp_path):
    """Where kinds have values of their own, each value stands with the kinds that have it."""
    path = tmp_path / "kinds.yaml"
    path.write_text(BY_KIND, encoding="utf-8")
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    expected = [
        "original, replacement: an attempt fails with probability 0.1; the message bounces at once",
        "request: an attempt fails with probability 0.1; tried again",
        "an attempt passes from 5 min (original, replacement), 1 min (request) after the first one on",
        "tells the sender of a delay after 10 min (original), 1 h (request)",
        "fault (request): refuses an attempt for now, with probability 0.5",
        "fault (request): makes an attempt longer by 5 s",
        "undecided after 5 d (original, replacement), 1 h (request) it goes back",
        "warning: server delivery is greylisted and never tries again (replacement): whatever meets it bounces",
    ]
    assert [line for line in expected if line not in said] == []


OF_REPORTS = """
name: reports
transport:
  reports: OWN
  delivery: {failure: {report: 0.5, default: 0.1}, retry: {report: [1min], default: [2min]}, give_up: {report: 1h}}
recipients: {groups: [{name: a, count: 4}]}
"""


@pytest.mark.parametrize(("reports", "times"), [("own", 1), ("shared", 0)])
def test_check_says_that_reports_in_lanes_of_their_own_do_not_fail(tmp_path, reports, times):
    """What a stage does with reports that fail is named where reports never do."""
    path = tmp_path / "reports.yaml"
    path.write_text(OF_REPORTS.replace("OWN", reports), encoding="utf-8")
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    warning = "warning: failure, retry and give_up of reports at server delivery change nothing"
    assert said.count(warning) == times


@pytest.mark.parametrize(
    ("clock", "names"),
    [
        ("1us", []),
        ("500ms", ["the gap between other mail at server delivery (333 ms)"]),
        ("1min", ["a service of server delivery (1 s)"]),
    ],
    ids=["1us", "500ms", "1min"],
)
def test_check_says_that_a_clock_is_too_coarse_for_a_server(tmp_path, clock, names):
    """Where a tick is longer than what servers do, `check` says which of their times is rounded to nothing."""
    path = tmp_path / "coarse.yaml"
    path.write_text(
        f"name: coarse\nclock: {clock}\ntransport:\n  delivery:\n    {{workers: 2, service: 1s, background: {{rate: 3/s, service: 500ms}}}}\n"
        "recipients: {groups: [{name: a, count: 4}]}\n",
        encoding="utf-8",
    )
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    found = [each.split(": times")[0] for each in said.split("is longer than ")[1:]]
    assert found == names


SOME_KINDS = """
name: some
transport:
  delivery: {failure: {original: 0.3}, retry: {request: [20min]}, give_up: {request: 1h, default: 2d}}
  link: {loss: {request: 0.01}}
  faults:
    - {stage: delivery, fault: delay, by: {request: 5min}, odds: {request: 0.5}}
    - {stage: delivery, fault: reject, odds: {default: 0, replacement: 1}}
    - {stage: delivery, fault: delay, by: 0s}
recipients: {groups: [{name: a, count: 4}]}
"""


def test_check_says_of_which_kinds_it_speaks(tmp_path):
    """What befalls one kind only is said of that kind, and nothing is said of the others."""
    path = tmp_path / "some.yaml"
    path.write_text(SOME_KINDS, encoding="utf-8")
    said = " ".join(CliRunner().invoke(commands, ["check", str(path)]).output.split())
    expected = [
        "original: an attempt fails with probability 0.3; the message bounces at once",
        "original, replacement: gives a message up 2 d after it came",
        "request: gives a message up 1 h after it came",
        "fault (request): makes an attempt longer by 5 min, with probability 0.5",
        "fault (replacement): refuses an attempt for good",
        "fault: changes nothing, since it never comes about or adds no time",
    ]
    assert " ".join(expected) in said
    assert "request: a copy is lost with probability 0.01" in said
