"""Seeded bugs: puts each into a copy of the sources, one at a time, and sees whether the tests catch it.

    python tests/mutants/run.py             all of them
    python tests/mutants/run.py jitter R3   those whose names contain one of these words

Ends with status 1 if a bug survives, or no longer fits the sources. Not part of `make test`; it takes some minutes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.yaml")
COPIED = ("transport", "agents", "recallsim", "tests", "configs", "docs", "benchmarks")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile")
MINUTES = 10


class Mutant(NamedTuple):
    """One bug: in `file`, `old` becomes `new`; `tests` should fail."""

    name: str
    file: str
    old: str
    new: str
    tests: list[str]

    def fault(self, root: Path = ROOT) -> str:
        """Why it cannot be made in the sources there; empty if it can."""
        path = root / self.file
        if not path.is_file():
            return f"there is no {self.file}"
        if self.old == self.new:
            return "it changes nothing"
        found = path.read_text(encoding="utf-8").count(self.old)
        return "" if found == 1 else f"its text stands in {self.file} {found} times, not once"


def mutants() -> list[Mutant]:
    """All that are listed."""
    return [Mutant(**entry) for entry in yaml.safe_load(LIST.read_text(encoding="utf-8"))]


def passes(tests: Iterable[str], copy: Path) -> bool:
    """Whether these tests pass in the copy; a run without an end does not."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "120", "-m", "not prove", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=60 * MINUTES)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def is_caught(mutant: Mutant, copy: Path) -> bool:
    """Make the bug in the copy, run its tests, and undo it."""
    path = copy / mutant.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return not passes(mutant.tests, copy)
    finally:
        path.write_text(sound, encoding="utf-8")


def main(words: list[str]) -> int:
    """Try every mutant, or those that are named; print a table."""
    chosen = [m for m in mutants() if not words or any(word.lower() in m.name.lower() for word in words)]
    bad = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, copy / name)
        print("without a bug, for comparison ...", flush=True)
        if not passes(sorted({test for mutant in chosen for test in mutant.tests}), copy):
            print("without a bug the tests fail already: see to that first")
            return 1
        for mutant in chosen:
            began = time.monotonic()
            verdict = mutant.fault(copy) or ("caught" if is_caught(mutant, copy) else "SURVIVED")
            bad += verdict != "caught"
            print(f"{time.monotonic() - began:6.1f} s  {verdict:9} {mutant.name}", flush=True)
    print(f"{len(chosen)} seeded bugs, {len(chosen) - bad} caught")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
