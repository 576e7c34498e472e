"""The servers as one system: from a submission through the stages, over the link, to a mailbox or back to the sender.

A submission of a distribution is one job until a stage works by batch or by recipient; there it is expanded, and there a
recall request takes effect on originals that are still under way, if the servers intercept (S1).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import ENTITY_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, SUB_SHIFT, Rank
from transport.recall.codes import Kind
from transport.relay.envelope import REPORT, Distribution, Envelope, Notice
from transport.relay.interception import Interception
from transport.relay.plain_stage import KIND, LATER_NEWS, ORDINAL, Exit, PlainStage, is_plain
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
        horizon: the last tick.
        plain: take what is plain as such; without it every stage is simulated event by event, with equal results.

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
        horizon: int,
        plain: bool = True,
    ) -> None:
        self.clock = clock
        self.times = times
        self.link = link
        self._push = clock.push
        self._events = clock.events
        self._push_late = clock.push_late
        self.count = times.count
        self.reports_shared = reports_shared
        self.interception = Interception(times.count) if intercepts else None
        self._link_is_special = intercepts or any(odds > 0.0 for odds in link.loss)
        can_bounce = any(odds > 0.0 for settings in stages for odds in settings.failure)
        plain = plain and not (self._link_is_special or can_bounce or any(s.background for s in stages))
        self.stages: tuple[Stage | PlainStage, ...] = tuple(
            PlainStage(settings, clock, times, horizon)
            if plain and is_plain(settings)
            else Stage(settings, clock, times, self._bounce)
            for settings in stages
        )
        self._next = tuple(tuple(_routes(stages, law)) for law in range(4))
        self._latency: list[Sequence[int]] = [()] * 4
        for stage in self.stages:
            number = stage.settings.number
            if isinstance(stage, Stage):
                stage.onward = [self._way_from(number + 1, law) for law in range(4)]
            else:
                stage.exits = [self._exit_from(number, law) for law in range(4)]
                stage.exits_together = [self._exit_together(number, law) for law in range(4)]
        first = self.stages[self._next[REPORT][0]] if self._next[REPORT][0] < len(stages) else None
        self._reports_enter = first.enter_at if isinstance(first, PlainStage) and reports_shared else None
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

    def _exit_from(self, stage: int, law: int) -> Exit:
        """What takes a job that will have passed the plain stage `stage`."""
        follows = self._next[law][stage + 1]
        if follows == len(self.stages):
            return self._send_report_at if law == REPORT else self._send_at
        target = self.stages[follows]
        if isinstance(target, PlainStage):
            return target.enter_at
        ends = Rank.SERVE << RANK_SHIFT | 3 * stage + 2 << SUB_SHIFT
        return partial(_enter_at, target, ends)

    def _exit_together(self, stage: int, law: int) -> Callable[[Sequence[int], Sequence[int]], None]:
        """The same for one message to many recipients."""
        if self._next[law][stage + 1] == len(self.stages):
            return partial(self._send_all_at, law)
        return partial(_one_by_one, self._exit_from(stage, law), law << MESSAGE_SHIFT)

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
        target = self.stages[stage]
        if self.interception is not None and envelope.kind == ORIGINAL and envelope.entity != WHOLE:
            assert isinstance(target, Stage)
            self.interception.enters(envelope, target)
        target.enter(envelope)

    def _divide(self, envelope: Distribution, stage: int) -> None:
        target = self.stages[stage]
        size = target.settings.batch
        for ordinal, first in enumerate(range(1, self.count + 1, size)):
            last = min(first + size - 1, self.count)
            target.enter(Distribution(envelope.kind, first, last, ordinal))

    def _expand(self, envelope: Distribution, stage: int) -> None:
        """Make one envelope a recipient; a request takes effect here on what is under way (S1)."""
        kind, interception = envelope.kind, self.interception
        numbers: Sequence[int] = range(envelope.first, envelope.last + 1)
        if interception is not None and kind == REQUEST:
            numbers = [number for number in numbers if not self._intercept(number)]
        elif interception is not None and kind == ORIGINAL:
            numbers = [number for number in numbers if not interception.is_taken_back(number)]
        if stage == len(self.stages):
            for number in numbers:
                self._send(Envelope(kind, number))
            return
        target = self.stages[stage]
        if isinstance(target, PlainStage):
            target.enter_all(kind, numbers)
            return
        envelopes = [Envelope(kind, number) for number in numbers]
        if interception is not None and kind == ORIGINAL:
            for each in envelopes:
                interception.enters(each, target)
        target.enter_all(envelopes)

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

    def _send_at(self, tick: int, packed: int) -> None:
        """Put a message that leaves the last stage at `tick` on the link."""
        kind, number = packed >> MESSAGE_SHIFT & KIND, packed >> ENTITY_SHIFT
        tick += (self._latency[kind] or self._fill_latency(kind))[number]
        push = self._push if tick < self._events.bound else self._push_late
        push((tick, DELIVER | packed, self.delivered, number, kind))

    def _send_report_at(self, tick: int, packed: int) -> None:
        """The same for a report."""
        number = packed >> ENTITY_SHIFT
        if packed >> LATER_NEWS & ORDINAL >> LATER_NEWS:
            tick += self._latency_of(Notice(REPORT, number, packed & ORDINAL))
        else:
            tick += (self._latency[REPORT] or self._fill_latency(REPORT))[number]
        push = self._push if tick < self._events.bound else self._push_late
        push((tick, DELIVER | packed, self.returned, number, packed & ORDINAL))

    def _send_all_at(self, kind: int, ticks: Sequence[int], numbers: Sequence[int]) -> None:
        """The same for one message to many recipients."""
        column, rank = self._latency[kind] or self._fill_latency(kind), DELIVER | kind << MESSAGE_SHIFT
        delivered = self.delivered
        self.clock.push_all(
            [
                (tick + column[number], rank | number << ENTITY_SHIFT, delivered, number, kind)
                for tick, number in zip(ticks, numbers, strict=True)
            ]
        )

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
            return (self._latency[law] or self._fill_latency(law))[envelope.cell]
        entity = WHOLE if link.shared[law] else envelope.entity
        return self.times.at(link.latency[law], LATENCY, envelope.kind, 0, entity, envelope.ordinal >> 8)

    def _fill_latency(self, law: int) -> Sequence[int]:
        link = self.link
        column = self.times.column(link.latency[law], LATENCY, law, 0, shared=link.shared[law])
        self._latency[law] = column
        return column

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
        tick = self.clock.now + 1
        if self._reports_enter is not None and kind == REPORT:
            self._reports_enter(
                tick, number << ENTITY_SHIFT | REPORT << MESSAGE_SHIFT | attempt << LATER_NEWS | told
            )
            return
        make = Notice if attempt or kind != REPORT else Envelope
        envelope = make(kind, number, attempt << LATER_NEWS | told)
        if self.reports_shared:
            first = self._next[REPORT][0]
            if first < len(self.stages):
                target = self.stages[first]
                assert isinstance(target, Stage)  # where mail bounces no stage is plain
                target.enter_at(tick, envelope, SENDER | envelope.packed)
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


def _enter_at(stage: Stage, ends: int, tick: int, packed: int) -> None:
    """Let a job that will have passed a plain stage enter one that is not."""
    kind, number, ordinal = packed >> MESSAGE_SHIFT & KIND, packed >> ENTITY_SHIFT, packed & ORDINAL
    make = Notice if ordinal >> LATER_NEWS else Envelope
    stage.enter_at(tick, make(kind, number, ordinal), ends | packed)


def _one_by_one(leave: Exit, message: int, ticks: Sequence[int], numbers: Sequence[int]) -> None:
    for tick, number in zip(ticks, numbers, strict=True):
        leave(tick, number << ENTITY_SHIFT | message)


def _routes(stages: tuple[Settings, ...], law: int) -> Iterator[int]:
    """For each stage, and for the link behind the last one: the first from there on that works on a kind of that law."""
    for start in range(len(stages) + 1):
        yield next((k for k in range(start, len(stages)) if stages[k].serves[law]), len(stages))
