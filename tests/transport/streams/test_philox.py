"""Philox4x32-10 and the address of a draw: known answers, and a second way to compute them."""

import pytest

from transport.streams import philox as module
from transport.streams.philox import Block, philox, uniform

SEED = 20261120


def by_the_paper(counter, key):
    """Philox4x32-10 as the paper draws it: blocks as bytes, the round as a function, the keys as a schedule."""
    schedule = [
        [(key[i] + turn * weyl) % 2**32 for i, weyl in ((0, 0x9E3779B9), (1, 0xBB67AE85))]
        for turn in range(10)
    ]
    left0, right0, left1, right1 = counter
    for key0, key1 in schedule:
        high0, low0 = divmod(0xD2511F53 * left0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * left1, 2**32)
        left0, right0, left1, right1 = high1 ^ right0 ^ key0, low1, high0 ^ right1 ^ key1, low0
    return (left0, right0, left1, right1)


def by_the_layout(seed, replication, branch, purpose, message, place, entity, ordinal):
    """The uniform of an address, put together from bytes."""
    words = b"".join(
        [
            ordinal.to_bytes(4, "little"),
            bytes([purpose, message]) + place.to_bytes(2, "little"),
            entity.to_bytes(4, "little"),
            replication.to_bytes(3, "little") + bytes([branch]),
        ]
    )
    counter = [int.from_bytes(words[i : i + 4], "little") for i in range(0, 16, 4)]
    o0, o1, _, _ = by_the_paper(counter, divmod(seed, 2**32)[::-1])
    return (2 * ((o1 * 2**32 + o0) // 2**12) + 1) / 2**53


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers_of_random123(counter, key, expected):
    """The three published vectors come out."""
    assert tuple(philox(*counter, *key)) == expected


def test_agrees_with_a_second_implementation():
    """A thousand blocks, each fed back as the next counter, are those of the paper's own form."""
    counter = (1, 2, 3, 4)
    observed, expected = [], []
    for turn in range(1000):
        key = (turn * 77, 0xFFFFFFFF - turn)
        observed.append(tuple(philox(*counter, *key)))
        expected.append(by_the_paper(counter, key))
        counter = expected[-1]
    assert observed == expected


def test_words_are_masked_on_entry():
    """A counter or key longer than 32 bits counts by its low 32 bits."""
    assert philox(2**32, 1 + 2**40, -1, 3, 4 + 2**33, 5) == philox(0, 1, 0xFFFFFFFF, 3, 4, 5)


@pytest.mark.parametrize(
    ("o1", "o0", "expected"),
    [(0, 0xFFF, 2.0**-53), (0xFFFFFFFF, 0xFFFFFFFF, 1 - 2.0**-53), (0x80000000, 0, 0.5 + 2.0**-53)],
)
def test_a_uniform_stays_inside_the_open_interval(monkeypatch, o1, o0, expected):
    """The extreme words give 2^-53 and 1 - 2^-53, both exact, and 0.5 is never hit."""
    monkeypatch.setattr(module, "philox", lambda *_: Block(o0, o1, 0, 0))
    assert uniform(0, 0, 0, 0, 0, 0) == expected


GOLDEN = {
    # (replication, branch, purpose, message, place, entity, ordinal)
    (0, 0, 1, 0, 0, 0, 0): "0x1.77af47b12fb4ap-2",
    (0, 0, 10, 1, 0, 1, 0): "0x1.37adeeee8ee58p-4",
    (1, 0, 30, 0, 0, 2000, 0): "0x1.834ed7511a2b9p-1",
    (16777215, 255, 47, 17, 65535, 100000, 4294967295): "0x1.11611737b0f19p-1",
    (7, 0, 7, 16, 2, 0xF0000002, 511): "0x1.e9ef69e812e72p-2",
    (7, 3, 10, 2, 1, 0xFFFFFFFF, 0): "0x1.03412b2aa1c64p-3",
}


@pytest.mark.parametrize("address", GOLDEN)
def test_golden_uniforms_of_the_address(address):
    """Seed 20261120 gives these uniforms at these addresses for good: a change of any is a change of results."""
    replication, branch, purpose, message, place, entity, ordinal = address
    c1, c3 = purpose | message << 8 | place << 16, replication | branch << 24
    assert uniform(SEED & 0xFFFFFFFF, SEED >> 32, ordinal, c1, entity, c3) == float.fromhex(GOLDEN[address])


@pytest.mark.parametrize("address", GOLDEN)
def test_golden_uniforms_follow_from_the_layout(address):
    """The frozen values are those that the layout of the address gives by another computation."""
    replication, branch, purpose, message, place, entity, ordinal = address
    observed = by_the_layout(SEED, replication, branch, purpose, message, place, entity, ordinal)
    assert observed == float.fromhex(GOLDEN[address])
