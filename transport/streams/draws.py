"""The draws of one replication: fills in the address, and keeps uniforms ready in columns.

A column holds one draw of every recipient, by number. Whether a uniform comes from a column or is computed
by itself changes the time it takes and nothing else.
"""

from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from transport.streams.philox import paired
from transport.streams.philox import uniform as uniform_at

SENDER: Final = 0
WHOLE: Final = 0xFFFFFFFF  # the entity of a draw that everyone shares
BACKGROUND: Final = 0xF0000000  # the entity of the background of stage 0; that of stage k is k more

FEWEST: Final = 16  # for fewer recipients a column costs more than its draws one by one
SHORT: Final = 1 << 13  # columns of no more cells are made together with those that are expected
RUN: Final = 512  # ordinals of a background stage that are made at once
KEPT_CELLS: Final = 1 << 23  # of columns for ordinals above 0, at 8 bytes


Key = tuple[int, int, int, int]  # purpose, message, place, and the ordinal of a column or the entity of a run


class ColumnFiller(Protocol):
    """What makes many uniforms at once, bit for bit those of `philox.uniform`."""

    def __call__(
        self, k0: int, k1: int, c0: int, c1: Sequence[int], c2: int, c3: int, count: int, by_entity: bool
    ) -> Sequence[Sequence[float]]:
        """Return for each c1 `count` uniforms from that address on, counting up the entity (c2) or the ordinal (c0)."""
        ...


class _Run(NamedTuple):
    """Consecutive ordinals of one draw: run `number` is that of ordinals number * RUN on; -1: none yet."""

    number: int
    misses: int
    uniforms: Sequence[float]


_NO_RUN: Final = _Run(-1, 0, ())


