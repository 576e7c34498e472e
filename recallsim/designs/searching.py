"""A search for the best variant, from the scenario to its result."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import recallsim
from recallsim.arguments import RequestError, check_independent, seed_of
from recallsim.designs.best_result import BestResult, Contender
from recallsim.designs.competing import Competition
from recallsim.designs.finding_best import Found, Standing, Terms, found
from recallsim.engines.choose import choose
from recallsim.estimate import intervals
from recallsim.plan import draw_up
from recallsim.reporting.numbers import Measure, measure_of
from recallsim.running.gathering import Gathering, Stopped
from recallsim.running.lanes import Cell
from recallsim.scenario import load
from recallsim.scenario.aims import Aim

if TYPE_CHECKING:
    from recallsim.designs.asked import Means
    from recallsim.scenario.families import Family

BASE = "base"


def searched(family: "Family", source: str | Path, means: "Means") -> BestResult:
    """Search among the variants of a scenario.

    Raises:
        RequestError: There are fewer than two variants, or one has not what is looked for.
        RecallsimError: The search failed; what was stored is safe.
    """
    began = time.perf_counter()
    scenario, arguments = family.scenario, means.arguments
    check_independent(scenario, "a search for the best")
    asked = scenario.best
    names = asked.among or (BASE, *scenario.what_if)
    if len(set(names)) < 2:
        raise RequestError(_too_few(names, bool(scenario.what_if)))
    terms = Terms(asked.indifference, asked.tolerance, asked.confidence, asked.first, asked.max, asked.budget)
    try:
        terms.check(len(set(names)))
    except ValueError as error:
        raise RequestError(str(error)) from None
    aim, seed, folder = asked.objective, seed_of(scenario, arguments.seed), means.folder(scenario, "best")
    runs = list(dict.fromkeys(names))
    if any(limit.added for limit in aim.limits) and BASE not in runs:
        runs.append(BASE)  # it is counted from, though it does not compete
    cells = [_cell(source, name, arguments.overrides, arguments.engine) for name in runs]
    systems = range(len(dict.fromkeys(names)))
    _say(means, aim, terms, len(systems))
    search: Found | None = None
    with Gathering(
        cells,
        seed=seed,
        most=terms.most if terms.budget is None else terms.budget,
        workers=arguments.workers,
        folder=folder,
        confidence=terms.confidence,
        progress=means.watcher(scenario.name),
        pool=means.pool(),
    ) as gathering:
        competition = Competition(gathering, cells, aim, runs.index(BASE) if BASE in runs else 0)
        contenders: tuple[Contender, ...] = ()
        try:
            competition.check()
            for limit in aim.limits:
                competition.check(limit)
            search = found(competition, systems, terms)
            contenders = tuple(
                _contender(competition, cells[each.system].name, each, terms) for each in search.standings
            )
            gathering.close()
        except ValueError as error:
            raise RequestError(str(error)) from None
        except Stopped:
            pass
    chosen = None if search is None or search.best is None else cells[search.best].name
    return BestResult(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        aim=aim,
        best=chosen,
        contenders=contenders,
        settled=search is not None and search.settled,
        confidence=terms.confidence,
        indifference=terms.indifference,
        tolerance=terms.tolerance,
        budget=terms.budget,
        probability=None if search is None else search.probability,
        version=recallsim.__version__,
        asked=gathering.asked,
        interrupted=search is None,
        store=folder,
        elapsed=time.perf_counter() - began,
    )


def _cell(source: str | Path, name: str, overrides: Sequence[str], engine: str) -> Cell:
    scenario = load(source, overrides, None if name == BASE else name)
    plan = draw_up(scenario)
    try:
        return Cell(name, scenario, plan, choose(engine, plan, threads=1).simulate)
    except ValueError as error:
        raise RequestError(str(error)) from None


def _too_few(names: Sequence[str], varied: bool) -> str:
    if not varied:
        return "there is nothing to choose from: the scenario has no what_if variants"
    only = f"one candidate is not enough: only {names[0]} competes"
    return f"{only}; name at least two with --among, or in best.among"


def _say(means: "Means", aim: Aim, terms: Terms, systems: int) -> None:
    least = systems * terms.first
    many = f"{least:,} to {systems * terms.most:,}" if terms.budget is None else f"{terms.budget:,}"
    base = f", and what {BASE} needs to count from" if any(limit.added for limit in aim.limits) else ""
    means.say(f"{systems} variants, {aim.text}: {many} replications in all{base}, less what the stores have.")


def _contender(competition: Competition, name: str, standing: Standing, terms: Terms) -> Contender:
    aim, n, at = competition.aim, standing.replications, [standing.system]
    sign = 1.0 if aim.most else -1.0
    objective = sign * competition.objective(at, n)[0]
    rate = measure_of(aim.metric) is Measure.RATE
    limits = []
    for number, limit in enumerate(aim.limits):
        values = competition.limited(at, number, n)[0]
        is_rate = measure_of(limit.metric) is Measure.RATE and not limit.added
        limits.append(intervals.of_values(values, rate=is_rate, confidence=terms.confidence))
    return Contender(
        name=name,
        fate=standing.fate,
        replications=n,
        breaks="" if standing.limit is None else aim.limits[standing.limit].text,
        objective=intervals.of_values(objective, rate=rate, confidence=terms.confidence),
        limits=tuple(limits),
    )
