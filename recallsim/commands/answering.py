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

    def caveat(self) -> str:
        """Says in one line what changes its meaning; else nothing."""

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
    """Prints an answer on standard output: as JSON, or by `quiet` its sentence, or by `show` the whole of it.

    What changes its meaning is said on standard error where the answer itself would not say it to a person.
    """
    if as_json or quiet:
        sentence = "" if as_json else answer.sentence()
        click.echo(answer.to_json() if as_json else sentence)
        if (caveat := answer.caveat()) and caveat not in sentence:
            click.echo(caveat, err=True)
    else:
        from recallsim.reporting.console import Terminal

        show(answer, Terminal())


def say_engines(taken: Iterable[tuple[str, str]]) -> None:
    """Says on standard error which engines `auto` has taken, and why."""
    for engine, why in dict.fromkeys(taken):
        click.echo(f"{engine} engine: {why}", err=True)


class LeftOut:
    """Names the stores that an answer had to leave out, on standard error.

    Attributes:
        code: the exit code that follows: 0 for none, else 1.
    """

    def __init__(self) -> None:
        self.code = 0

    def __call__(self, error: Exception) -> None:
        """Names the store that `error` is about."""
        from recallsim.reporting.plain import plain

        self.code = 1
        click.echo(f"left out: {plain(str(error), 10_000)}", err=True)


def in_lines(lines: "Callable[[K, Signs, int], Iterable[Any]]") -> "Callable[[K, Terminal], None]":
    """What shows an answer line by line, and then where it is kept."""

    def show(answer: K, terminal: "Terminal") -> None:
        from recallsim.reporting.plain import plain

        terminal.print(*lines(answer, terminal.signs, terminal.width))
        if answer.store is not None:
            terminal.print_whole(f"Kept in {plain(str(answer.store), 4096)}")

    return show
