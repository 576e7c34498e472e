"""The answers in docs/what-if.md are what the shipped questions give."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import recallsim

Points = tuple[float, float, float]

SECTION = re.compile(r"^## .*\(`([\w-]+\.yaml)`\)$([\s\S]*?)(?=^## |\Z)", re.MULTILINE)
NUMBER = r"([+-]?\d+\.\d+)"
POINTS = re.compile(rf"{NUMBER} \({NUMBER} to {NUMBER}\)")


def _sections() -> Iterator[tuple[str, set[Points]]]:
    """The questions, and the differences that each section gives, in points with their ends."""
    text = Path(__file__).parents[2].joinpath("docs", "what-if.md").read_text(encoding="utf-8")
    for name, body in SECTION.findall(text):
        rows = "".join(line for line in body.splitlines(keepends=True) if line.startswith("|"))
        yield name, {(float(a), float(b), float(c)) for a, b, c in POINTS.findall(rows)}


SECTIONS = list(_sections())


def test_every_question_has_a_section() -> None:
    """Ten questions, each answered in numbers."""
    assert [bool(points) for _, points in SECTIONS] == [True] * 10


@pytest.mark.prove
@pytest.mark.parametrize(("name", "documented"), SECTIONS, ids=[name for name, _ in SECTIONS])
def test_the_answers_are_as_computed(configs: Path, name: str, documented: set[Points]) -> None:
    """Every difference in who loses the message unseen stands in the docs, rounded, and no other; 0 is said in words."""
    found = recallsim.compare(configs / "what-if" / name)
    rows = [row for row in found.rows() if (row["metric"], row["group"]) == ("unseen_success_rate", "all")]
    points = {
        tuple(round(100.0 * float(str(row[key])), 1) for key in ("difference", "low", "high")) for row in rows
    }
    assert points - {(0.0, 0.0, 0.0)} == documented
