"""People who do more than read in turn: who have notifications, folders with a clock of their own, an absence."""

from agents.client import Client
from agents.observer import name_of
from agents.person import LEFT_ALONE, LOOK, Person
from agents.presence import Away
from agents.records import FolderClock, Group
from agents.seat import Seat
from agents.sessions import Sessions
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER, Signal
from transport.clock.ranks import DEVICE_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, Rank, order
from transport.mail.mailbox import INBOX, Copy
from transport.streams.purposes import GLIMPSE, HAZARD, NOTIFIED, REACTION, READ_DELAY
from transport.timing import advance, hazard_tick

GLIMPSED = 1
REACTS = 0x8000
"""Tells the opening that a notification brought about from others at the same device."""
FOLDER_PLACES = 256
"""What the number of a folder clock is multiplied by in the place of a draw; seats have numbers below."""


def person_at(world: World, group: Group, client: Client) -> Person:
    """The reader at one device of each recipient of a group."""
    reading, traits = client.device.reading, group.person
    if reading.notified or reading.clocks or traits.glimpses is not None or traits.absence is not None:
        return AttentivePerson(world, group, client)
    return Person(world, group, client)


class AttentivePerson(Person):
    """A reader with notifications, folder clocks or an absence; arguments as `Person`."""

    def __init__(self, world: World, group: Group, client: Client) -> None:
        super().__init__(world, group, client)
        reading, traits = client.device.reading, group.person
        self._clocks: dict[int, tuple[int, FolderClock]] = {
            clock.folder: (index * FOLDER_PLACES, clock)
            for index, clock in enumerate(reading.clocks, start=1)
        }
        self._left_alone = tuple(folder for folder in LEFT_ALONE if folder not in self._clocks)
        self._elsewhere: dict[int, FolderSessions] = {}
        if self.sessions is not None:
            self.sessions.leave_alone(self._clocks)
            self._elsewhere = {
                folder: FolderSessions(self, places, clock)
                for folder, (places, clock) in self._clocks.items()
            }
        self._plans: dict[tuple[Seat, int], int] = {}
        self._glimpses = traits.glimpses
        self._glimpse_share = 0.0 if traits.glimpses is None else traits.glimpses.share
        self._reacts = reading.notified
        own = client.device.reader == 0
        self._away = Away(world, traits.absence) if traits.absence is not None and own else None
        self._replies = client.device.number == 0

    def meet(self, seat: Seat, copy: Copy) -> None:
        """As `Person.meet`; first the notification of new mail in the Inbox."""
        folder = seat.folder_of(copy)
        if not seat.box.marks_of(seat, copy):
            if self._replies and copy.kind == ORIGINAL and self._is_away(seat):
                self._reply_automatically(seat)
            if folder == INBOX and not copy.read and self._is_notified(seat, copy):
                return
        if folder not in self._clocks:
            super().meet(seat, copy)
            return
        if self._acts_on_arrival and not seat.box.marks_of(seat, copy):
            self.habits.on_arrival(seat, copy)
        self._meet_in_folder(seat, copy, folder)

    def finds_moved(self, seat: Seat, copy: Copy) -> None:
        """A message has gone to another folder; one with its own clock has its own time."""
        folder = seat.folder_of(copy)
        waits = copy.kind == REQUEST and not seat.client.may_handle_request(seat)
        if folder in self._clocks and not waits:
            self._meet_in_folder(seat, copy, folder)

    # --- notifications -------------------------------------------------------------------------------------------

    def _is_notified(self, seat: Seat, copy: Copy) -> bool:
        """The notification shows a line, and perhaps makes the person open the message: then nothing else will."""
        world, kind, number = self.world, copy.kind, seat.box.number
        glimpses = self._glimpses
        shows = glimpses is not None and glimpses.kinds[kind]
        if (
            shows
            and world.happens(self._glimpse_share, GLIMPSE, 0, seat.who, number)
            and not self._is_away(seat)
        ):
            self._glimpse(seat, kind)
        if not self._reacts or self._never_opens(seat):
            return False
        if not world.happens(self._reacts, NOTIFIED, kind, seat.place, number):
            return False
        if self._acts_on_arrival:
            self.habits.on_arrival(seat, copy)
        ticks = world.times.at(self.device.reading.reaction, REACTION, kind, seat.place, number)
        tick = self._later(seat, ticks)
        if tick < NEVER:
            if tick == world.clock.now:
                tick = world.clock.due(0, Rank.LOOK)
            world.clock.at(tick, LOOK | kind << MESSAGE_SHIFT | seat.packed | REACTS, self._come, seat, copy)
        return True

    def _glimpse(self, seat: Seat, kind: int) -> None:
        ledger, number = self._ledger, seat.box.number
        if self.world.observer is not None:
            self.world.observer.note("person", "glimpses", number, message=name_of(kind), device=seat.place)
        if kind == ORIGINAL:
            self.see(seat, GLIMPSED)
        elif kind == REQUEST and ledger.aware[number] < 0:
            ledger.aware[number] = self._clock.now

    def _is_away(self, seat: Seat) -> bool:
        """Whether the person is out of office now."""
        now = self._clock.now
        return self._away is not None and self._away.next_up(seat, now) > now

    def _reply_automatically(self, seat: Seat) -> None:
        if self.world.observer is not None:
            self.world.observer.note("person", "replies automatically", seat.box.number)

    # --- folders with a clock of their own -----------------------------------------------------------------------

    def _meet_in_folder(self, seat: Seat, copy: Copy, folder: int) -> None:
        """Sooner or later the person looks into that folder."""
        if not self._reads or not self.would_open(seat, copy) or (self._never and self._never_opens(seat)):
            return
        if self.sessions is not None:
            self._elsewhere[folder].wake(seat)
            return
        again, (places, clock) = seat.box.marks_of(seat, copy), self._clocks[folder]
        tick = self._tick_in_folder(seat, copy.kind, again, seat.place + places, clock.factor)
        if tick >= NEVER:
            return
        rank = self.rank(seat, copy.kind) >> RANK_SHIFT
        if tick == self._clock.now:
            tick = self._clock.due(0, rank)
        plans = self._plans[seat, copy.kind] = self._plans.get((seat, copy.kind), 0) + 1
        ordinal = seat.place + places << DEVICE_SHIFT | plans & 0x7FFF
        at = order(rank, seat.box.number, copy.kind, ordinal)
        self._clock.at(tick, at, self._comes_to_folder, seat, (copy, again, folder))

    def _tick_in_folder(self, seat: Seat, kind: int, again: int, place: int, factor: float) -> int:
        world, reading, number = self.world, self.device.reading, seat.box.number
        if self._delays:
            ticks = world.times.at(reading.delay[kind], READ_DELAY, kind, place, number, again)
            return self._later(seat, ticks if ticks >= NEVER else int(ticks * factor + 0.5))
        u = world.draws.uniform(HAZARD, kind, place, number, again)
        inside, outside = reading.inside / factor, reading.outside / factor
        now, row = self._clock.now, self._hours
        if self.running is not None:
            return self.running.hazard(seat, now, inside, outside, u)
        week, at = world.plan.week, now + world.offset
        tick = hazard_tick(row, 0, len(row), week, at, inside, outside, u)
        return tick - world.offset if tick < NEVER else NEVER

    def _later(self, seat: Seat, ticks: int) -> int:
        """The tick at which so many ticks of the person's time have passed from now on."""
        now, row, offset = self._clock.now, self._hours, self.world.offset
        if ticks >= NEVER:
            return NEVER
        if self.running is not None:
            return self.running.advance(seat, now, ticks)
        return advance(row, 0, len(row), self.world.plan.week, now + offset, ticks) - offset

    def _comes_to_folder(self, seat: Seat, planned: tuple[Copy, int, int]) -> None:
        copy, again, folder = planned
        if seat.box.marks_of(seat, copy) == again and seat.folder_of(copy) == folder:
            self._open(seat, copy)

    def _comes_to(self, seat: Seat, copy: Copy) -> None:
        if seat.folder_of(copy) not in self._clocks:  # else it has been moved since, and has another time
            super()._comes_to(seat, copy)

    def _comes_again(self, seat: Seat, planned: tuple[Copy, int]) -> None:
        if seat.folder_of(planned[0]) not in self._clocks:
            super()._comes_again(seat, planned)


