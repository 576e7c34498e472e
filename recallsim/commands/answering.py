"""How commands tell their answer: as JSON, in a sentence, or as a whole report."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from recallsim.reporting.console import Terminal
    from recallsim.reporting.plain import Signs


class Answer(Protocol):
    """What a command has found out."""

    def to_json(self) -> str:
        """Gives all of it as one JSON document."""

    def sentence(self) -> str:
        """Says it in plain words."""


class KeptAnswer(Answer, Protocol):
    """An answer whose runs are kept in a folder."""

    @property
    def store(self) -> "Path | None":
        """The folder; None where nothing is kept."""


A = TypeVar("A", bound=Answer)
K = TypeVar("K", bound=KeptAnswer)


def tell(answer: A, show: "Callable[[A, Terminal], None]", *, as_json: bool, quiet: bool) -> None:
    """Prints an answer on standard output: as JSON, or by `quiet` its sentence, or by `show` the whole of it."""
    if as_json:
        click.echo(answer.to_json())
    elif quiet:
        click.echo(answer.sentence())
    else:
        from recallsim.reporting.console import Terminal

        show(answer, Terminal())


def in_lines(lines: "Callable[[K, Signs, int], Iterable[Any]]") -> "Callable[[K, Terminal], None]":
    """What shows an answer line by line, and then where it is kept."""

    def show(answer: K, terminal: "Terminal") -> None:
        from recallsim.reporting.plain import plain

        terminal.print(*lines(answer, terminal.signs, terminal.width))
        if answer.store is not None:
            terminal.print_whole(f"Kept in {plain(str(answer.store), 4096)}")

    return show
