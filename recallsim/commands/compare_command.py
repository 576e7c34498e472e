"""`recallsim compare`: what would each variant of a scenario have changed?"""

from typing import Any

import click

from recallsim.commands.answering import say_engines, tell
from recallsim.commands.options import (
    STORE_FOLDER,
    Words,
    asked_of,
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
    only: tuple[str, ...],
    report_file: str | None,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Simulate SCENARIO and each of its what_if variants with the same chance, and say what differs.

    All meet the same people on the same day (common random numbers), so that a difference takes fewer
    replications than the figures themselves. Replications are kept as they finish, each variant's in a file
    of its own. Exit code 0: done; 1: failed; 2: an error in scenario or command line; 130: interrupted.
    """
    from recallsim import logs
    from recallsim.comparing import compared

    logs.set_up(quiet=quiet)
    comparison = compared(scenario, asked_of(given, quiet=quiet, place=STORE_FOLDER), only)
    if given["engine"] == "auto" and not quiet:
        say_engines((each.engine, each.engine_why) for each in comparison.variants)
    from recallsim.reporting.comparing import show

    tell(comparison, show, as_json=as_json, quiet=quiet)
    if report_file is not None:
        from recallsim.commands.outputs import write_report
        from recallsim.reporting.page.further import comparison_page

        page = comparison_page(comparison, typed(click.get_current_context()), scenario)
        write_report(report_file, page, quiet=quiet)
    return 130 if comparison.interrupted else 0
