"""How one message to everybody becomes one for each recipient.

It is one job until a stage works by batch or by recipient. There it is split by lists (bifurcation): a part for each, one
for those on none. Parts whose list has moderators wait for them; the others are divided into batches, and at last expanded.
Where it is expanded a recall request takes effect on originals that are still under way, if the servers intercept (S1).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from transport.recall.codes import Kind
from transport.relay.envelope import Distribution, Envelope
from transport.relay.lists import parts_of
from transport.relay.moderation import Moderation
from transport.relay.plain_stage import PlainStage
from transport.relay.settings import Grain, MailingList
from transport.relay.ways import Ways
from transport.sometimes import Rare

if TYPE_CHECKING:
    from transport.relay.relay import Relay

ORIGINAL: Final = Kind.ORIGINAL.value
REQUEST: Final = Kind.REQUEST.value


class Expansion:
    """The categorizer's work, whatever stage does it.

    Args:
        relay: the servers it belongs to.
        ways: which stage comes next.
        lists: the distribution groups.

    Attributes:
        moderation: what waits for moderators.
    """

    def __init__(self, relay: "Relay", ways: Ways, lists: tuple[MailingList, ...]) -> None:
        self._relay: Final = relay
        self._ways: Final = ways
        self._stages: Final = relay.stages
        self._parts: Final = parts_of(lists, relay.count)
        self.moderation: Final = Moderation(
            lists, self._take_apart, relay.reject, relay.bounce, relay.sometimes
        )

    def submit(self, kind: int) -> None:
        """Send one message to every recipient."""
        self.forward(Distribution(kind, 1, self._relay.count), 0)

    def forward(self, envelope: Envelope, stage: int) -> None:
        """Hand a job of several recipients to the first stage from `stage` on that takes it."""
        assert isinstance(envelope, Distribution)
        target = self._ways.common[envelope.law][stage]
        if target < len(self._stages) and self._stages[target].settings.grain is Grain.MESSAGE:
            self._stages[target].enter(envelope)
        elif self._parts and not envelope.is_parted:
            self._split(envelope, stage)
        else:
            self._take_apart(envelope, stage)

    def _split(self, envelope: Distribution, stage: int) -> None:
        kind, ordinal = envelope.kind, 0
        batch = self._smallest_batch(kind, stage)
        for number, first, last in self._parts:
            part = Distribution(kind, first, last, ordinal)
            part.is_parted = True
            ordinal += (last - first) // batch + 1
            if number >= 0 and self.moderation.holds(number, kind):
                self.moderation.hold(number, part, stage)
                continue
            if kind == REQUEST:
                self.moderation.passes_by(number, ORIGINAL)
            self._take_apart(part, stage)

    def _smallest_batch(self, kind: int, stage: int) -> int:
        """The recipients of one job where there are fewest: a part that is one batch may be divided again further on."""
        settings = (each.settings for each in self._stages[stage:])
        sizes = (each.batch for each in settings if each.grain is Grain.BATCH and each.serves[kind])
        return min(sizes, default=self._relay.count)

    def _take_apart(self, envelope: Distribution, stage: int) -> None:
        """Divide a message into batches, or expand it, as the next stage works."""
        target = self._ways.common[envelope.law][stage]
        if target == len(self._stages) or self._stages[target].settings.grain is Grain.RECIPIENT:
            self._expand(envelope, stage)
        elif envelope.is_undivided:
            self._divide(envelope, target)
        else:
            self._stages[target].enter(envelope)

    def _divide(self, envelope: Distribution, stage: int) -> None:
        target = self._stages[stage]
        size = target.settings.batch
        starts = range(envelope.first, envelope.last + 1, size)
        for ordinal, first in enumerate(starts, start=envelope.ordinal):
            last = min(first + size - 1, envelope.last)
            batch = Distribution(envelope.kind, first, last, ordinal, envelope.span)
            batch.is_parted = True
            target.enter(batch)

    def _expand(self, envelope: Distribution, stage: int) -> None:
        """Make one envelope a recipient; a request takes effect here on what is under way (S1)."""
        kind, interception = envelope.kind, self._relay.interception
        numbers: Sequence[int] = range(envelope.first, envelope.last + 1)
        if interception is not None and kind == REQUEST:
            numbers = [number for number in numbers if not self._intercept(number)]
        elif interception is not None and kind == ORIGINAL:
            numbers = [number for number in numbers if not interception.is_taken_back(number)]
        if not self._ways.differ:
            self._enter(kind, numbers, self._ways.common[kind][stage])
            return
        by_stage: dict[int, list[int]] = {}
        for number in numbers:
            by_stage.setdefault(self._ways.next(kind, number, stage), []).append(number)
        for target in sorted(by_stage):
            self._enter(kind, by_stage[target], target)
        if len(by_stage) > 1:
            self._relay.sometimes.note(Rare.BYPASSED)

    def _enter(self, kind: int, numbers: Sequence[int], stage: int) -> None:
        """Let one message to several recipients enter a stage that works for each, or the link."""
        if stage == len(self._stages):
            for number in numbers:
                self._relay.send(Envelope(kind, number))
            return
        target = self._stages[stage]
        if isinstance(target, PlainStage):
            target.enter_all(kind, numbers)
            return
        envelopes = [Envelope(kind, number) for number in numbers]
        interception = self._relay.interception
        if interception is not None and kind == ORIGINAL:
            for each in envelopes:
                interception.enters(each, target)
        target.enter_all(envelopes)

    def _intercept(self, number: int) -> bool:
        interception = self._relay.interception
        assert interception is not None
        if not interception.take_back(number):
            return False
        self._relay.sometimes.note(Rare.INTERCEPTED)
        self._relay.intercepted(number, ORIGINAL)
        return True
