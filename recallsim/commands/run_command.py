"""`recallsim run`: simulate a scenario and answer."""

from pathlib import Path

import click

from recallsim.commands.options import (
    dask_option,
    engine_option,
    metric_option,
    precision_option,
    replications_option,
    report_option,
    scenario_argument,
    seed_option,
    set_option,
    variant_option,
    workers_option,
)


@click.command("run")
@scenario_argument
@replications_option
@precision_option("Go on until the success rate is known to within H (0.02: two points to either side).")
@seed_option
@engine_option
@workers_option
@dask_option
@set_option
@variant_option
@metric_option
@click.option("--json", "as_json", is_flag=True, help="Print the estimates as JSON.")
@click.option(
    "--store",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Keep the run in this SQLite file.  [default: results/<name>.sqlite]",
)
@click.option("--no-store", is_flag=True, help="Keep nothing on disk.")
@click.option("--record", type=click.Choice(["recipients"]), help="Keep a row for every recipient too.")
@report_option
@click.option("--quiet", is_flag=True, help="Print the answering sentence (or the JSON) only.")
@click.option("--no-progress", is_flag=True, help="Show no progress bar.")
def run_command(
    scenario: str,
    replications: int | None,
    precision: float | None,
    seed: int | None,
    engine: str,
    workers: int | None,
    dask: str | None,
    settings: tuple[str, ...],
    variant: str | None,
    metrics: tuple[str, ...],
    as_json: bool,
    store: str | None,
    no_store: bool,
    record: str | None,
    report_file: str | None,
    quiet: bool,
    no_progress: bool,
) -> int:
    """Simulate SCENARIO and say how likely a recall succeeds unseen.

    Replications are kept as they finish: a run that was stopped goes on where it was when the same command is
    given again. Exit code 0: done; 1: failed; 2: an error in scenario or command line; 130: interrupted.
    """
    if replications is not None and precision is not None:
        raise click.UsageError("give --replications or --precision, not both: how many, or how exact")
    if store == "":
        raise click.UsageError("--store is empty; name a file, or leave it out for results/<name>.sqlite")
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store exclude each other")
    if record is not None and no_store:
        raise click.UsageError("--record keeps rows in the store, so it needs one: leave --no-store out")
    from recallsim import logs
    from recallsim.api import answer
    from recallsim.arguments import DEFAULT_STORE, Arguments

    logs.set_up(quiet=quiet)
    asked = Arguments(
        replications=replications,
        precision=precision,
        seed=seed,
        engine=engine,
        workers=workers,
        overrides=settings,
        variant=variant,
        metrics=metrics,
        store=None if no_store else Path(store) if store else DEFAULT_STORE,
        record=record,
        progress=not (quiet or no_progress),
        dask=dask,
    )
    result = answer(scenario, asked)
    if engine == "auto" and not quiet:
        click.echo(f"{result.engine} engine: {result.engine_why}", err=True)
    if as_json:
        click.echo(result.to_json())
    elif quiet:
        click.echo(result.sentence())
    else:
        from recallsim.reporting.console import Terminal
        from recallsim.reporting.report import show

        show(result, Terminal())
    if report_file is not None:
        from recallsim.commands.report_command import write
        from recallsim.reporting.page.render import report

        write(Path(report_file), report(result))
    return 130 if result.interrupted else 0
