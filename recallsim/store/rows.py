"""What goes into a store and comes out of it, and how numbers are written down there.

A NaN (*does not exist*) is NULL in the file; a tick of -1 (*never*) is NULL as well, so that `min` and `avg`
in SQL do what one expects. Everything else comes back bit for bit.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from recallsim.engines.observation import RECIPIENT_COLUMNS

Values = NDArray[np.float64]
Curves = NDArray[np.int32]
Recipients = Mapping[str, NDArray[np.int64]]
Bits = NDArray[np.uint8]

CURVES: Final = ("seen_by", "decided_by", "told_by")
CURVE_POINTS: Final = 64
# The columns of table tally beside those of the tally's own names.
TALLY_FRAME: Final = ("run", "replication", "group_number", "extra", *CURVES)
ALL: Final = "all"

# Tally names of these families are the same in every scenario: `reason:held` is the column reason_held.
_FAMILIES: Final = ("reason", "delivered", "delivery_ticks", "last_delivery_ticks")

# Kept apart from the columns: the replication is part of the key, and "group" is a word of SQL.
RECIPIENT_FIELDS: Final = tuple(name for name in RECIPIENT_COLUMNS if name not in ("replication", "group"))


@dataclass(frozen=True, slots=True)
class GroupSpan:
    """A group of the plan as stored: its name, its first recipient's number and its size."""

    name: str
    first: int
    size: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run is: everything stored once, before its first replication.

    Attributes:
        name: the scenario's name.
        title: its title, or "".
        source: the text of the scenario file as the user wrote it.
        canonical: the canonical resolved scenario, as JSON.
        fingerprint: what the replications depend on beside the seed.
        seed: from 0 to 2^64-1.
        version: version of the program that started the run.
        clock: seconds a tick.
        horizon: in ticks.
        groups: in the order of the plan, without `all`.
        names: the tally's names, in the order of its array.
        curve_times: the times of the curves, in seconds.
    """

    name: str
    title: str
    source: str
    canonical: str
    fingerprint: str
    seed: int
    version: str
    clock: float
    horizon: int
    groups: tuple[GroupSpan, ...]
    names: tuple[str, ...]
    curve_times: tuple[float, ...]

    @property
    def recipients(self) -> int:
        """How many recipients the plan has."""
        return sum(group.size for group in self.groups)


@dataclass(frozen=True, slots=True)
class Batch:
    """The tallies of consecutive replications, and their recipients or bits where these were asked for.

    Attributes:
        first: number of the first replication.
        values: [replications, groups + 1, names].
        curves: [replications, groups + 1, 3, 64].
        recipients: the engine's recipient columns, or None.
        seconds: what the batch took, by the wall clock.
        bits: [replications, 2, bytes], who succeeded and who saw it, one bit a recipient; or None.
    """

    first: int
    values: Values
    curves: Curves
    recipients: Recipients | None = None
    seconds: float = 0.0
    bits: Bits | None = None

    def __len__(self) -> int:
        return len(self.values)

    def normalised(self) -> Self:
        """The batch with every number in the one form in which the file gives it back (no -0.0, one NaN)."""
        values = np.asarray(self.values, dtype=np.float64) + 0.0
        values[np.isnan(values)] = np.nan
        curves = np.asarray(self.curves, dtype=np.int32)
        return type(self)(self.first, values, curves, self.recipients, self.seconds, self.bits)

    def renumbered(self, first: int) -> Self:
        """The batch with another number for its first replication."""
        return replace(self, first=first)

    def part(self, low: int, high: int) -> Self:
        """The replications numbered from `low` to `high` - 1 that are in this batch."""
        begin, end = max(low - self.first, 0), max(min(high - self.first, len(self)), 0)
        recipients = None
        if self.recipients is not None:
            size = len(self.recipients["status"]) // max(len(self), 1)
            recipients = {name: column[begin * size : end * size] for name, column in self.recipients.items()}
        share = self.seconds * (end - begin) / max(len(self), 1)
        bits = None if self.bits is None else self.bits[begin:end]
        return type(self)(
            self.first + begin, self.values[begin:end], self.curves[begin:end], recipients, share, bits
        )


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One estimate as stored, tidy: variant, group, metric and its interval."""

    variant: str
    group: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    replications: int
    degenerate: bool


