"""What can go wrong while replications run; the store is whole in each case."""

from pathlib import Path
from typing import Self

from recallsim.errors import RecallsimError


class RunningError(RecallsimError):
    """An experiment that cannot go on."""


class ReplicationError(RunningError):
    """An error of the engine inside one replication: the simulator, or a scenario that it cannot run.

    Attributes:
        replication: The number of the replication, or of the first of several that fail together only.
        last: The number of the last of these, or the same one.
        what: The class of the exception and what it says.
        trace: Its traceback as text.
        advice: What is safe, and how to see the replication alone.
    """

    def __init__(self, replication: int, last: int, what: str, trace: str, advice: str = "") -> None:
        super().__init__(replication, last, what, trace, advice)
        self.replication, self.last, self.what, self.trace, self.advice = (
            replication,
            last,
            what,
            trace,
            advice,
        )

    def __str__(self) -> str:
        if self.last == self.replication:
            said = f"replication {self.replication} failed: {self.what}"
        else:
            span = f"replications {self.replication} to {self.last}"
            said = f"{span} failed together, though none does alone: {self.what}"
        return f"{said}\n{self.advice}" if self.advice else said

    def located(self, name: str, seed: int, store: Path | None) -> Self:
        """Give the same error, with advice for the run in which it happened."""
        safe = "" if store is None else f"The replications in {store} are safe. "
        advice = (
            f"{safe}To see it alone: "
            f"recallsim trace SCENARIO --replication {self.replication} --set seed={seed} ({name!r})."
        )
        return type(self)(self.replication, self.last, self.what, self.trace, advice)


class WorkersLost(RunningError):  # noqa: N818 - the name says what happened
    """Worker processes that end again and again without a result."""
