"""The public functions: from a scenario to its result, in one synchronous call, also in a notebook."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import recallsim
from recallsim.arguments import (
    DEFAULT_STORE,
    Arguments,
    RequestError,
    bar_for,
    check_metrics,
    check_source,
    check_texts,
    check_weights,
    goal_of,
    is_whole,
    loaded,
    rule_for,
    seed_of,
    with_metrics,
)
from recallsim.result import GroupSize, Result

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.comparison import Comparison
    from recallsim.estimate.stopping import Rule
    from recallsim.inference import Inference
    from recallsim.running.experiment import Outcome
    from recallsim.running.work import Engine
    from recallsim.scenario import Scenario


def run(
    scenario: "str | Path | Scenario",
    *,
    replications: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    overrides: Sequence[str] = (),
    variant: str | None = None,
    metrics: Sequence[str] = (),
    store: str | Path | None = None,
    record: str | None = None,
    progress: bool = False,
) -> Result:
    """Simulates a scenario and estimates how likely its recall succeeds unseen.

    Args:
        scenario: a scenario file, the text of one, or a loaded scenario.
        replications: how many replications; by default as the scenario says.
        precision: simulate until the success rate is known to within this half-width instead.
        seed: the seed; by default the scenario's.
        engine: `agents`, `batch`, or `auto` for the fastest that can simulate the scenario. It changes no number.
        workers: how many processes or threads; by default one for each processor. It changes no number.
        overrides: texts such as `"sender.notices=5min"`.
        variant: the name of one of the scenario's `what_if` variants.
        metrics: further metrics to estimate.
        store: the SQLite file that keeps the replications, so that a stopped run goes on; None keeps nothing.
        record: `"recipients"` keeps a row for every recipient as well.
        progress: show a progress bar on standard error.

    Raises:
        ScenarioError: the scenario is wrong; the message says where.
        RecallsimError: the run is impossible as asked for, or failed; the message says why.
    """
    check_source(scenario)
    asked = Arguments(
        replications=replications,
        precision=precision,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=overrides,
        variant=variant,
        metrics=metrics,
        store=None if store is None else Path(store),
        record=record,
        progress=progress,
    )
    return answer(scenario, asked.checked())


def compare(
    scenario: str | Path,
    *,
    replications: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    overrides: Sequence[str] = (),
    variants: Sequence[str] = (),
    metrics: Sequence[str] = (),
    store: str | Path | None = None,
    progress: bool = False,
) -> "Comparison":
    """Compares a scenario with its `what_if` variants under common random numbers.

    Args:
        scenario: a scenario file, or the text of one.
        replications: how many replications of each; by default as the scenario says.
        precision: simulate until each difference in the success rate is known to within this half-width.
        seed: the seed of all; by default the scenario's.
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
        overrides: texts such as `"sender.notices=5min"`, laid over every variant.
        variants: which variants to compare; by default all.
        metrics: further metrics to compare.
        store: the folder in which each run keeps its replications; None keeps nothing.
        progress: show a progress bar on standard error.

    Raises:
        ScenarioError: the scenario is wrong; the message says where.
        RecallsimError: the comparison is impossible as asked for, or failed; the message says why.
    """
    from recallsim.comparing import compared

    check_source(scenario)
    check_texts("variants", variants)
    asked = Arguments(
        replications=replications,
        precision=precision,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=overrides,
        metrics=metrics,
        store=None if store is None else Path(store),
        progress=progress,
    )
    return compared(scenario, asked.checked(), variants)


def infer(
    scenario: "str | Path | Scenario",
    *,
    agreeing: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    overrides: Sequence[str] = (),
    variant: str | None = None,
    store: str | Path | None = None,
    progress: bool = False,
) -> "Inference":
    """Infers how many have seen the message from the reports that the scenario's `observe` names.

    Args:
        scenario: a scenario file, the text of one, or a loaded scenario.
        agreeing: simulate until so many replications agree with the reports (default 200).
        replications: how many replications at most; without `agreeing`, exactly so many.
        seed: the seed; by default the scenario's.
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
        overrides: texts such as `"observe.reports.success={between: [700, 900]}"`.
        variant: the name of one of the scenario's `what_if` variants.
        store: the folder that keeps the replications; None keeps nothing.
        progress: show a progress bar on standard error.

    Raises:
        ScenarioError: the scenario is wrong; the message says where.
        RecallsimError: the question is impossible as asked, or the run failed; the message says why.
    """
    from recallsim.inferring import inferred

    check_source(scenario)
    if agreeing is not None and not (is_whole(agreeing) and agreeing >= 1):
        raise RequestError(f"agreeing is {agreeing!r}; it must be a whole number from 1")
    asked = Arguments(
        replications=replications,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=overrides,
        variant=variant,
        store=None if store is None else Path(store),
        progress=progress,
    )
    return inferred(scenario, asked.checked(), agreeing)


def answer(source: "str | Path | Scenario", asked: Arguments) -> Result:
    """Does what `run` does; a `store` of `DEFAULT_STORE` is a file in there with the scenario's name."""
    from recallsim.engines.choose import choose
    from recallsim.evidence import gather
    from recallsim.plan import draw_up
    from recallsim.reporting.system_words import system_notes, weight_notes
    from recallsim.scenario import fingerprint

    began = time.monotonic()
    scenario = with_metrics(loaded(source, asked.overrides, asked.variant), asked.metrics)
    plan = draw_up(scenario)
    check_weights(scenario, plan, asked.record)
    rule = rule_for(scenario, asked.replications, asked.precision)
    check_metrics(rule, plan, (*scenario.metrics, *asked.metrics))
    try:
        used_engine, simulate, why = choose(asked.engine, plan, rule.minimum, asked.workers)
    except ValueError as error:
        raise RequestError(str(error)) from None
    mark = fingerprint(scenario)
    seed = seed_of(scenario, asked.seed)
    outcome = _experiment(scenario, plan, rule, mark, seed, simulate, asked)
    return Result(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        fingerprint=mark,
        seed=seed,
        engine=used_engine,
        engine_why=why,
        replications=outcome.n,
        confidence=rule.confidence,
        precision_reached=outcome.precision_reached,
        version=recallsim.__version__,
        estimates=outcome.estimates,
        groups=tuple(GroupSize(group.name, group.size) for group in plan.groups),
        horizon=plan.horizon * plan.clock,
        goal=goal_of(rule),
        interrupted=outcome.interrupted,
        store=outcome.store,
        elapsed=time.monotonic() - began,
        notes=(*system_notes(plan), *weight_notes(plan)),
        evidence=gather(
            scenario,
            plan,
            outcome.values,
            outcome.curves,
            command_for(source, seed, outcome.n, asked.overrides, asked.variant, asked.metrics),
        ),
    )


