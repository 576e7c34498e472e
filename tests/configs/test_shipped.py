"""Every shipped scenario is valid, runs, and says where its numbers come from."""

import re
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from recallsim.cli import commands
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.recall.codes import Place, Status

MOST_RECIPIENTS = 200
SENT = ("original", "request", "replacement")


def test_shipped_scenario_passes_check(shipped: Path) -> None:
    """`recallsim check` finds nothing wrong with a shipped scenario."""
    answer = CliRunner().invoke(commands, ["check", str(shipped)])
    assert (answer.exit_code, answer.stderr) == (0, "")


def test_shipped_scenario_names_the_schema(shipped: Path, configs: Path) -> None:
    """The first line of a shipped scenario tells editors where the schema is."""
    first = shipped.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None
    assert (shipped.parent / found[1]).resolve() == (configs / "recallsim.schema.json").resolve()


def test_shipped_scenario_runs_and_keeps_its_books(shipped: Path) -> None:
    """Two replications of a shipped scenario account for every recipient and every copy that was sent."""
    whole = load(shipped)
    counted = any(group.count is not None for group in whole.groups)
    few = [] if counted or whole.count <= MOST_RECIPIENTS else [f"recipients.count={MOST_RECIPIENTS}"]
    plan = draw_up(load(shipped, few))
    found = simulate(plan, whole.seed, 0, 2)  # raises ConservationError where copies do not add up
    columns = found.recipients
    assert len(columns["status"]) == 2 * plan.count
    assert set(np.unique(columns["status"])) <= {status.value for status in Status}
    for kind in SENT:
        assert set(np.unique(columns[f"{kind}_place"])) <= {place.value for place in Place}


def test_shipped_variants_run(shipped: Path) -> None:
    """One replication of every named variant of a shipped scenario runs."""
    whole = load(shipped)
    few = [f"recipients.count={min(MOST_RECIPIENTS, whole.count)}"]
    for variant in whole.what_if:
        plan = draw_up(load(shipped, few, variant))
        assert len(simulate(plan, whole.seed, 0, 1).recipients["status"]) == plan.count


def test_numbers_of_the_worked_examples_name_a_source(configs: Path) -> None:
    """Every line of the worked examples that sets a distribution, a share or a number of workers has a comment.

    A continued comment of the line above, or a heading comment that says "throughout", counts.
    """
    bare = []
    for name in ("office.yaml", "undo-send.yaml", "interception.yaml"):
        covered = False
        for number, line in enumerate((configs / name).read_text(encoding="utf-8").splitlines(), start=1):
            key, _, comment = line.partition("#")
            if "throughout" in comment:
                covered = True
            elif covered and not key.strip().startswith("- {share"):
                covered = False
            numeric = re.search(
                r"\b(share|weight|median|mean|low|workers|failure|latency|never): *[\[{\d]", key
            )
            if numeric and not comment.strip() and not covered:
                bare.append(f"{name}:{number}: {line.strip()}")
    assert bare == []


def test_every_preset_is_used_or_listed(configs: Path) -> None:
    """The index of the scenarios names every scenario at the top of configs/, and every preset."""
    from recallsim.scenario.extending import preset_names

    index = (configs / "README.md").read_text(encoding="utf-8")
    wanted = [file.name for file in sorted(configs.glob("*.yaml"))] + preset_names()
    assert [name for name in wanted if f"`{name}`" not in index] == []
