"""The store of one scenario: its runs (one a seed), and the replications of each as they finish.

A run is its fingerprint and its seed; a replication is written whole, in one transaction, or not at all. So a
run that was stopped in any way goes on where it was, and a longer run extends a shorter one.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.store.connection import BUSY_SECONDS, Connection, connected, corrupt, read_only
from recallsim.store.errors import StoreMismatch
from recallsim.store.mismatch import explain_difference
from recallsim.store.rows import (
    ALL,
    CURVE_POINTS,
    CURVES,
    RECIPIENT_FIELDS,
    TALLY_FRAME,
    Batch,
    Bits,
    Curves,
    EstimateRow,
    Identity,
    Values,
    bit_rows,
    columns_of,
    number_or_null,
    recipient_rows,
    tally_rows,
    values_of_row,
)

_ROWS_AT_ONCE: Final = 10_000
_NEW_REPLICATION: Final = (
    "insert into replication values (?, ?, ?, ?, ?) "
    "on conflict do update set recorded = max(recorded, excluded.recorded)"
)
_ATTEMPTED: Final = "insert or replace into attempt (run, wanted, begun, ended) values (?, ?, ?, null)"
_STORED: Final = (
    "left join recipient_bits b using (run, replication) "
    "where p.run = ? and p.replication >= ? and p.replication < ? and p.recorded >= ? and (b.run is not null) >= ?"
)
_ADVICE: Final = (
    "Name another place with --store, or move this one away to start anew; nothing in it was changed."
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The replications that a run has in the store, in order of their numbers.

    Attributes:
        numbers: which they are.
        values: [replications, groups + 1, names].
        curves: [replications, groups + 1, 3, 64].
        bits: [replications, 2, bytes] where they were asked for, else None.
        further: the number to go on from; None where there are no more.
    """

    numbers: tuple[int, ...]
    values: Values
    curves: Curves
    bits: Bits | None = None
    further: int | None = None


