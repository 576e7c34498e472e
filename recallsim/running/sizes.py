"""How many replications a piece of work has.

Small pieces keep the progress live, the loss by a kill small and the workers evenly busy; large ones cost
less to send and to store. A piece aims at half a second, and never changes a result. A run starts with one replication,
or with a little more where another run of the same engine has told how long they take.
"""

from typing import Final

PIECE_SECONDS: Final = 0.5
FIRST_SECONDS: Final = 0.1
LOCAL_SECONDS: Final = 0.25
SMALL_JOB_SECONDS: Final = 1.0
# An engine of agents takes about this long for one recipient; used until a replication has been timed.
GUESSED_SECONDS: Final = 60e-6
# A piece's columns stay below some 200 MB.
_MOST_RECIPIENTS: Final = 1_000_000


class Sizes:
    """The running guess at how long a replication takes.

    Attributes:
        seconds: for one replication, as far as known.
        pieces: how many were timed; the first one's time holds imports and tables, too.
    """

    def __init__(self, recipients: int) -> None:
        self.seconds = max(recipients, 1) * GUESSED_SECONDS
        self.pieces = 0
        self._recipients = max(recipients, 1)
        self._most = max(1, _MOST_RECIPIENTS // self._recipients)
        self._guessed = self._lost = False

    def expect(self, other: "Sizes") -> None:
        """Until a piece was timed, suppose that a recipient takes as long as in another run of the same engine."""
        if not (self.pieces or self._guessed or self._lost) and other.pieces > 1:
            self.seconds = other.seconds / other._recipients * self._recipients
            self._guessed = True

    def note(self, count: int, seconds: float) -> None:
        """Learn from a finished piece."""
        latest = seconds / max(count, 1)
        self.seconds = 0.5 * (self.seconds + latest) if self.pieces > 1 else latest
        self.pieces += 1

    def lost(self) -> None:
        """Start small again: a worker was lost, perhaps for want of memory."""
        self._most = max(1, self._most // 4)
        self.pieces, self._guessed, self._lost = 0, False, True

    def piece(self, wanted: int, workers: int, aim: float) -> int:
        """Give the size of the next piece when `wanted` replications are still to be handed out, of all runs."""
        if not (self.pieces or self._guessed):
            return 1
        by_time = int((aim if self.pieces else min(aim, FIRST_SECONDS)) / max(self.seconds, 1e-9))
        fair = wanted if workers == 1 else -(-wanted // (2 * workers))
        return max(1, min(by_time, fair, self._most))
