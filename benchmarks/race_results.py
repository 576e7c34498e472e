"""The results of the race: a table as Markdown and CSV, and a picture."""

import csv
import datetime
import importlib.metadata
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recallsim.reporting.pictures.growth import growth_picture
from recallsim.reporting.pictures.svg import alone
from recallsim.running.stress import Measured

GOALS = (
    ("batch engine, beside SimPy, 10,000", "at least 300", "batch engine", "SimPy", 10_000, 300.0),
    ("batch engine, beside SimPy, 100,000", "at least 400", "batch engine", "SimPy", 100_000, 400.0),
    ("agents engine, beside SimPy, 1,000", "at least 5", "agents engine", "SimPy", 1_000, 5.0),
    ("agents engine, beside SimPy, 10,000", "at least 5", "agents engine", "SimPy", 10_000, 5.0),
    ("agents engine, beside SimPy, 100,000", "at least 5", "agents engine", "SimPy", 100_000, 5.0),
)
PACKAGES = ("numpy", "numba", "simpy", "usim", "salabim")


class Row(NamedTuple):
    """CPU seconds a recipient: the median over the rounds."""

    name: str
    recipients: int
    seconds: float
    rounds: int


def write(rows: Sequence[Row], threads: float, load: float, folder: Path) -> str:
    """Write race.md, race.csv and race.svg; the text of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines(rows, threads, load)) + "\n"
    (folder / "race.md").write_text(text, encoding="utf-8")
    with (folder / "race.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["implementation", "recipients", "ns_a_recipient", "rounds"])
        writer.writerows([row.name, row.recipients, round(row.seconds * 1e9), row.rounds] for row in rows)
    measured = [Measured(r.name, r.recipients, r.seconds * r.recipients, r.rounds, -1, 0) for r in rows]
    (folder / "race.svg").write_text(alone(growth_picture(measured, "the race").svg), encoding="utf-8")
    return text


def lines(rows: Sequence[Row], threads: float, load: float) -> Iterator[str]:
    """The table of times, then that of the goals."""
    sizes = sorted({row.recipients for row in rows})
    took = {(row.name, row.recipients): row.seconds for row in rows}
    yield "# The race, side by side"
    yield ""
    yield f"{datetime.date.today():%Y-%m-%d}, {machine()}. Load of the machine at the end: {load:.1f}."
    yield "Nanoseconds of processor time a recipient, medians; the same draws, the same count of successes everywhere."
    yield ""
    yield "| | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---" * (len(sizes) + 1) + "|"
    for name in sorted({row.name for row in rows}, key=lambda name: took.get((name, sizes[0]), 1.0)):
        cells = [f"{took[name, size] * 1e9:,.0f}" if (name, size) in took else "" for size in sizes]
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""
    yield "| what | goal | measured |"
    yield "|---|---|---|"
    for what, goal, name, other, size, least in GOALS:
        if (name, size) in took and (other, size) in took:
            ratio = took[other, size] / took[name, size]
            yield f"| {what} | {goal} times as fast | {ratio:,.1f}{'' if ratio >= least else ', not reached'} |"
    for size in sizes:
        if ("C", size) in took:
            ratio = took["batch engine", size] / took["C", size]
            reached = "" if ratio <= 1.5 else ", not reached"
            yield f"| batch engine, beside C, {size:,} | at most 1.5 times its time | {ratio:.2f}{reached} |"
    for name, most in (("batch engine", 1.3), ("agents engine", 2.0)):
        each = [took[name, size] for size in sizes if (name, size) in took]
        if len(each) > 1:
            growth = each[-1] / each[0]
            reached = "" if growth <= most else ", not reached"
            yield f"| {name}, growth over all sizes | at most {most} times | {growth:.2f}{reached} |"
    reached = "" if threads >= 1.8 else ", not reached"
    yield f"| batch engine, two threads beside one (wall) | at least 1.8 times as fast | {threads:.2f}{reached} |"


def machine() -> str:
    """The processor, its cores, the versions."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [
            line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")
        ]
        model = named[0].partition(":")[2].strip() if named else model
    versions = [f"CPython {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return f"{model}, {os.cpu_count()} cores; {', '.join(versions)}; cc -O2"
