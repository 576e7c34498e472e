"""How fast an engine lives through one replication, and how much memory that takes, as the recipients grow.

Each size is measured in a process of its own, begun for it alone, so that its peak of memory is its own. Times are the
processor's, not the wall's: whatever else the machine does, they stay what they are, nearly.
"""

import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from recallsim.running.errors import RunningError
from recallsim.running.main_module import hidden_main
from recallsim.running.process_start import deaf_children
from recallsim.running.work import InParts

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.engines.choose import Simulate
    from recallsim.engines.observation import Observation

WARM_UP: Final = 100
"""So many recipients are lived through first, that imports and compiled code are in place."""
LEAST_SECONDS: Final = 0.5
"""Small sizes are repeated for so long at least; the median replication counts."""
MOST_REPLICATIONS: Final = 21


class Task(NamedTuple):
    """One measurement: a scenario at a size, by an engine."""

    path: Path
    overrides: tuple[str, ...]
    engine: str
    recipients: int
    seed: int


class Measured(NamedTuple):
    """What one replication of a size took.

    Attributes:
        engine: the engine that ran it.
        recipients: how many there were.
        seconds: of the processor, the median over `replications`.
        replications: how many were timed.
        peak: bytes of memory beyond those of the process before, at the peak; -1 where the system does not tell.
        result: bytes of the columns that came out, which stand within the peak.
    """

    engine: str
    recipients: int
    seconds: float
    replications: int
    peak: int
    result: int

    @property
    def each(self) -> float:
        """Seconds a recipient."""
        return self.seconds / self.recipients


def stress(
    path: Path, sizes: Sequence[int], engines: Sequence[str], *, overrides: Sequence[str] = (), seed: int = 1
) -> Iterator[Measured]:
    """Measure each size with each engine, in the order of the sizes; one at a time, so that none disturbs another.

    Raises:
        RunningError: a process was killed, for want of memory for example.
    """
    for size in sizes:
        for engine in engines:
            yield _apart(Task(path, tuple(overrides), engine, size, seed))


def _apart(task: Task) -> Measured:
    context = multiprocessing.get_context("spawn")
    others = multiprocessing.active_children()
    with hidden_main(needed=False), ProcessPoolExecutor(1, mp_context=context) as executor:
        try:
            with deaf_children():
                measured = executor.submit(measure, task)
            return measured.result()
        except KeyboardInterrupt:
            for child in set(multiprocessing.active_children()) - set(others):
                child.terminate()  # it did not hear, and may have long to go
            raise
        except BrokenProcessPool as error:
            raise RunningError(
                f"the {task.engine} engine was killed at {task.recipients:,} recipients: most often there was not "
                "enough memory. Give fewer with --recipients"
            ) from error


def measure(task: Task) -> Measured:
    """Measure in this very process, which should be a fresh one."""
    from recallsim.engines.choose import choose
    from recallsim.plan import draw_up
    from recallsim.scenario import load

    small = draw_up(load(task.path, [*task.overrides, f"recipients.count={WARM_UP}"]))
    plan = draw_up(load(task.path, [*task.overrides, f"recipients.count={task.recipients}"]))
    chosen = choose(task.engine, plan)
    chosen.simulate(small, task.seed, 0, 1)
    seconds: list[float] = []
    before, result = _peak(), 0
    while len(seconds) < MOST_REPLICATIONS and sum(seconds) < LEAST_SECONDS:
        start = time.process_time()
        kept = _replication(chosen.simulate, plan, task.seed, len(seconds))
        seconds.append(time.process_time() - start)
        result = max(kept)
    peak = _peak() - before if before >= 0 else -1
    return Measured(chosen.name, task.recipients, median(seconds), len(seconds), peak, result)


def _replication(engine: "Simulate", plan: "Plan", seed: int, number: int) -> list[int]:
    """Simulate one replication; the bytes of its columns, part by part where it comes in parts."""

    def size(found: "Observation", _part: "Plan") -> int:
        columns = (*found.recipients.values(), *found.waits.values(), *found.sojourns.values())
        return sum(column.nbytes for column in columns if all(column.strides))

    if isinstance(engine, InParts) and engine.comes_in_parts(plan):
        return list(engine.parts(plan, seed, number, size))
    return [size(engine(plan, seed, number, 1), plan)]


def _peak() -> int:
    """Bytes of memory at the peak of this process; -1 where the system does not tell."""
    if sys.platform == "win32":
        return -1
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
