"""`recallsim infer`: how many have seen it, given what the sender has been told?"""

from pathlib import Path

import click

from recallsim.commands.options import (
    dask_option,
    engine_option,
    output_options,
    scenario_argument,
    seed_option,
    set_option,
    variant_option,
    workers_option,
)


@click.command("infer")
@scenario_argument
@click.option(
    "--agreeing",
    type=click.IntRange(1, 2**24),
    metavar="K",
    help="Go on until K replications agree with the reports.  [default: 200]",
)
@click.option(
    "--replications",
    type=click.IntRange(1, 2**24),
    metavar="N",
    help="Simulate N replications; with --agreeing at most so many.  [default: at most 20,000]",
)
@seed_option
@engine_option
@workers_option
@dask_option
@set_option
@variant_option
@click.option(
    "--store",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Keep the replications in this folder.  [default: results/<name>/]",
)
@output_options("the answering sentence")
def infer_command(
    scenario: str,
    agreeing: int | None,
    replications: int | None,
    seed: int | None,
    engine: str,
    workers: int | None,
    dask: str | None,
    settings: tuple[str, ...],
    variant: str | None,
    store: str | None,
    no_store: bool,
    as_json: bool,
    quiet: bool,
    no_progress: bool,
) -> int:
    """Say how many have seen the message of SCENARIO, given the reports that its observe names.

    SCENARIO is simulated up to the moment at which the reports were counted, again and again; the
    replications in which as many had come say how many had seen it by then. Exit code 0: answered; 1: no
    replication agrees, or the run failed; 2: an error in scenario or command line; 130: interrupted.
    """
    if store == "":
        raise click.UsageError("--store is empty; name a folder, or leave it out for results/<name>/")
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store exclude each other")
    from recallsim import logs
    from recallsim.arguments import DEFAULT_STORE, Arguments
    from recallsim.inferring import inferred

    logs.set_up(quiet=quiet)
    inference = inferred(
        scenario,
        Arguments(
            replications=replications,
            seed=seed,
            engine=engine,
            workers=workers,
            overrides=settings,
            variant=variant,
            store=None if no_store else Path(store) if store else DEFAULT_STORE,
            progress=not (quiet or no_progress),
            dask=dask,
        ),
        agreeing,
    )
    if as_json:
        click.echo(inference.to_json())
    elif quiet:
        click.echo(inference.sentence())
    else:
        from recallsim.reporting.console import Terminal
        from recallsim.reporting.inferring import show

        show(inference, Terminal())
    if inference.interrupted:
        return 130
    return 0 if inference.agreeing else 1