def command_for(
    source: "str | Path | Scenario",
    seed: int,
    replications: int,
    overrides: Sequence[str] = (),
    variant: str | None = None,
    metrics: Sequence[str] = (),
) -> tuple[str, ...]:
    """Gives the arguments of `recallsim` that have the very same numbers again."""
    from recallsim.scenario import Scenario

    path = source.path if isinstance(source, Scenario) else str(source)
    file = path if path and "\n" not in path else "scenario.yaml"
    words = ["run", file, "--seed", str(seed), "--replications", str(max(replications, 1))]
    for option, values in (
        ("--variant", [variant] if variant else []),
        ("--set", overrides),
        ("--metric", metrics),
    ):
        for value in values:
            words += [option, value]
    return tuple(words)


def _experiment(
    scenario: "Scenario",
    plan: "Plan",
    rule: "Rule",
    mark: str,
    seed: int,
    simulate: "Engine",
    asked: Arguments,
) -> "Outcome":
    from recallsim.running.experiment import run_experiment
    from recallsim.running.pools import pool_for
    from recallsim.store.errors import StoreMismatch

    def conduct(path: Path | None) -> "Outcome":
        return run_experiment(
            scenario,
            plan,
            seed=seed,
            rule_or_n=rule,
            workers=asked.workers,
            store_path=path,
            engine=simulate,
            record_recipients=asked.record is not None,
            variant=asked.variant or "base",
            metrics=asked.metrics,
            progress=bar_for(asked, scenario.name, path),
            pool=pool_for(asked.dask),
        )

    if asked.store != DEFAULT_STORE:
        return conduct(asked.store)
    try:
        return conduct(DEFAULT_STORE / f"{scenario.name}.sqlite")
    except StoreMismatch:
        # The scenario was changed since. Both answers are worth keeping: the new one gets a file of its own.
        return conduct(DEFAULT_STORE / f"{scenario.name}-{mark[:8]}.sqlite")
