"""The servers as one system: from a submission through the stages, over the link, to a mailbox or back to the sender.

One message becomes many on its way (`expansion`); here is the way of each of them, and the way back.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from transport.clock.ranks import ENTITY_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, SUB_SHIFT, Rank
from transport.recall.codes import Kind
from transport.relay.envelope import REPORT, Envelope, Notice
from transport.relay.expansion import Expansion
from transport.relay.interception import Interception
from transport.relay.mishaps import Mishaps
from transport.relay.obstructed import ObstructedStage
from transport.relay.plain_stage import LATER_NEWS, Exit, PlainStage, is_plain
from transport.relay.settings import Grain, Link, MailingList
from transport.relay.settings import Stage as Settings
from transport.relay.stage import Stage
from transport.relay.way_back import WayBack
from transport.relay.ways import Ways
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import WHOLE
from transport.streams.purposes import LATENCY
from transport.streams.times import Times

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop

ORIGINAL: Final = Kind.ORIGINAL.value
REQUEST: Final = Kind.REQUEST.value
DELIVER: Final = Rank.DELIVER << RANK_SHIFT
DELIVER_REPORT: Final = DELIVER | REPORT << MESSAGE_SHIFT
SENDER: Final = Rank.SENDER << RANK_SHIFT


class Relay:
    """All servers between the sender and the mailboxes, in one direction, and the way back.

    Args:
        clock: the loop they live in.
        times: chance, in ticks.
        stages, link: the settings, in order of passage.
        lists: the distribution groups among the recipients.
        intercepts: whether the servers remove originals under way when they handle a request (S1).
        reports_shared: whether reports queue with the mail to recipients.
        horizon: the last tick.
        kinds: the kinds of message that will probably come.
        plain: take what is plain as such; without it every stage is simulated event by event, with equal results.

    The callbacks are set by whoever owns the mailboxes; each takes (recipient number, kind): `delivered`, `bounced`,
    `rejected`, `lost`, `intercepted`, `delayed`; `stripped` takes a recipient number; `returned`, for what reaches the
    sender, takes (recipient number, ordinal of the notice).
    """

    def __init__(
        self,
        clock: "VirtualLoop",
        times: Times,
        stages: tuple[Settings, ...],
        link: Link,
        lists: tuple[MailingList, ...] = (),
        *,
        intercepts: bool,
        reports_shared: bool,
        horizon: int,
        kinds: Sequence[int] = (),
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
        self.sometimes = Sometimes()
        self.interception = Interception(times.count) if intercepts else None
        self.mishaps = Mishaps(link, clock, times, self.sometimes)
        self.link_is_special = intercepts or self.mishaps.happen
        plain = plain and not (
            self.link_is_special
            or lists
            or any(s.defers or s.background or s.is_obstructed or s.strips or s.members for s in stages)
        )
        self.stages: tuple[Stage | PlainStage, ...] = tuple(
            PlainStage(settings, clock, times, horizon)
            if plain and is_plain(settings)
            else self._stage(settings)
            for settings in stages
        )
        self._ways = Ways(stages, times.count)
        self._next = self._ways.common
        self._expansion = Expansion(self, self._ways, lists)
        self.moderation = self._expansion.moderation
        self._latency: list[Sequence[int]] = [()] * 4
        for law in kinds:
            times.expect(link.latency[law], LATENCY, law, 0, shared=link.shared[law])
        for stage in self.stages:
            number = stage.settings.number
            if isinstance(stage, Stage):
                stage.onward = [self._way_from(stage.settings, law) for law in range(4)]
            else:
                stage.expect(kinds)
                stage.exits = [self._exit_from(number, law) for law in range(4)]
                stage.exits_together = [self._exit_together(number, law) for law in range(4)]
        self.send_back = WayBack(self, self._ways, shared=reports_shared).send
        self.delivered: Callable[[int, int], None]
        self.bounced: Callable[[int, int], None]
        self.rejected: Callable[[int, int], None]
        self.lost: Callable[[int, int], None]
        self.intercepted: Callable[[int, int], None]
        self.delayed: Callable[[int, int], None]
        self.stripped: Callable[[int], None]
        self.returned: Callable[[int, int], None]

    def _stage(self, settings: Settings) -> Stage:
        arguments = settings, self.clock, self.times, self.bounce, self.sometimes
        if settings.is_obstructed:
            return ObstructedStage(*arguments, rejected=self.reject, delayed=self._delay)
        return Stage(*arguments)

    def _way_from(self, settings: Settings, law: int) -> Callable[[Envelope], None]:
        """What takes an envelope that a stage has served."""
        stage = settings.number + 1
        if settings.strips and law == REQUEST:
            return partial(self._strip, stage=stage)
        alone = settings.grain is Grain.RECIPIENT
        if not alone or self._ways.differ or (self.interception is not None and law == ORIGINAL):
            return partial(self.forward, stage=stage)
        target = self._next[law][stage]
        return self.send if target == len(self.stages) else self.stages[target].enter

    def _exit_from(self, stage: int, law: int) -> Exit:
        """What takes a job that will have passed the plain stage `stage`."""
        follows = self._next[law][stage + 1]
        if follows == len(self.stages):
            return self._send_report_at if law == REPORT else partial(self._send_at, law)
        target = self.stages[follows]
        if isinstance(target, PlainStage):
            return partial(target.enter_at, law)
        ends = Rank.SERVE << RANK_SHIFT | 3 * stage + 2 << SUB_SHIFT
        return partial(_enter_at, target, ends, law)

    def _exit_together(self, stage: int, law: int) -> Callable[[Sequence[int], Sequence[int]], None]:
        """The same for one message to many recipients."""
        if self._next[law][stage + 1] == len(self.stages):
            return partial(self._send_all_at, law)
        return partial(_one_by_one, self._exit_from(stage, law))

    # --- to the recipients ---------------------------------------------------------------------------------------

    def submit(self, kind: int) -> None:
        """Send one message to every recipient."""
        self._expansion.submit(kind)

    def forward(self, envelope: Envelope, stage: int) -> None:
        """Hand an envelope to the first stage from `stage` on that takes it, or to the link."""
        if envelope.entity == WHOLE:
            self._expansion.forward(envelope, stage)
            return
        place = self._ways.next(envelope.law, envelope.entity, stage)
        if place == len(self.stages):
            self.send(envelope)
            return
        target = self.stages[place]
        if self.interception is not None and envelope.kind == ORIGINAL:
            assert isinstance(target, Stage)
            self.interception.enters(envelope, target)
        target.enter(envelope)

    def _strip(self, envelope: Envelope, stage: int) -> None:
        """A stage has made an ordinary mail of a request (S9)."""
        for number in range(envelope.first, envelope.last + 1):
            self.sometimes.note(Rare.STRIPPED)
            self.stripped(number)
        self.forward(envelope, stage)

    def send(self, envelope: Envelope) -> None:
        """Put an envelope on the link."""
        if self.link_is_special and self.meets_mishap(envelope, self.clock.now):
            return
        cell, kind = envelope.cell, envelope.kind
        column = self._latency[envelope.law]
        tick = self.clock.now + (column[cell] if column and cell else self.latency_of(envelope))
        if kind < REPORT:
            self._push((tick, DELIVER | envelope.packed, self.delivered, cell, kind))
        else:
            self._push((tick, DELIVER | envelope.packed, self.returned, envelope.entity, envelope.ordinal))

    def _send_at(self, kind: int, tick: int, number: int, ordinal: int) -> None:
        """Put a message that leaves the last stage at `tick` on the link."""
        tick += (self._latency[kind] or self._fill_latency(kind))[number]
        push = self._push if tick < self._events.bound else self._push_late
        order = DELIVER | number << ENTITY_SHIFT | kind << MESSAGE_SHIFT | ordinal
        push((tick, order, self.delivered, number, kind))

    def _send_report_at(self, tick: int, number: int, ordinal: int) -> None:
        """The same for a report."""
        if ordinal >> LATER_NEWS:
            tick += self.latency_of(Notice(REPORT, number, ordinal))
        else:
            tick += (self._latency[REPORT] or self._fill_latency(REPORT))[number]
        push = self._push if tick < self._events.bound else self._push_late
        push((tick, DELIVER_REPORT | number << ENTITY_SHIFT | ordinal, self.returned, number, ordinal))

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

    def meets_mishap(self, envelope: Envelope, tick: int) -> bool:
        """Whether what is put on the link at `tick` is lost, or sent twice, and so is seen to.

        With interception, an original is out of reach from here on.
        """
        number, kind = envelope.entity, envelope.kind
        if self.interception is not None and kind == ORIGINAL:
            self.interception.leaves(number)
        if self.mishaps.loses(envelope):
            self.lost(number, kind)
            return True
        if self.mishaps.doubles(envelope):
            self.mishaps.send_twice(envelope, tick, tick + self.latency_of(envelope), self._arrive)
            return True
        return False

    def _arrive(self, envelope: Envelope) -> None:
        if envelope.kind < REPORT:
            self.delivered(envelope.entity, envelope.kind)
        else:
            self.returned(envelope.entity, envelope.ordinal)

    def latency_of(self, envelope: Envelope) -> int:
        """The ticks that an envelope spends on the link."""
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

    # --- what does not get through -------------------------------------------------------------------------------

    def bounce(self, envelope: Envelope) -> None:
        """Give a message up: its recipients do not get it, and the sender gets a DSN for each (RFC 3464)."""
        for number in self._kept_from(envelope):
            self.bounced(number, envelope.kind)

    def reject(self, envelope: Envelope) -> None:
        """A server or a moderator refuses a message for good; the sender gets a DSN for each recipient."""
        for number in self._kept_from(envelope):
            self.rejected(number, envelope.kind)

    def _kept_from(self, envelope: Envelope) -> Iterator[int]:
        """The recipients of a message that ends here, but for those from whom it was taken back before."""
        for number, kind in self._copies(envelope):
            if kind == ORIGINAL and self.interception is not None:
                self.interception.leaves(number)
            yield number

    def _delay(self, envelope: Envelope) -> None:
        """A message has been in one stage for too long: the sender gets a notice for each recipient (RFC 3464)."""
        for number, kind in self._copies(envelope):
            self.delayed(number, kind)

    # --- what is under way ---------------------------------------------------------------------------------------

    def under_way(self) -> Iterator[tuple[int, int]]:
        """(recipient number, kind) of every copy that is in the servers or on the link, counted from where it stands."""
        stages = (stage.jobs() for stage in self.stages)
        for envelope in chain(self.moderation.waiting(), self.mishaps.under_way(), *stages):
            yield from self._copies(envelope)
        for _, _, function, a, b in self.clock.pending():
            if isinstance(a, Envelope):
                # An end of service that an outage made void carries an old epoch; of twins, `mishaps` knows.
                if b is None or (function != self.mishaps.arrive and a.epoch == b):
                    yield from self._copies(a)
            elif function == self.delivered:
                yield a, b

    def _copies(self, envelope: Envelope) -> Iterator[tuple[int, int]]:
        """(recipient number, kind) of what an envelope still carries."""
        kind, interception = envelope.kind, self.interception
        if kind >= REPORT or envelope.withdrawn:
            return
        for number in range(envelope.first, envelope.last + 1):
            if kind != ORIGINAL or interception is None or not interception.is_taken_back(number):
                yield number, kind


def _enter_at(stage: Stage, ends: int, kind: int, tick: int, number: int, ordinal: int) -> None:
    """Let a job that will have passed a plain stage enter one that is not."""
    make = Notice if ordinal >> LATER_NEWS else Envelope
    envelope = make(kind, number, ordinal)
    stage.enter_at(tick, envelope, ends | envelope.packed)


def _one_by_one(leave: Exit, ticks: Sequence[int], numbers: Sequence[int]) -> None:
    for tick, number in zip(ticks, numbers, strict=True):
        leave(tick, number, 0)
