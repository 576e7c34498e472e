"""Draws: the address is filled in, and columns change the time and nothing else."""

import pytest

from recallsim.engines.columns import numpy_filler
from transport.streams import draws as module
from transport.streams.draws import BACKGROUND, SENDER, SHORT, WHOLE, Draws
from transport.streams.philox import uniform
from transport.streams.purposes import ARRIVAL, GAP, LATENCY, NOTICE, READ_DELAY, Purpose

SEED = 0x123456789ABCDEF0


class CountingFiller:
    """The NumPy filler with a memory of what it was asked for."""

    def __init__(self):
        self.calls = []

    def __call__(self, k0, k1, c0, c1, c2, c3, count, by_entity):
        self.calls.append((c0, c1, c2, count, by_entity))
        return numpy_filler(k0, k1, c0, c1, c2, c3, count, by_entity)


def test_the_address_is_laid_out_as_documented():
    """Seed, ordinal, purpose, message, place, entity, replication and branch each go to their own bits."""
    observed = Draws(SEED, 0xABCDEF, branch=0x12).uniform(30, 2, 0x0304, 77, 5)
    assert observed == uniform(0x9ABCDEF0, 0x12345678, 5, 0x0304_02_1E, 77, 0x12ABCDEF)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 130])
def test_columns_change_no_bit(count):
    """Asked in any order, often enough to cross every threshold, both ways give the same uniforms."""
    plain, quick = Draws(SEED, 3, count=count), Draws(SEED, 3, columns=numpy_filler, count=count)
    entities = [SENDER, *range(1, count + 1), count + 1, WHOLE, BACKGROUND, BACKGROUND + 3]
    addresses = [
        (purpose, message, place, entity, ordinal)
        for purpose, message, place in ((READ_DELAY, 0, 0), (GAP, 0, 2), (LATENCY, 1, 1))
        for ordinal in (0, 1, 2)
        for entity in entities[:: 1 if ordinal else -1]
    ]
    assert [quick.uniform(*address) for address in addresses] == [
        plain.uniform(*address) for address in addresses
    ]


def test_antithetic_is_one_minus_u_everywhere():
    """Of antithetic pairs the even half draws as ever; in the odd one, from a column, from a run or alone, it is 1 - u."""
    plain = Draws(SEED, 2, columns=numpy_filler, count=40)
    even = Draws(SEED, 2, antithetic=True, columns=numpy_filler, count=40)
    mirrored = Draws(SEED, 3, antithetic=True, columns=numpy_filler, count=40)
    addresses = [(READ_DELAY, 0, 0, entity) for entity in (0, 1, 40, WHOLE)]
    addresses += [(GAP, 0, 0, entity, 4) for entity in range(1, 41)]
    addresses += [(ARRIVAL, 16, 0, BACKGROUND, ordinal) for ordinal in range(40)]
    assert [mirrored.uniform(*a) for a in addresses] == [1.0 - plain.uniform(*a) for a in addresses]
    assert [even.uniform(*a) for a in addresses] == [plain.uniform(*a) for a in addresses]
    alone = Draws(SEED, 3, antithetic=True, count=40)
    assert [alone.uniform(*a) for a in addresses] == [mirrored.uniform(*a) for a in addresses]


def test_ordinal_0_fills_its_column_at_the_first_touch():
    """One draw of one recipient makes the column of all, once."""
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=100)
    for entity in (5, 6, 100):
        draws.uniform(READ_DELAY, 0, 0, entity)
    assert filler.calls == [(0, (READ_DELAY,), 0, 101, True)]


def test_short_columns_that_are_expected_are_made_together():
    """The first of them brings all; each holds what it holds alone, and an ordinal above 0 is none of them."""
    filler = CountingFiller()
    draws, alone = (Draws(SEED, 3, columns=columns, count=100) for columns in (filler, numpy_filler))
    addresses = [(READ_DELAY, 0, 0), (LATENCY, 1, 0), (GAP, 0, 2)]
    for address in addresses:
        draws.expect(*address)
    assert list(draws.column(GAP, 0, 2, 1)) == list(alone.column(GAP, 0, 2, 1))
    observed = [list(draws.passing_column(LATENCY, 1, 0)), *(list(draws.column(*each)) for each in addresses)]
    expected = [alone.column(*each) for each in (addresses[1], *addresses)]
    assert observed == [list(column) for column in expected]
    words = READ_DELAY, LATENCY | 1 << 8, GAP | 2 << 16
    assert [call[:2] for call in filler.calls] == [(1, (words[2],)), (0, words), (0, (words[1],))]


def test_long_columns_are_made_when_they_are_asked_for():
    """Where one column is work enough for one call, no other is kept ready beside it."""
    filler = CountingFiller()
    draws = Draws(SEED, 3, columns=filler, count=SHORT)
    for message in (0, 1):
        draws.expect(READ_DELAY, message, 0)
    draws.column(READ_DELAY, 1, 0)
    assert [call[1] for call in filler.calls] == [(READ_DELAY | 1 << 8,)]


