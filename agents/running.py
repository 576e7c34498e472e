"""The time in which a person's clocks run, where more than a calendar decides: delays, gaps and rates pause outside it."""

from collections.abc import Sequence
from math import exp, log

from agents.client import Client
from agents.presence import Away, Presence
from agents.records import ALWAYS_OPEN
from agents.seat import Seat
from agents.world import World
from transport.clock.loop import NEVER
from transport.timing import advance, hazard_tick, next_close, next_open, open_ticks


class RunningTime:
    """Ticks that are open in a calendar and up in every presence.

    Args:
        world: the surroundings.
        row: the calendar, in ticks of the week; empty: always open.
        presences: what else must be up.
    """

    def __init__(self, world: World, row: Sequence[int], presences: Sequence[Presence]) -> None:
        self._row = row
        self._presences = presences
        self._week = world.plan.week
        self._offset = world.offset
        self._horizon = world.plan.horizon

    def advance(self, seat: Seat, tick: int, ticks: int) -> int:
        """The tick at which `ticks` running ticks have passed since `tick`; the horizon is soon enough to stop."""
        row, left = self._row, ticks
        while True:
            tick, end = self._next_time_up(seat, tick)
            if tick > self._horizon or left >= NEVER:
                return NEVER
            due = advance(row, 0, len(row), self._week, tick + self._offset, left) - self._offset
            if due < end:
                return due
            left -= self._open_between(tick, end)
            tick = end

    def hazard(self, seat: Seat, tick: int, inside: float, outside: float, u: float) -> int:
        """The first point after `tick` of a process with these rates, which stands still while something is down."""
        row, left = self._row, -log(u)
        while True:
            tick, end = self._next_time_up(seat, tick)
            if tick > self._horizon:
                return NEVER
            now = tick + self._offset
            due = hazard_tick(row, 0, len(row), self._week, now, inside, outside, exp(-left)) - self._offset
            if due < end:
                return due
            is_open = self._open_between(tick, end)
            left -= inside * is_open + outside * (end - tick - is_open)
            tick = end

    def _next_time_up(self, seat: Seat, tick: int) -> tuple[int, int]:
        """The first tick from `tick` on at which all presences are up, and the first after it at which one is down."""
        while True:
            up = tick
            for presence in self._presences:
                up = presence.next_up(seat, up)
            if up == tick or up > self._horizon:
                break
            tick = up
        if up > self._horizon:
            return NEVER, NEVER
        return up, min(presence.next_down(seat, up) for presence in self._presences)

    def _open_between(self, tick: int, end: int) -> int:
        """How many ticks from `tick` to `end` the calendar is open."""
        row, week, at, last = self._row, self._week, tick + self._offset, end + self._offset
        if not row:
            return end - tick
        weeks = (last - at) // week
        total = weeks * open_ticks(row, 0, len(row), week)
        at = next_open(row, 0, len(row), week, at + weeks * week)
        while at < last:
            close = min(next_close(row, 0, len(row), week, at), last)
            total += close - at
            at = next_open(row, 0, len(row), week, close)
        return total


def running_time(world: World, client: Client) -> RunningTime | None:
    """When the clocks of who reads with a program run; `None`: a calendar tells, or they always do."""
    reading, absence = client.device.reading, client.group.person.absence
    presences: list[Presence] = []
    if reading.while_online and client.presence is not None:
        presences.append(client.presence)
    if absence is not None and client.device.reader == 0:
        presences.append(Away(world, absence))
    if not presences:
        return None
    row = () if reading.calendar == ALWAYS_OPEN else world.plan.calendars[reading.calendar]
    return RunningTime(world, row, presences)
