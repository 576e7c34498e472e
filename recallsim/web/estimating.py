"""One answer of the page: replications in small pieces, so that it can be watched, and given up for a newer one."""

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recallsim.engines.batch import Batch
from recallsim.engines.effort import seconds_per_replication
from recallsim.reporting.numbers import duration
from recallsim.web.controls import Control, RequestRefused, controls, settings_for

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.engines.choose import Choice
    from recallsim.engines.observation import Observation
    from recallsim.estimate.intervals import Interval
    from recallsim.estimate.tally import Tally
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
FOLLOWED: Final = "unseen_success_rate"
"""The estimate that is told while an answer is being computed."""
_PIECE_SECONDS: Final = 0.05
_ESTIMATE_SECONDS: Final = 0.4
_LEAST_PIECE: Final = 3
_SHARE: Final = 0.9
"""What part of its share in what is left a thread takes at once."""
_MOST_ROWS: Final = 100_000
"""So many recipients, all replications together, a thread has at once."""


class Superseded(Exception):  # noqa: N818 - it is no error
    """A newer request of the same client has come; this one is given up."""


class Progress(NamedTuple):
    """How far an answer is.

    Attributes:
        done: how many replications have begun or are done.
        so_far: the estimate that is followed, of those that are tallied; None before there is one.
    """

    done: int
    so_far: "Interval | None"


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
    work = _Work(asked, going_on)
    tallies = work.by_batch() if isinstance(asked.choice.simulate, Batch) else work.by_pieces()
    values = np.concatenate([each.values for each in tallies])
    mark = work.fingerprint()
    if early is not None:
        together = _result(asked, mark, values, groups=("all",))
        early(Answer(asked, together, time.perf_counter() - began))
    curves = np.concatenate([each.curves for each in tallies])
    result = replace(_result(asked, mark, values), evidence=_evidence(asked, values, curves))
    return Answer(asked, result, time.perf_counter() - began)


def pieces(replications: int, threads: int, most: int) -> list[tuple[int, int]]:
    """Divides replications so that threads end together, though one of them is kept from its work meanwhile.

    Pieces are large first, since each has its price, and small last (C. D. Polychronopoulos and D. J. Kuck, Guided
    self-scheduling, IEEE Trans. Comput. 36, 1987, 1425-1439).

    Args:
        replications: how many there are.
        threads: how many take one piece after the other.
        most: how many a piece has at most.

    Returns:
        For each piece its first replication and how many it has.
    """
    found, first = [], 0
    while first < replications:
        left = replications - first
        size = (
            min(left, most, max(_LEAST_PIECE, round(left * _SHARE / threads)))
            if threads > 1
            else min(left, most)
        )
        found.append((first, size))
        first += size
    return found


class _Work:
    """The simulation of an answer, watched."""

    def __init__(self, asked: Question, going_on: Callable[[Progress], bool]) -> None:
        self._asked = asked
        self._going_on = going_on
        self._tallies: list[Tally] = []
        self._done = 0
        self._lock = Lock()
        self._so_far: Interval | None = None
        self._estimated = time.perf_counter()
        self._fingerprint = ""

    def fingerprint(self) -> str:
        """The scenario's, worked out once."""
        from recallsim.scenario import fingerprint

        self._fingerprint = self._fingerprint or fingerprint(self._asked.scenario)
        return self._fingerprint

    def by_batch(self) -> "list[Tally]":
        """Each thread simulates and tallies runs of replications; between any two of them it can be given up."""
        asked, simulate = self._asked, self._asked.choice.simulate
        assert isinstance(simulate, Batch)
        alone = replace(simulate, threads=1)
        most = max(1, _MOST_ROWS // asked.plan.count)

        def lane(piece: tuple[int, int]) -> "Tally":
            return self._tallied(alone(asked.plan, asked.scenario.seed, *piece, self._one_more))

        with ThreadPoolExecutor(simulate.threads) as pool:
            coming = pool.map(lane, pieces(asked.replications, simulate.threads, most))
            self.fingerprint()
            self._tallies += coming
        return self._tallies

    def by_pieces(self) -> "list[Tally]":
        """As many replications at once as take some 50 ms."""
        asked, piece = self._asked, 1
        while self._done < asked.replications:
            self._ask()
            count = min(piece, asked.replications - self._done)
            started = time.perf_counter()
            observation = asked.choice.simulate(asked.plan, asked.scenario.seed, self._done, count)
            self._tallies.append(self._tallied(observation))
            took = max(time.perf_counter() - started, 1e-4)
            self._done += count
            piece = max(1, min(REPLICATIONS, round(count * _PIECE_SECONDS / took)))
        return self._tallies

    def _tallied(self, observation: "Observation") -> "Tally":
        from recallsim.estimate.tally import tally

        return tally(observation, self._asked.plan)

    def _one_more(self) -> None:
        with self._lock:
            self._ask()
            self._done += 1

    def _ask(self) -> None:
        now = time.perf_counter()
        if self._tallies and now - self._estimated > _ESTIMATE_SECONDS:
            from recallsim.estimate.estimates import measure

            values = np.concatenate([each.values for each in self._tallies])
            confidence = self._asked.scenario.replications.confidence
            self._so_far = measure(values, self._asked.plan, FOLLOWED, confidence=confidence)
            self._estimated = now
        if not self._going_on(Progress(self._done, self._so_far)):
            raise Superseded


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
