"""Running the cells of a sweep: block by block, each cell until there is enough of it, all under one chance."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from recallsim.arguments import check_metrics, with_metrics
from recallsim.designs.cells import Cell, Settings
from recallsim.designs.naming import name_of, short_paths
from recallsim.engines.choose import Choice, choose
from recallsim.plan import draw_up
from recallsim.running import several
from recallsim.running.work import EngineWork, perform
from recallsim.running.workers import Pool

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate
    from recallsim.estimate.stopping import Rule
    from recallsim.running.progress import Progress
    from recallsim.running.work import Work
    from recallsim.scenario.families import Family

BLOCK: Final = 250
"""Cells that are under way together; memory follows from it, and no number."""

HEADLINES: Final = (
    *("success_rate", "unseen_success_rate", "seen_success_rate", "seen_rate", "failed_rate"),
    *("pending_rate", "aware_rate", "told_success_rate", "seen_count"),
)
"""The metrics that a sweep keeps in hand; the stores have all."""


class CellResult(NamedTuple):
    """What came of one cell.

    Attributes:
        number: of the cell, from 0.
        repeat: from 0; each has a seed of its own.
        seed: the seed.
        name: what the cell is called.
        settings: paths and values.
        replications: how many count.
        estimates: of the metrics kept in hand, every group.
        error: why it has none, or fewer than asked for; empty where all is well.
        store: the file, or None.
        reached: whether the rule that ends the cell was satisfied; without precision, whether it came to its end.
    """

    number: int
    repeat: int
    seed: int
    name: str
    settings: Settings
    replications: int
    estimates: "tuple[Estimate, ...]"
    error: str
    store: Path | None
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep.

    Attributes:
        results: one for each cell and repeat, cell by cell.
        signal: the signal that stopped it, or None.
        seconds: by the wall clock.
    """

    results: tuple[CellResult, ...]
    signal: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Terms:
    """How the cells are run.

    Attributes:
        seed: of the first repeat.
        repeat: how many times each cell is run, every time with the next seed.
        rule: when there is enough of a cell.
        metrics: to keep in hand besides the headlines.
        engine: which engine simulates.
        workers: the most processes; None: one for each processor.
        folder: where the stores are; None: nothing is kept.
        pool: what gives the workers.
    """

    seed: int
    repeat: int
    rule: "Rule"
    metrics: tuple[str, ...]
    engine: str = "auto"
    workers: int | None = None
    folder: Path | None = None
    pool: "Callable[[Work, int], Pool]" = Pool


def seeds(terms: Terms) -> tuple[int, ...]:
    """The seed of each repeat: the first one's, and those after it."""
    return tuple((terms.seed + repeat) % 2**64 for repeat in range(terms.repeat))


def prepared(family: "Family", cells: Sequence[Cell], key: str) -> dict[int, str]:
    """Make sure that every cell can be simulated, and give their names by number.

    Raises:
        ScenarioError: Some cannot; it says which and why, all at once.
    """
    family.check({each.words: each.settings for each in cells}, key)
    short = short_paths(list(dict.fromkeys(path for each in cells for path, _ in each.settings)))
    return {each.number: name_of(each, short) for each in cells}


def runnable(family: "Family", cell: Cell, name: str, terms: Terms) -> several.Cell:
    """A cell as a run."""
    return chosen(family, cell, name, terms)[0]


def chosen(family: "Family", cell: Cell, name: str, terms: Terms) -> tuple[several.Cell, Choice]:
    """A cell as a run, and the engine that simulates it."""
    scenario = with_metrics(family.member(cell.settings, family.scenario.name), terms.metrics)
    plan = draw_up(scenario)
    check_metrics(terms.rule, plan, (*scenario.metrics, *terms.metrics))
    choice = choose(terms.engine, plan, threads=1)
    return several.Cell(name, scenario, plan, choice.simulate), choice


def seconds_each(family: "Family", cell: Cell, terms: Terms) -> float:
    """How long one replication of a cell takes: measured on two, the first of which warms up."""
    run = runnable(family, cell, "", terms)
    work = EngineWork(run.engine, run.plan, terms.seed)
    first = perform(work, 0, 1).seconds
    return first if first > 1.0 else perform(work, 1, 1).seconds


def swept(
    family: "Family",
    cells: Sequence[Cell],
    names: dict[int, str],
    terms: Terms,
    progress: "Callable[[str], Progress | None] | None" = None,
) -> Swept:
    """Run all cells; one that fails is recorded with its error and ends nothing.

    Args:
        family: the scenario that they are cells of.
        cells: what is run.
        names: of the cells, by number.
        terms: how.
        progress: makes a watcher from the words that it shows.
    """
    began = time.perf_counter()
    results: list[CellResult] = []
    signal: int | None = None
    for at in range(0, len(cells), BLOCK):
        block = cells[at : at + BLOCK]
        runs = [runnable(family, cell, names[cell.number], terms) for cell in block]
        for repeat, seed in enumerate(seeds(terms)):
            words = f"cells {at + 1:,}-{at + len(block):,} of {len(cells):,}"
            words += f", repeat {repeat + 1} of {terms.repeat}" if terms.repeat > 1 else ""
            done = several.run_several(
                runs,
                seed=seed,
                rule=terms.rule,
                workers=terms.workers,
                folder=terms.folder,
                keep=False,
                record_failures=True,
                confidence=terms.rule.confidence,
                metrics=terms.metrics,
                progress=progress(words) if progress else None,
                pool=terms.pool,
            )
            results += _results(block, repeat, seed, done, terms.metrics)
            signal = done.signal
            if signal is not None:
                break
        if signal is not None:
            break
    ordered = sorted(results, key=lambda each: (each.number, each.repeat))
    return Swept(tuple(ordered), signal, time.perf_counter() - began)


def _results(
    block: Sequence[Cell], repeat: int, seed: int, done: several.Several, metrics: Sequence[str]
) -> Iterator[CellResult]:
    for cell, outcome in zip(block, done.outcomes, strict=True):
        if not outcome.n and outcome.error is None:
            continue  # a signal came before its turn
        kept = tuple(each for each in outcome.estimates if each.metric in HEADLINES or each.metric in metrics)
        error = (
            "" if outcome.error is None else f"replication {outcome.error.replication}: {outcome.error.what}"
        )
        yield CellResult(
            number=cell.number,
            repeat=repeat,
            seed=seed,
            name=outcome.cell.name,
            settings=cell.settings,
            replications=outcome.n,
            estimates=kept,
            error=error,
            store=outcome.store,
            reached=outcome.reached,
        )
