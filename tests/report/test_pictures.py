"""Pictures: what is drawn where, from rows made by hand."""

import re
from xml.etree import ElementTree

from recallsim.reporting.pictures.axes import Scale, moments, round_steps
from recallsim.reporting.pictures.bars import Measured, Part, Stack, measured, stacked
from recallsim.reporting.pictures.curves import Bin, Curve, Series, against_time, over_time, steps
from recallsim.reporting.pictures.forest import Difference, forest, points
from recallsim.reporting.pictures.heat import heat_map
from recallsim.reporting.pictures.svg import alone, element, text

SVG = "{http://www.w3.org/2000/svg}"


def _drawn(picture):
    return ElementTree.fromstring(picture.svg)


def test_texts_and_attributes_are_escaped():
    """Markup in a text stays text, in elements and in attributes; what does not print is written out."""
    assert text("<b>&\x1b", 1, 2) == '<text x="1" y="2">&lt;b&gt;&amp;\\x1b</text>'
    assert element("g", class_='a"b') == '<g class="a&quot;b"/>'


def test_a_scale_ends_at_its_ends_and_keeps_ratios():
    """Linear and logarithmic; what lies outside goes to the nearer end."""
    straight, log = Scale(0, 10, 100, 200), Scale(1, 10_000, 0, 400, log=True)
    assert [straight.at(value) for value in (0, 2.5, 10, 11)] == [100, 125, 200, 200]
    assert [round(log.at(value), 6) for value in (0.5, 10, 1000, 1e6)] == [0, 100, 300, 400]


def test_round_values_lie_within_the_range():
    """Steps of 1, 2 or 5; times that people say."""
    assert [round(value, 9) for value in round_steps(0.0, 0.42, 5)] == [0.0, 0.2, 0.4]
    assert round_steps(3.0, 3.0) == [3.0]
    assert moments(Scale(1, 604800, 0, 600, log=True)) == [1, 10, 60, 600, 3600, 21600, 86400, 604800]


def test_bars_are_as_long_as_their_shares():
    """The pieces of a bar touch one another and add up to its length."""
    picture = stacked(
        "k",
        "Title",
        "Words",
        [Part("unseen", "good"), Part("failed", "bad")],
        [Stack("all", (0.25, 0.75), "8")],
    )
    good, bad = (each for each in _drawn(picture).iter(f"{SVG}rect") if "edge" in (each.get("class") or ""))
    wide = float(good.get("width")) + float(bad.get("width"))
    assert round(float(good.get("width")) / wide, 6) == 0.25
    assert float(good.get("x")) + float(good.get("width")) == float(bad.get("x"))
    assert picture.rows == (("all", "8", "25.0 %", "75.0 %"),)


def test_too_many_bars_go_into_the_table_only_and_that_is_said():
    """Forty are drawn, fifty stand in the table."""
    stacks = [Stack(f"g{number}", (1.0,), "1") for number in range(50)]
    picture = stacked("k", "Title", "Words", [Part("unseen", "good")], stacks)
    drawn = [each for each in _drawn(picture).iter(f"{SVG}rect") if "edge" in (each.get("class") or "")]
    assert (len(drawn), len(picture.rows), picture.note) == (40, 50, "10 more groups are in the table.")


def test_a_band_is_drawn_where_replications_differ():
    """Where all have 0 or all have 1 there is a line and no band."""
    curve = Curve(
        "unseen", (1.0, 10.0, 100.0, 1000.0), (1.0, 0.9, 0.8, 0.7), (0.9, 0.8, 0.7, 0.6), (1.0, 1.0, 0.9, 0.8)
    )
    flat = Curve("seen", (1.0, 1000.0), (0.0, 0.0), (0.0, 0.0), (0.1, 0.1))
    paths = [
        each.get("class") for each in _drawn(over_time("k", "T", "W", [curve], "time")).iter(f"{SVG}path")
    ]
    none = [each.get("class") for each in _drawn(over_time("k", "T", "W", [flat], "time")).iter(f"{SVG}path")]
    assert (paths, none) == (["band band-0", "curve line-0"], ["curve line-0"])


