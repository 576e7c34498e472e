"""Where each original is while the servers may still take it back (S1)."""

from enum import IntEnum
from typing import Final

from transport.relay.envelope import Envelope
from transport.relay.stage import Stage


class _Where(IntEnum):
    UNEXPANDED = 0  # in a job of several recipients
    GONE = 1  # on the link, delivered or bounced: out of reach
    TAKEN_BACK = 2


class Interception:
    """The register of originals under way, and taking them back.

    Args:
        count: how many recipients there are.
    """

    def __init__(self, count: int) -> None:
        self._where: Final[list[tuple[Envelope, Stage] | _Where]] = [_Where.UNEXPANDED] * (count + 1)

    def enters(self, envelope: Envelope, stage: Stage) -> None:
        """Note that an original of one recipient is in a stage."""
        self._where[envelope.entity] = envelope, stage

    def leaves(self, number: int) -> None:
        """Note that an original is out of the servers' reach."""
        self._where[number] = _Where.GONE

    def is_taken_back(self, number: int) -> bool:
        """Whether the original of that recipient was removed before it was expanded."""
        return self._where[number] is _Where.TAKEN_BACK

    def take_back(self, number: int) -> bool:
        """Remove the original of one recipient wherever it waits; whether there was one to remove."""
        where = self._where[number]
        if where is _Where.GONE or where is _Where.TAKEN_BACK:
            return False
        if isinstance(where, tuple):
            envelope, stage = where
            stage.withdraw(envelope)
        self._where[number] = _Where.TAKEN_BACK
        return True
