"""The workers of a Dask cluster: the same pieces of work as local processes do, hence the same numbers.

Dask gives a piece whose worker died to another by itself; one that kills worker after worker comes back as
lost, and is counted as in `recallsim.running.workers`.
"""

import asyncio
import hashlib
import itertools
import pickle
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any, Final, Self

from recallsim.arguments import RequestError
from recallsim.extras import needed
from recallsim.running.conduct import outside_loops
from recallsim.running.errors import RunningError, WorkersLost
from recallsim.running.main_module import hidden_main
from recallsim.running.work import MOST_REPLICATIONS, Work, perform
from recallsim.store.rows import Batch

LOCAL: Final = "local"
_LOSSES_BEFORE_GIVING_UP: Final = 3
_WAIT_SECONDS: Final = 30.0
_KNOCK_SECONDS: Final = 5.0
_serial = itertools.count()

Piece = tuple[int, int]


def knock(address: str) -> None:
    """Makes sure that a scheduler answers at an address, which nobody would notice while the work is little.

    Raises:
        MissingExtra: dask.distributed is not installed.
        RequestError: It does not.
    """
    distributed: Any = needed("distributed", "dask", "--dask")
    if address == LOCAL:
        return

    async def calling() -> None:
        comm = await distributed.comm.connect(address, timeout=_KNOCK_SECONDS)
        await comm.close()

    try:
        outside_loops(lambda: asyncio.run(calling()))
    except (OSError, ValueError, TimeoutError) as error:
        raise RequestError(_nobody(address, error)) from None


def _nobody(address: str, error: Exception) -> str:
    return (
        f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`, and workers "
        f"with `dask worker {address}`"
    )


class DaskPool:
    """The workers of a cluster, for one piece of work, for as long as the `with` block lasts.

    Args:
        address: Of the scheduler, as `tcp://host:8786`; or `local`, for a cluster on this machine.
        work: What is done.
        workers: How many workers a local cluster has.

    Raises:
        MissingExtra: dask.distributed is not installed.
        RunningError: The scheduler does not answer, or has no workers.
    """

    def __init__(self, address: str, work: Work, workers: int) -> None:
        self._distributed = needed("distributed", "dask", "--dask")
        self._stack = ExitStack()
        self._pieces: dict[Any, Piece] = {}
        self._losses = 0
        blob = pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
        self._name = f"recallsim-{hashlib.sha256(blob).hexdigest()[:16]}"
        try:
            self._client = self._connected(address, workers)
            # The work goes to each worker once, not with each piece.
            self._work = self._client.scatter(blob, broadcast=True, hash=True)
            self.workers = max(1, sum(self._client.nthreads().values()))
        except BaseException:
            self._stack.close()
            raise

    def _connected(self, address: str, workers: int) -> Any:
        distributed = self._distributed
        if address == LOCAL:
            with hidden_main(needed=False):
                cluster = self._stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=None,
                        host="127.0.0.1",
                        silence_logs=50,
                    )
                )
            return self._stack.enter_context(distributed.Client(cluster, set_as_default=False))
        try:
            client = distributed.Client(address, timeout=_WAIT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise RunningError(_nobody(address, error)) from None
        self._stack.enter_context(client)
        try:
            client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except TimeoutError:
            raise RunningError(
                f"the Dask scheduler at {address} has no workers; start some with `dask worker {address}`"
            ) from None
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # what is left of the work does not matter any more
            self._client.cancel(list(self._pieces), force=True)
        self._pieces.clear()
        self._stack.close()

    @property
    def free(self) -> int:
        """How many more pieces keep the workers busy, one waiting at each.

        When workers were lost twice running, pieces go out one by one: so the one that kills is found.
        """
        most = 2 * self.workers if self._losses < _LOSSES_BEFORE_GIVING_UP - 1 else 1
        return most - len(self._pieces)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._pieces

    def give(self, piece: Piece) -> None:
        """Hand out a piece of work."""
        first, count = piece
        future = self._client.submit(
            _perform,
            self._work,
            first,
            count,
            key=f"{self._name}-{first}-{count}-{next(_serial)}",
            pure=False,
        )
        self._pieces[future] = piece

    def collect(self, seconds: float) -> tuple[Sequence[Batch], Sequence[Piece]]:
        """Wait for results and give those that have come, and the pieces that were lost with a worker.

        Args:
            seconds: the longest wait.

        Raises:
            ReplicationError: The engine raised in a worker.
            RunningError: The scheduler is gone, or the workers cannot do the work.
            WorkersLost: Workers end again and again.
        """
        with self._client.as_current(), suppress(TimeoutError):
            self._distributed.wait(list(self._pieces), timeout=seconds, return_when="FIRST_COMPLETED")
        if self._client.status not in ("running", "connecting"):
            raise RunningError(
                "the Dask scheduler is gone. What is stored is safe: give the same command again."
            )
        batches: list[Batch] = []
        lost: list[Piece] = []
        failed: list[Any] = []
        for future in [each for each in self._pieces if each.done()]:
            if future.status == "finished":
                batches.append(future.result())
                del self._pieces[future]
            elif self._was_lost(future):
                lost.append(self._pieces.pop(future))
            else:
                failed.append(future)
        if failed and not (batches or lost):  # else it stays, and its turn comes when nothing else is there
            del self._pieces[failed[0]]
            failed[0].result()
        if batches:
            self._losses = 0
        if lost:
            self._count_loss(lost)
        return batches, lost

    def _was_lost(self, future: Any) -> bool:
        if future.status in ("cancelled", "lost"):
            return True
        gone = (self._distributed.KilledWorker, self._distributed.client.FutureCancelledError)
        return isinstance(future.exception(), gone)

    def _count_loss(self, lost: Sequence[Piece]) -> None:
        self._losses += 1
        if self._losses >= _LOSSES_BEFORE_GIVING_UP:
            first, count = min(lost)
            raise WorkersLost(
                f"workers of the cluster died {self._losses} times in a row while they ran replications from "
                f"{first % MOST_REPLICATIONS} to {(first + count - 1) % MOST_REPLICATIONS}, most likely for want "
                "of memory. What is stored is safe: give the same command again with larger workers."
            )


_works: dict[str, Work] = {}
"""The work that a worker process was given last, by its digest: unpickled once."""


def _perform(blob: bytes, first: int, count: int) -> Batch:
    mark = hashlib.sha256(blob).hexdigest()
    if mark not in _works:
        _works.clear()
        _works[mark] = pickle.loads(blob)
    return perform(_works[mark], first, count)
