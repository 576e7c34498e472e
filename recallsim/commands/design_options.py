"""Options that the commands over designs share: how much is run, where, and by whom."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recallsim.commands.options import Words, seed_option

if TYPE_CHECKING:
    from recallsim.designs.asked import Means

F = TypeVar("F", bound=Callable[..., Any])


def replication_options(function: F) -> F:
    """Adds `--replications` and `--precision`."""
    function = click.option(
        "--precision",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="H",
        help="Go on in each cell until the success rate is known to within H.",
    )(function)
    return click.option(
        "--replications",
        type=click.IntRange(1, 2**24),
        metavar="N",
        help="Simulate exactly N replications of each.",
    )(function)


def dask_option(function: F) -> F:
    """Adds `--dask`."""
    return click.option(
        "--dask",
        type=Words(),
        metavar="ADDRESS",
        help="Let the workers of this Dask scheduler do the work (tcp://host:8786), or `local`.",
    )(function)


def means_options(function: F) -> F:
    """Adds where it is run and kept, and what is shown."""
    for option in (
        click.option("--no-progress", is_flag=True, help="Show no progress bar."),
        click.option("--quiet", is_flag=True, help="Print the answering sentence (or the JSON) only."),
        click.option("--json", "as_json", is_flag=True, help="Print tidy rows as JSON."),
        click.option("--no-store", is_flag=True, help="Keep nothing on disk."),
        click.option(
            "--store",
            metavar="FOLDER",
            type=click.Path(file_okay=False),
            help="Keep a store for each run in this folder.  [default: in results/]",
        ),
        dask_option,
        click.option(
            "--workers",
            type=click.IntRange(1, 1024),
            metavar="W",
            help="Use W processes; the answer stays the same.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["auto", "agents"]),
            default="auto",
            show_default=True,
            help="Which engine simulates.",
        ),
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
    )
    return Means(arguments, given["dask"], None if quiet else _announce)


def _announce(words: str) -> None:
    click.echo(words, err=True)
