"""What is kept of every replication, an array each: in memory while it is little, else in a file without a name.

Estimates go through one number of all replications after the other, so the numbers lie in that order: for some hundred
replications together (a *chunk*) the first number of each, then the second of each. Whoever asks for a number of all
replications reads a few bytes of every chunk, and nothing else has to be in memory. The file belongs to no name, so
that nothing is left of it, however the process ends.
"""

import math
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from recallsim.running.errors import RunningError

MOST_BYTES: Final = 8 << 20
"""So much of a pile is kept in memory before its chunks go to the file."""

CHUNK_BYTES: Final = 1 << 20
_LEAST_IN_CHUNK: Final = 8


class Pile:
    """Arrays of one shape, numbered from 0.

    Args:
        shape: of each array.
        dtype: of its numbers.
        folder: where the file is made once one is needed; None, or where that is impossible: where temporary files are.
    """

    def __init__(self, shape: Sequence[int], dtype: np.dtype[Any], folder: Path | None = None) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self._folder = folder
        self._items = math.prod(shape)
        self._many = max(_LEAST_IN_CHUNK, CHUNK_BYTES // max(self._items * dtype.itemsize, 1))
        self._held: dict[int, NDArray[Any]] = {}
        self._filled: dict[int, int] = {}
        self._file: IO[bytes] | None = None

    def put(self, first: int, arrays: NDArray[Any]) -> None:
        """Put consecutive arrays in, none of which is there yet.

        Raises:
            RunningError: They cannot be written.
        """
        flat = arrays.reshape(len(arrays), self._items)
        for chunk, low, high in self._cut(first, first + len(arrays)):
            if chunk not in self._held:
                self._held[chunk] = np.empty((self._items, self._many), dtype=self.dtype)
                self._filled[chunk] = 0
            start = chunk * self._many
            self._held[chunk][:, low - start : high - start] = flat[low - first : high - first].T
            self._filled[chunk] += high - low
        if len(self._held) * self._chunk_bytes > MOST_BYTES:
            self._write_out()

    def stretch(self, low: int, high: int) -> "Stretch":
        """Give the arrays numbered from `low` to `high` - 1, all of which are there."""
        return Stretch(self, low, high)

    def column(self, item: int, low: int, high: int) -> NDArray[Any]:
        """Give one number of each array from `low` to `high` - 1, counted through the array."""
        found = np.empty(high - low, dtype=self.dtype)
        for chunk, begin, end in self._cut(low, high):
            start, into = chunk * self._many, found[begin - low : end - low]
            if chunk in self._held:
                into[:] = self._held[chunk][item, begin - start : end - start]
            else:
                within = item * self._many + begin - start
                self._read(chunk * self._chunk_bytes + within * self.dtype.itemsize, into)
        return found

    def blocks(self, low: int, high: int) -> Iterator[NDArray[Any]]:
        """Give the arrays from `low` to `high` - 1 some at a time: [some, *shape]; piles of a shape are cut alike."""
        for chunk, begin, end in self._cut(low, high):
            whole = self._held.get(chunk)
            if whole is None:
                whole = np.empty((self._items, self._many), dtype=self.dtype)
                self._read(chunk * self._chunk_bytes, whole)
            start = chunk * self._many
            yield whole[:, begin - start : end - start].T.reshape(end - begin, *self.shape)

    @property
    def _chunk_bytes(self) -> int:
        return self._many * self._items * self.dtype.itemsize

    def _cut(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """The chunks that hold these numbers, and which of them each holds."""
        while low < high:
            chunk = low // self._many
            end = min(high, (chunk + 1) * self._many)
            yield chunk, low, end
            low = end

    def _write_out(self) -> None:
        for chunk in [each for each, filled in self._filled.items() if filled == self._many]:
            try:
                if self._file is None:
                    self._file = _nameless(self._folder)
                    weakref.finalize(self, self._file.close)
                self._file.seek(chunk * self._chunk_bytes)
                rest = self._held[chunk].data.cast("B")
                while rest:
                    rest = rest[self._file.write(rest) :]
            except OSError as error:
                raise RunningError(
                    f"there is no room for what is counted of the replications ({error}). What is stored is safe; "
                    "make room in the store's folder and where temporary files are, then give the same command again."
                ) from error
            del self._held[chunk], self._filled[chunk]

    def _read(self, place: int, into: NDArray[Any]) -> None:
        assert self._file is not None
        self._file.seek(place)
        rest = into.data.cast("B")
        while rest:
            got = self._file.read(len(rest))
            if not got:
                raise RunningError("a temporary file has been cut short; give the same command again")
            rest[: len(got)] = got
            rest = rest[len(got) :]


class Stretch:
    """Consecutive arrays of a pile, which are read as one array [replications, *shape] would be.

    A number of all of them (`stretch[:, 3, 5]`) and fewer of them (`stretch[:20]`) cost what they hold; anything else
    takes the whole into memory.
    """

    def __init__(self, pile: Pile, low: int, high: int) -> None:
        self._pile, self._low, self._high = pile, low, high

    def __len__(self) -> int:
        return self._high - self._low

    @property
    def shape(self) -> tuple[int, ...]:
        """As an array's."""
        return (len(self), *self._pile.shape)

    @property
    def ndim(self) -> int:
        """As an array's."""
        return len(self.shape)

    def __getitem__(self, at: "slice | SupportsIndex | tuple[slice | SupportsIndex, ...]") -> Any:
        if isinstance(at, slice):
            return self._fewer(at)
        which, *where = at if isinstance(at, tuple) else (at,)
        if not isinstance(which, slice) or any(isinstance(each, slice) for each in where):
            return np.asarray(self)[at]
        part = self._fewer(which)
        item = int(np.ravel_multi_index(_counted(where, self._pile.shape), self._pile.shape))
        return self._pile.column(item, part._low, part._high)

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Give the arrays some at a time."""
        return self._pile.blocks(self._low, self._high)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        whole = np.empty(self.shape, dtype=self._pile.dtype, order="F")  # as the pile lies
        at = 0
        for block in self.blocks():
            whole[at : at + len(block)] = block
            at += len(block)
        return whole if dtype is None else whole.astype(dtype)

    def _fewer(self, which: slice) -> "Stretch":
        low, high, step = which.indices(len(self))
        if step != 1:
            raise IndexError("replications are read one after the other")
        return Stretch(self._pile, self._low + low, self._low + max(low, high))


def _counted(where: Sequence[Any], shape: Sequence[int]) -> tuple[int, ...]:
    """Places counted from the front."""
    if len(where) != len(shape):
        raise IndexError(f"{len(where)} places in arrays of {len(shape)} dimensions")
    return tuple(
        int(place) + (size if int(place) < 0 else 0) for place, size in zip(where, shape, strict=True)
    )


def _nameless(folder: Path | None) -> IO[bytes]:
    if folder is not None:
        try:
            return tempfile.TemporaryFile(dir=folder, buffering=0)
        except OSError:
            pass  # a folder that is only read
    return tempfile.TemporaryFile(buffering=0)
