"""What the office takes, from the shell prompt, and in a sweep of 200 cells.

    python benchmarks/office.py [--sweep]

First 100 replications by `recallsim run`, from the prompt to the table, and the way from the start of the process to the
first recipient. With `--sweep`: 200 cells of 200 replications of 2,000 recipients, who read after a delay, and with the
office's own reading, by two worker processes. The batch engine's kernel is compiled before anything is timed. Writes
benchmarks/results/office.md.
"""

import argparse
import datetime
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from race_results import machine

import recallsim

HERE = Path(__file__).parent
OFFICE = HERE.parent / "configs" / "office.yaml"
DELAY = '{"delay": {"exponential": {"mean": "30min"}}}'
SECOND_DEVICES = ("desk+phone.devices.phone", "phone-first.devices.desktop")
NOTICES = [f"{seconds}s" for seconds in range(15, 315, 15)]
HOLDS = [f"{seconds}s" for seconds in range(0, 50, 5)]
START = """
import time, resource
began = time.perf_counter()
from recallsim.plan import draw_up
from recallsim.scenario import load
from recallsim.engines.batch import Batch
plan = draw_up(load({path!r}))
before = time.perf_counter()
from recallsim.engines.compile import kernel
kernel()
loaded = time.perf_counter()
Batch(1)(plan, 1, 0, 1)
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, loaded - before, time.perf_counter() - began)
"""


class Watch(threading.Thread):
    """Reads what this process and all that come from it use; no parent waits for a fork server's workers.

    Attributes:
        processor: seconds of all of them, since the first look.
        peak: the most bytes that they had in memory together; what they share counts for each.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._used: dict[int, tuple[float, float]] = {}
        self._end = threading.Event()
        self._look()

    @property
    def processor(self) -> float:
        """Seconds of all of them, since the first look; what was there then counts from then."""
        return sum(last - first for first, last in self._used.values())

    def run(self) -> None:
        """Look until it is to end."""
        while not self._end.wait(0.1):
            self._look(started=True)

    def end(self) -> None:
        """Look once more, and no more after that."""
        self._end.set()
        self.join()
        self._look(started=True)

    def _look(self, started: bool = False) -> None:
        pages, family = 0, [os.getpid()]
        for pid in family:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                tasks = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
            except OSError:
                continue
            used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            first = self._used[pid][0] if pid in self._used else 0.0 if started else used
            self._used[pid] = (first, used)
            pages += int(fields[21])
            family += [int(child) for task in tasks for child in task.split()]
        self.peak = max(self.peak, pages * os.sysconf("SC_PAGE_SIZE"))


def children() -> float:
    """CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds by the wall clock and of the processors."""
    before, start = children(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start, children() - before


def prompt(rounds: int) -> Iterator[str]:
    """From the prompt to the table, and to the first recipient."""
    recallsim.run(OFFICE, replications=1, engine="batch")
    command = [sys.executable, "-m", "recallsim", "run", str(OFFICE), "--replications", "100", "--no-store"]
    timed(command)
    taken = [timed(command) for _ in range(rounds)]
    wall, processor = (statistics.median(each[k] for each in taken) for k in (0, 1))
    yield f"| 100 replications of configs/office.yaml, prompt to table | 1.5 s | {wall:.2f} s | {processor:.2f} s |"
    starts = []
    for _ in range(rounds):
        run = [sys.executable, "-c", START.format(path=str(OFFICE))]
        found = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        starts.append([float(each) for each in found.split()])
    used, loading, whole = (statistics.median(each[k] for each in starts) for k in range(3))
    yield f"| from the start through the first replication of 2,000 | 1.0 s | {whole:.2f} s | {used:.2f} s |"
    yield f"| of that, loading the kernel | 0.4 s | {loading:.2f} s | |"


def sweep() -> Iterator[str]:
    """200 cells of 200 replications, twice."""
    names = [group.name for group in recallsim.load(OFFICE).groups]
    by_delay = [f"recipients.groups.{name}.person.reads={DELAY}" for name in names]
    by_delay += [f"recipients.groups.{name}.reads={DELAY}" for name in SECOND_DEVICES]
    for what, overrides in (("reading after a delay", by_delay), ("the office's own reading", [])):
        start, watch = time.perf_counter(), Watch()
        watch.start()
        recallsim.sweep(
            OFFICE,
            grid={"sender.notices": NOTICES, "sender.hold": HOLDS},
            replications=200,
            overrides=overrides,
            engine="batch",
            workers=2,
        )
        wall = time.perf_counter() - start
        watch.end()
        goal = "60 s, 1 GB" if overrides else ""
        took = f"{wall:.0f} s, {watch.peak / 1e9:.2f} GB | {watch.processor:.0f} s"
        yield f"| 200 cells x 200 replications x 2,000, {what} | {goal} | {took} |"


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs from the prompt; medians are shown")
    parser.add_argument("--sweep", action="store_true", help="the sweeps too, which take minutes")
    parser.add_argument(
        "--output", type=Path, default=HERE / "results" / "office.md", help="file of the results"
    )
    options = parser.parse_args()
    text = [
        f"# The office\n\n{datetime.date.today():%Y-%m-%d}, {machine()}. Load of the machine: {os.getloadavg()[0]:.1f}.\n",
        "| what | goal | wall clock | processor |",
    ]
    text.append("|---|---|---|---|")
    for line in (*prompt(options.rounds), *(sweep() if options.sweep else ())):
        text.append(line)
        print(line, flush=True)
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
