"""Comparing a scenario with its variants: the way from a file to a `Comparison`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import recallsim
from recallsim.arguments import (
    DEFAULT_STORE,
    Arguments,
    RequestError,
    bar_for,
    check_independent,
    check_metrics,
    goal_of,
    loaded,
    rule_for,
    seed_of,
    with_metrics,
)
from recallsim.comparison import Adjusted, Comparison, Variant

if TYPE_CHECKING:
    from recallsim.engines.choose import Choice
    from recallsim.estimate.mcnemar import Pairs
    from recallsim.estimate.stopping_paired import DifferenceRule
    from recallsim.running.lanes import Cell, CellOutcome
    from recallsim.running.several import Several
    from recallsim.scenario import Scenario

BASE: Final = "base"
_UNSEEN, _SUCCEEDED = "unseen", "succeeded"


def compared(source: "str | Path | Scenario", asked: Arguments, only: Sequence[str] = ()) -> Comparison:
    """Does what `compare` does; a store of `DEFAULT_STORE` is a folder in there with the scenario's name."""
    from recallsim.running.pools import pool_for
    from recallsim.running.several import run_several

    began = time.monotonic()
    scenarios = _scenarios(source, asked, only)
    base = scenarios[0][1]
    cells, engines = _cells(scenarios, asked)
    seed = seed_of(base, asked.seed)
    rule = _rule(cells, asked)
    folder = DEFAULT_STORE / base.name if asked.store == DEFAULT_STORE else asked.store
    several = run_several(
        cells,
        seed=seed,
        rule=rule,
        workers=asked.workers,
        folder=folder,
        bits=True,
        confidence=rule.rule.confidence,
        metrics=asked.metrics,
        progress=bar_for(asked, base.name, folder),
        pool=pool_for(asked.dask),
    )
    return Comparison(
        scenario=base.name,
        title=base.title or base.name,
        seed=seed,
        count=cells[0].plan.count,
        replications=several.outcomes[0].n,
        confidence=rule.rule.confidence,
        precision_reached=None if rule.rule.is_fixed else bool(several.reached),
        version=recallsim.__version__,
        variants=tuple(
            _variant(base, outcome, several.outcomes[0], engine)
            for outcome, engine in zip(several.outcomes, engines, strict=True)
        ),
        differences=_adjusted(several, rule.rule.confidence, asked.metrics),
        goal=goal_of(rule.rule),
        interrupted=several.signal is not None,
        folder=folder,
        elapsed=time.monotonic() - began,
    )


def _scenarios(
    source: "str | Path | Scenario", asked: Arguments, only: Sequence[str]
) -> "list[tuple[str, Scenario]]":
    from recallsim.scenario import Scenario

    if isinstance(source, Scenario):
        raise RequestError(
            "a comparison applies variants while loading: give the file of the scenario, or its text"
        )
    base = with_metrics(loaded(source, asked.overrides), asked.metrics)
    check_independent(base, "a comparison")
    if not base.what_if:
        raise RequestError(
            f"{base.name}: there is nothing to compare; name a variant in the scenario, such as\n"
            "  what_if:\n    hold-30s: {sender.hold: 30s}"
        )
    missing = [name for name in only if name not in base.what_if]
    if missing:
        raise RequestError(f"there is no variant {missing[0]!r}; there are {', '.join(base.what_if)}")
    names = [name for name in base.what_if if not only or name in only]
    varied = [(name, with_metrics(loaded(source, asked.overrides, name), asked.metrics)) for name in names]
    return [(BASE, base), *varied]


def _cells(
    scenarios: "Sequence[tuple[str, Scenario]]", asked: Arguments
) -> "tuple[list[Cell], list[Choice]]":
    from recallsim.engines.choose import choose
    from recallsim.plan import draw_up
    from recallsim.running.lanes import Cell

    cells, engines = [], []
    # The kernel is loaded, or compiled, once for all of them.
    least = len(scenarios) * rule_for(scenarios[0][1], asked.replications, asked.precision).minimum
    for name, scenario in scenarios:
        plan = draw_up(scenario)
        try:
            choice = choose(asked.engine, plan, least, asked.workers, threads=1)
        except ValueError as error:
            raise RequestError(f"{name}: {error}") from None
        cells.append(Cell(name, scenario, plan, choice.simulate))
        engines.append(choice)
    return cells, engines


