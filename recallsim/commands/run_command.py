"""`recallsim run`: simulate a scenario and answer."""

from typing import Any

import click

from recallsim.commands.answering import say_engines, tell
from recallsim.commands.options import (
    asked_of,
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
@click.option(
    "--antithetic", is_flag=True, help="Run replications in pairs of u and 1 - u: --set antithetic=true."
)
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
    antithetic: bool,
    as_json: bool,
    report_file: str | None,
    quiet: bool,
    **given: Any,
) -> int:
    """Simulate SCENARIO and say how likely a recall succeeds unseen.

    Replications are kept as they finish: a run that was stopped goes on where it was when the same command is
    given again. Exit code 0: done; 1: failed; 2: an error in scenario or command line; 130: interrupted.
    """
    if given["record"] is not None and given["no_store"]:
        raise click.UsageError("--record keeps rows in the store, so it needs one: leave --no-store out")
    from recallsim import logs
    from recallsim.api import answer

    logs.set_up(quiet=quiet)
    if antithetic:
        given["settings"] = (*given["settings"], "antithetic=true")
    place = "name a file, or leave it out for results/<name>.sqlite"
    asked = asked_of(given, quiet=quiet, place=place)
    result = answer(scenario, asked)
    if asked.engine == "auto" and not quiet:
        say_engines([(result.engine, result.engine_why)])
    from recallsim.reporting.report import show

    tell(result, show, as_json=as_json, quiet=quiet)
    if report_file is not None:
        from recallsim.commands.outputs import write_report
        from recallsim.reporting.page.render import report

        write_report(report_file, report(result), quiet=quiet)
    return 130 if result.interrupted else 0
