"""Stand-ins for scenario and engine: cheap, deterministic, and found by worker processes through sys.path."""

import hashlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.running.conduct import Finished, conduct
from recallsim.running.ledger import Fixed
from recallsim.running.progress import Silent
from recallsim.running.shelf import Keeping
from recallsim.store.rows import Batch, GroupSpan, Identity

NAMES = (
    "succeeded",
    "reason:held",
    "delivery_ticks:original",
    "wait_ticks:delivery:request",
    "over:delivery:3min",
)
GROUPS = (GroupSpan("desk", 1, 3), GroupSpan("web", 4, 2))


@dataclass(frozen=True)
class Mean:
    """An estimate as the store takes it."""

    variant: str
    group: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    replications: int
    degenerate: bool


def identity(seed: int = 7, horizon: str = "7d", fingerprint: str | None = None, **changes) -> Identity:
    canonical = f'{{"horizon": "{horizon}", "recipients": {{"count": 5}}}}'
    given = {
        "name": "office",
        "title": "Salaries",
        "source": "name: office\n",
        "canonical": canonical,
        "fingerprint": fingerprint or hashlib.sha256(canonical.encode()).hexdigest(),
        "seed": seed,
        "version": "1.2.3",
        "clock": 1e-6,
        "horizon": 604_800_000_000,
        "groups": GROUPS,
        "names": NAMES,
        "curve_times": tuple(float(k + 1) for k in range(64)),
    }
    return Identity(**{**given, **changes})


@dataclass(frozen=True)
class FakeWork:
    """Numbers from (seed, replication) alone; it can be made slow, wrong, deadly or rude.

    Attributes:
        seed: of the numbers.
        labour: thousands of hashes a replication takes.
        fails_at: the replication whose engine raises, -1 for none.
        dies_at: the replication whose worker kills itself, unless the file `marker` is there.
        marker: made just before dying.
        signals_at: the replication during which this process gets a SIGINT, once.
        record: whether recipients come with it.
    """

    seed: int = 7
    labour: int = 0
    fails_at: int = -1
    dies_at: int = -1
    marker: str = ""
    signals_at: int = -1
    record: bool = False

    def __call__(self, first: int, count: int) -> Batch:
        values = np.empty((count, len(GROUPS) + 1, len(NAMES)))
        curves = np.empty((count, len(GROUPS) + 1, 3, 64), dtype=np.int32)
        columns = {name: np.zeros(count * 5, dtype=np.int64) for name in RECIPIENT_COLUMNS}
        for offset in range(count):
            number = first + offset
            if number == self.fails_at:
                raise RuntimeError("a copy got lost")
            if number == self.dies_at and not (self.marker and Path(self.marker).exists()):
                if self.marker:
                    Path(self.marker).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            if number == self.signals_at:
                os.kill(os.getpid(), signal.SIGINT)
            for _ in range(self.labour * 1000):
                hashlib.sha256(b"work").digest()
            chance = np.random.default_rng((self.seed, number))
            values[offset] = chance.normal(size=values.shape[1:])
            values[offset, 0, 2] = np.nan if number % 3 == 0 else -0.0
            values[offset, 1, 3] = np.nan if number % 2 == 0 else 1e-300
            values[offset, 2, 4] = np.inf if number % 5 == 0 else 0.1
            curves[offset] = chance.integers(0, 2**31 - 1, size=curves.shape[1:])
            for at, name in enumerate(RECIPIENT_COLUMNS):
                columns[name][offset * 5 : offset * 5 + 5] = (
                    chance.integers(0, 2, size=5) if at < 4 else number
                )
            columns["replication"][offset * 5 : offset * 5 + 5] = number
            columns["group"][offset * 5 : offset * 5 + 5] = (0, 0, 0, 1, 1)
            columns["seen"][offset * 5] = -1
            columns["decided"][offset * 5] = 2**60
            for code in ("seen_phase", "original_place", "told"):
                columns[code][offset * 5 : offset * 5 + 5] = number % 4
        return Batch(first, values, curves, columns if self.record else None)


def summary(values: np.ndarray) -> tuple[Mean, ...]:
    mean = float(values[:, -1, 0].mean())
    return (Mean("base", "all", "success_rate", mean, mean - 1.0, None, len(values), False),)


def run(
    path: Path | None,
    n: int = 12,
    *,
    work: FakeWork | None = None,
    rule: object = None,
    workers: int = 1,
    progress: object = None,
    record: bool = False,
    **changes,
) -> Finished:
    """One experiment with the stand-ins."""
    work = work or FakeWork(seed=changes.get("seed", 7), record=record)
    keeping = Keeping(path, identity(**changes), record)
    finished, _ = conduct(work, rule or Fixed(n), workers, keeping, progress or Silent(), summary, 0.95)
    return finished


def as_bytes(numbers: object) -> bytes:
    """The bits of an array, or of what is read like one."""
    return np.asarray(numbers).tobytes()


def broken_engine(plan, seed, first, count):
    """An engine that always finds its books wrong."""
    raise RuntimeError("a copy got lost")
