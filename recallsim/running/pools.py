"""Which workers there are: processes of this machine, or those of a Dask cluster."""

from collections.abc import Callable
from functools import partial
from typing import cast

from recallsim.running.work import Work
from recallsim.running.workers import Pool


def pool_for(dask: str | None) -> Callable[[Work, int], Pool]:
    """What gives the workers: `(work, workers) -> Pool`.

    Args:
        dask: the address of a scheduler, or `local`; None: processes of this machine.

    Raises:
        MissingExtra: dask.distributed is not installed.
        RequestError: no scheduler answers there; this is said also where the job turns out to be too small for it.
    """
    if dask is None:
        return Pool
    from recallsim.running.dask_pool import DaskPool, knock

    knock(dask)
    return cast("Callable[[Work, int], Pool]", partial(DaskPool, dask))
