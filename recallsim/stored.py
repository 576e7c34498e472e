"""A result read back from the store that its run has left."""

from pathlib import Path
from typing import TYPE_CHECKING

from recallsim.result import GroupSize, Result

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.evidence import Evidence
    from recallsim.scenario import Scenario
    from recallsim.store.finished import StoredRun


def stored_result(path: str | Path, seed: int | None = None) -> Result:
    """Reads the result of a finished run; where the store holds several seeds, `seed` says which.

    Raises:
        StoreError: the file cannot be used, or holds no such run.
    """
    from recallsim.estimate.estimates import Estimate
    from recallsim.reporting.system_words import system_notes, weight_notes
    from recallsim.store.finished import read_run

    run = read_run(Path(path), seed)
    evidence = _evidence(run)
    *groups, everybody = run.groups
    return Result(
        scenario=run.name,
        title=run.title or run.name,
        fingerprint=run.fingerprint,
        seed=run.seed,
        engine="",
        replications=len(run.curves),
        confidence=run.confidence,
        precision_reached=None,
        version=run.version,
        estimates=tuple(
            Estimate(e.variant, e.group, e.metric, e.mean, e.low, e.high, e.replications, e.degenerate)
            for e in run.estimates
        ),
        groups=tuple(GroupSize(group.name, group.size) for group in groups or [everybody]),
        horizon=run.horizon * run.clock,
        store=Path(path),
        notes=() if evidence.plan is None else (*system_notes(evidence.plan), *weight_notes(evidence.plan)),
        evidence=evidence,
    )


def _evidence(run: "StoredRun") -> "Evidence":
    from recallsim.evidence import Evidence

    scenario, plan, extra, changed = _simulated(run)
    # Weighted counts are no picture of any replication.
    known = 0 if run.canonical.get("importance") else len(run.curves)
    last = len(run.groups) - 1
    file = f"{run.name}.yaml"
    command = ("run", file, "--seed", str(run.seed), "--replications", str(max(len(run.curves), 1)), *extra)
    return Evidence(
        seconds=run.curve_times,
        curves=run.curves[:known],
        successes=run.successes[:known],
        groups=tuple(
            (group.name, row, group.size)
            for row, group in enumerate(run.groups)
            if row == last or group.name != "all"
        ),
        source=run.source,
        scenario=scenario,
        plan=plan,
        command=command,
        changed=changed,
        pairs=bool(run.canonical.get("antithetic")),
    )


def _simulated(
    run: "StoredRun",
) -> "tuple[Scenario | None, Plan | None, tuple[str, ...], tuple[str, ...]]":
    """Finds out what was simulated: the text as it is, or one of its variants; else what was changed.

    Gives scenario and plan (None where they are not known), options of the command, and changed keys.
    """
    from recallsim.errors import ScenarioError
    from recallsim.plan import draw_up
    from recallsim.scenario import canonical, load, scenario_differences

    text = run.source if run.source.endswith("\n") else f"{run.source}\n"
    try:
        base = load(text)
    except ScenarioError:
        return None, None, (), ()
    changed = scenario_differences(canonical(base), run.canonical)
    if not changed:
        return base, draw_up(base), (), ()
    for name in base.what_if:
        try:
            varied = load(text, variant=name)
        except ScenarioError:
            continue
        if not scenario_differences(canonical(varied), run.canonical):
            return varied, draw_up(varied), ("--variant", name), ()
    return None, None, (), tuple(dict.fromkeys(changed))
