"""The race model in recallsim's agents engine and in SimPy, side by side in one process.

Each engine runs on its own; the runs alternate, so that both meet the same machine. Times are process CPU time, medians
over the runs; SimPy gets its draws as ready-made lists for nothing, recallsim makes its own. Usage:

    python benchmarks/race.py [--sizes 1000,10000,100000] [--runs 5]
"""

import argparse
import gc
import math
import platform
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path

import simpy
from race_simpy import Draws, race

import recallsim
from agents.records import Plan
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up

SCENARIO = Path(__file__).with_name("race.yaml")
SEED = 20261120
SUCCEEDED = 1


def ready_made(count: int, seed: int) -> Draws:
    """The draws of one replication for SimPy."""
    rng = random.Random(seed)

    def exponential(mean: float) -> list[float]:
        return [rng.expovariate(1 / mean) for _ in range(count)]

    def latency() -> list[float]:
        return [rng.lognormvariate(math.log(2.0), 1.0) for _ in range(count)]

    return Draws(
        (exponential(0.05), exponential(0.05), exponential(0.05)),
        (latency(), latency(), latency()),
        exponential(1800.0),
        exponential(1800.0),
        [rng.random() < 0.5 for _ in range(count)],
        [rng.random() < 0.2 for _ in range(count)],
    )


def plan_of(count: int) -> Plan:
    """The plan of the race with that many recipients."""
    scenario = recallsim.load(SCENARIO, overrides=[f"recipients.count={count}"])
    return replace(draw_up(scenario), name=f"race {count}")


def timed_recallsim(plan: Plan, replication: int) -> tuple[float, float]:
    """CPU seconds and success rate of one replication."""
    gc.collect()
    start = time.process_time()
    observation = simulate(plan, SEED, replication, 1)
    seconds = time.process_time() - start
    return seconds, float((observation.recipients["status"] == SUCCEEDED).mean())


def timed_simpy(count: int, replication: int) -> tuple[float, float]:
    """CPU seconds and success rate of one replication."""
    draws = ready_made(count, replication)
    gc.collect()
    start = time.process_time()
    succeeded = race(draws, count)
    return time.process_time() - start, succeeded / count


def main() -> None:
    """Run both at each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument(
        "--runs", type=int, default=0, help="runs of each size (default: 21, 7 and 3 by size)"
    )
    options = parser.parse_args()
    print(f"race model, one core, CPython {platform.python_version()}, SimPy {simpy.__version__}")
    print(
        f"{'recipients':>11} {'recallsim':>16} {'SimPy':>16} {'ratio':>6}   success rate (recallsim, SimPy)"
    )
    for size in (int(float(size)) for size in options.sizes.split(",")):
        runs = options.runs or (21 if size <= 1000 else 7 if size <= 10_000 else 3)
        plan = plan_of(size)
        timed_recallsim(plan, 0)
        pairs = [(timed_recallsim(plan, r), timed_simpy(size, r)) for r in range(runs)]
        ours = statistics.median(pair[0][0] for pair in pairs)
        theirs = statistics.median(pair[1][0] for pair in pairs)
        rates = [statistics.fmean(pair[k][1] for pair in pairs) for k in (0, 1)]
        print(
            f"{size:>11,} {ours * 1e6 / size:>8.1f} us each {theirs * 1e6 / size:>8.1f} us each"
            f" {theirs / ours:>6.2f}   {rates[0]:.4f} {rates[1]:.4f}"
        )


if __name__ == "__main__":
    main()
