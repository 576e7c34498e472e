"""The NumPy filler gives the interpreted uniforms, bit for bit."""

import pytest

from recallsim.engines.columns import CHUNK, numpy_filler
from transport.streams.philox import uniform

K0, K1 = 0xDEADBEEF, 0x12345678


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 257, 3000])
@pytest.mark.parametrize("ordinal", [0, 1, 300, 0xFFFFFFFE])
def test_entities_of_one_draw(count, ordinal):
    """A column over entities holds what each address gives by itself, for any length and ordinal."""
    c1, c3 = 32 | 1 << 8 | 5 << 16, 9 | 3 << 24
    observed = list(numpy_filler(K0, K1, ordinal, (c1,), 0, c3, count, True)[0])
    assert observed == [uniform(K0, K1, ordinal, c1, entity, c3) for entity in range(count)]


@pytest.mark.parametrize("entity", [0, 7, 0xF0000000, 0xF0000003, 0xFFFFFFFF])
@pytest.mark.parametrize("first", [0, 512, 0xFFFFFE00])
def test_ordinals_of_one_entity(entity, first):
    """A run over ordinals holds what each address gives by itself, for any entity and start."""
    c1, c3 = 7 | 16 << 8 | 65535 << 16, 0xFFFFFFFF
    observed = list(numpy_filler(K0, K1, first, (c1,), entity, c3, 512, False)[0])
    assert observed == [uniform(K0, K1, first + i, c1, entity, c3) for i in range(512)]


@pytest.mark.parametrize("key", [(0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0x80000000, 1)])
def test_extreme_keys(key):
    """Keys at the ends of their range wrap as the interpreted ones do."""
    observed = list(numpy_filler(*key, 0, (0xFFFFFFFF,), 0, 0xFFFFFFFF, 50, True)[0])
    assert observed == [uniform(*key, 0, 0xFFFFFFFF, entity, 0xFFFFFFFF) for entity in range(50)]


def test_pieces_join_without_a_seam():
    """Around the places where one piece of the work ends and the next begins, nothing is lost or shifted."""
    column = numpy_filler(K0, K1, 0, (30,), 0, 1, 2 * CHUNK + 5, True)[0]
    places = [0, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 4]
    assert len(column) == 2 * CHUNK + 5
    assert [column[i] for i in places] == [uniform(K0, K1, 0, 30, i, 1) for i in places]


@pytest.mark.parametrize("by_entity", [True, False])
def test_several_columns_at_once(by_entity):
    """Made together, columns hold what each holds by itself, over the places where pieces join."""
    words, count = (30, 30 | 1 << 8, 7 | 3 << 8 | 2 << 16), CHUNK // 3 + 5
    together = numpy_filler(K0, K1, 2, words, 3, 1, count, by_entity)
    alone = [numpy_filler(K0, K1, 2, (word,), 3, 1, count, by_entity)[0] for word in words]
    assert [list(column) for column in together] == [list(column) for column in alone]


def test_a_column_is_of_plain_floats_and_read_only():
    """Cells come out as Python floats, and nobody can write over them."""
    column = numpy_filler(K0, K1, 0, (30,), 0, 1, 20, True)[0]
    assert {type(cell) for cell in column} == {float}
    with pytest.raises(TypeError, match=r"^cannot modify read-only memory$"):
        column[3] = 0.5
