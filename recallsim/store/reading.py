"""Stores as tables: what they hold, and their rows for export; nothing in them is changed."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from recallsim.store.attempts import standings
from recallsim.store.connection import connected
from recallsim.store.errors import StoreError
from recallsim.store.realloop import run_in_real_loop

T = TypeVar("T")

VIEWS: Final = ("estimates", "tallies", "curves", "outcomes")
"""What can be exported: the views of a store."""

_HEADLINES: Final = ("success_rate", "unseen_success_rate", "seen_rate")


@dataclass(frozen=True, slots=True)
class Held:
    """One run in a store.

    Attributes:
        path: the file.
        scenario: the scenario's name.
        variant: the variant that its estimates bear; empty before there are any.
        seed: the seed, in decimal.
        replications: how many are there.
        state: `complete`, `running`, `interrupted` or `not complete`.
        recipients: how many each has.
        created: when it was begun, by the wall clock.
        fingerprint: SHA-256 of what was simulated.
        headlines: of all recipients, by metric: mean, low, high.
    """

    path: Path
    scenario: str
    variant: str
    seed: str
    replications: int
    state: str
    recipients: int
    created: str
    fingerprint: str
    headlines: dict[str, tuple[float | None, float | None, float | None]]


def stores_in(place: Path) -> list[Path]:
    """The store files of a folder and of its folders, in order; a file stands for itself.

    Raises:
        StoreError: there is no such place, or nothing in it.
    """
    if place.is_dir():
        found = sorted({*place.glob("*.sqlite"), *place.glob("*/*.sqlite")})
        if not found:
            raise StoreError(f"{place}: there is no store in this folder; `recallsim run` makes one")
        return found
    if not place.exists():
        raise StoreError(f"{place}: there is no such store; `recallsim run` makes one")
    return [place]


def each_readable(
    paths: Sequence[Path], read: Callable[[Path], T], trouble: Callable[[StoreError], None] | None
) -> list[tuple[Path, T]]:
    """What is read of each store; one that cannot be read hides none of the others.

    Args:
        paths: the stores.
        read: what is done with each.
        trouble: hears of those that cannot be read; None: the first of them ends all.

    Raises:
        StoreError: no store can be read, or one cannot and nobody is to hear of it.
    """
    found: list[tuple[Path, T]] = []
    for path in paths:
        try:
            found.append((path, read(path)))
        except StoreError as error:
            if trouble is None or (not found and path == paths[-1]):
                raise
            trouble(error)
    return found


def held(path: Path) -> list[Held]:
    """The runs of a store.

    Raises:
        StoreError: the file cannot be read, or is no store.
    """
    return run_in_real_loop(_held(path))


async def _held(path: Path) -> list[Held]:
    async with connected(path, create=False) as connection:
        if await connection.empty():
            return []
        rows = await connection.rows(
            "select run, name, seed, recipients, created, fingerprint, "
            "coalesce((select min(variant) from estimate e where e.run = r.run), '') from run r order by run"
        )
        stand = await standings(connection)
        found = []
        for run, name, seed, recipients, created, fingerprint, variant in rows:
            marks = ", ".join("?" * len(_HEADLINES))
            told = await connection.rows(
                f"select metric, mean, low, high from estimate where run = ? and group_name = 'all' "
                f"and metric in ({marks})",
                (run, *_HEADLINES),
            )
            headlines = {metric: (mean, low, high) for metric, mean, low, high in told}
            found.append(
                Held(
                    path=path,
                    scenario=name,
                    variant=variant,
                    seed=seed,
                    replications=stand[run].replications,
                    state=stand[run].state,
                    recipients=recipients,
                    created=created,
                    fingerprint=fingerprint,
                    headlines=headlines,
                )
            )
        return found


def columns(path: Path, view: str) -> dict[str, str]:
    """The columns of a view, and of what they are: `integer`, `real` or `text`.

    Raises:
        StoreError: the file cannot be read, or is no store.
    """
    return run_in_real_loop(_columns(path, view))


async def _columns(path: Path, view: str) -> dict[str, str]:
    async with connected(path, create=False) as connection:
        if await connection.empty():
            return {}
        names = [row[0] for row in await connection.rows(f"select name from pragma_table_info('{view}')")]
        kinds = ", ".join(
            f"max(case typeof(\"{name}\") when 'text' then 3 when 'real' then 2 when 'integer' then 1 end)"
            for name in names
        )
        found = (await connection.rows(f"select {kinds} from {view}"))[0]
        words = {1: "integer", 2: "real", 3: "text"}
        return {name: words.get(kind, "real") for name, kind in zip(names, found, strict=True)}


async def rows(path: Path, view: str, names: Sequence[str]) -> AsyncGenerator[dict[str, Any], None]:
    """The rows of a view one by one, as mappings with these names; what a store has not is None."""
    async with connected(path, create=False) as connection:
        if await connection.empty():
            return
        described = await connection.rows(f"select name from pragma_table_info('{view}')")
        there = [row[0] for row in described]
        async with aclosing(connection.stream(f"select * from {view}")) as found:
            async for row in found:
                cells = dict(zip(there, row, strict=True))
                yield {name: cells.get(name) for name in names}