class FolderSessions(Sessions):
    """The habit of looking into one folder, less often than into the inbox.

    Args:
        person: who looks.
        places: what is added to the seat's place in the address of a draw.
        clock: which folder, and how much less often.
    """

    def __init__(self, person: Person, places: int, clock: FolderClock) -> None:
        super().__init__(person)
        self.places = places
        self._folder = clock.folder
        self._factor = clock.factor
        self._opens = self._opens_in_folder
        self._signals: dict[Seat, Signal] = {}

    def wake(self, seat: Seat) -> None:
        """Something unread lies in the folder."""
        clock = self.world.clock
        not_before = clock.due(0, Rank.LOOK)
        if seat not in self._signals:
            self._signals[seat] = clock.signal("mail in a folder")
            name = f"person {seat.box.number} at device {seat.place}, folder {self._folder}"
            clock.create_task(self._check_mail(seat, not_before), name=name)
        elif not self._signals[seat].done():
            self._signals[seat].set_result(not_before)

    def _more_mail(self, seat: Seat) -> Signal:
        signal = self._signals[seat] = self.world.clock.signal("mail in a folder")
        return signal

    def _opens_in_folder(self, seat: Seat, copy: Copy) -> bool:
        return seat.folder_of(copy) == self._folder and self.person.would_open(seat, copy)

    def _after(self, seat: Seat, tick: int, ticks: int) -> int:
        return super()._after(seat, tick, int(ticks * self._factor + 0.5))
