"""`recallsim sweep`: run the cells of a design."""

import click

from recallsim.commands.answering import in_lines, tell
from recallsim.commands.design_options import means_of, means_options
from recallsim.commands.options import (
    Setting,
    Words,
    metric_option,
    precision_option,
    replications_option,
    report_option,
    scenario_argument,
    set_option,
    typed,
    variant_option,
)


@click.command("sweep")
@scenario_argument
@click.option(
    "--grid",
    multiple=True,
    type=Setting(),
    metavar="PATH=VALUES",
    help="Vary PATH over a list, [0s, 30s], or a range, {from: 1min, to: 1h, steps: 5, log: true}, with each of the "
    "other paths. Repeatable; replaces the scenario's sweep.",
)
@click.option(
    "--zip",
    "zipped",
    multiple=True,
    type=Setting(),
    metavar="PATH=VALUES",
    help="Vary PATH in step with the others of --zip.",
)
@click.option(
    "--over", multiple=True, type=Setting(), metavar="PATH=RANGE", help="A range for --lhs or --sobol."
)
@click.option("--lhs", type=click.IntRange(1), metavar="N", help="N points of a Latin hypercube over --over.")
@click.option(
    "--sobol", type=click.IntRange(2), metavar="N", help="N Sobol points, a power of two, over --over."
)
@click.option(
    "--constraint",
    multiple=True,
    type=Words(),
    metavar="TEXT",
    help="What must hold for a cell: hold < notices.",
)
@click.option("--repeat", type=click.IntRange(1, 1000), metavar="R", help="Run each cell with R seeds.")
@replications_option
@precision_option("Go on in each cell until its success rate is known to within H.")
@set_option
@variant_option
@metric_option
@click.option("--dry-run", is_flag=True, help="Check the cells, say how many and how long, and stop.")
@report_option
@means_options
def sweep_command(
    scenario: str,
    grid: tuple[str, ...],
    zipped: tuple[str, ...],
    over: tuple[str, ...],
    lhs: int | None,
    sobol: int | None,
    constraint: tuple[str, ...],
    repeat: int | None,
    dry_run: bool,
    report_file: str | None,
    as_json: bool,
    quiet: bool,
    **given: object,
) -> int:
    """Run SCENARIO over the cells of its sweep, all under the same chance.

    Every cell is checked before anything runs. A cell that fails is shown with its error and ends nothing. A
    sweep that was stopped goes on where it was when the same command is given again.
    """
    from recallsim import logs
    from recallsim.api_designs import swept_answer
    from recallsim.scenario.asking import SweepAsked

    logs.set_up(quiet=quiet)
    asked = SweepAsked(grid, zipped, lhs, sobol, over, constraint, repeat)
    result = swept_answer(scenario, asked, means_of(given, quiet=quiet), only_say=dry_run)
    if dry_run:
        return 0
    from recallsim.reporting.designs import sweep_lines

    tell(result, in_lines(sweep_lines), as_json=as_json, quiet=quiet)
    if report_file is not None:
        from recallsim.commands.outputs import write_report
        from recallsim.reporting.page.further import sweep_page

        page = sweep_page(result, typed(click.get_current_context()), scenario)
        write_report(report_file, page, quiet=quiet)
    if result.interrupted:
        return 130
    return 1 if result.cells and all(cell.error for cell in result.cells) else 0
