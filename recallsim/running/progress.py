"""What an experiment tells whoever watches it."""

from typing import Protocol


class Progress(Protocol):
    """A watcher of one experiment; called in the thread that runs it, between pieces of work."""

    def started(self, total: int | None, resumed: int) -> None:
        """The experiment begins with `resumed` of `total` replications; None where precision decides."""

    def advanced(self, done: int, target: int) -> None:
        """`done` replications are there; `target` is the number known to be needed so far."""

    def finished(self, simulated: int) -> None:
        """The experiment is over, in whatever way; `simulated` replications were not there before."""


class Silent:
    """A watcher that does nothing."""

    def started(self, total: int | None, resumed: int) -> None:
        """Do nothing."""

    def advanced(self, done: int, target: int) -> None:
        """Do nothing."""

    def finished(self, simulated: int) -> None:
        """Do nothing."""
