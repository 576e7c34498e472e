"""The public functions: from a scenario to its result, in one synchronous call, also in a notebook."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

import recallsim
from recallsim.errors import RecallsimError
from recallsim.result import GroupSize, Result

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.estimate.stopping import Rule, Target
    from recallsim.running.experiment import Outcome
    from recallsim.running.progress import Progress
    from recallsim.running.work import Engine
    from recallsim.scenario import Scenario

DEFAULT_STORE: Final = Path("results")
"""The folder in which a run is kept under its scenario's name."""

_COUNTED_WHILE_RUNNING: Final = "waited_over:"


class RequestError(RecallsimError, ValueError):
    """Something asked of a scenario that it cannot give: a metric or a group that it has not."""


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
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
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
    _check_kinds(scenario, replications, precision, seed, workers, overrides, metrics)
    if replications is not None and precision is not None:
        raise RequestError("give replications or precision, not both: one says how many, one how exact")
    if record not in (None, "recipients"):
        raise RequestError(f"record is {record!r}; it is 'recipients' or None")
    return answer(
        scenario,
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


def _check_kinds(
    scenario: object,
    replications: object,
    precision: object,
    seed: object,
    workers: object,
    overrides: object,
    metrics: object,
) -> None:
    """Makes sure that what a program hands over is of the right kind; the command line has its own ways."""
    from recallsim.scenario import Scenario

    if not isinstance(scenario, str | Path | Scenario):
        found = type(scenario).__name__
        raise RequestError(f"the scenario is a {found}; give a file, the text of one, or what load() gave")
    for name, value, most in (("replications", replications, 2**24), ("workers", workers, 1024)):
        if value is not None and not (_is_whole(value) and 1 <= value <= most):
            raise RequestError(f"{name} is {value!r}; it must be a whole number from 1 to {most:,}")
    if seed is not None and not _is_whole(seed):
        raise RequestError(f"the seed is {seed!r}; it must be a whole number")
    if precision is not None and not (isinstance(precision, int | float) and 0 < precision <= 1):
        raise RequestError(f"precision is {precision!r}; it must be a half-width above 0 and at most 1")
    for name, value in (("overrides", overrides), ("metrics", metrics)):
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise RequestError(f"{name} is {value!r}; it must be a list of texts")
        for text in value:
            if not isinstance(text, str):
                raise RequestError(f"{name} holds {text!r}; each must be a text")


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def answer(
    source: "str | Path | Scenario",
    *,
    replications: int | None,
    precision: float | None,
    seed: int | None,
    engine: str,
    workers: int | None,
    overrides: Sequence[str],
    variant: str | None,
    metrics: Sequence[str],
    store: Path | None,
    record: str | None,
    progress: bool,
) -> Result:
    """Does what `run` does; a `store` of `DEFAULT_STORE` is a file in there with the scenario's name."""
    from recallsim.engines.choose import choose
    from recallsim.plan import draw_up
    from recallsim.reporting.system_words import system_notes
    from recallsim.scenario import fingerprint

    began = time.monotonic()
    scenario = with_metrics(loaded(source, overrides, variant), metrics)
    plan = draw_up(scenario)
    rule = rule_for(scenario, replications, precision)
    check_metrics(rule, plan, (*scenario.metrics, *metrics))
    try:
        used_engine, simulate, _ = choose(engine, plan)
    except ValueError as error:
        raise RequestError(str(error)) from None
    mark = fingerprint(scenario)
    outcome = _experiment(
        scenario,
        plan,
        rule,
        mark,
        seed=seed_of(scenario, seed),
        workers=workers,
        store=store,
        simulate=simulate,
        record=record is not None,
        variant=variant or "base",
        metrics=metrics,
        progress=progress,
    )
    return Result(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        fingerprint=mark,
        seed=seed_of(scenario, seed),
        engine=used_engine,
        replications=outcome.n,
        confidence=rule.confidence,
        precision_reached=outcome.precision_reached,
        version=recallsim.__version__,
        estimates=outcome.estimates,
        groups=tuple(GroupSize(group.name, group.size) for group in plan.groups),
        horizon=plan.horizon * plan.clock,
        goal="" if rule.is_fixed else " and ".join(_goal(target) for target in rule.targets),
        interrupted=outcome.interrupted,
        store=outcome.store,
        elapsed=time.monotonic() - began,
        notes=tuple(system_notes(plan)),
    )


def loaded(
    source: "str | Path | Scenario", overrides: Sequence[str] = (), variant: str | None = None
) -> "Scenario":
    """Loads a scenario unless it is one; a loaded one takes neither overrides nor a variant any more."""
    from recallsim.scenario import Scenario, load

    if not isinstance(source, Scenario):
        return load(source, overrides, variant)
    if overrides or variant:
        raise RequestError("overrides and variants are applied while loading: give them to load()")
    return source


def seed_of(scenario: "Scenario", seed: int | None) -> int:
    """Gives the seed in force: the one asked for, else the scenario's."""
    if seed is None:
        return scenario.seed
    if not 0 <= seed < 2**64:
        raise RequestError(f"the seed is {seed}; it must be from 0 to 2^64-1")
    return seed


def with_metrics(scenario: "Scenario", metrics: Sequence[str]) -> "Scenario":
    """Adds the metrics that must be counted while replications run; the others can be taken afterwards."""
    counted = [name for name in metrics if name.startswith(_COUNTED_WHILE_RUNNING)]
    new = [name for name in counted if name not in scenario.metrics]
    return scenario.model_copy(update={"metrics": (*scenario.metrics, *new)}) if new else scenario


def rule_for(scenario: "Scenario", replications: int | None, precision: float | None) -> "Rule":
    """Gives the rule that ends the run: what was asked for, else what the scenario says."""
    from recallsim.estimate.stopping import Rule, Target

    asked = scenario.replications
    if replications is not None:
        return Rule((), asked.confidence, replications, replications)
    if precision is not None:
        defaults = type(asked).model_fields
        least = defaults["min"].default if asked.fixed else asked.min
        most = defaults["max"].default if asked.fixed else asked.max
        return Rule((Target(half_width=precision),), asked.confidence, least, most, asked.step)
    targets = tuple(
        Target(
            target.metric,
            target.group,
            target.half_width or target.relative or 0.0,
            target.relative is not None,
        )
        for target in asked.precision
    )
    return Rule(targets, asked.confidence, asked.min, asked.max, asked.step)


def check_metrics(rule: "Rule", plan: "Plan", metrics: Sequence[str]) -> None:
    """Makes sure that a plan has every metric that is asked for or aimed at.

    Raises:
        RequestError: it has not; the message says what there is.
    """
    from recallsim.estimate.catalogue import check_metric

    try:
        for name in metrics:
            check_metric(name, plan)
        rule.check(plan)
    except ValueError as error:
        raise RequestError(str(error)) from None


def _goal(target: "Target") -> str:
    from recallsim.reporting.numbers import Measure, duration, measure_of

    whose = f"{target.metric} of {target.group}"
    if target.relative:
        return f"{whose} to within {100 * target.half_width:g} % of its value"
    measure = measure_of(target.metric)
    if measure is Measure.RATE:
        return f"{whose} to within {100 * target.half_width:g} points"
    size = duration(target.half_width) if measure is Measure.SECONDS else f"{target.half_width:g}"
    return f"{whose} to within {size}"


def _bar(name: str, store: Path | None) -> "Progress":
    from recallsim.reporting.bar import Bar

    return Bar(name, store)


def _experiment(
    scenario: "Scenario",
    plan: "Plan",
    rule: "Rule",
    mark: str,
    *,
    seed: int,
    workers: int | None,
    store: Path | None,
    simulate: "Engine",
    record: bool,
    variant: str,
    metrics: Sequence[str],
    progress: bool,
) -> "Outcome":
    from recallsim.running.experiment import run_experiment
    from recallsim.store.errors import StoreMismatch

    def conduct(path: Path | None) -> "Outcome":
        return run_experiment(
            scenario,
            plan,
            seed=seed,
            rule_or_n=rule,
            workers=workers,
            store_path=path,
            engine=simulate,
            record_recipients=record,
            variant=variant,
            metrics=metrics,
            progress=_bar(scenario.name, path) if progress else None,
        )

    if store != DEFAULT_STORE:
        return conduct(store)
    try:
        return conduct(store / f"{scenario.name}.sqlite")
    except StoreMismatch:
        # The scenario was changed since. Both answers are worth keeping: the new one gets a file of its own.
        return conduct(store / f"{scenario.name}-{mark[:8]}.sqlite")
