"""Inferring from reports: the way from a file with an `observe` to an `Inference`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

import recallsim
from recallsim.arguments import (
    DEFAULT_STORE,
    Arguments,
    RequestError,
    bar_for,
    check_independent,
    loaded,
    seed_of,
)
from recallsim.inference import Inference, Reported

if TYPE_CHECKING:
    from recallsim.estimate.conditional import Ints, Range
    from recallsim.scenario import Scenario
    from recallsim.scenario.models_observe import Observe

WANTED: Final = 200
"""How many replications are to agree with the reports, unless something else is asked for."""

MOST: Final = 20_000
"""How many replications are simulated at most in search of them; it gives up earlier where that is hopeless."""


def inferred(source: "str | Path | Scenario", asked: Arguments, wanted: int | None = None) -> Inference:
    """Does what `infer` does; a store of `DEFAULT_STORE` is in a folder there with the scenario's name."""
    from recallsim.engines.choose import choose
    from recallsim.estimate.binomial import wilson
    from recallsim.estimate.conditional import (
        AgreeingRule,
        Quantity,
        agreeing,
        distribution,
        reported,
        round_thresholds,
        seen,
    )
    from recallsim.plan import draw_up
    from recallsim.running.lanes import Cell
    from recallsim.running.pools import pool_for
    from recallsim.running.several import run_several
    from recallsim.scenario import fingerprint

    began = time.monotonic()
    whole = loaded(source, asked.overrides, asked.variant)
    check_independent(whole, "an inference")
    if whole.observe is None:
        least, most = 2 * whole.count // 5, -(-3 * whole.count // 5)
        raise RequestError(
            f"{whole.name}: it does not say what the sender has been told; add for example\n"
            f"  observe: {{at: 2h, reports: {{success: {{between: [{least}, {most}]}}}}}}"
        )
    # What happens by then does not depend on when the observation ends: the horizon is no part of any draw.
    scenario = whole.model_copy(update={"horizon": whole.observe.at})
    plan, reports = draw_up(scenario), _reports(whole.observe, whole.count)
    try:
        engine, simulate, why = choose(asked.engine, plan, threads=1)
    except ValueError as error:
        raise RequestError(str(error)) from None
    if asked.replications is None:
        rule = AgreeingRule(plan, reports, wanted or WANTED, MOST)
    else:
        rule = AgreeingRule(plan, reports, wanted, asked.replications)
    seed, level = seed_of(scenario, asked.seed), scenario.replications.confidence
    folder = DEFAULT_STORE / scenario.name if asked.store == DEFAULT_STORE else asked.store
    several = run_several(
        [Cell("observed", scenario, plan, simulate)],
        seed=seed,
        rule=rule,
        workers=asked.workers,
        folder=folder,
        confidence=level,
        progress=bar_for(asked, scenario.name, folder),
        pool=pool_for(asked.dask),
    )
    outcome = several.outcomes[0]
    agree = agreeing(outcome.values, plan, reports)
    counts, chosen = seen(outcome.values, plan), int(agree.sum())
    thresholds = whole.observe.exceeding or round_thresholds(counts[agree] if chosen else counts)
    ends = wilson(chosen, outcome.n, level) if outcome.n else (None, None)
    return Inference(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        fingerprint=fingerprint(scenario),
        seed=seed,
        engine=engine,
        count=plan.count,
        at=whole.observe.at,
        reports=tuple(
            Reported(kind, between, _spread(reported(outcome.values, plan, kind)))
            for kind, between in reports.items()
        ),
        replications=outcome.n,
        agreeing=chosen,
        wanted=rule.wanted,
        gave_up=rule.hopeless(outcome.values),
        confidence=level,
        agreement=Quantity("agreement", chosen / outcome.n if outcome.n else None, *ends),
        before=distribution(counts, thresholds, confidence=level),
        given=distribution(counts[agree], thresholds, confidence=level),
        version=recallsim.__version__,
        interrupted=several.signal is not None,
        store=outcome.store,
        elapsed=time.monotonic() - began,
        engine_why=why,
    )


def _reports(observe: "Observe", count: int) -> "dict[str, Range]":
    found = {}
    for kind in ("success", "failure", "bounce"):
        reported = getattr(observe.reports, kind)
        if reported is not None:
            if reported.between[0] > count:
                raise RequestError(
                    f"observe.reports.{kind}: at least {reported.between[0]:,} reports are said to have come, "
                    f"but there are {count:,} recipients"
                )
            found[kind] = reported.between
    least = sum(between[0] for between in found.values())
    if least > count:
        raise RequestError(
            f"observe.reports: at least {least:,} reports of {' and '.join(found)} are said to have come, one a "
            f"recipient, but there are {count:,} recipients"
        )
    return found


def _spread(counts: "Ints") -> tuple[int, int, int]:
    """The least, the middle and the most; zeros where there are none."""
    if not len(counts):
        return 0, 0, 0
    ordered = np.sort(counts)
    return int(ordered[0]), int(ordered[(len(ordered) - 1) // 2]), int(ordered[-1])
