"""The public functions over designs: sweeps of cells, sensitivity, and the best of the variants."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import recallsim
from recallsim.arguments import Arguments, RequestError, check_independent, rule_for, seed_of

if TYPE_CHECKING:
    from recallsim.designs.asked import Means
    from recallsim.designs.best_result import BestResult
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sensitivity_result import SensitivityResult
    from recallsim.scenario.asking import Asked, SweepAsked
    from recallsim.scenario.families import Family
    from recallsim.scenario.nodes import Node


def sweep(
    scenario: str | Path,
    *,
    grid: Mapping[str, object] | None = None,
    zipped: Mapping[str, object] | None = None,
    over: Mapping[str, object] | None = None,
    lhs: int | None = None,
    sobol: int | None = None,
    constraint: Sequence[str] = (),
    repeat: int | None = None,
    replications: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    dask: str | None = None,
    overrides: Sequence[str] = (),
    variant: str | None = None,
    metrics: Sequence[str] = (),
    store: str | Path | None = None,
    progress: bool = False,
) -> "SweepResult":
    """Runs a scenario over the cells of a design, all under the same chance.

    Args:
        scenario: a scenario file, or the text of one.
        grid: path to its values, or to a range such as `{"from": "1min", "to": "1h", "steps": 5}`; each value
            with each of the others. This, `zipped`, `lhs` and `sobol` replace the scenario's own `sweep`.
        zipped: paths whose values go in step.
        over: path to the range that `lhs` or `sobol` draws from.
        lhs: points of a Latin hypercube.
        sobol: points of a scrambled Sobol sequence, a power of two.
        constraint: what must hold for a cell, such as `"sender.hold < sender.notices"`.
        repeat: how many times each cell is run, every time with the next seed.
        replications: how many replications of each cell; by default as the scenario says.
        precision: simulate each cell until its success rate is known to within this half-width instead.
        seed: the seed; by default the scenario's.
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
        dask: the address of a Dask scheduler, or `local`, instead of processes of this machine.
        overrides: texts such as `"sender.notices=5min"`, laid over every cell.
        variant: the name of one of the scenario's `what_if` variants, which the cells then change.
        metrics: further metrics to estimate.
        store: the folder that keeps a store for each cell, so that a stopped sweep goes on; None keeps nothing.
        progress: show progress bars on standard error.

    Raises:
        ScenarioError: the scenario or a cell is wrong; the message says where.
        RecallsimError: the sweep is impossible as asked for, or failed; the message says why.
    """
    from recallsim.designs.asked import Means
    from recallsim.scenario.asking import SweepAsked

    asked = SweepAsked(grid or (), zipped or (), lhs, sobol, over or (), tuple(constraint), repeat)
    arguments = Arguments(
        replications=replications,
        precision=precision,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=overrides,
        variant=variant,
        metrics=metrics,
        store=None if store is None else Path(store),
        progress=progress,
        dask=dask,
    )
    return swept_answer(scenario, asked, Means(arguments.checked()))


def swept_answer(
    source: str | Path, asked: "SweepAsked", means: "Means", *, only_say: bool = False
) -> "SweepResult":
    """Does what `sweep` does; with `only_say`, up to the point at which something would run."""
    from recallsim.designs.cells import cells, paths
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sweeping import HEADLINES, Terms, chosen, prepared, seconds_each, swept
    from recallsim.reporting.expected import expected
    from recallsim.scenario import fingerprint

    arguments = means.arguments
    family = opened(source, arguments, asked.trees(), asked.overrides)
    scenario = family.scenario
    if scenario.importance is not None:
        check_independent(scenario, "a sweep")
    seed = seed_of(scenario, arguments.seed)
    found = cells(scenario.sweep, seed)
    terms = Terms(
        seed=seed,
        repeat=scenario.sweep.repeat,
        rule=rule_for(scenario, arguments.replications, arguments.precision),
        metrics=tuple(arguments.metrics),
        engine=arguments.engine,
        workers=arguments.workers,
        folder=means.folder(scenario, "sweep"),
        pool=means.pool(),
    )
    names = prepared(family, found, "sweep")
    # metrics that there are not are said before all
    _, choice = chosen(family, found[0], names[found[0].number], terms)
    runs = len(found) * terms.repeat
    if means.announce is not None:
        said = f"{len(found):,} cells" + (f", each {terms.repeat} times" if terms.repeat > 1 else "")
        means.say(expected(said, runs, terms.rule, seconds_each(family, found[0], terms), terms.workers))
    if terms.engine == "auto":
        means.say(f"{choice.name} engine: {choice.why}")
    done = None if only_say else swept(family, found, names, terms, means.watcher)
    own = tuple(
        dict.fromkeys((*HEADLINES[1:2], HEADLINES[0], HEADLINES[3], *scenario.metrics, *terms.metrics))
    )
    return SweepResult(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        paths=paths(scenario.sweep),
        cells=() if done is None else done.results,
        planned=runs,
        metrics=own,
        confidence=terms.rule.confidence,
        fingerprint=fingerprint(scenario),
        version=recallsim.__version__,
        interrupted=done is not None and done.signal is not None,
        store=terms.folder,
        elapsed=0.0 if done is None else done.seconds,
    )


def opened(
    source: object, arguments: Arguments, asked: "Mapping[str, Node]", more: Sequence[str] = ()
) -> "Family":
    """Reads a scenario so that it can be varied; one that was loaded has lost what it was made from.

    Raises:
        ScenarioError: it is wrong.
        RequestError: it is not a file or a text.
    """
    from recallsim.scenario.loading import family

    if not isinstance(source, str | Path):
        raise RequestError(
            f"the scenario is of type {type(source).__name__}; what is varied is given as a file, or as its text"
        )
    return family(source, [*more, *arguments.overrides], arguments.variant, asked)


def best(
    scenario: str | Path,
    *,
    objective: str | None = None,
    among: Sequence[str] = (),
    indifference: float | None = None,
    confidence: float | None = None,
    budget: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    dask: str | None = None,
    overrides: Sequence[str] = (),
    store: str | Path | None = None,
    progress: bool = False,
) -> "BestResult":
    """Finds the best of a scenario's variants by ranking and selection under common random numbers.

    Args:
        scenario: a scenario file, or the text of one.
        objective: what is looked for, such as `"most unseen successes with at most 30s added delay"`; this and
            the next four by default as the scenario's `best` says.
        among: the variants that compete, `base` being the scenario itself.
        indifference: the smallest difference worth finding, in the objective's unit.
        confidence: the probability of a right selection.
        budget: replications of all variants together, spent by OCBA, instead of the guarantee.
        seed: the seed; by default the scenario's.
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
        dask: the address of a Dask scheduler, or `local`, instead of processes of this machine.
        overrides: texts such as `"sender.notices=5min"`, laid over every variant.
        store: the folder that keeps a store for each variant; None keeps nothing.
        progress: show a progress bar on standard error.

    Raises:
        ScenarioError: the scenario is wrong; the message says where.
        RecallsimError: the search is impossible as asked for, or failed; the message says why.
    """
    from recallsim.designs.asked import Means

    arguments = Arguments(
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=[*best_overrides(objective, among, indifference, confidence, budget), *overrides],
        store=None if store is None else Path(store),
        progress=progress,
        dask=dask,
    )
    return best_answer(scenario, Means(arguments.checked()))


def best_overrides(
    objective: str | None,
    among: Sequence[str],
    indifference: float | None,
    confidence: float | None,
    budget: int | None,
) -> list[str]:
    """Gives what was asked of a search as overrides of the scenario's `best`."""
    from recallsim.scenario.asking import typed

    asked = {
        "objective": objective,
        "among": list(among) or None,
        "indifference": indifference,
        "confidence": confidence,
        "budget": budget,
    }
    return [typed(f"best.{key}", f"--{key}", value) for key, value in asked.items() if value is not None]


