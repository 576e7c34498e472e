"""Philox4x32-10: a block of random words as a pure function of a counter and a key.

Basement: only ints and floats in and out, no clock, no generator state, imports nothing but its own floor.
Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC'11); the known
answers of their Random123 library are tests.
"""

from typing import Final, NamedTuple

from transport.compilable import compilable

WORD: Final = 0xFFFFFFFF
MULTIPLIER_0: Final = 0xD2511F53
MULTIPLIER_1: Final = 0xCD9E8D57
WEYL_0: Final = 0x9E3779B9
WEYL_1: Final = 0xBB67AE85
STEP: Final = 2.0**-52
LAST_CELL: Final = (1 << 52) - 1


class Block(NamedTuple):
    """Four words of 32 bits, as plain ints."""

    o0: int
    o1: int
    o2: int
    o3: int


@compilable
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Block:
    """Return the block that belongs to counter `c0..c3` under key `k0, k1` (words of 32 bits)."""
    # Everything is masked at once: a compiler wraps at 64 bits where Python's ints just grow.
    c0 = c0 & WORD
    c1 = c1 & WORD
    c2 = c2 & WORD
    c3 = c3 & WORD
    k0 = k0 & WORD
    k1 = k1 & WORD
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0 = ((product_1 >> 32) & WORD) ^ c1 ^ k0
        c1 = product_1 & WORD
        c2 = ((product_0 >> 32) & WORD) ^ c3 ^ k1
        c3 = product_0 & WORD
        k0 = (k0 + WEYL_0) & WORD
        k1 = (k1 + WEYL_1) & WORD
    return Block(c0, c1, c2, c3)


@compilable
def uniform(k0: int, k1: int, c0: int, c1: int, c2: int, c3: int) -> float:
    """Return the uniform at an address: the middle of one of 2^52 equal cells of (0, 1).

    It is never 0 or 1, 1 - u is exact, and the smallest value is 2^-53. Bit 32 of `c3`, above the word that goes
    into the counter, asks for 1 - u instead (see `paired`).
    """
    block = philox(c0, c1, c2, c3, k0, k1)
    mirror = ((c3 >> 32) & 1) * LAST_CELL
    return (((block.o1 << 20 | block.o0 >> 12) ^ mirror) + 0.5) * STEP


@compilable
def paired(replication: int) -> int:
    """Return word 3 of the counter where replications are antithetic pairs: 2k + 1 has the address of 2k, mirrored."""
    return (replication & 0xFFFFFE) | (replication & 1) << 32
