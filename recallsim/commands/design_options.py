"""Options that the commands over designs share: how much is run, where, and by whom."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recallsim.commands.options import (
    asked_of,
    dask_option,
    engine_option,
    output_options,
    seed_option,
    workers_option,
)

if TYPE_CHECKING:
    from recallsim.designs.asked import Means

F = TypeVar("F", bound=Callable[..., Any])


def means_options(function: F) -> F:
    """Adds where it is run and kept, and what is shown."""
    for option in (
        output_options("the answering sentence"),
        click.option(
            "--store",
            metavar="FOLDER",
            type=click.Path(file_okay=False),
            help="Keep a store for each run in this folder.  [default: in results/]",
        ),
        dask_option,
        workers_option,
        engine_option,
        seed_option,
    ):
        function = option(function)
    return function


def means_of(given: Mapping[str, Any], *, quiet: bool) -> "Means":
    """What was asked for on the command line."""
    from recallsim.designs.asked import Means

    arguments = asked_of(given, quiet=quiet, place="name a folder, or leave it out")
    return Means(arguments, None if quiet else _announce)


def _announce(words: str) -> None:
    click.echo(words, err=True)
