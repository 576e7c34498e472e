"""The recipient: meets mail, opens or previews it, and does things with it afterwards.

One `Person` serves all recipients of a group at one of their devices. Opening after a delay is an entry of the event
list; a person who checks the inbox again and again is a task (sessions.py).
"""

from collections.abc import Callable, Sequence
from typing import Final

from agents.client import Client
from agents.habits import Habits
from agents.inbox import BusySessions
from agents.observer import name_of
from agents.records import ALWAYS_OPEN, Group, MailboxKind, MarksRead, Reads, Sync
from agents.running import RunningTime, running_time
from agents.seat import Seat
from agents.sessions import Sessions
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import DEVICE_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, Rank, order
from transport.mail.mailbox import DELETED_ITEMS, Copy
from transport.recall.codes import Folder, Place
from transport.streams.purposes import CURIOSITY, HAZARD, PREVIEW, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import advance, hazard_tick

JUNK: Final = Folder.JUNK.value
LEFT_ALONE: Final = (DELETED_ITEMS, JUNK)
TAKEN_BACK: Final = (Place.REMOVED_BY_RECALL.value, Place.REMOVED_BY_ADMIN.value)
SHOWN: Final = 2
LOOK: Final = Rank.LOOK << RANK_SHIFT
PROCESS: Final = Rank.PROCESS << RANK_SHIFT


