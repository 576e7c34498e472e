"""Text that a terminal cannot be fooled by, and the few signs that not every terminal has.

Names come from scenario files: they may hold escape sequences, line breaks or marks that turn the direction
of writing. `plain` shows such characters as escapes, so that a name stays text. `Signs` holds what is printed
beyond ASCII, with a stand-in for terminals that have nothing else.
"""

import textwrap
import unicodedata
from typing import NamedTuple

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Signs(NamedTuple):
    """The signs beyond letters that results are written with."""

    plus_minus: str
    dash: str
    dot: str
    ellipsis: str
    arrow: str
    rule: str
    at_most: str
    at_least: str
    levels: str = "_.-=+*#@"


UNICODE = Signs("±", "–", "·", "…", "→", "─", "≤", "≥", "▁▂▃▄▅▆▇█")
ASCII = Signs("+-", "-", "-", "...", "->", "-", "<=", ">=")


def plain(text: str, limit: int = 200) -> str:
    """Gives the text on one line, with every character that does not print written as an escape.

    Args:
        text: a name or title out of a scenario.
        limit: length above which the text is cut.
    """
    text = readable(text)
    shown = "".join(_escaped(character) for character in text)
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def shortened(text: str, limit: int) -> str:
    """Gives the text as `plain` does, but one that is too long is cut in its middle: names differ at their ends."""
    shown = plain(text, len(text) * 10)
    if len(shown) <= limit:
        return shown
    end = 2 * (limit - 3) // 3
    return f"{shown[: limit - 3 - end]}...{shown[-end:]}"


def readable(text: str) -> str:
    """Gives the text that was meant where a system that believes in ASCII only has handed over bytes."""
    if text.isascii() or not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def signs_for(encoding: str | None) -> Signs:
    """Gives the signs that an output of this encoding can show."""
    try:
        "".join(UNICODE).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def paragraph(text: str, width: int, *, indent: int = 0) -> str:
    """Breaks a text at words, never before a percent sign; the lines after the first are indented."""
    room = max(width, indent + 20)
    tied = text.replace(" %", "\0%")
    return textwrap.fill(tied, room, subsequent_indent=" " * indent, break_on_hyphens=False).replace(
        "\0", " "
    )
