"""The simulation of an answer in small pieces, so that it can be watched, and given up for a newer one."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recallsim.engines.batch import Batch

if TYPE_CHECKING:
    from recallsim.engines.observation import Observation
    from recallsim.estimate.intervals import Interval
    from recallsim.estimate.tally import Tally
    from recallsim.web.estimating import Question

FOLLOWED: Final = "unseen_success_rate"
"""The estimate that is told while an answer is being computed."""
_PIECE_SECONDS: Final = 0.05
_ESTIMATE_SECONDS: Final = 0.4
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


class Work:
    """The simulation of an answer.

    Args:
        asked: what to simulate.
        going_on: hears how far it is, from whatever thread, and says whether the answer is still wanted.
    """

    def __init__(self, asked: "Question", going_on: Callable[[Progress], bool]) -> None:
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

    def tallies(self) -> "list[Tally]":
        """Simulates and tallies all replications.

        Raises:
            Superseded: the answer is not wanted any more.
        """
        return self._by_batch() if isinstance(self._asked.choice.simulate, Batch) else self._by_pieces()

    def _by_batch(self) -> "list[Tally]":
        """Each thread simulates and tallies a run of replications; between any two of them it can be given up."""
        asked, simulate = self._asked, self._asked.choice.simulate
        assert isinstance(simulate, Batch)
        alone = replace(simulate, threads=1)
        most = max(1, _MOST_ROWS // asked.plan.count)
        size = min(-(-asked.replications // simulate.threads), most)
        firsts = range(0, asked.replications, size)

        def lane(first: int) -> "Tally":
            count = min(size, asked.replications - first)
            return self._tallied(alone(asked.plan, asked.scenario.seed, first, count, self._one_more))

        with ThreadPoolExecutor(simulate.threads) as pool:
            coming = pool.map(lane, firsts)
            self.fingerprint()  # the interpreter is free while the kernel works
            self._tallies += coming
        return self._tallies

    def _by_pieces(self) -> "list[Tally]":
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
            piece = max(1, round(count * _PIECE_SECONDS / took))
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