class Person:
    """The reader at one device of each recipient of a group.

    Args:
        world: the surroundings.
        group: who reads.
        client: the program at which they do.

    Attributes:
        would_open, mark_read, see: what the person would open here, what opening sets, and what seeing leaves.
        habits: what the person does with mail afterwards.
        sessions: how the person checks the inbox, if that is how.
        running: when the person's clocks run, if more than a calendar decides that.
    """

    def __init__(self, world: World, group: Group, client: Client) -> None:
        device, lags = client.device, client.lags
        reading = device.reading
        self.world = world
        self.group = group
        self.device = device
        self.traits = group.person
        self.habits = Habits(world, group)
        self.running = running_time(world, client)
        self._clock = world.clock
        self._events = world.clock.events
        self._push = world.clock.push
        self._push_late = world.clock.push_late
        self._ledger = world.ledger
        self._acts_on_arrival = bool(self.habits.at_once)
        self._acts_on_opening = bool(self.habits.later)
        self._first = group.first
        self._left_alone: tuple[int, ...] = LEFT_ALONE
        self._never = group.person.never > 0.0
        self._previews = device.preview_kinds
        self._reads = reading.kind is not Reads.NEVER
        self._delays = reading.kind is Reads.DELAY
        self._hours = () if reading.calendar == ALWAYS_OPEN else world.plan.calendars[reading.calendar]
        self._executes = device.executes and group.processes
        by_hand = self._executes and self._delays
        self._glances = by_hand and self._previews[REQUEST]
        ranks = (LOOK, PROCESS if by_hand else LOOK, LOOK)
        self._ranks = tuple(rank | kind << MESSAGE_SHIFT for kind, rank in enumerate(ranks))
        self._delay_columns: list[Sequence[int]] = [()] * 3
        self._public = group.mailbox is MailboxKind.PUBLIC
        self._counts_periods = self._public or lags
        self._sets_flag = device.sync is not Sync.FETCH and not self._public
        if lags:
            self.would_open: Callable[[Seat, Copy], bool] = self._would_open_here
            self.mark_read: Callable[[Seat, Copy], None] = self._mark_read_here
            self.see: Callable[[Seat, int], None] = self._see_here
        else:
            self.would_open, self.mark_read, self.see = self._would_open, self._mark_read, self._see_live
        self._meets_by_delay = self._delays and not self._hours and group.mailbox is MailboxKind.USER
        if self._acts_on_arrival or self._never or lags or self.running is not None or self._glances:
            self._meets_by_delay = False
        only_opens = not (any(self._previews) or self.traits.curiosity > 0.0 or self._acts_on_opening)
        is_alone = len(group.devices) == 1 and group.mailbox is MailboxKind.USER and self._sets_flag
        self._come = self._comes_to
        if only_opens and is_alone and not lags and not reading.clocks and world.observer is None:
            self._come = self._comes_and_opens
        self.sessions = self._checks() if reading.kind is Reads.SESSIONS else None

    def _checks(self) -> Sessions:
        """How the person checks the inbox."""
        mail = self.device.reading.inbox
        return Sessions(self) if mail is None else BusySessions(self, mail)

    # --- meeting mail --------------------------------------------------------------------------------------------

    def meet(self, seat: Seat, copy: Copy) -> None:
        """A message has become visible here, or unread again: sooner or later the person comes to it."""
        kind = copy.kind
        if self._meets_by_delay and not (copy.marked_unread or copy.folder or copy.read):
            column = self._delay_columns[kind]
            if column:
                now = self._clock.now
                tick = now + column[seat.box.number - self._first]
                rank = self._ranks[kind]
                if now < tick < self._events.bound:
                    self._push((tick, rank | seat.packed, self._come, seat, copy))
                    return
                if now < tick < NEVER:
                    self._push_late((tick, rank | seat.packed, self._come, seat, copy))
                    return
        self._meet(seat, copy, kind)

    def _meet(self, seat: Seat, copy: Copy, kind: int) -> None:
        again = seat.periods[kind] if self._counts_periods else copy.marked_unread
        if self._acts_on_arrival and not again:
            self.habits.on_arrival(seat, copy)
        if not self._reads or ((copy.folder or copy.read) and not self.would_open(seat, copy)):
            return
        if self._never and self._never_opens(seat):
            return
        if self.sessions is not None:
            self.sessions.wake(seat)
            return
        now, column = self._clock.now, self._delay_columns[kind]
        if column and not again and not seat.who:
            tick = now + column[seat.box.number - self._first]
        else:
            tick = self._drawn_tick(seat, copy, again)
        if tick >= NEVER:
            return
        rank = self.rank(seat, kind)
        if tick == now:
            tick = self._clock.due(0, rank >> RANK_SHIFT)
        if again:
            packed = rank | seat.packed | again & 0x7FFF
            self._push((tick, packed, self._comes_again, seat, (copy, again)))
        elif tick < self._events.bound:
            self._push((tick, rank | seat.packed, self._come, seat, copy))
        else:
            self._push_late((tick, rank | seat.packed, self._come, seat, copy))

    def rank(self, seat: Seat, kind: int) -> int:
        """When within a tick a message is come to: a request by `delay` to be processed, what the pane shows as a look."""
        if self._glances and kind == REQUEST:
            world, number = self.world, seat.box.number
            if world.happens(self.device.preview, PREVIEW, 0, seat.place, number):
                return LOOK | kind << MESSAGE_SHIFT
        return self._ranks[kind]

    def _would_open(self, seat: Seat, copy: Copy) -> bool:
        """Whether the message is one that a person handles: unread, and not in Junk or Deleted Items."""
        if not copy.here or copy.folder in self._left_alone or seat.flags >> copy.kind & 1:
            return False
        return not copy.read or seat.box.public

    def _would_open_here(self, seat: Seat, copy: Copy) -> bool:
        """The same at a device that lags: it shows what it has fetched, be it gone from the mailbox or not."""
        if seat.deleted >> copy.kind & 1 or seat.folder_of(copy) in self._left_alone:
            return False
        return not seat.box.is_read(seat, copy)

    def finds_moved(self, seat: Seat, copy: Copy) -> None:
        """A message has gone to another folder; it is met there as it would have been before, at the same time."""

    def _never_opens(self, seat: Seat) -> bool:
        return self.world.happens(self.traits.never, NEVER_OPENS, 0, seat.who, seat.box.number)

    def _drawn_tick(self, seat: Seat, copy: Copy, again: int) -> int:
        """The tick of an opening that stands in no column yet: the first of its kind, again, in hours, or by hazard."""
        world, row, kind = self.world, self._hours, copy.kind
        number, now, reading, running = seat.box.number, world.clock.now, self.device.reading, self.running
        if running is not None:
            return self._running_tick(running, seat, kind, again)
        if not self._delays:
            u = world.draws.uniform(HAZARD, kind, seat.place, number, again)
            tick = hazard_tick(
                row, 0, len(row), world.plan.week, now + world.offset, reading.inside, reading.outside, u
            )
            return tick - world.offset if tick < NEVER else NEVER
        law, group = reading.delay[kind], self.group
        if not row and not again and not seat.who:
            column = world.times.part(law, READ_DELAY, kind, seat.place, group.first, group.size)
            self._delay_columns[kind] = column
            return now + column[number - group.first]
        ticks = world.times.at(law, READ_DELAY, kind, seat.place, number, again)
        return advance(row, 0, len(row), world.plan.week, now + world.offset, ticks) - world.offset

    def _running_tick(self, running: RunningTime, seat: Seat, kind: int, again: int) -> int:
        """The same where the clocks of the person stand still at times."""
        world, number, reading = self.world, seat.box.number, self.device.reading
        now = world.clock.now
        if not self._delays:
            u = world.draws.uniform(HAZARD, kind, seat.place, number, again)
            return running.hazard(seat, now, reading.inside, reading.outside, u)
        ticks = world.times.at(reading.delay[kind], READ_DELAY, kind, seat.place, number, again)
        return running.advance(seat, now, ticks)

    def _comes_again(self, seat: Seat, planned: tuple[Copy, int]) -> None:
        copy, again = planned
        if seat.box.marks_of(seat, copy) == again:  # else it was marked unread since, and has a fresh delay
            self._open(seat, copy)

    def _comes_to(self, seat: Seat, copy: Copy) -> None:
        if not (seat.periods[copy.kind] if self._counts_periods else copy.marked_unread):
            self._open(seat, copy)

    def _comes_and_opens(self, seat: Seat, copy: Copy) -> None:
        """`_comes_to` where a message is opened and that is all: one device, no pane, no curiosity, no afterthought."""
        if copy.read or copy.marked_unread or not copy.here or copy.folder in LEFT_ALONE:
            return
        kind, ledger = copy.kind, self._ledger
        if kind == ORIGINAL:
            self.see(seat, self.device.level)
        elif kind == REQUEST:
            number = seat.box.number
            if ledger.aware[number] < 0:
                ledger.aware[number] = self._clock.now
            if self._executes and not copy.spent:
                self.world.effects.process(seat, by_hand=True)
        elif ledger.replacement_seen[seat.box.number] < 0:
            ledger.replacement_seen[seat.box.number] = self._clock.now
        copy.read = True
        seat.flags |= 1 << kind

    def _open(self, seat: Seat, copy: Copy) -> None:
        if not seat.visible >> copy.kind & 1 or not self.would_open(seat, copy):
            return
        if self.traits.curiosity and copy.kind == REQUEST and self.is_curious(seat):
            original = seat.box.copies[ORIGINAL]
            assert original is not None
            self.handle(seat, original)
        self.handle(seat, copy)

    # --- handling one message ------------------------------------------------------------------------------------

    def is_curious(self, seat: Seat) -> bool:
        """Whether the person, about to open the request, opens the unread original first."""
        original, request = seat.box.copies[ORIGINAL], seat.box.copies[REQUEST]
        if self.traits.curiosity <= 0.0 or original is None or request is None or request.spent:
            return False
        if not seat.visible >> ORIGINAL & 1 or not self.would_open(seat, original):
            return False
        return self.world.happens(self.traits.curiosity, CURIOSITY, 0, seat.who, seat.box.number)

    def handle(self, seat: Seat, copy: Copy) -> None:
        """Open a message, or show it in the reading pane: what is seen, flagged and decided falls now."""
        world, kind, number = self.world, copy.kind, seat.box.number
        if seat.on_screen is not None:
            self.leave_pane(seat)
        previews = self._previews[kind] and world.happens(self.device.preview, PREVIEW, 0, seat.place, number)
        if world.observer is not None:
            what, message = "previews" if previews else "opens", "notice" if copy.spent else name_of(kind)
            world.observer.note("person", what, number, message=message, device=seat.place)
        if previews:
            self._preview(seat, copy)
        if kind == REQUEST:
            if self._ledger.aware[number] < 0:
                self._ledger.aware[number] = self._clock.now
            if self._executes and not previews and not copy.spent:
                world.effects.process(seat, by_hand=True)
        elif kind == ORIGINAL:
            self.see(seat, SHOWN if previews else self.device.level)
        elif self._ledger.replacement_seen[number] < 0:
            self._ledger.replacement_seen[number] = self._clock.now
        if not previews:
            self.mark_read(seat, copy)
        if self._acts_on_opening:
            self.habits.on_opening(seat, copy)

    def _see_live(self, seat: Seat, level: int) -> None:
        ledger, number = self._ledger, seat.box.number
        ledger.see(number, level, self._clock.now)
        if level >= ledger.seen_level_counted and not seat.saw:
            seat.saw = True
            others = seat.box.seats
            if len(others) == 1 or not any(o.saw for o in others if o.who == seat.who and o is not seat):
                ledger.seen_people[number] += 1

    def _see_here(self, seat: Seat, level: int) -> None:
        """The same at a device that lags: what it shows may have been removed from the mailbox (R/S2)."""
        ledger, number = self._ledger, seat.box.number
        unseen = ledger.seen[number] < 0
        self._see_live(seat, level)
        if unseen and ledger.seen[number] >= 0 and ledger.place[ORIGINAL][number] in TAKEN_BACK:
            ledger.seen_after_removal[number] = 1

    # --- the flag ------------------------------------------------------------------------------------------------

    def _mark_read(self, seat: Seat, copy: Copy) -> None:
        """Set the flag, at a POP device for itself alone."""
        seat.flags |= 1 << copy.kind
        if self._sets_flag:
            copy.read = True

    def _mark_read_here(self, seat: Seat, copy: Copy) -> None:
        """Set the flag here; the mailbox has it with the next sync of this device."""
        seat.flags |= 1 << copy.kind
        seat.unflags &= ~(1 << copy.kind)
        seat.client.has_changes(seat)

    def _preview(self, seat: Seat, copy: Copy) -> None:
        seat.on_screen = copy
        seat.shown_at = self._clock.now
        seat.shows += 1
        if self.device.marks_read is MarksRead.AFTER:
            clock = self.world.clock
            tick = clock.due(self.device.marks_after, Rank.KEEP)
            ordinal = seat.place << DEVICE_SHIFT | 0xF000 | seat.shows & 0xFFF
            at = order(Rank.KEEP, seat.box.number, copy.kind, ordinal)
            clock.at(tick, at, self._shown_long_enough, seat, copy)

    def _shown_long_enough(self, seat: Seat, copy: Copy) -> None:
        if seat.on_screen is copy and self._clock.now - seat.shown_at >= self.device.marks_after:
            self._mark_shown(seat, copy)

    def leave_pane(self, seat: Seat) -> None:
        """The selection moves on: with `on_leave` this is when the pane sets the flag."""
        copy, seat.on_screen = seat.on_screen, None
        if copy is not None and self.device.marks_read is MarksRead.ON_LEAVE:
            self._mark_shown(seat, copy)

    def _mark_shown(self, seat: Seat, copy: Copy) -> None:
        if not seat.has(copy):
            return  # recalled, deleted, or fetched away by another device while it was on the screen
        if self.world.observer is not None:
            number, message = seat.box.number, "notice" if copy.spent else name_of(copy.kind)
            self.world.observer.note(
                "client", "marks read in the pane", number, message=message, device=seat.place
            )
        self.mark_read(seat, copy)
