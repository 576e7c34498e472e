"""One open SQLite file: how it is opened, its transactions, and what its errors mean to a user."""

import os
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import aiosqlite

from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.store.errors import StoreCorrupt, StoreError, StoreLocked, StoreReadOnly
from recallsim.store.rows import RECIPIENT_FIELDS, columns_of
from recallsim.store.unwritable import may_write, readable_address
from transport.recall.codes import Place, Reason, SeenPhase, Status, Told

APPLICATION_ID: Final = 0x7265636C  # "recl"
USER_VERSION: Final = 2
BUSY_SECONDS: Final = 5.0
# Above this size the check of the whole file would take longer than a user waits for.
_CHECKED_BYTES: Final = 1 << 28

_LOOKUPS: Final[dict[str, type[IntEnum]]] = {
    "status": Status,
    "reason": Reason,
    "seen_phase": SeenPhase,
    "place": Place,
    "told": Told,
}
# A cell of these may be empty: the event never happened. The others are codes, counts and flags.
_ALWAYS: Final = {
    *("status", "reason", "doomed", "seen_level", "seen_phase", "seen_people", "seen_after_removal"),
    *("original_place", "request_place", "replacement_place", "overtaken", "told", "reports_contradict"),
    *("forwarded", "forwarded_seen"),
}
_KEEP: Final = "Nothing in it was changed."


def explain(path: Path, error: sqlite3.Error, busy: float = BUSY_SECONDS) -> StoreError:
    """Turn what SQLite says about a file into what its user can do about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(
            f"{path}: the store is locked: another program held it for more than {busy:g} s. "
            "Close that program or wait for its end, then give the same command again; nothing is lost."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return read_only(path)
    if code == sqlite3.SQLITE_NOTADB:
        return StoreCorrupt(
            f"{path}: not a store: the file is no SQLite database. {_KEEP} "
            "Name another store, or move this one away."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT):
        return corrupt(path, str(error))
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"{path}: the disk is full. The replications stored so far are safe; "
            "make room, then give the same command again to go on."
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"{path}: the store cannot be opened or made there. "
            "Make its folder writable, or name another store."
        )
    return StoreError(
        f"{path}: the store failed: {error}. The replications stored so far are safe; "
        "when the cause is mended, give the same command again to go on."
    )


def corrupt(path: Path, found: str) -> StoreCorrupt:
    """Give the error for a file that is damaged."""
    return StoreCorrupt(
        f"{path}: the store is damaged ({found}). {_KEEP} "
        "Move it away or name another store; the run then starts anew."
    )


def read_only(path: Path) -> StoreReadOnly:
    """Give the error for a file that cannot be written."""
    return StoreReadOnly(
        f"{path}: the store is read-only, so no results can be added. "
        "Make the file and its folder writable, or name another place with --store."
    )


def reachable(path: Path) -> Path:
    """Give the path in the form in which the system takes it, also where it believes in ASCII names only."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return Path(os.fsdecode(str(path).encode("utf-8", "surrogateescape")))
    return path


class Connection:
    """An open store file; every SQLite error that leaves it is a StoreError.

    Attributes:
        path: the file.
        writable: whether anything can be put in.
    """

    def __init__(
        self, path: Path, database: aiosqlite.Connection, busy: float, *, writable: bool = True
    ) -> None:
        self.path, self.writable = path, writable
        self._database = database
        self._busy = busy

    async def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[Any]:
        """Give all rows of a query."""
        try:
            return list(await self._database.execute_fetchall(sql, parameters))
        except sqlite3.Error as error:
            raise explain(self.path, error, self._busy) from error

    async def stream(
        self, sql: str, parameters: Iterable[Any] = (), many: int = 10_000
    ) -> AsyncGenerator[Sequence[Any], None]:
        """Give the rows of a query one by one, without holding all of them."""
        try:
            async with self._database.execute(sql, parameters) as cursor:
                while rows := await cursor.fetchmany(many):
                    for row in rows:
                        yield row
        except sqlite3.Error as error:
            raise explain(self.path, error, self._busy) from error

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each of many rows."""
        await self._database.executemany(sql, rows)

    async def one(self, sql: str, parameters: Iterable[Any] = ()) -> int:
        """Execute one statement and give the key of the row that it put in."""
        cursor = await self._database.execute(sql, parameters)
        last = cursor.lastrowid
        await cursor.close()
        return last or 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Do everything inside, or nothing."""
        if not self.writable:
            raise read_only(self.path)
        try:
            await self._database.execute("begin immediate")
            try:
                yield
                await self._database.execute("commit")
            except BaseException:
                if self._database.in_transaction:
                    await self._database.execute("rollback")
                raise
        except sqlite3.Error as error:
            raise explain(self.path, error, self._busy) from error

    async def create(self, names: Sequence[str]) -> None:
        """Lay out an empty file; to be called inside a transaction."""
        for statement in schema(names):
            await self._database.execute(statement)
        for table, codes in _LOOKUPS.items():
            await self._database.execute(
                f"create table {table} (code integer primary key, name text not null) strict"
            )
            await self.many(f"insert into {table} values (?, ?)", [(c.value, c.name.lower()) for c in codes])
        await self._database.execute(f"pragma application_id = {APPLICATION_ID}")
        await self._database.execute(f"pragma user_version = {USER_VERSION}")

    async def add_missing(self, names: Sequence[str]) -> None:
        """Lay out the tables that a store of an earlier version may lack; to be called inside a transaction."""
        for statement in schema(names):
            if statement.startswith("create table if not exists"):
                await self._database.execute(statement)

    async def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return bool(
            await self.rows("select 1 from sqlite_master where type = 'table' and name = ?", (table,))
        )

    async def pragma(self, name: str) -> Any:
        """Give the value of a pragma."""
        return (await self.rows(f"pragma {name}"))[0][0]

    async def empty(self) -> bool:
        """Whether nothing was ever put into the file; an error where it is another program's."""
        application = await self.pragma("application_id")
        tables = (await self.rows("select count(*) from sqlite_master"))[0][0]
        if application == 0 and tables == 0:
            return True
        if application != APPLICATION_ID:
            raise StoreError(
                f"{self.path}: not a store: the SQLite database of another program. {_KEEP} "
                "Name another store."
            )
        version = await self.pragma("user_version")
        if version != USER_VERSION:
            raise StoreError(
                f"{self.path}: a store in layout {version}; this recallsim reads layout {USER_VERSION}. "
                f"{_KEEP} Name another store, or use the version that wrote it."
            )
        return False

    async def check(self) -> None:
        """Look whether the file is whole, unless it is so large that this takes long."""
        if reachable(self.path).stat().st_size <= _CHECKED_BYTES:
            found = str(await self.pragma("quick_check(1)"))
            if found != "ok":
                raise corrupt(self.path, " ".join(found.split()))