def best_answer(source: str | Path, means: "Means") -> "BestResult":
    """Does what `best` does."""
    from recallsim.designs.searching import searched
    from recallsim.running.conduct import outside_loops

    family = opened(source, means.arguments, {})
    return outside_loops(lambda: searched(family, source, means))


def sensitivity(
    scenario: str | Path,
    *,
    over: Mapping[str, object] | None = None,
    method: str | None = None,
    metrics: Sequence[str] = (),
    trajectories: int | None = None,
    samples: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int | None = None,
    dask: str | None = None,
    overrides: Sequence[str] = (),
    variant: str | None = None,
    store: str | Path | None = None,
    progress: bool = False,
) -> "SensitivityResult":
    """Weighs which of a scenario's parameters carries the result.

    Args:
        scenario: a scenario file, or the text of one.
        over: path to the range it is varied over, such as `{"from": "1min", "to": "1h", "log": True}`, or to the
            list of its values; this and the next four by default as the scenario's `sensitivity` says.
        method: `morris` (screening by few runs) or `sobol` (shares of the variance by many).
        metrics: what is weighed, of all recipients.
        trajectories: walks of Morris's method.
        samples: base points of Sobol's, a power of two.
        replications: of each run.
        seed: the seed; by default the scenario's.
        engine: `agents`, or `auto` for the fastest that can simulate the scenario.
        workers: how many processes; by default one for each processor. It changes no number.
        dask: the address of a Dask scheduler, or `local`, instead of processes of this machine.
        overrides: texts such as `"sender.notices=5min"`, laid over every run.
        variant: the name of one of the scenario's `what_if` variants, which the runs then change.
        store: the folder that keeps a store for each run; None keeps nothing.
        progress: show a progress bar on standard error.

    Raises:
        ScenarioError: the scenario is wrong; the message says where.
        RecallsimError: the analysis is impossible as asked for, or failed; the message says why.
    """
    from recallsim.designs.asked import Means

    arguments = Arguments(
        replications=replications,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=[*sensitivity_overrides(method, metrics, trajectories, samples), *overrides],
        variant=variant,
        store=None if store is None else Path(store),
        progress=progress,
        dask=dask,
    )
    return sensitivity_answer(scenario, over or {}, Means(arguments.checked()))


def sensitivity_overrides(
    method: str | None, metrics: Sequence[str], trajectories: int | None, samples: int | None
) -> list[str]:
    """Gives what was asked of an analysis as overrides of the scenario's `sensitivity`."""
    from recallsim.scenario.asking import typed

    asked = {
        "method": method,
        "metrics": list(metrics) or None,
        "trajectories": trajectories,
        "samples": samples,
    }
    return [
        typed(f"sensitivity.{key}", "--metric" if key == "metrics" else f"--{key}", value)
        for key, value in asked.items()
        if value is not None
    ]


def sensitivity_answer(
    source: str | Path, over: "Asked", means: "Means", *, only_say: bool = False
) -> "SensitivityResult":
    """Does what `sensitivity` does; with `only_say`, up to the point at which something would run."""
    from recallsim.designs.weighing import weighed
    from recallsim.scenario.asking import asked_ranges

    family = opened(source, means.arguments, asked_ranges(over, "sensitivity"))
    return weighed(family, means, only_say=only_say)
