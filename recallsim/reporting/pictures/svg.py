"""SVG by hand: elements in which every text is escaped, and the picture that they make.

Colours and line styles are classes of `picture.css`, so that one drawing serves light, dark and paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from recallsim.reporting.plain import plain

WIDTH = 640.0
"""Units across a picture; its text is 12 to 13 of them high."""

_CHARACTER = 6.6
_WIDE = 0x1100  # from here on a character may take the room of two


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, and the numbers that it is drawn from.

    Attributes:
        key: a short name, for anchors.
        title: what it shows.
        words: what there is to see, for those who do not see it.
        svg: the drawing.
        headers: of the table.
        rows: of the table, in writing.
        note: what else there is to know; may be empty.
        texts: whether the table holds texts rather than numbers.
    """

    key: str
    title: str
    words: str
    svg: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    texts: bool = False

    def _repr_html_(self) -> str:
        return alone(self.svg)


def element(name: str, *inside: str, **attributes: str | float | None) -> str:
    """Gives an element; what is inside must be markup already, values of attributes are escaped.

    Args:
        name: of the element.
        inside: markup.
        attributes: `class_` is written class, `text_anchor` text-anchor; what is None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    """Gives a line of text; what does not print in it is written as an escape."""
    shown = escape(plain(words, 500))
    return element(
        "text", shown, x=x, y=y, class_=class_ or None, text_anchor=None if anchor == "start" else anchor
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """Gives a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rectangle(x: float, y: float, width: float, height: float, class_: str, words: str = "") -> str:
    """Gives a rectangle; its words are shown to whoever points at it."""
    inside = (hint(words),) if words else ()
    return element("rect", *inside, x=x, y=y, width=max(width, 0.0), height=height, class_=class_)


def hint(words: str) -> str:
    """Gives the words that whoever points at an element is shown."""
    return element("title", escape(plain(words, 500)))


def path(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    """Gives a line through points."""
    drawn = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", d=f"M{drawn}{'Z' if closed else ''}", class_=class_)


def drawing(
    key: str, title: str, words: str, height: float, body: Iterable[str], width: float = WIDTH
) -> str:
    """Gives the whole drawing, with its title and its description for readers of screens."""
    return element(
        "svg",
        element("title", escape(plain(title, 500)), id=f"{key}-title"),
        element("desc", escape(plain(words, 2000)), id=f"{key}-words"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-words",
        class_="picture",
    )


def alone(svg: str) -> str:
    """Gives a drawing as a file of its own, with its styles within."""
    start, inside = svg.split(">", 1)
    return f"{start}><style>{escape(styles(), quote=False)}</style>{inside}\n"


@cache
def styles() -> str:
    """Gives the style sheet of all drawings."""
    return files("recallsim.reporting.pictures").joinpath("picture.css").read_text(encoding="utf-8")


def cut(words: str, room: float, *, end: bool = False) -> str:
    """Shortens a text that would need more than so many units; what is kept is its beginning, or its end."""
    shown = plain(words, 500)
    while extent(shown) > room and len(shown) > 1:
        shown = f"…{shown[2:]}" if end else f"{shown[:-2]}…"
    return shown


def extent(words: str) -> float:
    """Guesses how many units a text takes across."""
    return sum(_CHARACTER * (2 if ord(character) >= _WIDE else 1) for character in words)


def number(value: float) -> str:
    """Writes a coordinate: two places at most."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)
