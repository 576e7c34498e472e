"""Whatever runs, its history breaks no rule; and whoever breaks one in a history is found out."""

import ast
import sys
from pathlib import Path

import history
import pytest
from busy_scenarios import busy_scenarios
from click.testing import CliRunner
from histories import scenario_of, terms_of, violations_of
from hypothesis import HealthCheck, given, settings
from random_scenarios import scenarios

from recallsim.cli import commands
from recallsim.scenario import load

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "configs").rglob("*.yaml"))
FEW = 150
QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def shipped(file: Path):
    """A shipped scenario, of a large one a few recipients."""
    whole = load(file)
    counted = any(group.count is not None for group in whole.groups)
    return whole if counted or whole.count <= FEW else load(file, [f"recipients.count={FEW}"])


@pytest.mark.parametrize("file", CONFIGS, ids=[str(file.relative_to(ROOT / "configs")) for file in CONFIGS])
def test_shipped_scenarios_break_no_rule(file):
    """Three replications of every shipped scenario, the table's rows among them, are lawful to the last event."""
    scenario = shipped(file)
    assert [each for r in range(3) for each in violations_of(scenario, scenario.seed, r)] == []


@settings(QUIET, max_examples=60)
@given(scenarios())
def test_random_scenarios_break_no_rule(tree):
    """Nor does a random scenario, whichever features it switches on."""
    scenario = scenario_of(tree)
    assert [each for r in range(2) for each in violations_of(scenario, 20261120, r)] == []


@settings(QUIET, max_examples=120)
@given(busy_scenarios())
def test_busy_scenarios_break_no_rule(tree):
    """Nor one with several devices, panes, curiosity, habits, shared boxes and losses, all within minutes."""
    scenario = scenario_of(tree)
    assert [each for r in range(2) for each in violations_of(scenario, 20261120, r)] == []


@pytest.mark.prove
@settings(QUIET, max_examples=4000)
@given(busy_scenarios())
def test_thousands_of_busy_scenarios_break_no_rule(tree):
    """The same at length."""
    scenario = scenario_of(tree)
    assert [each for r in range(2) for each in violations_of(scenario, 20261120, r)] == []


@pytest.mark.parametrize("name", ["r1-2-automatic-read", "r2-3-by-hand-pane", "r5-5-public-folder-own-flags"])
def test_the_printed_trace_is_enough(name):
    """The lines that `recallsim trace --json` prints can be checked alone, without the program."""
    file = ROOT / "configs" / "table" / f"{name}.yaml"
    printed = CliRunner().invoke(commands, ["trace", str(file), "--json"]).stdout
    scenario = load(file)
    events, ends = history.lines_of(printed, round(1 / scenario.clock))
    assert len(events) > len(ends) == scenario.count
    assert history.check(events, terms_of(scenario), ends) == []


def test_the_checker_shares_no_code_with_what_it_checks():
    """The checker imports the standard library and itself only."""
    imported = set()
    for file in Path(history.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    assert imported - sys.stdlib_module_names == {"history"}
