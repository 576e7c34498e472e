"""The scenarios of the recall systems: the same people, the same day, only the system differs."""

import runpy
from pathlib import Path

import pytest
import yaml

from recallsim import run
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.reporting.meaning import meaning
from recallsim.scenario import load
from recallsim.scenario.fingerprints import canonical, scenario_differences
from recallsim.scenario.values import RECALL_SYSTEMS
from transport.recall.codes import Status

SYSTEMS = Path(__file__).parents[2] / "configs" / "systems"
OF_THE_SYSTEM = ("sender.recall.", "sender.hold", "sender.acts", "sender.correction")
BESIDE = {
    "hybrid": ("recipients.groups",),
    "cross-tenant": ("organisation.tenants", "recipients.groups"),
}


def names() -> list[str]:
    return sorted(file.stem for file in SYSTEMS.glob("*.yaml"))


@pytest.mark.parametrize("name", names())
def test_only_the_system_differs_from_the_office(name, configs):
    """People, servers, message and day are those of the office; a system has its policies, its hold and its button."""
    office, system = (canonical(load(file)) for file in (configs / "office.yaml", SYSTEMS / f"{name}.yaml"))
    allowed = OF_THE_SYSTEM + BESIDE.get(name, ())
    assert [path for path in scenario_differences(office, system) if not path.startswith(allowed)] == []


@pytest.mark.parametrize(("name", "key"), [("hybrid", "mailbox.where"), ("cross-tenant", "client.kind")])
def test_groups_that_are_repeated_are_the_offices(name, key, configs):
    """Hybrid and cross-tenant repeat the office's groups, for a list is replaced whole; one key is another."""
    office, system = (canonical(load(file)) for file in (configs / "office.yaml", SYSTEMS / f"{name}.yaml"))
    groups = zip(office["recipients"]["groups"], system["recipients"]["groups"], strict=True)
    assert {path for pair in groups for path in scenario_differences(*pair)} == {key}


def test_every_system_has_a_scenario_and_the_table_a_line(configs, root):
    """Each system by name has its file (families apart), and `make systems` prints a line for each file."""
    order = runpy.run_path(str(root / "benchmarks" / "systems.py"))["ORDER"]
    families = {"server-window", "undo-send", "deferred-queue"}
    assert set(RECALL_SYSTEMS) - families <= set(names())
    assert sorted(order) == names()
    index = (configs / "README.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"`{name}`" not in index] == []


def test_every_number_of_a_system_names_its_source():
    """A line of these files that sets a number says where it is from, or that it is an assumption."""
    bare = []
    for name in names():
        for line in (SYSTEMS / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
            key, mark, _ = line.partition("#")
            inside = key.partition(": ")[2]
            repeated = name in BESIDE and line.startswith("    ")
            if (
                any(letter.isdigit() for letter in inside)
                and not mark
                and not repeated
                and "name:" not in key
            ):
                bare.append(f"{name}: {line}")
    assert [line for line in bare if "title" not in line and "{system: " not in line] == []


def test_cloud_recall_reaches_more_than_classic():
    """On the same day: cloud above classic, in the hybrid between them; nobody outside but in the cross-tenant one."""
    few, shares = ["recipients.count=300"], {}
    for name in ("outlook", "hybrid", "exchange-online", "cross-tenant"):
        scenario = load(SYSTEMS / f"{name}.yaml", few)
        status = simulate(draw_up(scenario), scenario.seed, 0, 2).recipients["status"]
        shares[name] = float((status == Status.SUCCEEDED.value).mean())
    assert sorted(shares, key=shares.__getitem__) == ["outlook", "hybrid", "exchange-online", "cross-tenant"]


@pytest.mark.parametrize(
    ("name", "says"), [("outlook", False), ("exchange-online", True), ("admin-purge", True)]
)
def test_s2b_a_report_says_what_a_removal_leaves(name, says):
    """S2b: where servers or an administrator remove, the report has a line on holds, journals and backups."""
    result = run(SYSTEMS / f"{name}.yaml", replications=1, workers=1, overrides=["recipients.count=20"])
    assert (
        "copies on hold, in Recoverable Items, journals and backups" in " ".join(str(result).split())
    ) == says


@pytest.mark.parametrize("name", names())
def test_check_says_what_a_system_does(name):
    """`recallsim check` tells each system in its own words."""
    scenario = load(SYSTEMS / f"{name}.yaml")
    words = " ".join(" ".join(each.words) for each in meaning(scenario, draw_up(scenario)))
    told = {
        "client": "each recipient's own Outlook decides",
        "servers": "the servers remove the message from the mailbox",
        "nobody": "no recall at all" if name == "none" else "afterwards it is too late",
    }
    assert told[scenario.sender.recall.executed_by] in words


@pytest.mark.parametrize(
    ("name", "says"),
    [("hybrid", "the classic rules hold there"), ("cross-tenant", "which lets our recalls in")],
)
def test_check_says_where_a_system_reaches(name, says):
    """S6, S7: mailboxes out of reach, and another organisation within it, are named."""
    scenario = load(SYSTEMS / f"{name}.yaml")
    assert says in " ".join(" ".join(each.words) for each in meaning(scenario, draw_up(scenario)))


def test_systems_lie_beside_each_other_as_plain_data():
    """A preset of a system has keys of the sender only, so that a reader sees what its name stands for."""
    folder = Path(__file__).parents[2] / "recallsim" / "presets" / "systems"
    keys = {key for file in folder.glob("*.yaml") for key in yaml.safe_load(file.read_text(encoding="utf-8"))}
    assert (keys, sorted(file.stem for file in folder.glob("*.yaml"))) == (
        {"hold", "recall", "correction"},
        sorted(RECALL_SYSTEMS),
    )