def _rule(cells: "Sequence[Cell]", asked: Arguments) -> "DifferenceRule":
    from recallsim.estimate.stopping_paired import DifferenceRule
    from recallsim.scenario import fingerprint

    base = cells[0]
    rule = rule_for(base.scenario, asked.replications, asked.precision)
    check_metrics(rule, base.plan, (*base.scenario.metrics, *asked.metrics))
    mark = fingerprint(base.scenario)
    found = DifferenceRule(
        rule,
        tuple(cell.plan for cell in cells),
        tuple(fingerprint(cell.scenario) == mark for cell in cells),
    )
    try:
        found.check()
    except ValueError as error:
        raise RequestError(f"the precision of a comparison is that of differences: {error}") from None
    return found


def _variant(base: "Scenario", outcome: "CellOutcome", first: "CellOutcome", engine: "Choice") -> Variant:
    from recallsim.scenario import fingerprint

    scenario, changes = outcome.cell.scenario, base.what_if.get(outcome.cell.name, {})
    mark = fingerprint(scenario)
    pairs = {} if outcome is first else _pairs(outcome, first)
    return Variant(
        name=outcome.cell.name,
        changes=tuple((path, str(value)) for path, value in changes.items()),
        fingerprint=mark,
        count=outcome.cell.plan.count,
        engine=engine.name,
        estimates=outcome.estimates,
        same=mark == fingerprint(first.cell.scenario),
        unseen=pairs.get(_UNSEEN),
        succeeded=pairs.get(_SUCCEEDED),
        store=outcome.store,
        engine_why=engine.why,
    )


def _pairs(outcome: "CellOutcome", first: "CellOutcome") -> "dict[str, Pairs]":
    """The pairs of recipients, where both runs have the same ones."""
    from recallsim.estimate.mcnemar import pairs, together

    one, other = first.cell.plan, outcome.cell.plan
    layouts = [tuple((group.name, group.size) for group in plan.groups) for plan in (one, other)]
    if first.bits is None or outcome.bits is None or layouts[0] != layouts[1]:
        return {}
    succeeded, unseen = [], []
    for before, after in zip(first.bits.blocks(), outcome.bits.blocks(), strict=True):
        (a, a_seen), (b, b_seen) = ((bits[:, 0], bits[:, 1]) for bits in (before, after))
        succeeded.append(pairs(a, b, one.count))
        unseen.append(pairs(a & ~a_seen, b & ~b_seen, one.count))
    return {_SUCCEEDED: together(succeeded), _UNSEEN: together(unseen)}


def _adjusted(several: "Several", confidence: float, metrics: Sequence[str]) -> tuple[Adjusted, ...]:
    """The differences of every variant, their p-values corrected for the number of variants."""
    from recallsim.estimate.holm import holm
    from recallsim.estimate.paired import differences

    first, *others = several.outcomes
    if not first.n:
        return ()
    found = [
        (other.cell.name, each)
        for other in others
        for each in differences(
            first.values,
            first.cell.plan,
            other.values,
            other.cell.plan,
            confidence=confidence,
            metrics=metrics,
        )
    ]
    families: dict[tuple[str, str], list[int]] = {}
    for at, (_, each) in enumerate(found):
        if each.p_value is not None:
            families.setdefault((each.group, each.metric), []).append(at)
    corrected: dict[int, float] = {}
    for members in families.values():
        values = [found[at][1].p_value or 0.0 for at in members]
        corrected |= dict(zip(members, holm(values), strict=True))
    return tuple(Adjusted(name, each, corrected.get(at)) for at, (name, each) in enumerate(found))
