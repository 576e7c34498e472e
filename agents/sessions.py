"""A person who checks the inbox: a task, for it loops.

With nothing unread the person steps from check to check without an event (the draws are the same) and wakes at the
first check after the next message.
"""

from typing import TYPE_CHECKING, Final

from agents.records import HandlingOrder
from agents.seat import Seat
from agents.world import ORIGINAL, REQUEST
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
    """

    def __init__(self, person: "Person") -> None:
        self.person = person
        self.world = person.world
        self.reading = person.device.reading
        calendar = self.reading.calendar
        self._hours = () if calendar < 0 else self.world.plan.calendars[calendar]

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
        at = order(LOOK, seat.box.number, 0, seat.place << DEVICE_SHIFT)
        number, check = 0, self._first_check(seat)
        while True:
            while check < not_before:
                number += 1
                check = self._next_check(seat, check, number)
            if check > horizon:
                return
            await clock.sleep_until(check, at)
            await self._check(seat, number, at)
            number += 1
            check = self._next_check(seat, clock.now, number)
            if not self._unread(seat, 0):
                seat.mail = clock.signal("mail")
                not_before = await seat.mail

    def _first_check(self, seat: Seat) -> int:
        """From t = 0: a stationary residual of the gap, or a fresh gap."""
        world, reading, number = self.world, self.reading, seat.box.number
        if not reading.stationary:
            return self._after(0, world.times.at(reading.gap, GAP, 0, seat.place, number))
        gap = world.draws.uniform(FIRST_GAP, 0, seat.place, number)
        age = world.draws.uniform(FIRST_GAP_AGE, 0, seat.place, number)
        return self._after(0, to_ticks(age * sample(reading.first_gap, 0, gap), world.plan.clock))

    def _next_check(self, seat: Seat, ended: int, number: int) -> int:
        gap = self.world.times.at(self.reading.gap, GAP, 0, seat.place, seat.box.number, number)
        return max(self._after(ended, gap), ended + 1)

    def _after(self, tick: int, ticks: int) -> int:
        row, offset = self._hours, self.world.offset
        if not row:
            return tick + ticks
        return advance(row, 0, len(row), self.world.plan.week, tick + offset, ticks) - offset

    # --- one check -----------------------------------------------------------------------------------------------

    async def _check(self, seat: Seat, number: int, at: int) -> None:
        """Handle unread messages one by one; each is chosen anew among those not yet handled in this check."""
        reading, world = self.reading, self.world
        seat.client.check_begins(seat)
        handled, opened, picks = 0, 0, 0
        while copy := self._pick(seat, handled, number * PICKS_A_CHECK + picks):
            picks += 1
            handled |= 1 << copy.kind
            odds = reading.open_probability[copy.kind]
            if world.happens(odds, OPEN, copy.kind, seat.place, seat.box.number, number):
                if copy.kind == REQUEST and not opened >> ORIGINAL & 1 and self.person.is_curious(seat):
                    original = seat.box.copies[ORIGINAL]
                    assert original is not None
                    handled = handled & ~(1 << REQUEST) | 1 << ORIGINAL
                    copy = original
                opened |= 1 << copy.kind
                self.person.handle(seat, copy)
                ticks = world.times.at(
                    reading.handling, HANDLING, copy.kind, seat.place, seat.box.number, number
                )
                if ticks > 0:
                    await world.clock.sleep_until(world.clock.now + ticks, at)
            if picks == reading.per_session:
                break
        seat.client.check_ends(seat)

    def _unread(self, seat: Seat, handled: int) -> list[Copy]:
        """What a check could handle: unread, visible, not yet handled in it; a request that waits is passed over."""
        found = []
        for copy in seat.box.copies:
            if copy is None or handled >> copy.kind & 1 or not seat.visible >> copy.kind & 1:
                continue
            if copy.kind == REQUEST and not seat.client.may_handle_request(seat):
                continue
            if self.person.would_open(seat, copy):
                found.append(copy)
        return found

    def _pick(self, seat: Seat, handled: int, ordinal: int) -> Copy | None:
        """The next message: of the Inbox first, then in the person's order."""
        found = self._unread(seat, handled)
        in_inbox = [copy for copy in found if copy.folder == INBOX]
        found = in_inbox or found
        if len(found) < 2:
            return found[0] if found else None
        wanted = self.reading.order
        if wanted is HandlingOrder.REQUEST_FIRST:
            for copy in found:
                if copy.kind == REQUEST:
                    return copy
        if wanted is HandlingOrder.RANDOM:
            u = self.world.draws.uniform(ORDER, 0, seat.place, seat.box.number, ordinal)
            return found[int(u * len(found))]
        found.sort(key=lambda copy: (copy.delivered, copy.kind))
        return found[0] if wanted is HandlingOrder.OLDEST else found[-1]
