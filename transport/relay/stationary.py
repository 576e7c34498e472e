"""The stationary state of a stage with exponential service: how many jobs an arrival finds there."""


def stationary_jobs(load: float, workers: int, u: float) -> int:
    """How many jobs an M/M/c stage holds in its stationary state: the inverse of that law at `u`.

    Args:
        load: arrival rate times mean service, below `workers`.
        workers: c.
        u: a uniform.
    """
    weight, total = 1.0, 0.0
    for k in range(workers):  # weights of 0 .. c-1 jobs; those of c jobs and more are a geometric tail
        total += weight
        weight *= load / (k + 1)
    left, k = u * (total + weight / (1.0 - load / workers)), 0
    weight = 1.0
    while left > weight:
        left -= weight
        k += 1
        weight *= load / min(k, workers)
    return k