def test_the_table_of_a_curve_has_every_point():
    """Times, means and ends, in percent."""
    picture = over_time("k", "T", "W", [Curve("a", (1.0, 60.0), (1.0, 0.5), (0.9, 0.4), (1.0, 0.6))], "time")
    assert picture.headers == ("after", "a", "low", "high")
    assert picture.rows == (
        ("1 s", "100.00 %", "90.00 %", "100.00 %"),
        ("1 min", "50.00 %", "40.00 %", "60.00 %"),
    )


def test_success_against_time_draws_every_dot_and_bin():
    """A dot for each replication, a mark for each bin."""
    picture = against_time(
        "k", "T", "W", [Bin(2, 1.0, 2.0, 3.0, 0.8, 0.7, 0.9), Bin(1, 9.0, 9.0, 9.0, 0.5, None, None)],
        [(1.0, 0.8), (3.0, 0.8), (9.0, 0.5)], "noticed",
    )  # fmt: skip
    looks = [each.get("class") for each in _drawn(picture).iter(f"{SVG}circle")]
    assert (looks.count("dot"), looks.count("mark")) == (3, 2)
    assert picture.rows[1] == ("9 s to 9 s", "1", "50.00 %", "", "")


def test_a_difference_that_holds_zero_is_marked_as_neither():
    """Better, worse, and undecided look different; zero is in the middle."""
    rows = [
        Difference("up", 0.1, 0.05, 0.15),
        Difference("down", -0.1, -0.2, -0.01),
        Difference("even", 0.01, -0.1, 0.1),
    ]
    picture = forest("k", "T", "W", rows, "points")
    assert [each.get("class") for each in _drawn(picture).iter(f"{SVG}circle")] == [
        "mark-for",
        "mark-against",
        "mark-neither",
    ]
    assert picture.rows[1] == ("down", "−10.0", "−20.0", "−1.0")
    assert points(0.00001) == "0"


def test_a_tile_is_the_stronger_the_larger_its_share():
    """The smallest share is faint, the largest full; a missing cell stays empty."""
    picture = heat_map("k", "T", "W", ["a", "b"], ["x"], {(0, 0): 0.1, (1, 0): 0.9}, ("columns", "lines"))
    strength = [each.get("fill-opacity") for each in _drawn(picture).iter(f"{SVG}rect")]
    assert (strength, picture.rows) == (["0.08", "1"], (("x", "10.0 %", "90.0 %"),))


def test_lines_of_a_sweep_skip_what_is_missing():
    """A cell without a value has no point, and a dash in the table."""
    picture = steps("k", "T", "W", ["1", "2", "3"], [Series("s", (0.1, None, 0.3))], "axis")
    (path,) = _drawn(picture).iter(f"{SVG}path")
    assert (path.get("d").count("L"), picture.rows[1]) == (1, ("2", "–"))


def test_measured_bars_go_to_both_sides_of_zero():
    """A negative value begins at its end and ends at zero."""
    picture = measured("k", "T", "W", [Measured("a", 0.2), Measured("b", -0.1, -0.2, 0.0)], axis="effect")
    up, down = (each for each in _drawn(picture).iter(f"{SVG}rect"))
    assert round(float(down.get("x")) + float(down.get("width")), 1) == round(float(up.get("x")), 1)


def test_a_drawing_alone_has_its_styles_within():
    """An SVG file needs no style sheet of a page; it is well-formed."""
    picture = forest("k", "T", "W", [Difference("a & b", 0.1, 0.0, 0.2)], "points")
    text_ = alone(picture.svg)
    assert ElementTree.fromstring(text_)[0].tag == f"{SVG}style"
    assert re.search(r"prefers-color-scheme: dark", text_)
