"""`recallsim compare`: what would each variant of a scenario have changed?"""

from pathlib import Path

import click

from recallsim.commands.options import (
    Words,
    dask_option,
    engine_option,
    metric_option,
    output_options,
    precision_option,
    replications_option,
    report_option,
    scenario_argument,
    seed_option,
    set_option,
    typed,
    workers_option,
)


@click.command("compare")
@scenario_argument
@replications_option
@precision_option("Go on until each difference in the success rate is known to within H.")
@seed_option
@engine_option
@workers_option
@dask_option
@set_option
@click.option(
    "--variant",
    "only",
    multiple=True,
    type=Words(),
    metavar="NAME",
    help="Compare this variant of what_if. Repeatable.  [default: all]",
)
@metric_option
@click.option(
    "--store",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Keep each run in a file of this folder.  [default: results/<name>/]",
)
@report_option
@output_options("the sentences")
def compare_command(
    scenario: str,
    replications: int | None,
    precision: float | None,
    seed: int | None,
    engine: str,
    workers: int | None,
    dask: str | None,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    metrics: tuple[str, ...],
    store: str | None,
    no_store: bool,
    report_file: str | None,
    as_json: bool,
    quiet: bool,
    no_progress: bool,
) -> int:
    """Simulate SCENARIO and each of its what_if variants with the same chance, and say what differs.

    All meet the same people on the same day (common random numbers), so that a difference takes fewer
    replications than the figures themselves. Replications are kept as they finish, each variant's in a file
    of its own. Exit code 0: done; 1: failed; 2: an error in scenario or command line; 130: interrupted.
    """
    if replications is not None and precision is not None:
        raise click.UsageError("give --replications or --precision, not both: how many, or how exact")
    if store == "":
        raise click.UsageError("--store is empty; name a folder, or leave it out for results/<name>/")
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store exclude each other")
    from recallsim import logs
    from recallsim.arguments import DEFAULT_STORE, Arguments
    from recallsim.comparing import compared

    logs.set_up(quiet=quiet)
    comparison = compared(
        scenario,
        Arguments(
            replications=replications,
            precision=precision,
            seed=seed,
            engine=engine,
            workers=workers,
            overrides=settings,
            metrics=metrics,
            store=None if no_store else Path(store) if store else DEFAULT_STORE,
            progress=not (quiet or no_progress),
            dask=dask,
        ),
        only,
    )
    if report_file is not None:
        from recallsim.commands.report_command import write
        from recallsim.reporting.page.further import comparison_page

        write(Path(report_file), comparison_page(comparison, typed(click.get_current_context()), scenario))
    if as_json:
        click.echo(comparison.to_json())
    elif quiet:
        for sentence in comparison.sentences():
            click.echo(sentence)
    else:
        from recallsim.reporting.comparing import show
        from recallsim.reporting.console import Terminal

        show(comparison, Terminal())
    return 130 if comparison.interrupted else 0
