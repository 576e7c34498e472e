"""When a program is online: within the hours of a calendar, or in turns up and down; and when a person is away.

Switches happen at rank SWITCH, before everything else on their tick, so that a time online is half-open and can be asked
for ahead of time; nobody waits for them.
"""

from bisect import bisect_right
from typing import Final, Protocol

from agents.records import ALWAYS_OPEN, Absence, Device, Turns, TurnsStart
from agents.seat import Seat
from agents.world import World
from transport.clock.loop import NEVER
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import AWAY, ONLINE, ONLINE_AGE, ONLINE_FIRST, ONLINE_STATE
from transport.timing import next_close, next_open


class Presence(Protocol):
    """Times up and times down that take turns, of one seat."""

    def next_up(self, seat: Seat, tick: int) -> int:
        """The first tick at or after `tick` that is up."""

    def next_down(self, seat: Seat, tick: int) -> int:
        """The end of the time up that holds `tick`."""


class Hours:
    """Online within a calendar.

    Args:
        world: the surroundings.
        row: the calendar, in ticks of the week.
    """

    def __init__(self, world: World, row: tuple[int, ...]) -> None:
        self._row = row
        self._week: Final = world.plan.week
        self._offset: Final = world.offset

    def next_up(self, seat: Seat, tick: int) -> int:
        """The first open tick at or after `tick`."""
        row, offset = self._row, self._offset
        return next_open(row, 0, len(row), self._week, tick + offset) - offset

    def next_down(self, seat: Seat, tick: int) -> int:
        """The closing time after the open tick `tick`."""
        row, offset = self._row, self._offset
        close = next_close(row, 0, len(row), self._week, tick + offset)
        return close - offset if close < NEVER else NEVER


class Alternation:
    """An alternating renewal process: times up and down of two laws, drawn one by one by their ordinals.

    A stationary start is in the middle of a time up with probability up / (up + down) of the means, and has the
    stationary residual of that time before it (Cox, "Renewal Theory", 1962, chapter 7).

    Args:
        world: the surroundings.
        turns: the laws.
    """

    def __init__(self, world: World, turns: Turns) -> None:
        self._world = world
        self._turns = turns
        self._known: dict[tuple[int, int], tuple[bool, list[int]]] = {}

    def next_up(self, seat: Seat, tick: int) -> int:
        """The first tick at or after `tick` that is up."""
        starts_up, switches = self._until_after(seat, tick)
        passed = bisect_right(switches, tick)
        return tick if starts_up == (passed % 2 == 0) else switches[passed]

    def next_down(self, seat: Seat, tick: int) -> int:
        """The end of the time up that holds `tick`."""
        _, switches = self._until_after(seat, tick)
        return switches[bisect_right(switches, tick)]

    def _until_after(self, seat: Seat, tick: int) -> tuple[bool, list[int]]:
        """Whether it is up at tick 0, and the switches, the last of them after `tick`."""
        key = seat.box.number, seat.place
        found = self._known.get(key)
        if found is None:
            starts_up = self._starts_up(seat)
            found = self._known[key] = starts_up, [max(self._first(seat, starts_up), 1)]
        starts_up, switches = found
        while switches[-1] <= tick:
            number = len(switches)
            law = self._turns.up if starts_up == (number % 2 == 0) else self._turns.down
            ticks = self._world.times.at(law, ONLINE, 0, seat.place, seat.box.number, number)
            switches.append(min(switches[-1] + max(ticks, 1), NEVER))
        return found

    def _starts_up(self, seat: Seat) -> bool:
        start, world = self._turns.start, self._world
        if start is not TurnsStart.STATIONARY:
            return start is TurnsStart.UP
        return world.happens(self._turns.share_up, ONLINE_STATE, 0, seat.place, seat.box.number)

    def _first(self, seat: Seat, up: bool) -> int:
        """The end of the turn under way at tick 0: a fresh one, or the residual of the one met."""
        turns, world, place, number = self._turns, self._world, seat.place, seat.box.number
        if turns.start is not TurnsStart.STATIONARY:
            return world.times.at(turns.up if up else turns.down, ONLINE, 0, place, number)
        whole = sample(
            turns.met_up if up else turns.met_down, 0, world.draws.uniform(ONLINE_FIRST, 0, place, number)
        )
        age = world.draws.uniform(ONLINE_AGE, 0, place, number)
        return to_ticks(age * whole, world.plan.clock)


class Away:
    """Out of office: a share of the persons is away for a while. Whose mailbox it is; a delegate is there.

    Args:
        world: the surroundings.
        absence: when, and what share.
    """

    def __init__(self, world: World, absence: Absence) -> None:
        self._world = world
        self._absence = absence

    def is_away(self, seat: Seat) -> bool:
        """Whether this person has the absence at all."""
        return self._world.happens(self._absence.share, AWAY, 0, seat.who, seat.box.number)

    def next_up(self, seat: Seat, tick: int) -> int:
        """The first tick at or after `tick` at which the person is there."""
        absence = self._absence
        if absence.from_ <= tick < absence.until and self.is_away(seat):
            return absence.until
        return tick

    def next_down(self, seat: Seat, tick: int) -> int:
        """The beginning of the absence, if that is still to come."""
        absence = self._absence
        return absence.from_ if tick < absence.from_ and self.is_away(seat) else NEVER


def presence_of(world: World, device: Device) -> Presence | None:
    """When a device is online; `None`: always."""
    if device.turns is not None:
        return Alternation(world, device.turns)
    return None if device.online == ALWAYS_OPEN else Hours(world, world.plan.calendars[device.online])