@asynccontextmanager
async def connected(
    path: Path, *, busy: float = BUSY_SECONDS, create: bool = True
) -> AsyncIterator[Connection]:
    """Open a store file for as long as the block lasts.

    One that cannot be written is opened for reading only, whatever was asked for.

    Args:
        path: The file; with `create` it and its folder are made where they are missing.
        busy: Seconds to wait for another program that is writing.
        create: Whether a missing file is made, and an existing one prepared for writing.

    Raises:
        StoreError: The file cannot be used.
    """
    place = reachable(path)
    if place.is_dir():
        there = "" if create else ", ".join(sorted(each.name for each in place.glob("*.sqlite"))[:5])
        advice = f"Name one in it: {there}" if there else f"Name a file, such as {path / 'run.sqlite'}"
        raise StoreError(f"{path}: a folder, not a store. {advice}.")
    if place.exists() and not place.is_file():
        advice = f"Name a file, such as {path.with_name('run.sqlite').name}" + (
            ", or use --no-store" if create else ""
        )
        raise StoreError(f"{path}: no ordinary file, so it holds no store. {advice}.")
    if create:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{path}: the folder for the store cannot be made ({error.strerror}). "
                "Name another place with --store."
            ) from error
    elif not place.exists():
        raise StoreError(f"{path}: there is no such store. Give the file that a run has named.")
    if place.is_file() and place.stat().st_size and not may_write(place):
        with readable_address(place) as address:
            async with _at(path, address, busy, writable=False) as connection:
                yield connection
        return
    address = f"{place.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    async with _at(path, address, busy) as connection:
        if create:
            await connection.pragma("journal_mode = wal")
        yield connection


@asynccontextmanager
async def _at(path: Path, address: str, busy: float, *, writable: bool = True) -> AsyncIterator[Connection]:
    """Open a store at an address of SQLite's, and look whether it is one, and whole."""
    try:
        # Tried here first: where opening fails, aiosqlite's thread would answer to a loop that may be closed by then.
        sqlite3.connect(address, uri=True, timeout=busy).close()
        database = await aiosqlite.connect(address, uri=True, isolation_level=None, timeout=busy)
    except sqlite3.Error as error:
        raise explain(path, error, busy) from error
    try:
        connection = Connection(path, database, busy, writable=writable)
        await connection.rows("pragma foreign_keys = on")
        await connection.rows("pragma synchronous = full")
        if not await connection.empty():
            await connection.check()
        yield connection
    except BaseException:
        with suppress(sqlite3.Error):  # what went wrong before is what is told
            await database.close()
        raise
    try:
        await database.close()
    except sqlite3.Error as error:
        raise explain(path, error, busy) from error


def schema(names: Sequence[str]) -> list[str]:
    """Give the statements that lay out a file for tallies of these names."""
    text = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    tally = "\n".join(f'    "{column}" real,' for column in columns_of(names))
    assert set(RECIPIENT_FIELDS) <= set(RECIPIENT_COLUMNS)
    recipient = "\n".join(
        f"    {name} integer{' not null' if name in _ALWAYS else ''}," for name in RECIPIENT_FIELDS
    )
    text = text.replace("{tally_columns}", tally).replace("{recipient_columns}", recipient)
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [statement.strip() for statement in "\n".join(lines).split(";\n") if statement.strip()]
