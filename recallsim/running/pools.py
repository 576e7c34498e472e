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
    """
    if dask is None:
        return Pool
    from recallsim.running.dask_pool import DaskPool

    return cast("Callable[[Work, int], Pool]", partial(DaskPool, dask))
