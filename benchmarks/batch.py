"""The batch engine beside the agents and a C program, on the race of race.yaml: CPU time a recipient, one core.

All three are given the same draws, so all three count the same successes; that is checked. Then two threads beside one,
and the cost of a recipient from 1,000 to 1,000,000 of them.

    python benchmarks/batch.py
"""

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from race import SEED, SUCCEEDED, plan_of

from agents.records import Plan
from recallsim.engines import agents
from recallsim.engines.batch import Batch
from recallsim.engines.observation import Observation

HERE = Path(__file__).parent
Simulate = Callable[[Plan, int, int, int], Observation]


def measured(engine: Simulate, plan: Plan, first: int, runs: int) -> tuple[float, list[int]]:
    """CPU seconds a recipient, and the successes of each replication."""
    start = time.process_time()
    observation = engine(plan, SEED, first, runs)
    seconds = time.process_time() - start
    won = observation.recipients["status"].reshape(runs, -1) == SUCCEEDED
    return seconds / (runs * plan.count), won.sum(axis=1).tolist()


def in_c(program: Path, count: int, first: int, runs: int) -> tuple[float, list[int]]:
    """The same of the C program, which takes its own time."""
    command = [program, str(count), str(first), str(runs), str(SEED)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stderr) / (runs * count), [int(line) for line in done.stdout.split()]


def wall(threads: int, plan: Plan, runs: int) -> float:
    """Seconds by the wall clock for so many replications."""
    engine = Batch(threads)
    engine(plan, SEED, 0, threads)
    start = time.perf_counter()
    engine(plan, SEED, 0, runs)
    return time.perf_counter() - start


def main() -> None:
    """Measure, check the counts, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each size; medians are shown")
    parser.add_argument("--most-agents", type=int, default=100_000, help="largest size for the agents")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "race"
        subprocess.run(["cc", "-O2", "-o", program, HERE / "race.c", "-lm"], check=True)
        print(
            f"race model, one core, CPython {platform.python_version()}, cc -O2; ns of CPU time a recipient"
        )
        print(f"{'recipients':>11} {'agents':>9} {'batch':>7} {'C':>6} {'agents/batch':>13} {'batch/C':>8}")
        for size in (int(float(size)) for size in options.sizes.split(",")):
            plan, runs, engine = plan_of(size), max(1, 100_000 // size), Batch(1)
            measured(engine, plan, 0, 1)
            quick, c = [], []
            for number in range(options.rounds):
                quick.append(measured(engine, plan, number * runs, runs))
                c.append(in_c(program, size, number * runs, runs))
            if [counts for _, counts in quick] != [counts for _, counts in c]:
                sys.exit(f"the batch engine and C disagree at {size:,} recipients")
            ours, theirs = (1e9 * statistics.median(each[0] for each in series) for series in (quick, c))
            slow = float("nan")
            if size <= options.most_agents:
                slow, counts = measured(agents.simulate, plan, 0, 1)
                if counts != quick[0][1][:1]:
                    sys.exit(f"the two engines disagree at {size:,} recipients")
            print(
                f"{size:>11,} {1e9 * slow:>9,.0f} {ours:>7.0f} {theirs:>6.0f} {1e9 * slow / ours:>13.0f}"
                f" {ours / theirs:>8.2f}"
            )
    plan = plan_of(10_000)
    ratios = [wall(1, plan, 100) / wall(2, plan, 100) for _ in range(options.rounds)]
    print(
        f"two threads beside one, 100 replications of 10,000: {statistics.median(ratios):.2f} times as quick"
    )


if __name__ == "__main__":
    main()
