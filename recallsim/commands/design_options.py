"""Options that the commands over designs share: how much is run, where, and by whom."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recallsim.commands.options import (
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
    from recallsim.arguments import DEFAULT_STORE, Arguments
    from recallsim.designs.asked import Means

    store, no_store = given["store"], given["no_store"]
    if given.get("replications") is not None and given.get("precision") is not None:
        raise click.UsageError("give --replications or --precision, not both: how many, or how exact")
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store exclude each other")
    if store == "":
        raise click.UsageError("--store is empty; name a folder, or leave it out")
    arguments = Arguments(
        replications=given.get("replications"),
        precision=given.get("precision"),
        seed=given["seed"],
        engine=given["engine"],
        workers=given["workers"],
        overrides=given.get("settings", ()),
        variant=given.get("variant"),
        metrics=given.get("metrics", ()),
        store=None if no_store else Path(store) if store else DEFAULT_STORE,
        progress=not (quiet or given["no_progress"]),
        dask=given["dask"],
    )
    return Means(arguments, None if quiet else _announce)


def _announce(words: str) -> None:
    click.echo(words, err=True)
