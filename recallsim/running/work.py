"""What a worker does: simulate consecutive replications, tally them, and give back the numbers."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from recallsim.engines.observation import RECIPIENT_COLUMNS, Observation
from recallsim.running.errors import ReplicationError
from recallsim.store.rows import Batch

if TYPE_CHECKING:
    from agents.records import Plan

Engine: TypeAlias = "Callable[[Plan, int, int, int], Observation]"


class Work(Protocol):
    """A picklable function from consecutive replications to their batch, the same wherever it runs."""

    def __call__(self, first: int, count: int) -> Batch:
        """Give the batch of replications `first` to `first + count - 1`."""
        ...


@dataclass(frozen=True, slots=True)
class EngineWork:
    """Replications of one plan by one engine, tallied.

    Attributes:
        engine: `(plan, seed, first, count) -> Observation`; a function of a module, so that it pickles.
        plan: what is simulated.
        seed: from 0 to 2^64-1.
        record: whether the batch carries the recipients.
    """

    engine: Engine
    plan: "Plan"
    seed: int
    record: bool = False

    def __call__(self, first: int, count: int) -> Batch:
        """Simulate and tally replications `first` to `first + count - 1`."""
        from recallsim.estimate.tally import tally

        observation = self.engine(self.plan, self.seed, first, count)
        summed = tally(observation, self.plan)
        recipients = None
        if self.record:
            recipients = {name: observation.recipients[name] for name in RECIPIENT_COLUMNS}
        return Batch(first, summed.values, summed.curves, recipients)


def perform(work: Work, first: int, count: int) -> Batch:
    """Do a piece of work, note its time, and say which replication it was where it fails.

    Raises:
        ReplicationError: The engine raised; each replication of the piece was then tried alone to find the
            one.
    """
    began = time.perf_counter()
    try:
        batch = work(first, count).normalised()
    except Exception as error:
        if count > 1:
            for number in range(first, first + count):
                perform(work, number, 1)
        what = f"{type(error).__name__}: {error}"
        raise ReplicationError(
            first, first + count - 1, what, "".join(traceback.format_exception(error))
        ) from error
    return Batch(batch.first, batch.values, batch.curves, batch.recipients, time.perf_counter() - began)
