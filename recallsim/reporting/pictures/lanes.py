"""A sequence diagram: a lane for each who takes part, time going down, an arrow for each step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recallsim.reporting.pictures.svg import (
    Picture,
    cut,
    drawing,
    element,
    extent,
    line,
    number,
    rectangle,
    text,
)

if TYPE_CHECKING:
    from recallsim.reporting.sequence import Step

_CLOCK, _LANE, _ROW, _TOP = 172.0, 166.0, 34.0, 44.0
_TIP = 7.0
MOST_STEPS = 400
"""So many steps are drawn; the table has them all."""


def lanes(
    key: str, title: str, words: str, names: Sequence[str], steps: "Sequence[Step]", verdict: str
) -> Picture:
    """Draws the steps between the lanes, and the verdict below."""
    shown = steps[:MOST_STEPS]
    width = _CLOCK + _LANE * len(names) + 10
    place = {name: _CLOCK + _LANE * (at + 0.5) for at, name in enumerate(names)}
    bottom = _TOP + _ROW * (len(shown) + 0.6)
    body = []
    for name, x in place.items():
        body.append(line(x, _TOP - 8, x, bottom, "lane"))
        body.append(rectangle(x - 52, 8, 104, 26, "head"))
        body.append(text(name, x, 25.5, "strong", "middle"))
    for at, step in enumerate(shown):
        body += _step(step, place, _TOP + _ROW * (at + 1))
    lines = _wrapped(verdict, width - 48)
    high = 20.0 + 17 * len(lines)
    body.append(rectangle(12, bottom + 6, width - 24, high, "verdict"))
    for at, words_of_line in enumerate(lines):
        body.append(text(words_of_line, 24, bottom + 27 + 17 * at))
    rows = tuple((step.moment, step.clock, step.source, step.target, step.words) for step in steps)
    headers = ("after Send", "by the clock", "from", "to", "what")
    left_out = len(steps) - len(shown)
    note = f"{left_out} more steps are in the table." if left_out else ""
    svg = drawing(key, title, words, bottom + high + 18, body, width)
    return Picture(key, title, words, svg, headers, rows, note, texts=True)


def _step(step: "Step", place: dict[str, float], y: float) -> list[str]:
    begin, end = place[step.source], place[step.target]
    look = f" arrow-{step.kind}" if step.kind else ""
    tip = f"tip tip-{step.kind}" if step.kind else "tip"
    drawn = [text(step.moment, 6, y + 4, "small soft"), text(step.clock, 92, y + 4, "small soft")]
    if begin == end:
        away = f"M{number(begin)} {number(y - 5)}h22v10h-16"
        drawn.append(element("path", d=away, class_=f"arrow{look}"))
        drawn.append(_tip(begin, y + 5, 1.0, tip))
        drawn.append(_label(step.words, begin + 28, y + 4, "start", step.verdict))
        return drawn
    way = 1.0 if end > begin else -1.0
    drawn.append(line(begin, y, end - way * _TIP, y, f"arrow{look}"))
    drawn.append(_tip(end, y, -way, tip))
    drawn.append(_label(step.words, (begin + end) / 2, y - 6, "middle", step.verdict))
    return drawn


def _tip(x: float, y: float, back: float, look: str) -> str:
    corners = f"{number(x)},{number(y)} {number(x + back * _TIP)},{number(y - 4)} {number(x + back * _TIP)},{number(y + 4)}"
    return element("polygon", points=corners, class_=look)


def _label(words: str, x: float, y: float, anchor: str, strong: bool) -> str:
    return text(cut(words, 420.0), x, y, "small halo strong" if strong else "small halo", anchor)


def _wrapped(words: str, room: float) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and extent(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
