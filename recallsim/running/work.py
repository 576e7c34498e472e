"""What a worker does: simulate consecutive replications, tally them, and give back the numbers."""

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np

from recallsim.engines.observation import RECIPIENT_COLUMNS, Observation
from recallsim.running.errors import ReplicationError
from recallsim.store.rows import Batch, Bits
from transport.recall.codes import Status

if TYPE_CHECKING:
    from agents.records import Plan

Engine: TypeAlias = "Callable[[Plan, int, int, int], Observation]"


class Work(Protocol):
    """A picklable function from consecutive replications to their batch, the same wherever it runs."""

    def __call__(self, first: int, count: int) -> Batch:
        """Give the batch of replications `first` to `first + count - 1`."""
        ...


T = TypeVar("T")


@runtime_checkable
class InParts(Protocol):
    """An engine that can give a replication of very many recipients part by part."""

    def comes_in_parts(self, plan: "Plan") -> bool:
        """Whether a plan is better read so."""

    def parts(
        self, plan: "Plan", seed: int, replication: int, read: "Callable[[Observation, Plan], T]"
    ) -> Iterator[T]:
        """What `read` makes of each part, given its observation and the plan of its recipients."""


@dataclass(frozen=True, slots=True)
class EngineWork:
    """Replications of one plan by one engine, tallied.

    Attributes:
        engine: `(plan, seed, first, count) -> Observation`; a function of a module, so that it pickles.
        plan: what is simulated.
        seed: from 0 to 2^64-1.
        record: whether the batch carries the recipients.
        bits: whether the batch carries their bits.
    """

    engine: Engine
    plan: "Plan"
    seed: int
    record: bool = False
    bits: bool = False

    def __call__(self, first: int, count: int) -> Batch:
        """Simulate and tally replications `first` to `first + count - 1`."""
        if not self.record and isinstance(self.engine, InParts) and self.engine.comes_in_parts(self.plan):
            return self._in_parts(self.engine, first, count)
        from recallsim.estimate.tally import tally

        observation = self.engine(self.plan, self.seed, first, count)
        summed = tally(observation, self.plan)
        recipients = None
        if self.record:
            recipients = {name: observation.recipients[name] for name in RECIPIENT_COLUMNS}
        bits = bits_of(observation, count) if self.bits else None
        return Batch(first, summed.values, summed.curves, recipients, bits=bits)

    def _in_parts(self, engine: InParts, first: int, count: int) -> Batch:
        """The same, with no more than some parts of one replication in memory."""
        from recallsim.estimate.parts import Part, joined, tally_part

        def read(observation: Observation, plan: "Plan") -> tuple[Part, Bits | None]:
            return tally_part(observation, plan), bits_of(observation, 1) if self.bits else None

        whole, bits = [], []
        for replication in range(first, first + count):
            found: list[Bits] = []

            def keep(parts: Iterator[tuple[Part, Bits | None]], found: list[Bits] = found) -> Iterator[Part]:
                for part, some in parts:
                    if some is not None:
                        found.append(some)
                    yield part

            whole.append(joined(keep(engine.parts(self.plan, self.seed, replication, read)), self.plan))
            bits += [np.concatenate(found, axis=2)] if self.bits else []
        return Batch(
            first,
            np.concatenate([each.values for each in whole]),
            np.concatenate([each.curves for each in whole]),
            None,
            bits=np.concatenate(bits) if self.bits else None,
        )


MOST_REPLICATIONS: Final = 1 << 24
"""How many replications a run may have: their numbers have 24 bits in the address of a draw."""


@dataclass(frozen=True, slots=True)
class SeveralWork:
    """The work of several runs as one; run r's replication n has the number r * 2^24 + n.

    So one pool of workers, wherever they are, serves all runs.

    Attributes:
        works: of each run.
    """

    works: tuple[Work, ...]

    def __call__(self, first: int, count: int) -> Batch:
        """Do the work of the run that the first number stands for."""
        run, number = divmod(first, MOST_REPLICATIONS)
        return replace(self.works[run](number, count), first=first)


def bits_of(observation: Observation, count: int) -> Bits:
    """Who succeeded and who saw it, packed: [replications, 2, bytes], the first recipient's bit the highest."""
    succeeded = observation.recipients["status"] == Status.SUCCEEDED
    seen = observation.recipients["seen"] >= 0
    return np.packbits(np.stack([each.reshape(count, -1) for each in (succeeded, seen)], axis=1), axis=2)


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
    return replace(batch, seconds=time.perf_counter() - began)
