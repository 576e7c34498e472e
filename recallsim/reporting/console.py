"""Where results are printed: a console that is safe for pipes, ASCII and hostile names."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from recallsim.reporting.plain import Signs, signs_for

if TYPE_CHECKING:
    from rich.console import RenderableType


class Terminal:
    """A console with the signs that it can show.

    Attributes:
        console: rich's console; it takes neither markup nor emoji codes from text.
        signs: what to print for signs beyond letters.
    """

    def __init__(self, file: TextIO | None = None, *, width: int | None = None) -> None:
        from rich.console import Console

        class Piped(Console):
            """A console that passes a broken pipe on: how to end then is for the command to say."""

            def on_broken_pipe(self) -> None:
                raise

        stream = sys.stdout if file is None else file
        self.console: Console = Piped(
            file=stream,
            color_system=None if os.environ.get("NO_COLOR") else "auto",
            markup=False,
            emoji=False,
            highlight=False,
            width=width,
        )
        encoding = "utf-8" if isinstance(stream, io.StringIO) else getattr(stream, "encoding", None)
        self.signs: Signs = signs_for(encoding)

    @property
    def width(self) -> int:
        """How many characters fit in a line."""
        return self.console.width

    def print(self, *lines: "RenderableType") -> None:
        """Prints each line, wrapped at words where it is too long."""
        for line in lines:
            self.console.print(line)

    def print_whole(self, line: str) -> None:
        """Prints a line that must stay in one piece, to be copied for example."""
        self.console.print(line, soft_wrap=True)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def tolerant_streams() -> None:
    """Makes standard output and error survive characters that their encoding has not, and being closed.

    One that was closed before the start (`>&-`) is as `>/dev/null`: what is said goes nowhere, and the exit code
    says the same as ever.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
