"""Stores that can be read and not written: on media, in folders or on file systems that let nobody write.

SQLite wants to write beside a file that it only reads: a store is kept with a write-ahead log, and whoever
reads that takes part in its book-keeping.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Final

_BESIDE: Final = ("-wal", "-shm")


def may_write(place: Path) -> bool:
    """Whether the system would let this process write a file and, as SQLite has to, beside it."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(each, os.W_OK, effective_ids=effective) for each in (place, place.absolute().parent))


@contextmanager
def readable_address(place: Path) -> Iterator[str]:
    """Give the address under which SQLite reads a file that cannot be written, for as long as the block lasts.

    What a writer that was killed has left in the log belongs to the store: where SQLite cannot read it in place,
    a copy of both is read.
    """
    address = place.absolute().as_uri()
    if not any(_size(place, ending) for ending in _BESIDE):
        yield f"{address}?mode=ro&immutable=1"
    elif _reads(f"{address}?mode=ro"):
        yield f"{address}?mode=ro"
    else:
        with TemporaryDirectory(prefix="recallsim-") as folder:
            copy = Path(folder) / "copy.sqlite"
            copyfile(place, copy)
            if _size(place, "-wal"):
                copyfile(f"{place}-wal", f"{copy}-wal")
            yield f"{copy.as_uri()}?mode=rw"


def _size(place: Path, ending: str) -> int:
    try:
        return Path(f"{place}{ending}").stat().st_size
    except FileNotFoundError:
        return 0


def _reads(address: str) -> bool:
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("select count(*) from sqlite_master").fetchall()
    except sqlite3.OperationalError:
        return False
    return True
