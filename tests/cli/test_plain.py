"""Hostile text stays text."""

import pytest

from recallsim.reporting.plain import ASCII, UNICODE, paragraph, plain, signs_for


@pytest.mark.parametrize(
    "text, shown",
    [
        ("office", "office"),
        ("Lønn til 2 000", "Lønn til 2 000"),
        ("[red]x[/y]", "[red]x[/y]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("left\u202eright", "left\\u202eright"),
        ("\ud800", "\\ud800"),
        ("x" * 300, "x" * 197 + "..."),
    ],
)
def test_what_does_not_print_is_written_as_an_escape(text, shown):
    """Control characters and marks of direction lose their power; everything else stays as it is."""
    assert plain(text) == shown


@pytest.mark.parametrize(
    "encoding, signs", [("utf-8", UNICODE), ("ascii", ASCII), ("no-such", ASCII), (None, ASCII)]
)
def test_signs_follow_the_encoding(encoding, signs):
    """Only an output that can show all signs gets them."""
    assert signs_for(encoding) == signs


def test_a_paragraph_is_broken_at_words():
    """Lines after the first are indented."""
    assert paragraph("one two three four five six", 22, indent=2) == "one two three four\n  five six"
