"""Whatever the text, loading gives a scenario or a ScenarioError."""

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recallsim.errors import ScenarioError
from recallsim.scenario import load

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")

QUIET = settings(max_examples=150, deadline=None, database=None, derandomize=True)

WORDS = st.sampled_from(
    [
        "name",
        "sender",
        "hold",
        "recipients",
        "groups",
        "share",
        "count",
        "transport",
        "delivery",
        "retry",
        "5min",
        "-1",
        "0.5",
        "never",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a",
        "!!str ",
        "'",
        '"',
        "#",
        "|",
        ">",
        "?",
        ".inf",
        "~",
        "<<",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
    ]
)


def complaints(text, overrides=()):
    """What loading has against a text."""
    try:
        load(text + "\n", overrides)
    except ScenarioError as error:
        return [problem.what for problem in error.problems]
    return ["nothing"]


@given(st.lists(WORDS, max_size=40).map("".join))
@QUIET
def test_no_heap_of_words_breaks_loading(text):
    """Arbitrary heaps of the language's words never raise anything else."""
    assert all(complaints(text))


@given(st.text(max_size=60))
@QUIET
def test_no_text_breaks_loading(text):
    """Arbitrary text never raises anything else."""
    assert all(complaints(text))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["5min", "never", "1/min", "2 MB", "desk.yaml"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["delay", "exponential", "mean", "gaps", "default", "request", "name", "share"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def paths(data, path=()):
    """Every place of a scenario."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


PLACES = list(paths(yaml.safe_load(SMALL)))


@given(st.sampled_from(PLACES), VALUES)
@QUIET
def test_no_value_anywhere_breaks_loading(place, value):
    """Any value at any place of a scenario gives a scenario or a ScenarioError."""
    data = yaml.safe_load(SMALL)
    part = data
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    assert all(complaints(yaml.safe_dump(data, allow_unicode=True)))


@given(st.sampled_from(PLACES), VALUES)
@QUIET
def test_no_setting_breaks_loading(place, value):
    """Any value set at any place gives a scenario or a ScenarioError."""
    assert all(complaints(SMALL, {".".join(map(str, place)): value}))
