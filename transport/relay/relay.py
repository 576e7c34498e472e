"""The servers as one system: from a submission through the stages, over the link, to a mailbox or back to the sender.

A submission of a distribution is one job until a stage works by batch or by recipient; there it is expanded, and there a
recall request takes effect on originals that are still under way, if the servers intercept (S1).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import RANK_SHIFT, Rank
from transport.recall.codes import Kind
from transport.relay.envelope import REPORT, Distribution, Envelope, Notice
from transport.relay.interception import Interception
from transport.relay.settings import Grain, Link
from transport.relay.settings import Stage as Settings
from transport.relay.stage import Stage
from transport.streams.draws import WHOLE
from transport.streams.purposes import LATENCY, LOSS, SERVICE
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

ORIGINAL: Final = Kind.ORIGINAL.value
REQUEST: Final = Kind.REQUEST.value
DELIVER: Final = Rank.DELIVER << RANK_SHIFT
SENDER: Final = Rank.SENDER << RANK_SHIFT


class Relay:
    """All servers between the sender and the mailboxes, in one direction, and the way back.

    Args:
        clock: the loop they live in.
        times: chance, in ticks.
        stages, link: the settings, in order of passage.
        intercepts: whether the servers remove originals under way when they handle a request (S1).
        reports_shared: whether reports queue with the mail to recipients.

    The callbacks are set by whoever owns the mailboxes; each takes (recipient number, kind): `delivered`, `bounced`,
    `lost`, `intercepted`; `returned`, for what reaches the sender, takes (recipient number, ordinal of the notice).
    """

    def __init__(
        self,
        clock: "VirtualLoop",
        times: Times,
        stages: tuple[Settings, ...],
        link: Link,
        *,
        intercepts: bool,
        reports_shared: bool,
    ) -> None:
        self.clock = clock
        self.times = times
        self.link = link
        self._push = clock.push
        self.count = times.count
        self.reports_shared = reports_shared
        can_bounce = any(odds > 0.0 for settings in stages for odds in settings.failure)
        self.stages = tuple(
            Stage(settings, clock, times, self._bounce, withdraws=intercepts, returns_dsns=can_bounce)
            for settings in stages
        )
        self.interception = Interception(times.count) if intercepts else None
        self._link_is_special = intercepts or any(odds > 0.0 for odds in link.loss)
        self._next = tuple(tuple(_routes(stages, law)) for law in range(4))
        self._latency: list[Sequence[int]] = [()] * 4
        for stage in self.stages:
            stage.onward = [self._way_from(stage.settings.number + 1, law) for law in range(4)]
        self.delivered: Callable[[int, int], None]
        self.bounced: Callable[[int, int], None]
        self.lost: Callable[[int, int], None]
        self.intercepted: Callable[[int, int], None]
        self.returned: Callable[[int, int], None]

    def _way_from(self, stage: int, law: int) -> Callable[[Envelope], None]:
        """What takes an envelope that has passed all stages before `stage`."""
        target = self._next[law][stage]
        coarse = any(earlier.settings.grain is not Grain.RECIPIENT for earlier in self.stages[:stage])
        if coarse or (self.interception is not None and law == ORIGINAL):
            return partial(self._forward, stage=stage)
        return self._send if target == len(self.stages) else self.stages[target].enter

    # --- to the recipients ---------------------------------------------------------------------------------------

    def submit(self, kind: int) -> None:
        """Send one message to every recipient."""
        self._forward(Distribution(kind, 1, self.count), 0)

    def _forward(self, envelope: Envelope, stage: int) -> None:
        """Hand an envelope to the first stage from `stage` on that works on its kind, or to the link."""
        stage = self._next[envelope.law][stage]
        at_link = stage == len(self.stages)
        if isinstance(envelope, Distribution):
            grain = Grain.RECIPIENT if at_link else self.stages[stage].settings.grain
            if grain is Grain.RECIPIENT:
                self._expand(envelope, stage)
                return
            if grain is Grain.BATCH and envelope.first == 1 and envelope.last == self.count:
                self._divide(envelope, stage)
                return
        if at_link:
            self._send(envelope)
            return
        if self.interception is not None and envelope.kind == ORIGINAL and envelope.entity != WHOLE:
            self.interception.enters(envelope, self.stages[stage])
        self.stages[stage].enter(envelope)

    def _divide(self, envelope: Distribution, stage: int) -> None:
        size = self.stages[stage].settings.batch
        for ordinal, first in enumerate(range(1, self.count + 1, size)):
            last = min(first + size - 1, self.count)
            self.stages[stage].enter(Distribution(envelope.kind, first, last, ordinal))

    def _expand(self, envelope: Distribution, stage: int) -> None:
        """Make one envelope a recipient; a request takes effect here on what is under way (S1)."""
        kind, interception = envelope.kind, self.interception
        numbers: Sequence[int] = range(envelope.first, envelope.last + 1)
        if interception is not None and kind == REQUEST:
            numbers = [number for number in numbers if not self._intercept(number)]
        elif interception is not None and kind == ORIGINAL:
            numbers = [number for number in numbers if not interception.is_taken_back(number)]
        envelopes = [Envelope(kind, number) for number in numbers]
        if stage == len(self.stages):
            for each in envelopes:
                self._send(each)
            return
        if interception is not None and kind == ORIGINAL:
            for each in envelopes:
                interception.enters(each, self.stages[stage])
        self.stages[stage].enter_all(envelopes)

    def _intercept(self, number: int) -> bool:
        assert self.interception is not None
        if not self.interception.take_back(number):
            return False
        self.intercepted(number, ORIGINAL)
        return True

    def _send(self, envelope: Envelope) -> None:
        """Put an envelope on the link."""
        if self._link_is_special and self._stopped_at_link(envelope):
            return
        cell, kind = envelope.cell, envelope.kind
        column = self._latency[envelope.law]
        tick = self.clock.now + (column[cell] if column and cell else self._latency_of(envelope))
        if kind < REPORT:
            self._push((tick, DELIVER | envelope.packed, self.delivered, cell, kind))
        else:
            self._push((tick, DELIVER | envelope.packed, self.returned, envelope.entity, envelope.ordinal))

    def _stopped_at_link(self, envelope: Envelope) -> bool:
        """Whether a copy is lost on the link; with interception, note that an original is out of reach."""
        number, kind = envelope.entity, envelope.kind
        if self.interception is not None and kind == ORIGINAL:
            self.interception.leaves(number)
        odds = self.link.loss[envelope.law]
        if odds > 0.0 and self.times.draws.uniform(LOSS, kind, 0, number, envelope.ordinal >> 8) < odds:
            self.lost(number, kind)
            return True
        return False

    def _latency_of(self, envelope: Envelope) -> int:
        law, link = envelope.law, self.link
        if envelope.cell:
            column = self._latency[law]
            if not column:
                column = self.times.column(link.latency[law], LATENCY, law, 0, shared=link.shared[law])
                self._latency[law] = column
            return column[envelope.cell]
        entity = WHOLE if link.shared[law] else envelope.entity
        return self.times.at(link.latency[law], LATENCY, envelope.kind, 0, entity, envelope.ordinal >> 8)

    def _bounce(self, envelope: Envelope) -> None:
        """Give a message up: its recipients do not get it, and the sender gets a DSN for each (RFC 3464)."""
        for number in range(envelope.first, envelope.last + 1):
            if envelope.kind == ORIGINAL and self.interception is not None:
                if self.interception.is_taken_back(number):
                    continue
                self.interception.leaves(number)
            self.bounced(number, envelope.kind)

    # --- back to the sender --------------------------------------------------------------------------------------

    def send_back(self, number: int, kind: int, told: int, attempt: int = 0) -> None:
        """Send a report or a DSN about recipient `number` to the sender; it enters the servers on the next tick.

        In lanes of their own (`reports_shared` off) they take the same service times and latencies and wait for nobody.
        """
        make = Notice if attempt or kind != REPORT else Envelope
        envelope = make(kind, number, attempt << 8 | told)
        tick = self.clock.now + 1
        if self.reports_shared:
            first = self._next[REPORT][0]
            if first < len(self.stages):
                self.stages[first].enter_at(tick, envelope, SENDER | envelope.packed)
                return
        for stage in self.stages:
            settings = stage.settings
            if settings.serves[REPORT]:
                entity = WHOLE if settings.shared[REPORT] else number
                law = settings.service[REPORT]
                tick += self.times.at(law, SERVICE, kind, settings.number, entity, envelope.attempt)
        if self._link_is_special and self._stopped_at_link(envelope):
            return
        tick += self._latency_of(envelope)
        self.clock.at(tick, DELIVER | envelope.packed, self.returned, number, envelope.ordinal)

    # --- what is under way ---------------------------------------------------------------------------------------

    def under_way(self) -> Iterator[tuple[int, int]]:
        """(recipient number, kind) of every copy that is in the servers or on the link, counted from where it stands."""
        for stage in self.stages:
            for envelope in stage.jobs():
                yield from self._copies(envelope)
        for _, _, function, a, b in self.clock.pending():
            if isinstance(a, Envelope):
                if (
                    b is None or a.epoch == b
                ):  # an end of service that an outage made void carries an old epoch
                    yield from self._copies(a)
            elif function == self.delivered:
                yield a, b

    def _copies(self, envelope: Envelope) -> Iterator[tuple[int, int]]:
        kind, interception = envelope.kind, self.interception
        if kind >= REPORT or envelope.withdrawn:
            return
        for number in range(envelope.first, envelope.last + 1):
            if kind != ORIGINAL or interception is None or not interception.is_taken_back(number):
                yield number, kind


def _routes(stages: tuple[Settings, ...], law: int) -> Iterator[int]:
    """For each stage, and for the link behind the last one: the first from there on that works on a kind of that law."""
    for start in range(len(stages) + 1):
        yield next((k for k in range(start, len(stages)) if stages[k].serves[law]), len(stages))
