"""How a run stands: what its latest command wanted, whether it has it, and whether anybody still works on it."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from recallsim.store.connection import Connection

LEAST_REST: Final = 5.0
"""A run that has kept nothing for less than these seconds counts as running."""
_FIRST_REST: Final = 60.0
"""Before its first replication a command may compile the engine, and nobody knows how long a replication takes."""
_GAPS: Final = 3.0

_QUERY: Final = """
    select r.run, a.wanted, a.begun, a.ended, r.created, p.kept, p.first, p.latest, p.seconds,
           (select count(*) from replication n where n.run = r.run and n.stored >= a.begun),
           coalesce((select max(replications) from estimate e where e.run = r.run), 0)
    from run r left join {attempt} a on a.run = r.run
    left join (select run, count(*) kept, min(stored) first, max(stored) latest, avg(seconds) seconds
               from replication group by run) p on p.run = r.run"""
_NONE: Final = "(select null run, null wanted, null begun, null ended where 0)"


class Standing(NamedTuple):
    """How a run stands.

    Attributes:
        state: `complete`, `running`, `interrupted`, or `not complete` where the store does not say why.
        replications: how many are kept.
        wanted: how many there are to be; None where that is not known.
        touched: when its last replication was kept, or else when it was begun; texts that sort by time.
    """

    state: str
    replications: int
    wanted: int | None
    touched: str


async def standings(connection: Connection) -> dict[int, Standing]:
    """How each run of a store stands, by its key."""
    there = await connection.has("attempt")
    rows = await connection.rows(_QUERY.format(attempt="attempt" if there else _NONE))
    return {row[0]: _standing(*row[1:]) for row in rows}


def _standing(
    wanted: int | None,
    begun: str | None,
    ended: str | None,
    created: str,
    kept: int | None,
    first: str | None,
    latest: str | None,
    seconds: float | None,
    lately: int,
    estimated: int,
) -> Standing:
    kept = kept or 0
    since = begun or first or created
    touched = latest or since
    moved = max(touched, since)
    if begun is None:
        lately = kept
    gap = _between(since, moved) / lately if lately > 0 else 0.0
    rest = max(LEAST_REST, _GAPS * max(gap, seconds or 0.0)) if lately else _FIRST_REST
    if ended is not None:
        state = ended
    elif begun is None and kept > 0 and kept in (estimated, 2 * estimated):
        state = "complete"  # of an earlier version: its estimates cover all replications, or pairs of them
    elif _between(moved, datetime.now(UTC).isoformat()) < rest:
        state = "running"
    else:
        state = "not complete" if begun is None else "interrupted"
    return Standing(state, kept, wanted, touched)


def _between(early: str, late: str) -> float:
    return max(0.0, (datetime.fromisoformat(late) - datetime.fromisoformat(early)).total_seconds())
