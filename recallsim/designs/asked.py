"""What all experiments over designs share of what is asked for: where the stores are, who works, who watches."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recallsim.arguments import DEFAULT_STORE, Arguments, RequestError

if TYPE_CHECKING:
    from recallsim.running.progress import Progress
    from recallsim.running.work import Work
    from recallsim.running.workers import Pool
    from recallsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Means:
    """By what means an experiment is run.

    Attributes:
        arguments: what is asked, as for a run; `store` names a folder.
        announce: is told, in words, what is about to be run; None: nobody is.
    """

    arguments: Arguments
    announce: Callable[[str], None] | None = None

    def say(self, words: str) -> None:
        """Tell what is about to be run."""
        if self.announce is not None:
            self.announce(words)

    def folder(self, scenario: "Scenario", what: str) -> Path | None:
        """The folder of the stores: the one asked for, or one by the scenario's name and what is done with it."""
        store = self.arguments.store
        if store == DEFAULT_STORE:
            return DEFAULT_STORE / f"{scenario.name}-{what}"
        if store is not None and store.is_file():
            raise RequestError(f"{store} is a file; every cell has a store of its own, so name a folder")
        return store

    def watcher(self, words: str) -> "Progress | None":
        """A progress bar where one is wanted."""
        if not self.arguments.progress:
            return None
        from recallsim.reporting.bar import Bar

        return Bar(words)

    def pool(self) -> "Callable[[Work, int], Pool]":
        """What gives the workers."""
        from recallsim.running.pools import pool_for

        return pool_for(self.arguments.dask)
