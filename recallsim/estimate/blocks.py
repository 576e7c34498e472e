"""The layout of an observation: replications of recipients in blocks of groups, and sums over it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recallsim.engines.observation import Observation
from recallsim.errors import RecallsimError
from recallsim.estimate.shape import PlanLike

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_EXACT = 1 << 62
_LOW = (1 << 31) - 1


class ObservationError(RecallsimError):
    """An observation that contradicts itself or its plan: the engine's fault, and it does not count."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Consecutive replications of recipients that are numbered by group.

    Attributes:
        first: number of the first replication.
        replications: how many there are.
        sizes: the recipients of each group, and of all.
        keys: (replication, group) of every recipient as one number.
        filled: the groups that have recipients.
        starts: where the recipients of each of those begin.
        wide: sums of ticks may leave 64 bits and are taken in two halves.
        weights: of every recipient; None: all count alike.
    """

    first: int
    replications: int
    sizes: tuple[int, ...]
    keys: Ints
    filled: Ints
    starts: Ints
    wide: bool
    weights: NDArray[np.float64] | None = None

    @property
    def rows(self) -> int:
        """How many rows a tally has: the groups, and all."""
        return len(self.sizes)

    def since(self, moments: Ints, ticks: Ints) -> Ints:
        """How many ticks after a moment of the replication each recipient's tick is; unspecified where either is -1."""
        found: Ints = (ticks.reshape(self.replications, -1) - moments[:, None]).ravel()
        return found

    def sums(self, column: Ints | Bools) -> NDArray[np.float64]:
        """The exact sum over each group and all, rounded once where it has no exact float."""
        if self.weights is not None:
            alone: NDArray[np.float64] = self._weighed(self.keys, column * self.weights, 1)[0]
            return alone
        if not self.wide or column.dtype == np.bool_:
            return self._reduced(np.add, column, 0).astype(np.float64)
        high = self._reduced(np.add, column >> 31, 0).astype(np.float64)
        return high * float(_LOW + 1) + self._reduced(np.add, column & _LOW, 0)

    def ticks(self, column: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many have a tick, which is -1 for those that have none, and the sum of the ticks."""
        lacking = self._reduced(np.add, column >> 63, 0)
        there = (lacking + self.sizes).astype(np.float64)
        if self.wide:
            return there, self.sums(np.maximum(column, 0))
        return there, (self._reduced(np.add, column, 0) - lacking).astype(np.float64)

    def largest(self, column: Ints) -> NDArray[np.float64]:
        """The largest value that is not negative, NaN where there is none."""
        tops = self._reduced(np.maximum, column, -1)
        return np.where(tops < 0, np.nan, tops.astype(np.float64))

    def by_code(self, codes: Ints | Bools, kinds: int, column: str) -> NDArray[np.float64]:
        """How often each code occurs, as an array [code, replication, row].

        Raises:
            ObservationError: when a code is out of range.
        """
        if codes.size and not (int(codes.min()) >= 0 and int(codes.max()) < kinds):
            wrong = codes[(codes < 0) | (codes >= kinds)][0]
            raise ObservationError(f"the column {column!r} holds {wrong}, which is none of its {kinds} codes")
        groups = self.rows - 1
        if self.weights is not None:
            return self._weighed(self.keys * kinds + codes, self.weights, kinds)
        flat = np.bincount(self.keys * kinds + codes, minlength=self.replications * groups * kinds)
        counts = np.empty((kinds, self.replications, self.rows))
        counts[:, :, :-1] = flat.reshape(self.replications, groups, kinds).transpose(2, 0, 1)
        counts[:, :, -1] = counts[:, :, :-1].sum(axis=2)
        return counts

    def _weighed(self, cells: Ints, weights: NDArray[np.float64], kinds: int) -> NDArray[np.float64]:
        """Sums of weights, added up in the order of recipients and then of groups, however replications are cut."""
        groups = self.rows - 1
        flat = np.bincount(cells, weights, self.replications * groups * kinds)
        sums = np.zeros((kinds, self.replications, self.rows))
        sums[:, :, :-1] = flat.reshape(self.replications, groups, kinds).transpose(2, 0, 1)
        for group in range(groups):
            sums[:, :, -1] += sums[:, :, group]
        return sums

    def slices(self) -> list[tuple[int, int, int]]:
        """Each row that has recipients: its index, and where its recipients begin and end."""
        ends = np.cumsum((0, *self.sizes[:-1]))
        found = [(row, int(ends[row]), int(ends[row + 1])) for row in range(self.rows - 1)]
        return [each for each in (*found, (self.rows - 1, 0, self.sizes[-1])) if each[1] < each[2]]

    def _reduced(self, how: np.ufunc, column: Ints | Bools, empty: int) -> Ints:
        table = column.reshape(self.replications, self.sizes[-1])
        out = np.full((self.replications, self.rows), empty, dtype=np.int64)
        out[:, self.filled] = how.reduceat(table, self.starts, axis=1, dtype=np.int64)
        out[:, -1] = how.reduce(out[:, :-1], axis=1)
        return out


def blocks(observation: Observation, plan: PlanLike) -> Blocks:
    """Reads the layout off an observation and holds it against the plan.

    Raises:
        ObservationError: when lengths, replications or groups are not what the plan says.
    """
    numbers = observation.replications["replication"]
    groups = [group.size for group in plan.groups]
    if not len(numbers) or sum(groups) != plan.count or plan.count < 1:
        raise ObservationError(
            f"there is nothing to tally: {len(numbers)} replications of {plan.count} recipients, "
            f"in groups of {groups}"
        )
    first, replications = int(numbers[0]), len(numbers)
    expected = np.arange(first, first + replications)
    layout = np.repeat(np.arange(len(groups)), groups)
    _must_equal(numbers, expected, expected.shape, "the replications are not consecutive")
    columns = [*observation.recipients.items(), *observation.waits.items(), *observation.sojourns.items()]
    for name, column in columns:
        if len(column) != replications * plan.count:
            raise ObservationError(
                f"the column {name!r} has {len(column)} rows; {replications} replications of "
                f"{plan.count} recipients make {replications * plan.count}"
            )
    shape = (replications, plan.count)
    _must_equal(
        observation.recipients["replication"], expected[:, None], shape, "recipients are not in order"
    )
    _must_equal(observation.recipients["group"], layout, shape, "groups are not as the plan says")
    keys = (np.arange(replications)[:, None] * len(groups) + layout).ravel()
    filled: Ints = np.flatnonzero(groups)
    starts: Ints = np.cumsum((0, *groups))[filled]
    wide = plan.horizon * plan.count >= _EXACT
    return Blocks(first, replications, (*groups, plan.count), keys, filled, starts, wide)


def _must_equal(found: Ints, expected: Ints, shape: tuple[int, ...], complaint: str) -> None:
    wrong = found.reshape(shape) != expected
    if wrong.any():
        where = int(np.flatnonzero(wrong)[0])
        right = np.broadcast_to(expected, shape).flat[where]
        raise ObservationError(f"{complaint}: row {where} holds {found[where]} instead of {right}")