class Draws:
    """All chance of one replication, by address.

    The scenario is not part of an address: two policies under one seed meet the same people on the same day.
    """

    __slots__ = (
        "_c3",
        "_columns",
        "_enough",
        "_expected",
        "_filler",
        "_k0",
        "_k1",
        "_later",
        "_misses",
        "_most_later",
        "_rankings",
        "_ready",
        "_runs",
        "count",
    )

    def __init__(
        self,
        seed: int,
        replication: int,
        branch: int = 0,
        antithetic: bool = False,
        columns: ColumnFiller | None = None,
        count: int = 0,
    ) -> None:
        """Make the draws of one replication.

        Args:
            seed: the key, of 64 bits.
            replication: of 24 bits.
            branch: of 8 bits.
            antithetic: replications come in pairs: 2k + 1 has 1 - u in place of every u of 2k.
            columns: makes many uniforms at once; without it each is computed when it is asked for.
            count: how many recipients there are; their entities are 1 .. count.

        Raises:
            ValueError: a number does not fit into its place in the address.
        """
        _fits("seed", seed, 64)
        _fits("replication", replication, 24)
        _fits("branch", branch, 8)
        self.count = count
        self._k0 = seed & 0xFFFFFFFF
        self._k1 = seed >> 32
        self._c3 = (paired(replication) if antithetic else replication) | branch << 24
        self._filler = columns
        self._columns: dict[Key, Sequence[float]] = {}
        self._expected: dict[int, None] = {}
        self._ready: dict[int, Sequence[float]] = {}
        self._later: dict[Key, None] = {}
        self._misses: dict[Key, int] = {}
        self._runs: dict[Key, _Run] = {}
        self._rankings: dict[int, list[int]] = {}
        self._enough = count // 64 + 1
        self._most_later = max(4, KEPT_CELLS // (count + 1))

    def uniform(self, purpose: int, message: int, place: int, entity: int, ordinal: int = 0) -> float:
        """Return the uniform of one draw.

        Args:
            purpose: what the draw is for (`purposes`).
            message: code of the message it concerns, below 256.
            place: number of the stage, hop, device or rule it belongs to, below 65536.
            entity: a recipient 1 .. count, `SENDER`, `WHOLE`, or `BACKGROUND` + number of a stage.
            ordinal: number of the attempt, check or job.

        Returns:
            A float in (0, 1).
        """
        try:
            return self._columns[purpose, message, place, ordinal][entity]
        except (KeyError, IndexError):
            return self._missed(purpose, message, place, entity, ordinal)

    def expect(self, purpose: int, message: int, place: int) -> None:
        """Say that one draw of all entities will be asked for: short columns are made together, which costs less."""
        if self._filler is not None and FEWEST <= self.count < SHORT:
            self._expected[_word(purpose, message, place)] = None

    def passing_column(self, purpose: int, message: int, place: int) -> Sequence[float]:
        """Return the same as `column` for somebody who needs it once; it is not kept."""
        kept = self._columns.get((purpose, message, place, 0))
        if kept is not None:
            return kept
        return self._of_all(0, _word(purpose, message, place))

    def column(self, purpose: int, message: int, place: int, ordinal: int = 0) -> Sequence[float]:
        """Return one draw of all entities 0 .. count, indexed by entity; it is kept for `uniform`."""
        key = (purpose, message, place, ordinal)
        column = self._columns.get(key)
        if column is None:
            column = self._of_all(ordinal, _word(purpose, message, place))
            if ordinal:
                if len(self._later) >= self._most_later:
                    oldest = next(iter(self._later))  # ordinals grow with time, so it is missed the least
                    del self._later[oldest], self._columns[oldest]
                self._later[key] = None
            self._columns[key] = column
        return column

    def ranking(self, purpose: int) -> Sequence[int]:
        """Return the entities 1 .. count in the order of one draw of each; where draws are equal, by number."""
        ranking = self._rankings.get(purpose)
        if ranking is None:
            column = self.column(purpose, 0, 0)
            ranking = self._rankings[purpose] = sorted(range(1, self.count + 1), key=column.__getitem__)
        return ranking

    def _missed(self, purpose: int, message: int, place: int, entity: int, ordinal: int) -> float:
        """Return a uniform that no column holds yet, and make the column or run if that is worth while."""
        run = self._runs.get((purpose, message, place, entity), _NO_RUN)
        if run.number == ordinal // RUN:
            return run.uniforms[ordinal % RUN]
        if self._filler is not None:
            if 0 < entity <= self.count:
                if self.count >= FEWEST and self._worth_a_column((purpose, message, place, ordinal)):
                    return self.column(purpose, message, place, ordinal)[entity]
            elif BACKGROUND <= entity < WHOLE:
                return self._of_background((purpose, message, place, entity), ordinal, run.misses)
        return self._one(_word(purpose, message, place), entity, ordinal)

    def _worth_a_column(self, key: Key) -> bool:
        """Count a miss; true for ordinal 0, and for another once there were enough of them."""
        if key[3] == 0:
            return True
        misses = self._misses.get(key, 0) + 1
        if misses > self._enough:
            del self._misses[key]  # should the column be dropped, the count begins anew
            return True
        self._misses[key] = misses
        return False

    def _of_background(self, key: Key, ordinal: int, misses: int) -> float:
        """Return a uniform of the background, which draws ordinal after ordinal: after a few, from a run."""
        *parts, entity = key
        c1 = _word(*parts)
        if misses < FEWEST:
            self._runs[key] = _Run(-1, misses + 1, ())
            return self._one(c1, entity, ordinal)
        number = ordinal // RUN
        run = _Run(number, misses, self._many(number * RUN, c1, entity, RUN, by_entity=False))
        self._runs[key] = run
        return run.uniforms[ordinal % RUN]

    def _one(self, c1: int, entity: int, ordinal: int) -> float:
        return uniform_at(self._k0, self._k1, ordinal, c1, entity, self._c3)

    def _of_all(self, c0: int, c1: int) -> Sequence[float]:
        """Return one draw of all entities 0 .. count."""
        if c0 == 0 and c1 in self._expected:
            assert self._filler is not None
            words = tuple(self._expected)
            columns = self._filler(self._k0, self._k1, 0, words, 0, self._c3, self.count + 1, True)
            self._ready = dict(zip(words, columns, strict=True))
            self._expected.clear()
        if c0 == 0 and c1 in self._ready:
            return self._ready.pop(c1)
        return self._many(c0, c1, 0, self.count + 1, by_entity=True)

    def _many(self, c0: int, c1: int, c2: int, count: int, by_entity: bool) -> Sequence[float]:
        """Return `count` uniforms from an address on."""
        if self._filler is not None and count >= FEWEST:
            return self._filler(self._k0, self._k1, c0, (c1,), c2, self._c3, count, by_entity)[0]
        addresses = ((c0, c2 + i) if by_entity else (c0 + i, c2) for i in range(count))
        return array("d", [uniform_at(self._k0, self._k1, a, c1, b, self._c3) for a, b in addresses])


def _word(purpose: int, message: int, place: int) -> int:
    """Return word 1 of the counter: purpose, message and place side by side."""
    _fits("purpose", purpose, 8)
    _fits("message", message, 8)
    _fits("place", place, 16)
    return purpose | message << 8 | place << 16


def _fits(name: str, value: int, bits: int) -> None:
    """Raise `ValueError` unless `value` is an unsigned number of that many bits."""
    if value >> bits:
        raise ValueError(f"{name} must be from 0 to 2^{bits} - 1; found {value}")
