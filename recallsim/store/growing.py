"""How far the runs in a folder are, for whoever watches them from outside while they go on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from recallsim.store.connection import connected
from recallsim.store.errors import StoreError
from recallsim.store.realloop import run_in_real_loop

MOST_FILES: Final = 12
"""So many files are looked into: those that changed last."""
_RUNS: Final = """
    select name, coalesce((select min(variant) from estimate e where e.run = r.run), ''), seed, recipients,
           (select count(*) from replication p where p.run = r.run),
           (select max(stored) from replication p where p.run = r.run),
           coalesce((select max(replications) from estimate e where e.run = r.run), 0),
           (select case when max(instr(extra, '"weight')) = 0 then sum(succeeded) * 1.0 / sum(t.recipients) end
            from tally t where t.run = r.run and group_number =
            (select max(group_number) from recipient_group g where g.run = r.run))
    from run r order by run"""


@dataclass(frozen=True, slots=True)
class Growing:
    """A run, complete or not.

    Attributes:
        file: its store.
        scenario: the scenario's name.
        variant: empty before there are estimates.
        seed: in decimal.
        recipients: how many each replication has.
        replications: how many are kept.
        idle: seconds since the last was kept; None before the first.
        complete: its estimates cover all replications, or pairs of them, so that nobody works on it.
        success: the share of all recipients so far from whom it was recalled; None where they have weights.
    """

    file: Path
    scenario: str
    variant: str
    seed: str
    recipients: int
    replications: int
    idle: float | None
    complete: bool
    success: float | None


class Watcher:
    """Looks into the stores of a folder again and again; a file that has not changed is not read anew.

    Args:
        folder: which; it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, tuple[object, list[Growing]]] = {}

    def look(self) -> list[Growing]:
        """The runs of the files that changed last, the latest first; what cannot be read is left out."""
        files = (*self.folder.glob("*.sqlite"), *self.folder.glob("*/*.sqlite"))
        marks = {path: _mark(path) for path in files}
        latest = sorted(marks, key=lambda path: max(marks[path]), reverse=True)[:MOST_FILES]
        known = {path: self._known.get(path, (None, [])) for path in latest}
        for path in latest:
            mark, runs = known[path]
            if mark != marks[path] or not all(run.complete for run in runs):
                known[path] = (marks[path], _read(path))
        self._known = known
        return [run for path in latest for run in known[path][1]]


def _mark(path: Path) -> tuple[float, ...]:
    """When a store and what belongs to it were written to; 0 for what has gone in the meantime."""
    found = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            found.append(file.stat().st_mtime)
        except OSError:
            found.append(0.0)
    return tuple(found)


def _read(path: Path) -> list[Growing]:
    try:
        return run_in_real_loop(_runs(path))
    except StoreError:
        return []


async def _runs(path: Path) -> list[Growing]:
    async with connected(path, busy=0.5, create=False) as connection:
        if await connection.empty():
            return []
        rows = await connection.rows(_RUNS)
        return [_growing(path, *row) for row in rows]


def _growing(
    path: Path,
    scenario: str,
    variant: str,
    seed: str,
    recipients: int,
    replications: int,
    stored: str | None,
    estimated: int,
    success: float | None,
) -> Growing:
    idle = None if stored is None else _seconds_since(stored)
    complete = replications > 0 and replications in (estimated, 2 * estimated)
    return Growing(path, scenario, variant, seed, recipients, replications, idle, complete, success)


def _seconds_since(stored: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(stored)).total_seconds())
