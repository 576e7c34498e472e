"""Curves of block characters: how many had not seen it, and were not decided, as time went on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.reporting.numbers import duration, percent
from recallsim.reporting.plain import Signs

if TYPE_CHECKING:
    from recallsim.result import Result

_LABEL = 12
_END = len("  100.0 % at the end")
_MARKS = (1.0, 10.0, 60.0, 600.0, 3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0)
_STEPS = (1, 2, 4, 8)
_CURVES = (("seen", "unseen"), ("decided", "undecided"))


def sparks(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    """Gives two curves over time, one line each, above an axis; nothing where replications were not kept."""
    evidence = result.evidence
    if evidence is None or not len(evidence.curves) or result.count < 2:
        return
    points = len(evidence.seconds)
    step = next((step for step in _STEPS if _LABEL + points // step + _END <= width), _STEPS[-1])
    at = range(0, points, step)
    yield Text()
    yield Text("Over time", "bold")
    for what, label in _CURVES:
        left = [1.0 - share for share in evidence.trajectory(what, confidence=result.confidence).mean]
        line = Text(f"  {label:<{_LABEL - 2}}")
        line.append("".join(level(left[place], signs.levels) for place in at), "dim")
        line.append(f"  {percent(left[-1])} at the end")
        yield line
    yield Text(" " * _LABEL + _axis([evidence.seconds[place] for place in at]), "dim")


def level(share: float, levels: str) -> str:
    """Gives the character that is as high as a share: the lowest for 0, the highest for 1."""
    return levels[min(max(round(share * (len(levels) - 1)), 0), len(levels) - 1)]


def _axis(seconds: list[float]) -> str:
    """Writes round times below the points that come first at or after them."""
    line = ""
    for mark in _MARKS:
        place = next((at for at, moment in enumerate(seconds) if moment >= mark * 0.999), None)
        words = duration(mark)
        if place is not None and place >= len(line) + (1 if line else 0):
            line = line.ljust(place) + words
    return line
