"""Stand-ins for plans, and observations made up row by row or at random."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from recallsim.engines.observation import RECIPIENT_COLUMNS, Observation
from transport.recall.codes import Place, Reason, SeenPhase, Status, Told

TICK_COLUMNS = (
    "decided",
    "seen",
    "original_delivered",
    "request_delivered",
    "replacement_delivered",
    "original_removed",
    "replacement_seen",
    "aware",
    "told_first",
)


@dataclass(frozen=True)
class FakeGroup:
    name: str
    first: int
    size: int


@dataclass(frozen=True)
class FakeStage:
    name: str


@dataclass(frozen=True)
class FakePlan:
    groups: tuple[FakeGroup, ...]
    clock: float = 0.5
    horizon: int = 10_000
    stages: tuple[FakeStage, ...] = ()
    metrics: tuple[str, ...] = ()
    has_replacement: bool = True
    tells: bool = True
    forwards: bool = True
    glimpses: bool = False
    opens_attachments: bool = False
    antithetic: bool = False
    weighted: bool = False
    public: bool = False

    @property
    def count(self) -> int:
        return sum(group.size for group in self.groups)


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., FakePlan]:
    """A plan from group sizes: groups are called a, b, c and so on unless named."""

    def make(
        *sizes: int, stages: Sequence[str] = (), names: Sequence[str] = "abcdefgh", **rest: object
    ) -> FakePlan:
        firsts = np.cumsum((1, *sizes)).tolist()
        groups = tuple(FakeGroup(n, f, s) for n, f, s in zip(names, firsts, sizes, strict=False))
        return FakePlan(groups, stages=tuple(map(FakeStage, stages)), **rest)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def observe() -> Callable[..., Observation]:
    """An observation from dicts, one a recipient in order; what a dict leaves out never happened."""

    def make(
        plan: FakePlan,
        rows: Sequence[Mapping[str, int]],
        replications: Sequence[Mapping[str, int]] | None = None,
        *,
        first: int = 0,
        waits: Mapping[tuple[int, int], Sequence[int]] | None = None,
        sojourns: Mapping[tuple[int, int], Sequence[int]] | None = None,
    ) -> Observation:
        n = len(rows) // plan.count
        group = [g for g, each in enumerate(plan.groups) for _ in range(each.size)]
        columns = {name: np.full(len(rows), -1 if name in TICK_COLUMNS else 0) for name in RECIPIENT_COLUMNS}
        columns["replication"] = np.repeat(np.arange(first, first + n), plan.count)
        columns["group"] = np.tile(group, n)
        for i, row in enumerate(rows):
            for name, value in row.items():
                columns[name][i] = value
        peaks = [f"peak_queue:{stage.name}" for stage in plan.stages]
        names = ("released", "noticed", "asked", "replaced", *peaks)
        scalars = {name: np.zeros(n, dtype=np.int64) for name in names}
        for i, values in enumerate(replications or ()):
            for name, value in values.items():
                scalars[name][i] = value
        scalars["replication"] = np.arange(first, first + n)
        return Observation(
            columns,
            scalars,
            {key: np.array(column) for key, column in (waits or {}).items()},
            {key: np.array(column) for key, column in (sojourns or {}).items()},
        )

    return make


@pytest.fixture(scope="session")
def at_random() -> Callable[..., Observation]:
    """An observation made up by chance, in which everything that can occur does."""

    def make(plan: FakePlan, n: int, seed: int, *, first: int = 0) -> Observation:
        chance = np.random.default_rng(seed)
        size, horizon = n * plan.count, plan.horizon

        def some(values: np.ndarray, share: float) -> np.ndarray:
            return np.where(chance.random(len(values)) < share, values, -1)

        def ticks() -> np.ndarray:
            return chance.integers(0, chance.integers(2, horizon + 1), size)

        released = chance.integers(0, horizon // 8, n)
        asked = some(released + chance.integers(0, horizon // 4, n), 0.8)
        replaced = np.where(chance.random(n) < 0.7, np.where(asked < 0, -1, asked + 3), -1)
        spread = {
            name: np.repeat(of, plan.count) for name, of in (("o", released), ("r", asked), ("n", replaced))
        }
        columns: dict[str, np.ndarray] = {
            "replication": np.repeat(np.arange(first, first + n), plan.count),
            "group": np.tile([g for g, each in enumerate(plan.groups) for _ in range(each.size)], n),
            "status": chance.integers(0, len(Status), size),
            "reason": chance.choice([int(reason) for reason in Reason], size),
            "seen_level": chance.integers(0, 5, size),
            "seen_people": chance.integers(0, 3, size),
            "forwarded_seen": chance.integers(0, 3, size) * (chance.random(size) < 0.1),
            "told": chance.integers(0, len(Told), size),
        }
        for name, share in (
            ("doomed", 0.3),
            ("seen_after_removal", 0.2),
            ("overtaken", 0.4),
            ("reports_contradict", 0.1),
        ):
            columns[name] = (chance.random(size) < share).astype(np.int64)
        for kind, key in (("original", "o"), ("request", "r"), ("replacement", "n")):
            arrival = np.minimum(spread[key] + chance.integers(0, horizon, size), horizon)
            columns[f"{kind}_delivered"] = np.where(spread[key] < 0, -1, some(arrival, 0.7))
            columns[f"{kind}_place"] = chance.integers(0, len(Place), size)
        there = columns["original_delivered"]
        columns["original_removed"] = np.where(there < 0, -1, some(np.minimum(there + ticks(), horizon), 0.5))
        columns["decided"] = some(ticks(), 0.8)
        for name in ("seen", "replacement_seen", "aware", "told_first"):
            columns[name] = some(ticks(), 0.5)
        columns["seen_phase"] = np.where(columns["seen"] < 0, 0, chance.integers(1, len(SeenPhase), size))
        scalars = {"replication": np.arange(first, first + n), "released": released, "noticed": asked}
        scalars |= {"asked": asked, "replaced": replaced}
        scalars |= {f"peak_queue:{stage.name}": chance.integers(0, 50, n) for stage in plan.stages}
        keys = [(stage, kind) for stage in range(len(plan.stages)) for kind in range(4) if (stage + kind) % 4]
        waits = {key: some(chance.integers(0, 400, size), 0.7) for key in keys}
        sojourns = {key: some(chance.integers(0, 900, size), 0.6) for key in keys}
        return Observation(columns, scalars, waits, sojourns)

    return make
