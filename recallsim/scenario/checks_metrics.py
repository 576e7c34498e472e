"""Whether the metrics that a scenario names exist in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from recallsim.scenario.aims import DELAY
from recallsim.scenario.base import shown, suggestion
from recallsim.scenario.checks_routes import names_needed, stage_names_needed
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    first: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Outline:
    """What the catalogue of metrics wants to know of a plan."""

    clock: float
    horizon: int
    count: int
    groups: tuple[_Named, ...]
    stages: tuple[_Named, ...]
    metrics: tuple[str, ...]
    has_replacement: bool
    tells: bool
    forwards: bool
    glimpses: bool
    opens_attachments: bool
    antithetic: bool
    weighted: bool


def metric_findings(scenario: Scenario) -> Iterator[Finding]:
    """Complaints about `metrics`, the targets of `replications`, and what designs are after."""
    targets = [target for target in scenario.replications.precision if target.metric != "success_rate"]
    groups = {"all", *(group.name for group in scenario.groups)}
    for index, target in enumerate(scenario.replications.precision):
        if target.group not in groups:
            hint = suggestion(target.group, sorted(groups))
            what = f"there is no group {shown(target.group)}"
            needs = names_needed("recipients", "groups", items=len(scenario.groups))
            yield Finding(("replications", "precision", index, "group"), what, hint, needs)
    designs = list(_of_designs(scenario))
    if not targets and not scenario.metrics and not designs:
        return
    from recallsim.estimate.catalogue import check_metric

    outline = _outline(scenario)
    named = [(("metrics", index), name) for index, name in enumerate(scenario.metrics)]
    named += [
        (("replications", "precision", index, "metric"), target.metric)  # type: ignore[misc]
        for index, target in enumerate(scenario.replications.precision)
    ]
    for location, name in [*named, *designs]:
        try:
            check_metric(name, outline)
        except ValueError as error:
            yield Finding(location, str(error), "", stage_names_needed(len(scenario.transport.stages)))


def _of_designs(scenario: Scenario) -> Iterator[tuple[Location, str]]:
    """The metrics that an analysis or a search names beside the usual ones."""
    best = scenario.best
    if "metrics" in scenario.sensitivity.model_fields_set:
        for index, name in enumerate(scenario.sensitivity.metrics):
            yield ("sensitivity", "metrics", index), name
    if "objective" in best.model_fields_set:
        for name in (best.objective.metric, *(limit.metric for limit in best.objective.limits)):
            if name != DELAY:
                yield ("best", "objective"), name


def _outline(scenario: Scenario) -> _Outline:
    recall = scenario.sender.recall
    return _Outline(
        clock=scenario.clock,
        horizon=int(scenario.horizon / scenario.clock),
        count=scenario.count,
        groups=tuple(_Named(group.name) for group in scenario.groups),
        stages=tuple(_Named(stage.name) for stage in scenario.transport.passage()),
        metrics=scenario.metrics,
        has_replacement=recall.replace is not None or scenario.sender.correction is not None,
        tells=recall.tell_me,
        forwards=any(
            group.person.forwards is not None or any(rule.forward for rule in group.rules)
            for group in scenario.groups
        ),
        glimpses=any(group.person.glimpse is not None for group in scenario.groups),
        opens_attachments=scenario.message.attachment
        and any(group.person.opens_attachment is not None for group in scenario.groups),
        antithetic=scenario.antithetic,
        weighted=scenario.importance is not None,
    )