def column_of(name: str) -> str | None:
    """The column of a tally name in the file; None for names that the scenario makes, as for stages."""
    family, colon, member = name.partition(":")
    fixed = not colon or (family in _FAMILIES and member.isidentifier())
    return f"{family}_{member}" if colon and fixed else family if fixed else None


def columns_of(names: Sequence[str]) -> list[str]:
    """The columns of those tally names that have one."""
    return [column for name in names if (column := column_of(name))]


def number_or_null(value: float | None) -> float | None:
    """The value as the file holds it: NaN is NULL."""
    return None if value is None or math.isnan(value) else float(value)


def extra_to_text(values: Mapping[str, float]) -> str:
    """The values of the scenario's own names as a JSON object; NaN is null, infinity the number 1e999."""
    parts = []
    for name in sorted(values):
        value = float(values[name])
        if math.isfinite(value):
            text = repr(value)
        else:
            text = "null" if math.isnan(value) else "1e999" if value > 0 else "-1e999"
        parts.append(f"{json.dumps(name)}:{text}")
    return "{" + ",".join(parts) + "}"


def extra_from_text(text: str) -> dict[str, float]:
    """The inverse of `extra_to_text`."""
    return {name: math.nan if value is None else float(value) for name, value in json.loads(text).items()}


def tally_rows(
    run: int, batch: Batch, names: Sequence[str], known: Mapping[tuple[int, int], str]
) -> list[tuple[Any, ...]]:
    """The rows of table `tally` for a batch: key, own columns, the others as JSON, three curves.

    Args:
        run: the run's key.
        batch: the replications.
        names: of its values.
        known: by replication and group the JSON that the file has already; its other names are kept.
    """
    own = [at for at, name in enumerate(names) if column_of(name)]
    others = {name: at for at, name in enumerate(names) if not column_of(name)}
    rows: list[tuple[Any, ...]] = []
    for offset in range(len(batch)):
        for group in range(batch.values.shape[1]):
            key = (batch.first + offset, group)
            values = batch.values[offset, group].tolist()
            extra = extra_from_text(known.get(key, "{}")) | {name: values[at] for name, at in others.items()}
            curves = (
                json.dumps(curve, separators=(",", ":")) for curve in batch.curves[offset, group].tolist()
            )
            cells = (number_or_null(values[at]) for at in own)
            rows.append((run, *key, *cells, extra_to_text(extra), *curves))
    return rows


def values_of_row(cells: Sequence[float | None], extra: str, names: Sequence[str]) -> list[float] | None:
    """The values of a row of `tally_rows` in the order of `names`; None where one is not there."""
    own, others = iter(cells), extra_from_text(extra)
    values: list[float] = []
    for name in names:
        if column_of(name):
            cell = next(own)
            values.append(math.nan if cell is None else float(cell))
        elif name in others:
            values.append(others[name])
        else:
            return None
    return values


def bit_rows(run: int, batch: Batch) -> list[tuple[int, int, bytes, bytes]]:
    """The rows of table `recipient_bits` for a batch that carries bits."""
    if batch.bits is None:
        return []
    return [
        (run, batch.first + offset, succeeded.tobytes(), seen.tobytes())
        for offset, (succeeded, seen) in enumerate(batch.bits)
    ]


def recipient_rows(run: int, batch: Batch) -> list[list[Any]]:
    """The rows of table `recipient` for a batch that carries recipients."""
    columns = batch.recipients
    if columns is None or not len(batch):
        return []
    size = len(columns["status"]) // len(batch)
    rows = len(batch) * size
    numbers = np.arange(1, size + 1)
    table = np.empty((rows, 4 + len(RECIPIENT_FIELDS)), dtype=object)
    table[:, 0] = run
    table[:, 1] = np.repeat(np.arange(batch.first, batch.first + len(batch)), size)
    table[:, 2] = np.tile(numbers, len(batch))
    table[:, 3] = columns["group"]
    for position, name in enumerate(RECIPIENT_FIELDS, start=4):
        column = columns[name].astype(object)
        column[columns[name] == -1] = None
        table[:, position] = column
    return [list(row) for row in table.tolist()]
