"""The race of race.yaml in every implementation there is here, side by side in one process, with the same draws.

    python benchmarks/race.py

Processor time a recipient, medians over rounds that alternate, so that all meet the same machine. The engines and the C
program make their own draws within their time; the others are given theirs as ready-made lists for nothing. All must count
the very same successes; that is checked. Then what one recipient costs from 1,000 to 1,000,000 of them, and two threads
beside one. Writes a table (Markdown, CSV) and a picture into benchmarks/results/. Packages that are not installed are named
and left out.
"""

import argparse
import gc
import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from race_draws import Draws, draws_of
from race_results import Row, write

import recallsim
from agents.records import Plan
from recallsim.engines import agents
from recallsim.engines.batch import Batch
from recallsim.engines.observation import Observation
from recallsim.plan import draw_up

HERE = Path(__file__).parent
SCENARIO = HERE / "race.yaml"
SEED = 20261120
SUCCEEDED = 1
PEERS = {
    "SimPy": ("race_simpy", 100_000),
    "NumPy": ("race_numpy", 1_000_000),
    "asyncio": ("race_asyncio", 10_000),
    "usim": ("race_usim", 10_000),
    "salabim": ("race_salabim", 1_000),
}
"""Other implementations, and the largest size at which they are done within some minutes. Ciw has no place for persons who
act on a mailbox, only for customers in queues, so the race cannot be written in it."""

WARM = 2
"""So many calls of the batch engine come before those that are timed: the first ones wait for pages of memory."""

Simulate = Callable[[Plan, int, int, int], Observation]
Measure = Callable[[int, int], tuple[float, list[int]]]


def plan_of(count: int) -> Plan:
    """The plan of the race with that many recipients."""
    scenario = recallsim.load(SCENARIO, overrides=[f"recipients.count={count}"])
    return replace(draw_up(scenario), name=f"race {count}")


def by_engine(engine: Simulate, plan: Plan, first: int, runs: int) -> tuple[float, list[int]]:
    """CPU seconds a recipient, and the successes of each replication."""
    gc.collect()
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


def by_peer(race: Callable[[Draws, int], int], draws: Draws, count: int) -> tuple[float, list[int]]:
    """The same of an implementation that is given its draws, for one replication."""
    gc.collect()
    start = time.process_time()
    succeeded = race(draws, count)
    return (time.process_time() - start) / count, [succeeded]


def present() -> dict[str, Callable[[Draws, int], int]]:
    """The other implementations that can be run here; the others are named."""
    found = {}
    for name, (module, _) in PEERS.items():
        try:
            found[name] = importlib.import_module(module).race
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def compare(size: int, rounds: int, program: Path, most_agents: int) -> list[Row]:
    """Every implementation at one size; exits where they do not agree."""
    plan, runs = plan_of(size), max(1, 100_000 // size)
    draws = draws_of(plan, SEED, 0)
    ways: dict[str, Callable[[int], tuple[float, list[int]]]] = {
        "batch engine": lambda first: by_engine(batch, plan, first, runs),
        "C": lambda first: in_c(program, size, first, runs),
    }
    batch = Batch(1)
    for _ in range(WARM):
        batch(plan, SEED, 0, runs)
    if size <= most_agents:
        ways["agents engine"] = lambda first: by_engine(agents.simulate, plan, 0, 1)
    for name, race in present().items():
        if size <= PEERS[name][1]:
            ways[name] = partial(lambda race, first: by_peer(race, draws, size), race)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        counts = {}
        for name, measure in ways.items():
            took, counts[name] = measure(number * runs)
            seconds[name].append(took)
        if number == 0:
            truth = counts["C"]
            wrong = [name for name, found in counts.items() if found != truth[: len(found)]]
            if wrong:
                sys.exit(
                    f"{size:,} recipients: {', '.join(wrong)} do not count {truth[0]:,} successes as C does"
                )
        elif counts["batch engine"] != counts["C"]:
            sys.exit(f"the batch engine and C disagree at {size:,} recipients")
    return [Row(name, size, statistics.median(found), rounds) for name, found in seconds.items()]


def two_threads(rounds: int) -> float:
    """How many times as quick two threads are as one, by the wall clock."""
    plan, ratios = plan_of(10_000), []
    for _ in range(rounds):
        took = []
        for threads in (1, 2):
            engine = Batch(threads)
            engine(plan, SEED, 0, threads)
            start = time.perf_counter()
            engine(plan, SEED, 0, 100)
            took.append(time.perf_counter() - start)
        ratios.append(took[0] / took[1])
    return statistics.median(ratios)


def main() -> None:
    """Measure, check the counts, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each size; medians are shown")
    parser.add_argument("--most-agents", type=int, default=1_000_000, help="largest size for the agents")
    parser.add_argument("--output", type=Path, default=HERE / "results", help="folder of the results")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "race"
        subprocess.run(["cc", "-O2", "-o", program, HERE / "race.c", "-lm"], check=True)
        for size in (int(float(size)) for size in options.sizes.split(",")):
            rounds = options.rounds if size <= 100_000 else max(1, options.rounds // 2)
            rows += compare(size, rounds, program, options.most_agents)
            for row in rows:
                if row.recipients == size:
                    print(f"{size:>9,} {row.name:<14} {row.seconds * 1e9:>12,.0f} ns a recipient", flush=True)
    threads = two_threads(options.rounds)
    print(f"two threads beside one, 100 replications of 10,000: {threads:.2f} times as quick")
    print(write(rows, threads, os.getloadavg()[0], options.output))


if __name__ == "__main__":
    main()
