"""What no single value of a variant, a sweep, an analysis or a search shows."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from recallsim.scenario.base import Refusal, shown, suggestion
from recallsim.scenario.expressions import expression
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_designs import Sweep
from recallsim.scenario.models_ranges import Range, paths_of, rows_of

_BESIDES = (
    "name",
    "title",
    "seed",
    "replications",
    "metrics",
    "what_if",
    "sweep",
    "sensitivity",
    "best",
    "schema",
)


OF_ALL_VARIANTS: Final[dict[str, tuple[str, str]]] = {
    "seed": ("variants are compared by the same chance, so they have one seed", "write seed at the top"),
    "replications": (
        "variants are compared replication by replication, so they have equally many",
        "write replications at the top",
    ),
    "name": ("a variant is called by its key", "leave name out"),
    "title": ("a variant is called by its key", "leave title out"),
    "schema": ("a variant is in the language of its scenario", "leave schema out"),
    "what_if": ("a variant has no variants", "write one beside this one"),
}
"""Keys that no variant can have of its own: why not, and what to do."""


def design_findings(scenario: Scenario) -> Iterator[Finding]:
    """Everything that is wrong between the values of a design."""
    yield from _variants(scenario)
    yield from _sweep(scenario.sweep)
    for key in scenario.sensitivity.over:
        yield from _paths(key, ("sensitivity", "over", key), several=False)
    for index, name in enumerate(scenario.best.among):
        if name != "base" and name not in scenario.what_if:
            hint = suggestion(name, ["base", *scenario.what_if])
            yield Finding(
                ("best", "among", index),
                f"there is no variant {shown(name)}",
                hint,
                (("what_if", ""), ("what_if", name)),
            )


def _variants(scenario: Scenario) -> Iterator[Finding]:
    if "base" in scenario.what_if:
        yield Finding(("what_if", "base"), "'base' is the scenario without a variant", "choose another name")
    for name, changes in scenario.what_if.items():
        for path in changes:
            what, hint = OF_ALL_VARIANTS.get(path.partition(".")[0], ("", ""))
            if what:
                yield Finding(("what_if", name, path), what, hint)


def _sweep(sweep: Sweep) -> Iterator[Finding]:
    places: dict[str, Location] = {}
    for where, part in sweep.parts():
        here: Location = ("sweep", *(int(each) if each.isdigit() else each for each in where))
        lengths: dict[str, int] = {}
        for key, axis in part.items():
            yield from _paths(key, (*here, key), several=where[0] in ("grid", "zip"))
            for path in paths_of(key):
                if path in places:
                    yield Finding((*here, key), f"{path} is varied twice", "a path has one place in a sweep")
                places[path] = (*here, key)
            try:
                lengths[key] = sum(1 for _ in rows_of(key, axis)) if where[0] in ("grid", "zip") else 0
            except Refusal as refusal:
                yield Finding((*here, key), str(refusal), refusal.help)
        if where[0] == "zip" and len(set(lengths.values())) > 1:
            told = ", ".join(f"{key} has {n}" for key, n in lengths.items())
            yield Finding(here, f"values that go in step are equally many; {told}")
    yield from _constraints(sweep, list(places))


def _paths(key: str, at: Location, *, several: bool) -> Iterator[Finding]:
    paths = paths_of(key)
    if len(paths) > 1 and not several:
        yield Finding(at, "points of a design take one path each", "tuples are for grid and zip")
    for path in paths:
        if path.partition(".")[0] in _BESIDES:
            yield Finding(at, f"{path} changes nothing that is simulated", "vary another key")


def _constraints(sweep: Sweep, paths: list[str]) -> Iterator[Finding]:
    if not sweep.constraint:
        return
    axes = list(chain.from_iterable(part.items() for _, part in sweep.parts()))
    needs: tuple[Location, ...] = (("sweep", ""),)
    for index, text in enumerate(sweep.constraint):
        at: Location = ("sweep", "constraint", index)
        try:
            found = expression(text, paths)
        except Refusal as refusal:
            yield Finding(at, str(refusal), refusal.help, needs)
            continue
        try:  # each path's first value tells whether they can be compared at all
            first: dict[str, Any] = {}
            for key, axis in axes:
                value = axis.at(0.0) if isinstance(axis, Range) and not axis.counted else None
                rows = ((key, value),) if value is not None else next(rows_of(key, axis), ())
                first.update(rows)
            found.holds(first)
        except Refusal as refusal:
            if "divides" not in str(refusal):
                yield Finding(at, str(refusal), refusal.help, needs)
        except KeyError:
            continue  # an axis without values, which is said elsewhere
