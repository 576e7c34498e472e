"""The progress bar of a run, on standard error."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration, plural
from recallsim.reporting.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """A watcher of one experiment: a bar on a terminal, one line at the end elsewhere."""

    def __init__(self, name: str, store: Path | None = None) -> None:
        self._name = plain(name, 40)
        self._store = store
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._fixed = False
        self._resumed = 0
        self._began = 0.0

    def started(self, total: int | None, resumed: int) -> None:
        """Shows the bar; says what is there from an earlier run."""
        self._began = time.monotonic()
        self._fixed = total is not None
        self._resumed = resumed
        if resumed:
            kept = "" if self._store is None else f" kept in {plain(str(self._store), 4096)}"
            after = "the replication" if resumed == 1 else f"the {resumed:,} replications"
            print(f"{self._name}: going on after {after}{kept}", file=sys.stderr, flush=True)
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = [
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[words]}", markup=False),
        ]
        clock = TimeRemainingColumn() if self._fixed else TimeElapsedColumn()
        console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._progress = Progress(*columns, clock, console=console, transient=True)
        self._task = self._progress.add_task(self._name, total=total, completed=resumed, words="")
        self._progress.start()

    def advanced(self, done: int, target: int) -> None:
        """Moves the bar."""
        if self._progress is None or self._task is None:
            return
        words = f"{done:,} of {target:,}" + ("" if self._fixed else " at least")
        self._progress.update(self._task, completed=done, total=target, words=f"{words} replications")

    def finished(self, simulated: int) -> None:
        """Takes the bar away; where there was none, leaves one line."""
        if self._progress is not None:
            self._progress.stop()
            return
        took = duration(time.monotonic() - self._began)
        said = f"{plural(simulated, 'replication')} simulated in {took}"
        if self._resumed and not simulated:
            said = "all were kept, nothing was simulated"
        print(f"{self._name}: {said}", file=sys.stderr, flush=True)
