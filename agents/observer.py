"""What happened, as facts: trace events, written only when somebody wants to read them."""

from typing import NamedTuple

from transport.clock.loop import VirtualLoop
from transport.recall.codes import Kind


class TraceEvent(NamedTuple):
    """One thing one agent did."""

    tick: int
    agent: str
    event: str
    facts: dict[str, object]


class Observer:
    """Collects trace events, of everybody or of one recipient.

    Args:
        clock: tells the tick.
        recipient: the only recipient whose events are kept (the sender's and the servers' own always are).
    """

    def __init__(self, clock: VirtualLoop, recipient: int | None = None) -> None:
        self.clock = clock
        self.recipient = recipient
        self.events: list[TraceEvent] = []

    def note(self, agent: str, event: str, number: int | None = None, **facts: object) -> None:
        """Write down that `agent` did something, to or at recipient `number`."""
        if number is not None:
            if self.recipient is not None and number != self.recipient:
                return
            facts = {"recipient": number, **facts}
        self.events.append(TraceEvent(self.clock.now, agent, event, facts))


def name_of(kind: int) -> str:
    """A message kind as the trace writes it."""
    return Kind(kind).name.lower()
