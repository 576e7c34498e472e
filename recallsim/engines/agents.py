"""The agents engine: replications lived through by asyncio agents in virtual time.

It is the reference: every behaviour is written here below as coroutines and methods of agents, once.
"""

import gc
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from agents.ledger import Ledger
from agents.observer import TraceEvent
from agents.post_office import PostOffice
from agents.records import Plan
from recallsim.engines.columns import numpy_filler
from recallsim.engines.observation import Column, Observation
from recallsim.engines.tick_columns import numpy_ticks
from transport.clock.loop import VirtualLoop


def simulate(
    plan: Plan, seed: int, first: int, count: int, loop: Callable[[], VirtualLoop] = VirtualLoop
) -> Observation:
    """Run the replications `first` to `first + count - 1` of a plan.

    Raises:
        ConservationError: the simulator made or lost copies; the message names the replication.
    """
    gathered = _Gathered(plan, seed)
    with _no_garbage_collection():
        for replication in range(first, first + count):
            _live(gathered, replication, loop)
            gc.collect(0)  # what little of the society its parting has left
    return gathered.observation()


def _live(gathered: "_Gathered", replication: int, loop: Callable[[], VirtualLoop]) -> None:
    """Run one replication and keep its columns; the society parts."""
    office = PostOffice(
        gathered.plan, gathered.seed, replication, filler=numpy_filler, tick_filler=numpy_ticks, loop=loop
    )
    gathered.add(replication, office, office.run())
    office.dissolve()


def trace(
    plan: Plan, seed: int, replication: int, recipient: int | None = None
) -> tuple[list[TraceEvent], Observation]:
    """Run one replication and listen: what every agent did, in order, and the observation.

    Args:
        plan: the plan.
        seed, replication: the address of its chance.
        recipient: keep the events of this recipient only (the sender's and the servers' own are always kept).
    """
    office = PostOffice(
        plan,
        seed,
        replication,
        filler=numpy_filler,
        tick_filler=numpy_ticks,
        traced=True,
        recipient=recipient,
    )
    gathered = _Gathered(plan, seed)
    gathered.add(replication, office, office.run())
    assert office.observer is not None
    return office.observer.events, gathered.observation()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Within a replication nearly everything lives to its end; looking for garbage costs a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


K = TypeVar("K")


class _Gathered:
    """Columns of consecutive replications."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.seed = seed
        sizes = [group.size for group in plan.groups]
        self._group: Column = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        self._recipients: dict[str, list[Column]] = {}
        self._replications: dict[str, list[int]] = {}
        self._waits: dict[tuple[int, int], list[Column]] = {}
        self._sojourns: dict[tuple[int, int], list[Column]] = {}

    def add(self, replication: int, office: PostOffice, ledger: Ledger) -> None:
        """Append one replication; its columns are taken as they are, not copied."""
        columns = self._recipients
        columns.setdefault("replication", []).append(np.full(self.plan.count, replication, dtype=np.int64))
        columns.setdefault("group", []).append(self._group)
        for name, column in _recipient_columns(ledger):
            columns.setdefault(name, []).append(_view(column))
        values = {
            "replication": replication,
            "released": ledger.released,
            "noticed": ledger.noticed,
            "asked": ledger.asked,
            "replaced": ledger.replaced,
        }
        for stage in office.world.relay.stages:
            values[f"peak_queue:{stage.settings.name}"] = stage.peak
            for kind in range(4):
                key = (stage.settings.number, kind)
                self._waits.setdefault(key, []).append(_view(stage.waits[kind]))
                self._sojourns.setdefault(key, []).append(_view(stage.sojourns[kind]))
        for name, value in values.items():
            self._replications.setdefault(name, []).append(value)

    def observation(self) -> Observation:
        """Everything gathered."""
        return Observation(
            _joined(self._recipients),
            {name: np.array(values, dtype=np.int64) for name, values in self._replications.items()},
            _joined(self._waits),
            _joined(self._sojourns),
            self.seed,
        )


def _recipient_columns(ledger: Ledger) -> Iterator[tuple[str, "array[int] | bytearray"]]:
    yield "status", ledger.status
    yield "reason", ledger.reason
    yield "decided", ledger.decided
    yield "doomed", ledger.doomed
    yield "seen", ledger.seen
    yield "seen_level", ledger.seen_level
    yield "seen_phase", ledger.seen_phase
    yield "seen_people", ledger.seen_people
    yield "seen_after_removal", ledger.seen_after_removal
    for kind, name in enumerate(("original", "request", "replacement")):
        yield f"{name}_delivered", ledger.delivered[kind]
        yield f"{name}_place", ledger.place[kind]
    yield "original_removed", ledger.removed
    yield "replacement_seen", ledger.replacement_seen
    yield "aware", ledger.aware
    yield "overtaken", ledger.overtaken
    yield "told", ledger.told
    yield "told_first", ledger.told_first
    yield "reports_contradict", ledger.told_both
    yield "forwarded", ledger.forwarded
    yield "forwarded_seen", ledger.forwarded_seen


def _view(column: "array[int] | bytearray") -> Column:
    """A column of a ledger without its cell 0, which is nobody's."""
    dtype = "b" if isinstance(column, bytearray) else column.typecode
    return np.frombuffer(column, dtype=dtype)[1:]


def _joined(columns: dict[K, list[Column]]) -> dict[K, Column]:
    """The replications of each column, one after the other; the pieces go as they are joined."""
    joined = {}
    for name in list(columns):
        pieces = columns.pop(name)
        joined[name] = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return joined
