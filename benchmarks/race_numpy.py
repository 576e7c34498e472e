"""The race model in NumPy: columns for everything but the queue, which is a heap of four workers."""

from heapq import heapreplace

import numpy as np
from race_draws import ASKED, WORKERS, Draws


def race(draws: Draws, count: int) -> int:
    """Run one replication and count the recipients whose recall succeeded."""
    order, free = np.array(draws.order), [0.0] * WORKERS

    def serve(entered: list[float], service: np.ndarray) -> np.ndarray:
        ends = []
        for tick, lasts in zip(entered, service.tolist(), strict=True):
            ends.append(max(tick, free[0]) + lasts)
            heapreplace(free, ends[-1])
        return np.array(ends)

    service = [np.array(each) for each in draws.service]
    latency = [np.array(each) for each in draws.latency]
    original, request, told = np.empty(count), np.empty(count), np.empty(count)
    original[order] = serve([0.0] * count, service[0][order])
    request[order] = serve([ASKED] * count, service[1][order])
    original += latency[0]
    request += latency[1]
    opened = original + np.array(draws.open_after)
    decided = np.where(draws.automatic, request, request + np.array(draws.request_after))
    early = request < original
    decided = np.where(early, request, decided)
    succeeded = ~early & ~np.array(draws.has_rule) & (opened >= decided)
    line = np.argsort(decided, kind="stable")
    told[line] = serve(decided[line].tolist(), service[2][line])
    told += latency[2]
    return int(succeeded.sum())
