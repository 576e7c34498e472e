"""The digest of a store: SHA-256 over its rows in key order, without the wall clock's columns.

Two stores with one digest hold the same replications of the same runs, whoever computed them, in whatever
order and however often interrupted. The key of a run is its fingerprint and seed; its number in the file is
left out; so is the table `attempt`, which says how the latest command ended.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

from recallsim.store.connection import connected
from recallsim.store.realloop import run_in_real_loop

_WALL_CLOCK: Final = {"run": {"created"}, "replication": {"seconds", "stored"}}
_ORDER: Final = {
    "run": "",
    "recipient_group": ", t.group_number",
    "replication": ", t.replication",
    "tally": ", t.replication, t.group_number",
    "recipient": ", t.replication, t.recipient",
    "recipient_bits": ", t.replication",
    "estimate": ", t.variant, t.group_name, t.metric",
}


async def digest_of(path: Path) -> str:
    """Give the digest of a store as hexadecimal text; a coroutine of the real loop."""
    total = hashlib.sha256()
    async with connected(path, create=False) as connection:
        if await connection.empty():
            return total.hexdigest()
        for table, order in _ORDER.items():
            described = await connection.rows(f"select name from pragma_table_info('{table}')")
            left_out = _WALL_CLOCK.get(table, set()) | {"run"}
            columns = [row[0] for row in described if row[0] not in left_out]
            listed = ", ".join(f't."{column}"' for column in columns)
            total.update(_bytes((table, *columns)))
            query = (
                f"select r.fingerprint, r.seed, {listed} from {table} t join run r on r.run = t.run"
                f" order by r.fingerprint, r.seed{order}"
            )
            async for row in connection.stream(query):
                total.update(_bytes(row))
    return total.hexdigest()


def digest(path: Path | str) -> str:
    """Give the digest of a store as hexadecimal text."""
    return run_in_real_loop(digest_of(Path(path)))


def _bytes(row: Any) -> bytes:
    cells = []
    for cell in row:
        text = cell.hex() if isinstance(cell, float) else str(cell)
        cells.append(f"{type(cell).__name__}:{len(text)}:{text}")
    return (",".join(cells) + "\n").encode()
