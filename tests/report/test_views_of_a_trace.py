"""`recallsim trace --view`, `--mermaid`, `--perfetto`: one replication drawn, and the rule that decided."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from recallsim.engines.agents import trace
from recallsim.plan import draw_up
from recallsim.reporting.sequence import LANES, mermaid, steps
from recallsim.reporting.timeline import ends
from recallsim.reporting.why import why
from recallsim.scenario import load

TABLE = sorted((Path(__file__).parents[2] / "configs" / "table").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"

# The file names end with what happens; R6.4 and the waiting of R7.1 and R7.4 are decided by another row.
DECIDED_BY = {
    "r5-5": "R5.1",
    "r6-4": "R2.2",
    "r7-1": "R1.1",
    "r7-4": "R2.1",
}


def _told(path, recipient=1):
    plan = draw_up(load(path))
    events, observation = trace(plan, load(path).seed, 0, recipient)
    every = list(ends(observation.recipients, [group.name for group in plan.groups], plan.clock))
    return plan, events, every[recipient - 1]


@pytest.mark.parametrize("path", TABLE, ids=lambda path: path.stem)
def test_every_row_of_the_table_is_named_by_its_number(path):
    """For each shipped scenario of a rule, the reason why names that rule, or the row that decides it."""
    plan, events, end = _told(path)
    parts = path.stem.split("-")
    number = ".".join(part for part in parts[:2] if part[-1].isdigit()).upper()
    expected = DECIDED_BY.get("-".join(parts[:2]), number)
    assert why(end, events, plan, "outlook").rule == expected


def test_why_says_what_decided():
    """R3: where the two lay, and the flag, which did not matter."""
    plan, events, end = _told(next(path for path in TABLE if path.stem.startswith("r3")))
    assert why(end, events, plan, "outlook").words == (
        "The recall failed at +0:07:02.000 (R3): message and recall lay in different folders. The request was "
        "processed automatically at +0:07:02.000; it lay in the Inbox, the message in Files, and that was "
        "marked unread."
    )


@pytest.mark.parametrize(
    ("name", "rule"),
    [("exchange-online", "S2"), ("domino", "S10"), ("zimbra", "S11"), ("groupwise", "S12"), ("none", "E2")],
)
def test_what_servers_did_is_named_by_their_rule(name, rule):
    """A removal by servers has the number of its system; where there is none, E2."""
    path = TABLE[0].parents[1] / "systems" / f"{name}.yaml"
    scenario = load(path, ["recipients.count=40"])
    plan = draw_up(scenario)
    events, observation = trace(plan, scenario.seed, 0, 3)
    end = list(ends(observation.recipients, [group.name for group in plan.groups], plan.clock))[2]
    assert (why(end, events, plan, name).rule, steps(events, plan) != []) == (rule, True)


def test_steps_are_in_order_and_between_the_lanes():
    """Every step goes from one lane to another, and time never goes back."""
    plan, events, _ = _told(TABLE[0])
    told = steps(events, plan)
    assert [step.tick for step in told] == sorted(step.tick for step in told)
    assert {lane for step in told for lane in (step.source, step.target)} <= set(LANES)
    assert [(step.source, step.target, step.words) for step in told[:3]] == [
        ("sender", "servers", "the message"),
        ("servers", "mailbox", "the message, into inbox"),
        ("mailbox", "client", "the message"),
    ]


def test_mermaid_takes_nothing_for_a_sign():
    """Semicolons, hashes and angle brackets in texts are written as entities; each step is one line."""
    plan, events, _ = _told(TABLE[0])
    told = steps(events, plan)
    lines = mermaid("a;b#c<d>\n", told, "because").splitlines()
    assert lines[:2] == ["sequenceDiagram", "    title a#59;b#35;c#lt;d#gt;\\n"]
    assert (len(lines), lines[-1]) == (3 + len(LANES) + len(told), "    Note over sender,person: because")


def test_the_view_is_a_drawing_or_a_page(made, start):
    """--view FILE.svg is an SVG file, FILE.html a page; both say why; another ending is refused."""
    for name in ("one.svg", "one.html"):
        done = start(made.folder, "trace", "small.yaml", "--recipient", "3", "--view", name)
        assert (done.returncode, done.stdout.startswith(f"Wrote {name}: ")) == (0, True)
    drawing = ElementTree.fromstring((made.folder / "one.svg").read_text(encoding="utf-8"))
    page = (made.folder / "one.html").read_text(encoding="utf-8")
    assert (drawing.tag, drawing.get("role")) == (f"{SVG}svg", "img")
    assert ("<script" in page, "Recipient 3 (desk)" in page) == (False, True)
    done = start(made.folder, "trace", "small.yaml", "--view", "one.png")
    assert (done.returncode, "ends with .html or .svg" in done.stderr) == (2, True)


def test_forms_exclude_each_other(made, start):
    """One form at a time."""
    done = start(made.folder, "trace", "small.yaml", "--mermaid", "--perfetto")
    assert (done.returncode, "exclude each other" in done.stderr) == (2, True)


def test_a_chrome_trace_has_a_thread_for_everybody(made, start):
    """Every recipient has a thread, slices lie within the replication, and instants are the trace's events."""
    done = start(made.folder, "trace", "small.yaml", "--perfetto")
    document = json.loads(done.stdout)
    lines = start(made.folder, "trace", "small.yaml", "--json").stdout.splitlines()
    rows = document["traceEvents"]
    threads = [row["args"]["name"] for row in rows if row["name"] == "thread_name"]
    slices = [row for row in rows if row["ph"] == "X"]
    assert threads == [f"recipient {number}" for number in range(1, 21)]
    assert [row for row in slices if row["dur"] < 0 or row["ts"] + row["dur"] > 86_400e6] == []
    assert sum(row["ph"] == "i" for row in rows) == len(lines) - 20
    assert {row["name"] for row in slices} == {"message within reach", "request waits"}


def test_the_end_of_one_recipient_is_followed_by_why(made, start):
    """`trace --recipient` ends with the reason and its rule."""
    last = start(made.folder, "trace", "small.yaml", "--recipient", "18").stdout.splitlines()[-1]
    assert last == (
        "Still open at the end (R6.2). No program of this recipient can carry out a request, so that it stays a "
        "message among others."
    )
