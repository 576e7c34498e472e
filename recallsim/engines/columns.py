"""Columns of uniforms by NumPy: many addresses at once, bit for bit those of `philox.uniform`.

Only integers are vectorised, and one product by a power of two: NumPy's logarithms are not those of `math`,
and differ from one processor to the next.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transport.streams.philox import LAST_CELL, MULTIPLIER_0, MULTIPLIER_1, STEP, WEYL_0, WEYL_1, WORD

Words = NDArray[np.uint64]

CHUNK: Final = 8192  # words at a time, so that the working arrays stay in the processor's cache


def numpy_filler(
    k0: int, k1: int, c0: int, c1: Sequence[int], c2: int, c3: int, count: int, by_entity: bool
) -> list[Sequence[float]]:
    """Return `count` uniforms from each of some addresses on; the `ColumnFiller` of `transport.streams.draws`.

    Several short columns at once share what the calls of NumPy cost.

    Args:
        k0: low word of the key.
        k1: high word of the key.
        c0: ordinal, the first of them if not `by_entity`.
        c1: purpose, message and place, of each.
        c2: entity, the first of them if `by_entity`.
        c3: replication and branch; bit 32 mirrors (`philox.uniform`).
        count: how many.
        by_entity: count up the entity; otherwise the ordinal.

    Returns:
        Read-only views of float64 cells, 8 bytes each.
    """
    filled = np.empty((len(c1), count), dtype=np.float64)
    words = np.array(c1, dtype=np.uint64)[:, np.newaxis]
    mirror = np.uint64((c3 >> 32 & 1) * LAST_CELL)
    together = max(1, CHUNK // len(c1))
    for start in range(0, count, together):
        size = min(together, count - start)
        running = np.arange(start, start + size, dtype=np.uint64)
        ordinals, entities = np.full((2, len(c1), size), [[[c0]], [[c2]]], dtype=np.uint64)
        counted = entities if by_entity else ordinals
        counted += running
        low, high = _words(ordinals, entities, words, c3, k0, k1)
        high <<= np.uint64(20)
        low >>= np.uint64(12)
        high |= low
        high ^= mirror
        filled[:, start : start + size] = (high + 0.5) * STEP
    filled.setflags(write=False)
    return [column.data for column in filled]


def _words(x0: Words, x2: Words, x1: Words, c3: int, k0: int, k1: int) -> tuple[Words, Words]:
    """Return the words o0 and o1 of each block; overwrites the arrays of words 0 and 2 of the counter."""
    word, half = np.uint64(WORD), np.uint64(32)
    first, second = np.uint64(MULTIPLIER_0), np.uint64(MULTIPLIER_1)
    x3: Words | np.uint64 = np.uint64(c3 & WORD)
    for turn in range(10):
        product_0 = first * x0
        product_1 = second * x2
        np.right_shift(product_1, half, out=x0)
        x0 ^= x1
        x0 ^= np.uint64((k0 + turn * WEYL_0) & WORD)
        np.right_shift(product_0, half, out=x2)
        x2 ^= x3
        x2 ^= np.uint64((k1 + turn * WEYL_1) & WORD)
        product_1 &= word
        product_0 &= word
        x1, x3 = product_1, product_0
    return x0, x1
