"""A person who checks the inbox: a task, for it loops.

With nothing unread the person steps from check to check without an event (the draws are the same) and wakes at the
first check after the next message.
"""

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Final

from agents.records import HandlingOrder
from agents.seat import Seat
from agents.world import ORIGINAL, REQUEST
from transport.clock.loop import Signal
from transport.clock.ranks import DEVICE_SHIFT, Rank, order
from transport.mail.mailbox import INBOX, Copy
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import FIRST_GAP, FIRST_GAP_AGE, GAP, HANDLING, OPEN, ORDER
from transport.timing import advance

if TYPE_CHECKING:
    from agents.person import Person

LOOK: Final = Rank.LOOK
PICKS_A_CHECK: Final = 16
"""Room for the picks of one check in the ordinal of a draw; a mailbox has fewer messages."""


class Sessions:
    """The checking habit of one group at one device.

    Args:
        person: who checks; knows what opening means.

    Attributes:
        places: what is added to the seat's place in the address of a draw.
    """

    places = 0

    def __init__(self, person: "Person") -> None:
        self._opens: Callable[[Seat, Copy], bool] = person.would_open
        self.person = person
        self.world = person.world
        self.reading = person.device.reading
        calendar = self.reading.calendar
        self._hours = () if calendar < 0 else self.world.plan.calendars[calendar]
        self._running = person.running

    def leave_alone(self, folders: Container[int]) -> None:
        """These folders are looked into by a clock of their own."""

        def opens(seat: Seat, copy: Copy) -> bool:
            return seat.folder_of(copy) not in folders and self.person.would_open(seat, copy)

        if folders:
            self._opens = opens

    def wake(self, seat: Seat) -> None:
        """Unread mail is visible; the very first time, the person sits down to the task."""
        not_before = self.world.clock.due(0, LOOK)
        if seat.mail is None:
            seat.mail = self.world.clock.signal("mail")
            name = f"person {seat.box.number}" + (f" at device {seat.place}" if seat.place else "")
            self.world.clock.create_task(self._check_mail(seat, not_before), name=name)
        elif not seat.mail.done():
            seat.mail.set_result(not_before)

    async def _check_mail(self, seat: Seat, not_before: int) -> None:
        """Check the inbox until nothing is unread, sleep until something is, and so on to the horizon."""
        clock, horizon = self.world.clock, self.world.plan.horizon
        at = order(LOOK, seat.box.number, 0, seat.place + self.places << DEVICE_SHIFT)
        number, check = 0, self._first_check(seat)
        while True:
            number, check = self._skip_to(seat, number, check, not_before)
            if check > horizon:
                return
            await clock.sleep_until(check, at)
            await self._check(seat, number, at)
            number += 1
            check = self._next_check(seat, clock.now, number)
            if not self._unread(seat, 0):
                not_before = await self._more_mail(seat)

    def _skip_to(self, seat: Seat, number: int, check: int, not_before: int) -> tuple[int, int]:
        """Number and tick of the first check at a tick or after it, from one check to the next."""
        while check < not_before:
            number += 1
            check = self._next_check(seat, check, number)
        return number, check

    def _more_mail(self, seat: Seat) -> Signal:
        """Comes true when something is unread again."""
        seat.mail = self.world.clock.signal("mail")
        return seat.mail

    def _first_check(self, seat: Seat) -> int:
        """From t = 0: a stationary residual of the gap, or a fresh gap."""
        world, reading, number = self.world, self.reading, seat.box.number
        place = seat.place + self.places
        if not reading.stationary:
            return self._after(seat, 0, world.times.at(reading.gap, GAP, 0, place, number))
        gap = world.draws.uniform(FIRST_GAP, 0, place, number)
        age = world.draws.uniform(FIRST_GAP_AGE, 0, place, number)
        return self._after(seat, 0, to_ticks(age * sample(reading.first_gap, 0, gap), world.plan.clock))

    def _next_check(self, seat: Seat, ended: int, number: int) -> int:
        place = seat.place + self.places
        gap = self.world.times.at(self.reading.gap, GAP, 0, place, seat.box.number, number)
        return max(self._after(seat, ended, gap), ended + 1)

    def _after(self, seat: Seat, tick: int, ticks: int) -> int:
        row, offset = self._hours, self.world.offset
        if self._running is not None:
            return self._running.advance(seat, tick, ticks)
        if not row:
            return tick + ticks
        return advance(row, 0, len(row), self.world.plan.week, tick + offset, ticks) - offset

    # --- one check -----------------------------------------------------------------------------------------------

    async def _check(self, seat: Seat, number: int, at: int) -> None:
        """Handle unread messages one by one; each is chosen anew among those not yet handled in this check."""
        reading, clock = self.reading, self.world.clock
        seat.client.check_begins(seat)
        handled, opened, picks = 0, 0, 0
        while copy := self._pick(seat, handled, number * PICKS_A_CHECK + picks):
            picks += 1
            ticks, handled, opened = self._take(seat, copy, number, handled, opened)
            if ticks > 0:
                await clock.sleep_until(clock.now + ticks, at)
            if picks == reading.per_session:
                break
        seat.client.check_ends(seat)

    def _take(self, seat: Seat, copy: Copy, number: int, handled: int, opened: int) -> tuple[int, int, int]:
        """Open a message or leave it: the ticks that takes, and what has been handled and opened in this check."""
        handled |= 1 << copy.kind
        world, reading, place, box = self.world, self.reading, seat.place + self.places, seat.box
        if not world.happens(reading.open_probability[copy.kind], OPEN, copy.kind, place, box.number, number):
            return 0, handled, opened
        if copy.kind == REQUEST and not opened >> ORIGINAL & 1 and self.person.is_curious(seat):
            original = box.copies[ORIGINAL]
            assert original is not None
            handled = handled & ~(1 << REQUEST) | 1 << ORIGINAL
            copy = original
        self.person.handle(seat, copy)
        ticks = world.times.at(reading.handling, HANDLING, copy.kind, place, box.number, number)
        return ticks, handled, opened | 1 << copy.kind

    def _unread(self, seat: Seat, handled: int) -> list[Copy]:
        """What a check could handle: unread, visible, not yet handled in it; a request that waits is passed over."""
        found = []
        for copy in seat.box.copies:
            if copy is None or handled >> copy.kind & 1 or not seat.visible >> copy.kind & 1:
                continue
            if copy.kind == REQUEST and not seat.client.may_handle_request(seat):
                continue
            if self._opens(seat, copy):
                found.append(copy)
        return found

    def _pick(self, seat: Seat, handled: int, ordinal: int) -> Copy | None:
        """The next message: of the Inbox first, then in the person's order."""
        found = self._unread(seat, handled)
        if len(found) > 1:
            found = [copy for copy in found if seat.folder_of(copy) == INBOX] or found
        if len(found) < 2:
            return found[0] if found else None
        wanted = self.reading.order
        if wanted is HandlingOrder.REQUEST_FIRST:
            for copy in found:
                if copy.kind == REQUEST:
                    return copy
        if wanted is HandlingOrder.RANDOM:
            place = seat.place + self.places
            u = self.world.draws.uniform(ORDER, 0, place, seat.box.number, ordinal)
            return found[int(u * len(found))]
        found.sort(key=lambda copy: (copy.delivered, copy.kind))
        return found[0] if wanted is HandlingOrder.OLDEST else found[-1]
