"""The kernel's sorting of jobs: by tick, and those of one tick as they queue."""

import numpy as np
import pytest
from equality import Rows

from recallsim.engines import kernel_order
from recallsim.engines.kernel_servers_layout import LEAST_CELLS, Z_K0, Z_REPLICATION, Z_STAGES
from transport.streams.philox import uniform
from transport.streams.purposes import QUEUE_ORDER

JOBS = 3000
SEED = 20261120
REPLICATION = 5
SPREAD = np.random.default_rng(1).integers(0, 1 << 42, JOBS)
CLOSE = np.append(np.random.default_rng(2).integers(0, 1 << 14, JOBS - 1), 1 << 41)
FEW = np.random.default_rng(3).integers(0, 7, JOBS)


def by_kernel(ticks):
    """Jobs of these ticks, recipient 1 first, as the kernel sorts them: tick, then number << 2 | kind."""
    table, z = np.zeros((5, max(JOBS, LEAST_CELLS)), dtype=np.int64), [0] * Z_STAGES
    z[Z_K0], z[Z_REPLICATION] = SEED, REPLICATION
    table[0, :JOBS], table[1, :JOBS] = ticks, np.arange(1, JOBS + 1) << 2
    kernel_order.sort_by_tick(z, Rows(table), JOBS, int(ticks.min()), int(ticks.max()))
    return list(zip(table[0, :JOBS].tolist(), table[1, :JOBS].tolist(), strict=True))


@pytest.mark.parametrize("ticks", [SPREAD, CLOSE, FEW], ids=["spread", "close but for one", "ties"])
def test_jobs_are_sorted_by_tick_and_place(ticks):
    """However ticks lie, jobs stand in their order, and those of one tick in the order of their recipients' uniforms."""
    jobs = [(tick, number + 1 << 2) for number, tick in enumerate(ticks.tolist())]
    expected = sorted(
        jobs, key=lambda job: (job[0], uniform(SEED, 0, 0, QUEUE_ORDER, job[1] >> 2, REPLICATION), job[1])
    )
    assert by_kernel(ticks) == expected


@pytest.mark.parametrize(("ticks", "passes"), [(SPREAD, 2), (CLOSE, 6)], ids=["spread", "close but for one"])
def test_what_is_close_together_is_sorted_by_all_bits(monkeypatch, ticks, passes):
    """Two passes by the upper bits do where ticks are spread; where they are not, which would take long, more follow."""
    made, spread = [], kernel_order.spread
    monkeypatch.setattr(kernel_order, "spread", lambda *rest: made.append(spread(*rest)))
    by_kernel(ticks)
    assert len(made) == passes
