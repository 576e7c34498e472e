"""An analysis of sensitivity, from the scenario to its result."""

from typing import TYPE_CHECKING

import numpy as np

import recallsim
from recallsim.arguments import RequestError, check_independent, seed_of
from recallsim.designs.cells import Cell, sampled
from recallsim.designs.indices import (
    Index,
    morris_indices,
    morris_points,
    saltelli_points,
    sobol_indices,
)
from recallsim.designs.sensitivity_result import SensitivityResult
from recallsim.designs.sweeping import Swept, Terms, prepared, runnable, seconds_each, swept
from recallsim.estimate.stopping import fixed
from recallsim.reporting.expected import expected
from recallsim.scenario import fingerprint

if TYPE_CHECKING:
    from recallsim.designs.asked import Means
    from recallsim.scenario.families import Family


def weighed(family: "Family", means: "Means", *, only_say: bool = False) -> SensitivityResult:
    """Analyse a scenario's ranges.

    Raises:
        RequestError: There are no ranges, or a run failed.
        ScenarioError: A point of the ranges cannot be simulated.
    """
    scenario, arguments = family.scenario, means.arguments
    check_independent(scenario, "an analysis of sensitivity")
    asked, seed = scenario.sensitivity, seed_of(scenario, arguments.seed)
    if not asked.over:
        raise RequestError(
            "nothing is varied: give the scenario a sensitivity.over, or --over PATH={from: …, to: …}"
        )
    paths, morris = list(asked.over), asked.method == "morris"
    points = (
        morris_points(paths, asked.trajectories, asked.levels, seed)
        if morris
        else saltelli_points(paths, asked.samples, seed)
    )
    settings = sampled(asked.over, points.tolist())
    # Points that come to the same values are one cell.
    numbers: dict[str, int] = {}
    place = [numbers.setdefault(repr(each), len(numbers)) for each in settings]
    distinct = {place[at]: each for at, each in enumerate(settings)}
    cells = [Cell(number, each) for number, each in sorted(distinct.items())]
    replications = arguments.replications or asked.replications
    terms = Terms(
        seed=seed,
        repeat=1,
        rule=fixed(replications),
        metrics=asked.metrics,
        engine=arguments.engine,
        workers=arguments.workers,
        folder=means.folder(scenario, "sensitivity"),
        pool=means.pool(),
    )
    names = prepared(family, cells, "sensitivity")
    runnable(family, cells[0], names[0], terms)
    if means.announce is not None:
        said = f"{len(points):,} points of {asked.method}, {len(cells):,} of them distinct"
        means.say(
            expected(said, len(cells), terms.rule, seconds_each(family, cells[0], terms), terms.workers)
        )
    found: dict[str, tuple[Index, ...]] = {}
    spread: dict[str, tuple[float, float]] = {}
    done = Swept((), None, 0.0) if only_say else swept(family, cells, names, terms, means.watcher)
    complete = not only_say and done.signal is None
    confidence = scenario.replications.confidence
    for metric in asked.metrics if complete else ():
        results = _results(done, metric)
        values = [results[number] for number in place]
        spread[metric] = (min(values), max(values))
        found[metric] = tuple(
            morris_indices(paths, np.array(points), values, asked.levels, confidence, seed)
            if morris
            else sobol_indices(paths, values, confidence, seed)
        )
    return SensitivityResult(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        method=asked.method,
        indices=found,
        spread=spread,
        runs=len(cells),
        replications=replications,
        seed=seed,
        confidence=confidence,
        fingerprint=fingerprint(scenario),
        version=recallsim.__version__,
        interrupted=done.signal is not None,
        store=terms.folder,
        elapsed=done.seconds,
    )


def _results(done: Swept, metric: str) -> dict[int, float]:
    """A metric of everybody by the number of the cell."""
    found: dict[int, float] = {}
    for cell in done.results:
        if cell.error:
            raise RequestError(f"the run {cell.name} failed, and an analysis needs them all: {cell.error}")
        mean = next(
            (each.mean for each in cell.estimates if each.metric == metric and each.group == "all"), None
        )
        if mean is None:
            raise RequestError(
                f"{metric} has no value in the run {cell.name}; weigh a metric that always has one"
            )
        found[cell.number] = float(mean)
    return found
