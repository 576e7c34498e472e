"""Draws of laws in ticks, as columns: one value a recipient, ready before it is asked for.

A column holds what `sample_ticks` would give at each address, bit for bit; who makes it changes the time it takes.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Final

from transport.streams.draws import WHOLE, Draws
from transport.streams.laws import CONSTANT, LawRow, sample_ticks, to_ticks

TickFiller = Callable[[LawRow, Sequence[float], float], Sequence[int]]


def interpreted_ticks(law: LawRow, uniforms: Sequence[float], clock: float) -> Sequence[int]:
    """The ticks that `uniforms` become under `law`, one by one."""
    return array("q", [sample_ticks(law, 0, u, clock) for u in uniforms])


class Times:
    """Times of one replication, by address.

    Args:
        draws: chance.
        clock: seconds a tick.
        filler: makes columns of ticks.
    """

    __slots__ = ("_filler", "clock", "count", "draws")

    def __init__(self, draws: Draws, clock: float, filler: TickFiller = interpreted_ticks) -> None:
        self.draws: Final = draws
        self.clock: Final = clock
        self.count: Final = draws.count
        self._filler = filler

    def column(
        self, law: LawRow, purpose: int, message: int, place: int, *, shared: bool = False
    ) -> Sequence[int]:
        """The times of the recipients' first attempts, by recipient number; `shared`: one draw for all."""
        if law[0] == CONSTANT:
            return array("q", [to_ticks(law[1], self.clock)]) * (self.count + 1)
        if shared:
            return array("q", [self.at(law, purpose, message, place, WHOLE)]) * (self.count + 1)
        return self._filler(law, self.draws.passing_column(purpose, message, place), self.clock)

    def expect(self, law: LawRow, purpose: int, message: int, place: int, *, shared: bool = False) -> None:
        """Say that a column, or a part of it, will be asked for (`Draws.expect`)."""
        if law[0] != CONSTANT and not shared:
            self.draws.expect(purpose, message, place)

    def part(
        self, law: LawRow, purpose: int, message: int, place: int, first: int, size: int
    ) -> Sequence[int]:
        """The same for the recipients `first` .. `first + size - 1`, the first of them at index 0."""
        if law[0] == CONSTANT:
            return array("q", [to_ticks(law[1], self.clock)]) * size
        uniforms = self.draws.column(purpose, message, place)
        return self._filler(law, uniforms[first : first + size], self.clock)

    def at(self, law: LawRow, purpose: int, message: int, place: int, entity: int, ordinal: int = 0) -> int:
        """The time at one address."""
        u = self.draws.uniform(purpose, message, place, entity, ordinal)
        return sample_ticks(law, 0, u, self.clock)
