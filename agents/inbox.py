"""Checks of an inbox in which other mail takes its turn: it costs picks and handling time, so that order matters.

The other mail of a device is a Poisson stream. A message of it is handled once, opened or not, and is then done with.
Checks in which there is nothing of ours are stepped through without events, draw by draw, up to the moment at which
something of ours comes; a check that this moment falls into is lived on from there.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from agents.records import HandlingOrder, InboxMail
from agents.seat import Seat
from agents.sessions import Sessions
from agents.world import REQUEST, World
from transport.mail.mailbox import INBOX, Copy
from transport.recall.codes import Kind
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import (
    FIRST_GAP,
    FIRST_GAP_AGE,
    INBOX_HANDLING,
    INBOX_MAIL,
    INBOX_OPEN,
    INBOX_STANDING,
    ORDER,
)

if TYPE_CHECKING:
    from agents.person import Person

BACKGROUND: Final = Kind.BACKGROUND.value
PICKS_A_CHECK: Final = 4096
"""Room for the picks of one check in the ordinal of a draw."""


class Other(NamedTuple):
    """One message of the background: tick of its arrival (before Send, below 0), and its number."""

    arrived: int
    number: int


class Backlog:
    """The other mail in one inbox that nobody has handled yet.

    Args:
        world: the surroundings.
        mail: how it comes.
        seat: whose inbox.
        since: the first tick, at or below 0, from which on the inbox has not been looked at.
    """

    def __init__(self, world: World, mail: InboxMail, seat: Seat, since: int) -> None:
        self._world = world
        self._mail = mail
        self._seat = seat
        self.waiting: list[Other] = []
        self._number = 0
        tick = -self._gap(INBOX_STANDING, 0)
        while tick >= since:
            self._number += 1
            self.waiting.append(Other(tick, -self._number))
            tick -= max(self._gap(INBOX_STANDING, self._number), 1)
        self.waiting.reverse()
        self._number = 0
        self._next = self._gap(INBOX_MAIL, 0)

    def _gap(self, purpose: int, ordinal: int) -> int:
        seat = self._seat
        return self._world.times.at(self._mail.gap, purpose, BACKGROUND, seat.place, seat.box.number, ordinal)

    def come(self, tick: int) -> list[Other]:
        """What waits at a tick, the oldest first."""
        while self._next <= tick:
            self.waiting.append(Other(self._next, self._number))
            self._number += 1
            self._next += self._gap(INBOX_MAIL, self._number)
        return self.waiting

    def handle(self, other: Other) -> int:
        """Handle one; returns how many ticks that takes. Opening it takes the selection from what the pane shows."""
        self.waiting.remove(other)
        seat, ordinal = self._seat, other.number & 0xFFFFFFFF
        place, number = seat.place, seat.box.number
        if not self._world.happens(self._mail.opened, INBOX_OPEN, BACKGROUND, place, number, ordinal):
            return 0
        if seat.on_screen is not None:
            seat.person.leave_pane(seat)
        return self._world.times.at(self._mail.handling, INBOX_HANDLING, BACKGROUND, place, number, ordinal)


class BusySessions(Sessions):
    """The checking habit of one group at one device into whose inbox other mail comes.

    Args:
        person: who checks; knows what opening means.
        mail: the other mail.
    """

    def __init__(self, person: "Person", mail: InboxMail) -> None:
        super().__init__(person)
        self._mail = mail
        self._backlogs: dict[Seat, Backlog] = {}
        self._picks: dict[Seat, int] = {}

    def _first_check(self, seat: Seat) -> int:
        """As ever; a stationary start has not looked at the inbox since the gap under way began."""
        since = 0
        if self.reading.stationary:
            world, number = self.world, seat.box.number
            whole = sample(self.reading.first_gap, 0, world.draws.uniform(FIRST_GAP, 0, seat.place, number))
            passed = 1.0 - world.draws.uniform(FIRST_GAP_AGE, 0, seat.place, number)
            since = -to_ticks(passed * whole, world.plan.clock)
        self._backlogs[seat] = Backlog(self.world, self._mail, seat, since)
        return super()._first_check(seat)

    def _skip_to(self, seat: Seat, number: int, check: int, not_before: int) -> tuple[int, int]:
        """Step through the checks before a tick; one that is not over by then goes on when its reader is free."""
        backlog = self._backlogs[seat]
        while check < not_before:
            now, picks = check, 0
            while (others := backlog.come(now)) and not self._is_over(picks):
                now += backlog.handle(self._next_other(seat, others, number * PICKS_A_CHECK + picks))
                picks += 1
                if now >= not_before:
                    self._picks[seat] = picks
                    seat.client.check_begins(seat)
                    return number, now
            number += 1
            check = self._next_check(seat, now, number)
        return number, check

    async def _check(self, seat: Seat, number: int, at: int) -> None:
        """Handle ours and the other mail one by one, each chosen anew."""
        clock, backlog, picks = self.world.clock, self._backlogs[seat], self._picks.pop(seat, 0)
        if not picks:
            seat.client.check_begins(seat)
        handled = opened = 0
        while not self._is_over(picks):
            found = self._choose(seat, handled, backlog.come(clock.now), number * PICKS_A_CHECK + picks)
            if found is None:
                break
            picks += 1
            if isinstance(found, Other):
                ticks = backlog.handle(found)
            else:
                ticks, handled, opened = self._take(seat, found, number, handled, opened)
            if ticks > 0:
                await clock.sleep_until(clock.now + ticks, at)
        seat.client.check_ends(seat)

    def _is_over(self, picks: int) -> bool:
        return picks > 0 and picks == self.reading.per_session

    def _choose(self, seat: Seat, handled: int, others: list[Other], ordinal: int) -> Copy | Other | None:
        """The next message, ours or another; what lies in the Inbox goes first."""
        if not others:
            return self._pick(seat, handled, ordinal)
        ours = [copy for copy in self._unread(seat, handled) if seat.folder_of(copy) == INBOX]
        if not ours:
            return self._next_other(seat, others, ordinal)
        wanted = self.reading.order
        if wanted is HandlingOrder.RANDOM:
            place = int(self._u(seat, ordinal) * (len(ours) + len(others)))
            return ours[place] if place < len(ours) else others[place - len(ours)]
        if wanted is HandlingOrder.REQUEST_FIRST:
            for copy in ours:
                if copy.kind == REQUEST:
                    return copy
        ours.sort(key=lambda copy: (copy.delivered, copy.kind))
        if wanted is HandlingOrder.OLDEST:
            return ours[0] if ours[0].delivered <= others[0].arrived else others[0]
        return ours[-1] if ours[-1].delivered > others[-1].arrived else others[-1]

    def _next_other(self, seat: Seat, others: list[Other], ordinal: int) -> Other:
        """The next of the other mail alone."""
        if self.reading.order is HandlingOrder.OLDEST:
            return others[0]
        if self.reading.order is HandlingOrder.RANDOM and len(others) > 1:
            return others[int(self._u(seat, ordinal) * len(others))]
        return others[-1]

    def _u(self, seat: Seat, ordinal: int) -> float:
        return self.world.draws.uniform(ORDER, 0, seat.place, seat.box.number, ordinal)
