"""The recipient: meets mail, opens or previews it, and does things with it afterwards.

One `Person` serves all recipients of a group at one of their devices. Opening after a delay is an entry of the event
list; a person who checks the inbox again and again is a task (sessions.py).
"""

from collections.abc import Sequence
from typing import Final

from agents.habits import Habits
from agents.observer import name_of
from agents.records import ALWAYS_OPEN, Device, Group, MarksRead, Reads, Sync
from agents.seat import Seat
from agents.sessions import Sessions
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import DEVICE_SHIFT, ENTITY_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, Rank, order
from transport.mail.mailbox import DELETED_ITEMS, Copy
from transport.recall.codes import Folder
from transport.streams.purposes import CURIOSITY, HAZARD, PREVIEW, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import advance, hazard_tick

JUNK: Final = Folder.JUNK.value
LEFT_ALONE: Final = (DELETED_ITEMS, JUNK)
SHOWN: Final = 2
LOOK: Final = Rank.LOOK << RANK_SHIFT
PROCESS: Final = Rank.PROCESS << RANK_SHIFT


class Person:
    """The reader at one device of each recipient of a group.

    Args:
        world: the surroundings.
        group, device: who reads, and where.

    Attributes:
        habits: what the person does with mail afterwards.
        sessions: how the person checks the inbox, if that is how.
    """

    def __init__(self, world: World, group: Group, device: Device) -> None:
        reading = device.reading
        self.world = world
        self.group = group
        self.device = device
        self.traits = group.person
        self.habits = Habits(world, group)
        self.sessions = Sessions(self) if reading.kind is Reads.SESSIONS else None
        self._reads = reading.kind is not Reads.NEVER
        self._delays = reading.kind is Reads.DELAY
        self._hours = () if reading.calendar == ALWAYS_OPEN else world.plan.calendars[reading.calendar]
        self._delay_columns: list[Sequence[int]] = [()] * 3
        self._executes = device.executes and group.same_organisation and group.on_exchange
        self._sets_flag = device.sync is not Sync.FETCH and not world.is_public(group)

    # --- meeting mail --------------------------------------------------------------------------------------------

    def meet(self, seat: Seat, copy: Copy) -> None:
        """A message has become visible here, or unread again: sooner or later the person comes to it."""
        if self.habits.at_once and not copy.marked_unread:
            self.habits.on_arrival(seat, copy)
        if not self._reads or not self.would_open(seat, copy) or (self.traits.never and self._never_opens(seat)):
            return
        if self.sessions is not None:
            self.sessions.wake(seat)
            return
        tick, kind, clock = self._opening_tick(seat, copy), copy.kind, self.world.clock
        if tick >= NEVER:
            return
        rank = PROCESS if kind == REQUEST and self._executes and not copy.spent else LOOK
        if tick == clock.now:
            tick = clock.due(0, rank >> RANK_SHIFT)
        ordinal = seat.place << DEVICE_SHIFT | copy.marked_unread & 0xFFFF
        packed = rank | seat.box.number << ENTITY_SHIFT | kind << MESSAGE_SHIFT | ordinal
        clock.push((tick, packed, self._comes_to, seat, copy))

    def would_open(self, seat: Seat, copy: Copy) -> bool:
        """Whether the message is one that a person handles: unread, and not in Junk or Deleted Items."""
        return copy.here and copy.folder not in LEFT_ALONE and not seat.box.is_read(seat, copy)

    def _never_opens(self, seat: Seat) -> bool:
        return self.world.happens(self.traits.never, NEVER_OPENS, 0, seat.who, seat.box.number)

    def _opening_tick(self, seat: Seat, copy: Copy) -> int:
        world, row, kind, again = self.world, self._hours, copy.kind, copy.marked_unread
        number, now = seat.box.number, world.clock.now
        if self._delays:
            if again or seat.who:
                law = self.device.reading.delay[kind]
                ticks = world.times.at(law, READ_DELAY, kind, seat.place, number, again)
            else:
                ticks = (self._delay_columns[kind] or self._fill_delays(seat, kind))[number - self.group.first]
            if not row:
                return now + ticks
            return advance(row, 0, len(row), world.plan.week, now + world.offset, ticks) - world.offset
        reading = self.device.reading
        u = world.draws.uniform(HAZARD, kind, seat.place, number, again)
        tick = hazard_tick(
            row, 0, len(row), world.plan.week, now + world.offset, reading.inside, reading.outside, u
        )
        return tick - world.offset if tick < NEVER else NEVER

    def _fill_delays(self, seat: Seat, kind: int) -> Sequence[int]:
        group, law = self.group, self.device.reading.delay[kind]
        column = self.world.times.part(law, READ_DELAY, kind, seat.place, group.first, group.size)
        self._delay_columns[kind] = column
        return column

    def _comes_to(self, seat: Seat, copy: Copy) -> None:
        if seat.visible >> copy.kind & 1 and self.would_open(seat, copy):
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
        if not seat.visible >> ORIGINAL & 1 or not original.here or seat.box.is_read(seat, original):
            return False
        return self.world.happens(self.traits.curiosity, CURIOSITY, 0, seat.who, seat.box.number)

    def handle(self, seat: Seat, copy: Copy) -> None:
        """Open a message, or show it in the reading pane: what is seen, flagged and decided falls now."""
        world, kind = self.world, copy.kind
        if seat.on_screen is not None:
            self._leave_pane(seat)
        previews = self.traits.preview_kinds[kind] and world.happens(
            self.traits.preview, PREVIEW, 0, seat.who, seat.box.number
        )
        if world.observer is not None:
            what, message = "previews" if previews else "opens", "notice" if copy.spent else name_of(kind)
            world.observer.note("person", what, seat.box.number, message=message, device=seat.place)
        if previews:
            self._preview(seat, copy)
        if kind == REQUEST:
            world.ledger.become_aware(seat.box.number, world.clock.now)
            if previews:
                return
            if self._executes and not copy.spent:
                world.effects.process(seat, by_hand=True)
        elif kind == ORIGINAL:
            self._see(seat, SHOWN if previews else self.device.level)
        elif world.ledger.replacement_seen[seat.box.number] < 0:
            world.ledger.replacement_seen[seat.box.number] = world.clock.now
        if not previews:
            self.mark_read(seat, copy)
        if self.habits.later:
            self.habits.on_opening(seat, copy)

    def _see(self, seat: Seat, level: int) -> None:
        ledger, number = self.world.ledger, seat.box.number
        ledger.see(number, level, self.world.clock.now)
        if not seat.saw:
            seat.saw = True
            if not any(other.saw for other in seat.box.seats if other.who == seat.who and other is not seat):
                ledger.seen_people[number] += 1

    # --- the flag ------------------------------------------------------------------------------------------------

    def mark_read(self, seat: Seat, copy: Copy) -> None:
        """Set the flag here, and at the mailbox if this device is in touch with it (POP never is)."""
        seat.flags |= 1 << copy.kind
        if self._sets_flag:
            copy.read = True

    def _preview(self, seat: Seat, copy: Copy) -> None:
        seat.on_screen = copy
        if self.device.marks_read is MarksRead.AFTER:
            clock = self.world.clock
            tick = clock.due(self.device.marks_after, Rank.KEEP)
            ordinal = seat.place << DEVICE_SHIFT | 0xF000 | copy.marked_unread & 0xFFF
            clock.at(
                tick,
                order(Rank.KEEP, seat.box.number, copy.kind, ordinal),
                self._shown_long_enough,
                seat,
                copy,
            )

    def _shown_long_enough(self, seat: Seat, copy: Copy) -> None:
        if seat.on_screen is copy:
            self.mark_read(seat, copy)

    def _leave_pane(self, seat: Seat) -> None:
        """The selection moves on: with `on_leave` this is when the pane sets the flag."""
        copy, seat.on_screen = seat.on_screen, None
        if copy is not None and self.device.marks_read is MarksRead.ON_LEAVE:
            self.mark_read(seat, copy)