class Store:
    """An open store. Coroutines of the real loop; see `recallsim.store.realloop`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def path(self) -> Path:
        """The file."""
        return self._connection.path

    def must_be_writable(self) -> None:
        """Make sure that replications can be put in, before they are computed.

        Raises:
            StoreReadOnly: They cannot.
        """
        if not self._connection.writable:
            raise read_only(self.path)

    async def begin(self, identity: Identity, wanted: int | None = None) -> int:
        """Find or make the run, note that a command works on it, and give its key.

        Args:
            identity: The run.
            wanted: How many replications it is to have; None: as many as a precision takes.

        Raises:
            StoreMismatch: The file holds another scenario, or tallies of another version of the program.
            StoreReadOnly: The run is not there, and cannot be put in.
            StoreError: The file cannot be used.
        """
        connection = self._connection
        if not connection.writable and not await connection.empty():
            await self._accept(identity)
            if (run := await self._known(identity)) is not None:
                return run
        async with connection.transaction():
            if await connection.empty():
                await connection.create(identity.names)
            else:
                await self._accept(identity)
                await connection.add_missing(identity.names)
            run = await self._known(identity)
            run = await self._new_run(identity) if run is None else run
            await connection.many(_ATTEMPTED, [(run, wanted, _now())])
            return run

    async def _known(self, identity: Identity) -> int | None:
        found = await self._connection.rows(
            "select run from run where fingerprint = ? and seed = ?",
            (identity.fingerprint, str(identity.seed)),
        )
        return int(found[0][0]) if found else None

    async def _accept(self, identity: Identity) -> None:
        """Refuse a file of another scenario, and one whose tallies mean something else."""
        described = await self._connection.rows("select name from pragma_table_info('tally')")
        columns = {row[0] for row in described}.difference(TALLY_FRAME)
        runs = await self._connection.rows("select fingerprint, canonical, version, name from run")
        for fingerprint, canonical, version, name in runs:
            if fingerprint != identity.fingerprint:
                found = explain_difference(name, canonical, identity.canonical, version, identity.version)
                raise StoreMismatch(f"{self.path}: {found}. {_ADVICE}")
            if columns != set(columns_of(identity.names)):
                raise StoreMismatch(
                    f"{self.path}: the store was written by recallsim {version}, which counts other things "
                    f"than {identity.version} does. {_ADVICE}"
                )

    async def _new_run(self, identity: Identity) -> int:
        row: dict[str, object] = {
            "fingerprint": identity.fingerprint,
            "seed": str(identity.seed),
            "name": identity.name,
            "title": identity.title,
            "scenario": identity.source,
            "canonical": identity.canonical,
            "version": identity.version,
            "clock": identity.clock,
            "horizon": identity.horizon,
            "recipients": identity.recipients,
            "curve_times": json.dumps(identity.curve_times),
            "created": _now(),
        }
        marks = ", ".join("?" * len(row))
        run = await self._connection.one(
            f"insert into run ({', '.join(row)}) values ({marks})", tuple(row.values())
        )
        groups = [(run, at, g.name, g.first, g.size) for at, g in enumerate(identity.groups)]
        groups.append((run, len(groups), ALL, 1, identity.recipients))
        await self._connection.many("insert into recipient_group values (?, ?, ?, ?, ?)", groups)
        return run

    async def read(
        self,
        identity: Identity,
        run: int,
        below: int,
        *,
        recorded: bool = False,
        bits: bool = False,
        since: int = 0,
        most: int | None = None,
    ) -> Stored:
        """Give the replications numbered below `below` that have a value for each of the identity's names.

        A name that the scenario makes (`waited_over:delivery:3min`) may have been asked for only lately; the
        replications stored before do not count then. With `recorded`, only those that have recipients count;
        with `bits`, only those that have their bits. They are those from `since` on, and `most` at most.
        """
        names, groups = identity.names, len(identity.groups) + 1
        own = columns_of(names)
        wanted = (run, since, below, int(recorded), int(bits))
        listed = await self._connection.rows(
            f"select replication from replication p {_STORED} order by 1 limit ?",
            (*wanted, -1 if most is None else most),
        )
        further = int(listed[-1][0]) + 1 if most is not None and len(listed) == most else None
        if further is not None:
            wanted = (run, since, further, int(recorded), int(bits))
        columns = "".join(f't."{name}", ' for name in own)
        rows = await self._connection.rows(
            f"select p.replication, {columns}extra, {', '.join(CURVES)} from replication p "
            f"join tally t using (run, replication) {_STORED} order by t.replication, t.group_number",
            wanted,
        )
        if len(rows) != len(listed) * groups:
            found = f"{len(rows)} tallies for {len(listed)} replications of {groups} groups"
            raise corrupt(self.path, found)
        numbers, values, curves = [], [], []
        for at, row in enumerate(rows):
            number, *cells = row
            read = values_of_row(cells[: len(own)], cells[len(own)], names)
            if read is None:
                continue
            if at % groups == 0:
                numbers.append(int(number))
            values.append(read)
            curves.append([json.loads(curve) for curve in cells[len(own) + 1 :]])
        shape = (len(numbers), groups)
        return Stored(
            tuple(numbers),
            np.array(values, dtype=np.float64).reshape(*shape, len(names)),
            np.array(curves, dtype=np.int32).reshape(*shape, len(CURVES), CURVE_POINTS),
            await self._bits(identity, run, numbers) if bits else None,
            further,
        )

    async def _bits(self, identity: Identity, run: int, numbers: Sequence[int]) -> Bits:
        width = -(-identity.recipients // 8)
        rows = await self._connection.rows(
            "select replication, succeeded, seen from recipient_bits where run = ? and replication between ? and ?",
            (run, numbers[0] if numbers else 0, numbers[-1] if numbers else -1),
        )
        found = {int(number): succeeded + seen for number, succeeded, seen in rows}
        if any(len(found[number]) != 2 * width for number in numbers):
            raise corrupt(
                self.path, f"the bits of {identity.recipients} recipients do not fill {width} bytes"
            )
        joined = b"".join(found[number] for number in numbers)
        return np.frombuffer(joined, dtype=np.uint8).reshape(len(numbers), 2, width)

    async def add(self, identity: Identity, run: int, batch: Batch) -> None:
        """Put the replications of a batch in, all or none; what is there already stays."""
        recorded = int(batch.recipients is not None)
        seconds, now = batch.seconds / max(len(batch), 1), _now()
        numbers = range(batch.first, batch.first + len(batch))
        recipients = recipient_rows(run, batch)
        async with self._connection.transaction():
            there = await self._connection.rows(
                "select replication, group_number, extra from tally "
                "where run = ? and replication between ? and ?",
                (run, numbers[0], numbers[-1]),
            )
            known = {(number, group): extra for number, group, extra in there}
            await self._connection.many(
                _NEW_REPLICATION, [(run, number, recorded, seconds, now) for number in numbers]
            )
            tallies = tally_rows(run, batch, identity.names, known)
            await self._insert("tally", tallies, "do update set extra = excluded.extra")
            await self._insert("recipient_bits", bit_rows(run, batch), "do nothing")
            for low in range(0, len(recipients), _ROWS_AT_ONCE):
                await self._insert("recipient", recipients[low : low + _ROWS_AT_ONCE], "do nothing")

    async def estimate(
        self, run: int, estimates: Sequence[EstimateRow], confidence: float, *, complete: bool
    ) -> None:
        """Put a run's estimates in, in place of those that were there; a read-only store keeps its own.

        Args:
            run: Its key.
            estimates: Over the replications that count.
            confidence: Of their intervals.
            complete: Whether the command has what it wanted.
        """
        if not self._connection.writable:
            return
        rows = [
            (
                *(run, one.variant, one.group, one.metric, number_or_null(one.mean), number_or_null(one.low)),
                *(number_or_null(one.high), one.replications, int(one.degenerate), confidence),
            )
            for one in estimates
        ]
        async with self._connection.transaction():
            await self._connection.many("delete from estimate where run = ?", [(run,)])
            await self._insert("estimate", rows, "do nothing")
            await self._ended(run, complete)

    async def end(self, run: int, *, complete: bool) -> None:
        """Note that the command that worked on a run has ended, and whether it has what it wanted."""
        if self._connection.writable:
            async with self._connection.transaction():
                await self._ended(run, complete)

    async def _ended(self, run: int, complete: bool) -> None:
        ended = "complete" if complete else "interrupted"
        await self._connection.many("update attempt set ended = ? where run = ?", [(ended, run)])

    async def _insert(self, table: str, rows: Sequence[Sequence[object]], otherwise: str) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            await self._connection.many(f"insert into {table} values ({marks}) on conflict {otherwise}", rows)

    async def recipients(self, run: int, replication: int) -> dict[str, NDArray[np.int64]]:
        """Give the recorded recipients of a replication as the engine's columns, empty where none are."""
        fields = ("replication", "group_number", *RECIPIENT_FIELDS)
        rows = await self._connection.rows(
            f"select {', '.join(fields)} from recipient where run = ? and replication = ? order by recipient",
            (run, replication),
        )
        table = [[-1 if cell is None else cell for cell in row] for row in rows]
        array = np.array(table, dtype=np.int64).reshape(-1, len(fields))
        names = ("replication", "group", *RECIPIENT_FIELDS)
        return {name: array[:, at].copy() for at, name in enumerate(names)}


@asynccontextmanager
async def opened(path: Path, *, busy: float = BUSY_SECONDS) -> AsyncIterator[Store]:
    """Open a store for as long as the block lasts, for writing where it can be written.

    A missing file and its folder are made.
    """
    async with connected(path, busy=busy) as connection:
        yield Store(connection)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
