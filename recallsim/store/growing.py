"""How far the runs in a folder are, for whoever watches them from outside while they go on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recallsim.store.attempts import Standing, standings
from recallsim.store.connection import connected
from recallsim.store.errors import StoreError
from recallsim.store.realloop import run_in_real_loop

MOST_FILES: Final = 12
"""So many files are looked into: those that changed last."""
_RUNS: Final = """
    select run, name, coalesce((select min(variant) from estimate e where e.run = r.run), ''), seed, recipients,
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
        standing: how far it is, and whether somebody works on it.
        success: the share of all recipients so far from whom it was recalled; None where they have weights.
    """

    file: Path
    scenario: str
    variant: str
    seed: str
    recipients: int
    standing: Standing
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
        """The runs of the files that changed last; what cannot be read is left out.

        Those come first whose last replication was kept last.
        """
        files = (*self.folder.glob("*.sqlite"), *self.folder.glob("*/*.sqlite"))
        marks = {path: _mark(path) for path in files}
        latest = sorted(marks, key=lambda path: max(marks[path]), reverse=True)[:MOST_FILES]
        known = {path: self._known.get(path, (None, [])) for path in latest}
        for path in latest:
            mark, runs = known[path]
            if mark != marks[path] or any(run.standing.state == "running" for run in runs):
                known[path] = (marks[path], _read(path))
        self._known = known
        found = [run for path in latest for run in known[path][1]]
        return sorted(found, key=lambda run: run.standing.touched, reverse=True)


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
        stand = await standings(connection)
        return [
            Growing(path, name, variant, seed, recipients, stand[run], success)
            for run, name, variant, seed, recipients, success in rows
        ]