def test_later_ordinals_fill_theirs_after_some_misses():
    """With 200 recipients four draws of an ordinal are made alone; the fifth makes the column."""
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=200)
    calls = []
    for entity in range(1, 8):
        draws.uniform(GAP, 0, 0, entity, 9)
        calls.append(len(filler.calls))
    assert calls == [0, 0, 0, 0, 1, 1, 1]


def test_the_sender_and_whole_messages_fill_nothing():
    """A draw that only one entity has is made alone, and so are those of a small scenario."""
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=100)
    draws.uniform(NOTICE, 0, 0, SENDER)
    draws.uniform(LATENCY, 0, 0, WHOLE)
    Draws(SEED, 0, columns=filler, count=15).uniform(READ_DELAY, 0, 0, 1)
    assert filler.calls == []


def test_a_busy_background_draws_in_runs():
    """After sixteen single draws the background of a stage is made 512 ordinals at a time."""
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=100)
    plain = Draws(SEED, 0)
    ordinals = [*range(1200), 3, 1199]
    observed = [draws.uniform(ARRIVAL, 16, 2, BACKGROUND + 2, ordinal) for ordinal in ordinals]
    assert observed == [plain.uniform(ARRIVAL, 16, 2, BACKGROUND + 2, ordinal) for ordinal in ordinals]
    assert [(call[0], call[2:]) for call in filler.calls] == [
        (first, (BACKGROUND + 2, 512, False)) for first in (0, 512, 1024, 0, 1024)
    ]


def test_columns_of_later_ordinals_are_bounded(monkeypatch):
    """The oldest column gives way to a new one, and comes back with the same bits."""
    monkeypatch.setattr(module, "KEPT_CELLS", 5 * 101)
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=100)
    first = list(draws.column(GAP, 0, 0, 1))
    for ordinal in range(2, 8):
        draws.column(GAP, 0, 0, ordinal)
    asked = len(filler.calls)
    assert (draws.uniform(GAP, 0, 0, 50, 7), len(filler.calls)) == (draws.column(GAP, 0, 0, 7)[50], asked)
    assert [draws.uniform(GAP, 0, 0, entity, 1) for entity in range(1, 101)] == first[1:]
    assert len(filler.calls) == asked + 1


def test_a_column_is_indexed_by_entity():
    """The cell of a number is the uniform of that entity, with a filler and without."""
    for columns in (None, numpy_filler):
        draws = Draws(SEED, 8, columns=columns, count=20)
        for ordinal in (0, 3):
            column = draws.column(LATENCY, 1, 0, ordinal)
            assert list(column) == [
                Draws(SEED, 8).uniform(LATENCY, 1, 0, entity, ordinal) for entity in range(21)
            ]


def test_a_member_of_the_register_is_as_good_as_its_number():
    """Purposes may be given as members or as plain ints, and share columns."""
    filler = CountingFiller()
    draws = Draws(SEED, 0, columns=filler, count=30)
    assert draws.uniform(Purpose.READ_DELAY, 0, 0, 5) == draws.uniform(READ_DELAY, 0, 0, 5)
    assert len(filler.calls) == 1


def test_more_recipients_change_nobodys_draws():
    """The uniforms of a recipient do not depend on how many there are."""
    few, many = Draws(SEED, 0, columns=numpy_filler, count=20), Draws(SEED, 0, columns=numpy_filler, count=21)
    assert list(few.column(READ_DELAY, 0, 0)) == list(many.column(READ_DELAY, 0, 0))[:-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed must be from 0 to 2^64 - 1; found -1"),
        ({"seed": 1 << 64}, f"seed must be from 0 to 2^64 - 1; found {1 << 64}"),
        ({"replication": 1 << 24}, "replication must be from 0 to 2^24 - 1; found 16777216"),
        ({"branch": 256}, "branch must be from 0 to 2^8 - 1; found 256"),
    ],
)
def test_what_does_not_fit_the_address_is_refused(arguments, message):
    """A seed, replication or branch that would spill into its neighbour is an error."""
    with pytest.raises(ValueError) as caught:
        Draws(**{"seed": 0, "replication": 0, **arguments})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ((256, 0, 0, 1), "purpose must be from 0 to 2^8 - 1; found 256"),
        ((1, 256, 0, 1), "message must be from 0 to 2^8 - 1; found 256"),
        ((1, 0, 65536, 1), "place must be from 0 to 2^16 - 1; found 65536"),
        ((1, 0, -1, BACKGROUND), "place must be from 0 to 2^16 - 1; found -1"),
    ],
)
def test_a_part_of_an_address_that_does_not_fit_is_refused(address, message):
    """A purpose, message or place that would spill into its neighbour is an error when first drawn."""
    for columns in (None, numpy_filler):
        with pytest.raises(ValueError) as caught:
            Draws(0, 0, columns=columns, count=50).uniform(*address)
        assert str(caught.value) == message
