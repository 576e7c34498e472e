"""A coordinator to be killed: `store_script.py STORE N WORKERS LABOUR [KILL_AT before|after]`.

Prints `ready`, the number of replications that are done each time some are, and how it ended. With KILL_AT it kills itself with SIGKILL just before or after its KILL_AT-th commit.
"""

import os
import signal
import sys
from pathlib import Path

import aiosqlite
from store_fakes import FakeWork, run

import recallsim.running.conduct

recallsim.running.conduct.SMALL_JOB_SECONDS = 0.0
recallsim.running.conduct.PIECE_SECONDS = 0.05
recallsim.running.conduct.LOCAL_SECONDS = 0.0


class Printing:
    """Says on standard output how far it is."""

    def started(self, total, resumed):
        print("ready", flush=True)

    def advanced(self, done, target):
        print(done, flush=True)

    def finished(self, simulated):
        pass


def kill_at_commit(number, when):
    """Make the number-th commit of this process its last act, done or not."""
    execute, commits = aiosqlite.Connection.execute, []

    async def deadly(connection, sql, parameters=None):
        if sql != "commit":
            return await execute(connection, sql, parameters)
        commits.append(sql)
        if len(commits) == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await execute(connection, sql, parameters)
        if len(commits) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    aiosqlite.Connection.execute = deadly


if __name__ == "__main__":
    store, n, workers, labour, *rest = sys.argv[1:]
    if rest:
        kill_at_commit(int(rest[0]), rest[1])
    finished = run(
        Path(store), int(n), work=FakeWork(labour=int(labour)), workers=int(workers), progress=Printing()
    )
    print("interrupted" if finished.signal else "complete", finished.n, flush=True)
