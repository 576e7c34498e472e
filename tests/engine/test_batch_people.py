"""What people and programs do beyond reading in turn, by both engines: equal columns, and every bit of it occurred."""

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from equality import SEED, both, differences, interpreted
from random_scenarios import plan_of

from recallsim.engines import agents
from recallsim.engines.batch import simulate, simulate_on
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
from transport.recall.codes import Reason

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

PEOPLE = Path(__file__).with_name("people.yaml")
CLOCKS = ("1us", "10s", "60s")
CONSTANT = (
    "transport.link.latency=2min",
    "recipients.groups.commuter.client.online={up: 40min, down: 30min}",
    "recipients.groups.commuter.person.reads={delay: {original: 40min, request: 30min, replacement: 10min}}",
    "recipients.groups.commuter.devices=[]",
    "recipients.groups.assistant.person.reads.notified.otherwise.sessions.gap=20min",
    "recipients.groups.filer.person.reads.sessions.gap=20min",
    "recipients.groups.watcher.person.reads.hazard=null",
    "recipients.groups.watcher.person.reads.delay={original: 1h, request: 1h}",
)
"""Laws that do not vary, with times that are often the same."""
HAPPENS = (
    "forwards",
    "sees a forwarded copy",
    "glimpses",
    "opens the attachment",
    "replies automatically",
    "marks unread",
    "moves",
    "deletes",
    "previews",
    "fetches",
    "loses",
    "hands in the flag",
    "hands in the move",
    "hands in the mark",
    "hands in the deletion",
)
"""What has to stand in the traces of the scenario."""


def tree() -> dict[str, Any]:
    """The scenario as it was written."""
    found: dict[str, Any] = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))
    return found


def without(*path: str | int) -> dict[str, Any]:
    """The scenario without one key; a group is found by its name."""
    scenario = tree()
    *way, last = path
    at: Any = {group["name"]: group for group in scenario["recipients"]["groups"]}
    for key in way:
        at = at[key]
    del at[last]
    return scenario


@pytest.mark.parametrize("clock", CLOCKS)
def test_both_engines_agree_on_what_people_do(clock):
    """On a fine clock and on two that make ties every column is equal; levels 0 to 4 of seen, and copies sent on, occur."""
    one, other = both(draw_up(load(PEOPLE, [f"clock={clock}"])), 4)
    assert differences(one, other) == []
    found = {name: set(column.tolist()) for name, column in one.recipients.items()}
    assert found["seen_level"] == {0, 1, 2, 3, 4}
    assert {0, 2, 3} <= found["forwarded"]
    assert found["forwarded_seen"] > {0}
    assert found["seen_people"] >= {0, 1, 2}
    reasons = {Reason(code).name for code in found["reason"]}
    assert reasons >= {"NONE", "DELETED_UNREAD", "ALREADY_READ", "DIFFERENT_FOLDERS", "NOT_FOUND"}


@pytest.mark.parametrize("clock", CLOCKS)
def test_both_engines_agree_on_what_people_do_where_all_is_constant(clock):
    """With times that do not vary nearly everything is a tie, and ties are decided alike."""
    assert differences(*both(draw_up(load(PEOPLE, [f"clock={clock}", *CONSTANT])))) == []


def test_the_kernel_is_the_same_as_plain_python_for_what_people_do():
    """The interpreted kernel gives the compiled one's columns."""
    plan = draw_up(load(PEOPLE, ["clock=10s"]))
    slow = simulate_on(plan, SEED, 0, 1, threads=1, replicate=interpreted)
    assert differences(slow, simulate(plan, SEED, 0, 1)) == []


def test_everything_that_people_do_occurs():
    """The traces of a few replications of that scenario have everything in them."""
    plan = draw_up(load(PEOPLE))
    found = Counter(event.event for number in range(4) for event in agents.trace(plan, SEED, number)[0])
    assert [event for event in HAPPENS if not found[event]] == []


@pytest.mark.parametrize(
    "path",
    [
        ("commuter", "client", "online"),
        ("commuter", "person", "while"),
        ("commuter", "person", "forwards"),
        ("commuter", "person", "deletes", "unread"),
        ("commuter", "devices", 0, "client", "online"),
        ("starter", "client", "online", "start"),
        ("starter", "client", "online"),
        ("assistant", "person", "reads", "notified", "otherwise", "sessions", "inbox_mail"),
        ("assistant", "person", "glimpse"),
        ("assistant", "person", "opens_attachment"),
        ("assistant", "person", "out_of_office"),
        ("assistant", "delegates"),
        ("assistant", "rules"),
        ("filer", "person", "reads", "folders", "Lists"),
        ("filer", "person", "reads", "folders", "Deleted Items"),
        ("filer", "person", "reads", "sessions", "inbox_mail"),
        ("watcher", "person", "reads", "folders"),
        ("watcher", "person", "out_of_office"),
        ("watcher", "devices", 0, "client", "online"),
        ("team", "client", "online"),
        ("team", "person", "opens_attachment"),
    ],
    ids=lambda path: " ".join(map(str, path)),
)
def test_every_bit_of_what_people_do_matters_and_may_be_left_out(path):
    """Without any one key the agents give other columns, and the batch engine gives those too."""
    whole = plan_of(tree())
    one, other = both(plan_of(without(*path)), 1)
    assert differences(agents.simulate(whole, SEED, 0, 1), one) != []
    assert differences(one, other) == []


def test_room_grows_for_turns_and_other_mail():
    """More turns online, and more mail that nobody gets round to, than there was room for at first."""
    scenario = deepcopy(tree())
    scenario["horizon"] = "20d"
    groups = {group["name"]: group for group in scenario["recipients"]["groups"]}
    groups["commuter"]["client"]["online"] = {"up": {"lognormal": {"median": "5s", "sigma": 4}}, "down": "1s"}
    groups["filer"]["person"]["reads"]["sessions"] |= {"per_session": 1, "inbox_mail": {"rate": "1/min"}}
    scenario["recipients"]["groups"] = [groups[name] | {"count": 3} for name in ("commuter", "filer")]
    assert differences(*both(plan_of(scenario), 1)) == []
