"""What the page is asked, and one answer to it."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recallsim.engines.effort import seconds_per_replication
from recallsim.reporting.numbers import duration
from recallsim.web.controls import Control, RequestRefused, controls, settings_for
from recallsim.web.simulating import Progress, Work

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.engines.choose import Choice
    from recallsim.evidence import Evidence
    from recallsim.result import Result
    from recallsim.scenario import Draft, Scenario

REPLICATIONS: Final = 50
"""So many replications an answer rests on, where the engine is quick enough."""
QUICK_RECIPIENTS: Final = 200
"""So many recipients are taken at once where the engine lives through each of them."""
QUICK_REPLICATIONS: Final = 20
MOST_SECONDS: Final = 120.0
"""A request that would keep one processor busy for longer is refused."""


class Listed(NamedTuple):
    """A scenario that the page offers.

    Attributes:
        key: how a request names it.
        title: what it is about.
        file: the scenario file as the user named it.
        draft: the file, read once.
        scenario: what it says.
        controls: its sliders.
    """

    key: str
    title: str
    file: str
    draft: "Draft"
    scenario: "Scenario"
    controls: tuple[Control, ...]


class Question(NamedTuple):
    """What is to be simulated.

    Attributes:
        listed: the scenario.
        settings: what is laid over it, as `--set` takes it.
        scenario, plan: with the settings.
        choice: the engine.
        replications: how many.
        note: what was made smaller so that the answer comes soon; may be empty.
    """

    listed: Listed
    settings: tuple[str, ...]
    scenario: "Scenario"
    plan: "Plan"
    choice: "Choice"
    replications: int
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out, and how long it took."""

    question: Question
    result: "Result"
    seconds: float


def listed(key: str, file: str) -> Listed:
    """Reads a scenario for the page.

    Raises:
        ScenarioError: the file is no scenario.
    """
    from recallsim.scenario import Draft

    draft = Draft(file)
    scenario = draft.scenario()
    return Listed(key, scenario.title or scenario.name, file, draft, scenario, controls(scenario))


def question(one: Listed, chosen: Mapping[str, str], *, full: bool, wanting: str = "") -> Question:
    """Draws up what the sliders ask for, no larger than what can be answered soon.

    Args:
        one: the scenario.
        chosen: for each slider that was moved, the value of its stop.
        full: whether all recipients and replications are wanted, however long it takes.
        wanting: why the batch engine cannot answer yet; empty if it can.

    Raises:
        RequestRefused: there is no such slider or stop, or it would take too long.
        ScenarioError: the scenario does not go with these settings.
    """
    from recallsim.engines.choose import at_hand
    from recallsim.plan import draw_up

    settings = settings_for(one.controls, chosen)
    scenario = one.draft.scenario(settings)
    plan = draw_up(scenario)
    choice = at_hand(plan, wanting)
    replications, note = REPLICATIONS, ""
    if choice.name == "agents" and not full:
        replications = QUICK_REPLICATIONS
        wanted = plan.count
        if wanted > QUICK_RECIPIENTS and scenario.recipients.count is not None:
            settings = [*(each for each in settings if not each.startswith("recipients.count=")),
                        f"recipients.count={QUICK_RECIPIENTS}"]  # fmt: skip
            scenario = one.draft.scenario(settings)
            plan = draw_up(scenario)
        fewer = f"{plan.count:,} of {wanted:,} recipients and " if plan.count < wanted else ""
        note = f"{fewer}{replications} of {REPLICATIONS} replications: the agents engine lives through each of them."
    if choice.name == "agents":
        cost = seconds_per_replication(plan) * replications
        if cost > MOST_SECONDS:
            raise RequestRefused(
                f"That would take about {duration(cost)} of computing, and the page allows {duration(MOST_SECONDS)}. "
                f"Take fewer recipients, or run it on the command line."
            )
    return Question(one, tuple(settings), scenario, plan, choice, replications, note)


def answer(
    asked: Question, going_on: Callable[[Progress], bool], early: Callable[[Answer], None] | None = None
) -> Answer:
    """Simulates and estimates.

    Args:
        asked: what to simulate.
        going_on: hears how far it is, from whatever thread, and says whether the answer is still wanted.
        early: gets the estimates of all recipients together before those of the groups and the curves are made.

    Raises:
        Superseded: it is not wanted any more.
    """
    began = time.perf_counter()
    work = Work(asked, going_on)
    tallies = work.tallies()
    values = np.concatenate([each.values for each in tallies])
    mark = work.fingerprint()
    if early is not None:
        together = _result(asked, mark, values, groups=("all",))
        early(Answer(asked, together, time.perf_counter() - began))
    curves = np.concatenate([each.curves for each in tallies])
    result = replace(_result(asked, mark, values), evidence=_evidence(asked, values, curves))
    return Answer(asked, result, time.perf_counter() - began)


def _result(asked: Question, mark: str, values: "np.ndarray", groups: Collection[str] = ()) -> "Result":
    from recallsim import __version__
    from recallsim.estimate.estimates import estimate
    from recallsim.result import GroupSize, Result

    scenario, plan = asked.scenario, asked.plan
    confidence = scenario.replications.confidence
    return Result(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        fingerprint=mark,
        seed=scenario.seed,
        engine=asked.choice.name,
        replications=asked.replications,
        confidence=confidence,
        precision_reached=None,
        version=__version__,
        estimates=estimate(values, plan, confidence=confidence, groups=groups),
        groups=tuple(GroupSize(group.name, group.size) for group in plan.groups),
        horizon=plan.horizon * plan.clock,
    )


def _evidence(asked: Question, values: "np.ndarray", curves: "np.ndarray") -> "Evidence":
    from recallsim.api import command_for
    from recallsim.evidence import gather

    scenario = asked.scenario
    command = command_for(asked.listed.file, scenario.seed, asked.replications, asked.settings)
    return gather(scenario, asked.plan, values, curves, command)


def yaml_of(asked: Question) -> str:
    """Gives a scenario file that has the very numbers of an answer on the command line."""
    n, confidence = asked.replications, asked.scenario.replications.confidence
    number = (
        f"{n}" if confidence == 0.95 else f"{{precision: 1, min: {n}, max: {n}, confidence: {confidence}}}"
    )
    settings = [*asked.settings, f"replications={number}"]
    return asked.listed.draft.text(settings)
