"""What has become of the recall at each recipient: columns of facts, indexed by recipient number.

Every agent writes down what it did; nobody decides from it but the questions *is it over?* and *has it been sent?*. At
the horizon the columns are the observation. Ticks are -1 until the thing happens; index 0 is unused.
"""

from array import array
from collections.abc import Callable
from typing import Final

from transport.recall.codes import Place, SeenPhase, Status, Told

PENDING: Final = Status.PENDING.value
FAILED: Final = Status.FAILED.value
REFUSED: Final = Status.REFUSED.value
SUCCEEDED: Final = Status.SUCCEEDED.value
IN_TRANSIT: Final = Place.IN_TRANSIT.value
PRESENT: Final = Place.PRESENT.value
SHOWN: Final = 2
CONTRADICTION: Final = 1 << Told.SUCCESS.value | 1 << Told.FAILURE.value
BEFORE_NOTICE: Final = SeenPhase.BEFORE_NOTICE.value
BEFORE_REQUEST: Final = SeenPhase.BEFORE_REQUEST.value
WHILE_PROCESSING: Final = SeenPhase.WHILE_PROCESSING.value
AFTER_PROCESSING: Final = SeenPhase.AFTER_PROCESSING.value


class Ledger:
    """The columns of one replication, and the sender's four moments.

    Args:
        count: how many recipients there are.
        seen_level: from which level on the content counts as seen.
    """

    def __init__(self, count: int, seen_level: int = SHOWN) -> None:
        def codes() -> bytearray:  # of a million recipients, a column stays in the processor's cache
            return bytearray(count + 1)

        def zeros() -> "array[int]":
            return array("q", bytes(8 * (count + 1)))

        def nevers() -> "array[int]":
            return array("q", [-1]) * (count + 1)

        self.count = count
        self.seen_level_counted = seen_level
        self.status = codes()
        self.reason = codes()
        self.decided = nevers()
        self.doomed = codes()
        self.seen = nevers()
        self.seen_level = codes()
        self.seen_phase = codes()
        self.seen_people = zeros()
        self.seen_after_removal = codes()
        self.forwarded = zeros()
        self.forwarded_seen = zeros()
        self.delivered = (nevers(), nevers(), nevers())
        self.removed = nevers()
        self.place = (codes(), codes(), codes())
        self.replacement_seen = nevers()
        self.aware = nevers()
        self.overtaken = codes()
        self.told = codes()
        self.told_first = nevers()
        self.told_both = codes()
        self._news: dict[
            int, int
        ] = {}  # bit set of what the sender was told, where it was more than one thing
        self.released = -1
        self.noticed = -1
        self.asked = -1
        self.replaced = -1

    # --- the story of one recipient ------------------------------------------------------------------------------

    def send(self, kind: int) -> None:
        """A message was submitted to every recipient."""
        self.place[kind][1:] = bytes([IN_TRANSIT]) * self.count

    def decide(self, number: int, status: int, reason: int, now: int) -> None:
        """The recall ended for one recipient; it ends once."""
        assert self.status[number] == PENDING, f"the recall of recipient {number} ended twice"
        self.status[number] = status
        self.reason[number] = reason
        self.decided[number] = now

    def overrule(self, number: int, status: int, reason: int, now: int) -> None:
        """An administrator's removal ends the matter whatever the recall came to (S13)."""
        self.status[number] = status
        self.reason[number] = reason
        self.decided[number] = now

    def decide_all(self, status: int, reason: int, now: int) -> None:
        """The recall ended for everyone at once: refused, or held; but where an administrator was quicker (S13)."""
        for number in range(1, self.count + 1):
            if self.status[number] == PENDING:
                self.decide(number, status, reason, now)

    def see(self, number: int, level: int, now: int) -> None:
        """The content of the original was displayed to a person (level: codes of recall.md 0)."""
        if level > self.seen_level[number]:
            self.seen_level[number] = level
        if level < self.seen_level_counted or self.seen[number] >= 0:
            return
        self.seen[number] = now
        if not 0 <= self.noticed <= now:
            phase = BEFORE_NOTICE
        elif not 0 <= self.asked <= now:
            phase = BEFORE_REQUEST
        elif self.status[number] == PENDING:
            phase = WHILE_PROCESSING
        else:
            phase = AFTER_PROCESSING
        self.seen_phase[number] = phase

    def remove(self, number: int, kind: int, place: int, now: int) -> None:
        """A delivered copy left the person's reach, for a codes.Place."""
        self.place[kind][number] = place
        if kind == 0:
            self.removed[number] = now

    def tell(self, number: int, what: int, now: int) -> None:
        """The sender was told (codes.Told) how the recall of one recipient ended."""
        if self.told_first[number] < 0:
            self.told_first[number] = now
        else:
            news = self._news.get(number, 1 << self.told[number]) | 1 << what
            self._news[number] = news
            if news & CONTRADICTION == CONTRADICTION:
                self.told_both[number] = 1
        self.told[number] = what

    def close(self) -> None:
        """The horizon: who saw the content and was never processed is named so."""
        if self.status.count(PENDING) == 1:
            return  # cell 0, which is nobody's
        never = SeenPhase.NEVER_PROCESSED.value
        phase, status = self.seen_phase, self.status
        for number in range(1, self.count + 1):
            if phase[number] == WHILE_PROCESSING and status[number] == PENDING:
                phase[number] = never


class WatchedLedger(Ledger):
    """A ledger that tells somebody of every recall that failed or was refused.

    Attributes:
        failed: takes the recipient's number; set by whoever wants to know.
    """

    failed: Callable[[int], None]

    def decide(self, number: int, status: int, reason: int, now: int) -> None:
        """The recall ended for one recipient; it ends once."""
        super().decide(number, status, reason, now)
        if status in (FAILED, REFUSED):
            self.failed(number)
