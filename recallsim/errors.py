"""The errors of the experiments' floor; each says what was asked, what was found and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category

_WIDTH = 110
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


class RecallsimError(Exception):
    """The base of every error that this floor raises."""


class StoreError(RecallsimError):
    """A database that cannot be used: locked, read-only, corrupt, or of another scenario."""


class EngineError(RecallsimError, ValueError):
    """A scenario that the engine asked for cannot run, or an engine that there is not on this machine."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a scenario, and where.

    Attributes:
        file: The file's name as it was given, or `--set key=value`.
        line: Line from 1, or 0 where there is no text to point at.
        column: Column from 1, or 0.
        path: Keys joined by dots, or an empty text for the file as a whole.
        what: What is wrong.
        help: What to do, or an empty text.
        text: The line of the file.
        width: How many columns the caret underlines.
    """

    file: str
    line: int
    column: int
    path: str
    what: str
    help: str = ""
    text: str = ""
    width: int = 1

    def render(self) -> str:
        """The problem as `file:line:column: error: path: what`, with the line, a caret and the suggestion."""
        file, path, what, advice = map(_harmless, (self.file, self.path, self.what, self.help))
        where = f"{file}:{self.line}:{self.column}" if self.line else file
        head = f"{where}: error: {f'{path}: {what}' if path else what}"
        if not self.line:
            return f"{head}\n  help: {advice}" if advice else head
        start = self.column - 1
        text = self.text.replace("\t", " ")
        if len(text) > _WIDTH:
            cut = max(0, start - _WIDTH // 3)
            text = ("…" if cut else "") + text[cut : cut + _WIDTH] + ("…" if cut + _WIDTH < len(text) else "")
            start += 1 - cut if cut else 0
        number = f"{self.line:>3}"
        carets = "^" * max(1, min(self.width, len(text) - start))
        note = f" help: {advice}" if advice else ""
        return f"{head}\n{number} | {text}\n{' ' * len(number)} | {' ' * start}{carets}{note}"


def _harmless(text: str) -> str:
    """The text on one line: names come from files, and may hold line breaks and escape sequences."""
    return "".join(
        character.encode("unicode_escape").decode("ascii") if category(character) in _UNSEEN else character
        for character in text
    )


class ScenarioError(RecallsimError):
    """Everything that is wrong with a scenario, at once.

    Attributes:
        problems: The problems, in the order of their places.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        blocks = [problem.render() for problem in self.problems]
        if len(blocks) > 1:
            blocks.append(f"{len(blocks)} problems")
        return "\n".join(blocks)
