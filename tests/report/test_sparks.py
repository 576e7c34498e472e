"""Curves in the terminal."""

import pytest

import recallsim
from recallsim.reporting.plain import ASCII, UNICODE
from recallsim.reporting.sparks import level, sparks


def test_a_character_is_as_high_as_its_share():
    """The lowest for nobody, the highest for everybody, and nothing beyond."""
    assert [level(share, UNICODE.levels) for share in (-0.1, 0.0, 0.5, 1.0, 1.1)] == ["▁", "▁", "▅", "█", "█"]
    assert len(ASCII.levels) == len(UNICODE.levels) == 8


def test_two_curves_above_an_axis(scenario_text):
    """A line for who had not seen it and one for who was not decided, with the share at the end."""
    result = recallsim.run(scenario_text, workers=1)
    _, title, seen, decided, axis = (str(line) for line in sparks(result, ASCII, 120))
    end = result.evidence.trajectory("seen").mean[-1]
    assert (title, len(seen.split()[1])) == ("Over time", 64)
    assert seen.startswith("  unseen    @@@")
    assert seen.endswith(f"  {100 * (1 - end):.1f} % at the end")
    assert decided.startswith("  undecided @@@")
    places = [axis.index(words) - 12 for words in ("1 s", "10 s", "1 min", "10 min", "1 h", "1 d")]
    assert places == [0, 13, 23, 36, 46, 63]


@pytest.mark.parametrize(("width", "points"), [(100, 64), (96, 64), (95, 32), (60, 16), (40, 8)])
def test_the_curves_fit_the_terminal(scenario_text, width, points):
    """On narrow terminals the curves have fewer points, and no line is longer than the terminal is wide."""
    lines = [str(line) for line in sparks(recallsim.run(scenario_text, workers=1), UNICODE, width)]
    assert (max(map(len, lines)) <= width, len(lines[2].split()[1])) == (True, points)


def test_no_curves_for_one_recipient(scenario_text):
    """One recipient has no share worth a curve."""
    text = scenario_text.replace("count: 20", "count: 1")
    assert list(sparks(recallsim.run(text, workers=1, replications=2), ASCII, 80)) == []
