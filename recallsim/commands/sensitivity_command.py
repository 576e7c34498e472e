"""`recallsim sensitivity`: which parameter carries the result."""

import click

from recallsim.commands.answering import in_lines, tell
from recallsim.commands.design_options import means_of, means_options
from recallsim.commands.options import (
    Setting,
    Words,
    report_option,
    scenario_argument,
    set_option,
    typed,
    variant_option,
)


@click.command("sensitivity")
@scenario_argument
@click.option(
    "--over",
    multiple=True,
    type=Setting(),
    metavar="PATH=RANGE",
    help="Vary PATH over {from: 1min, to: 1h, log: true} or over a list. Repeatable; replaces the scenario's sensitivity.",
)
@click.option(
    "--method",
    type=click.Choice(["morris", "sobol"]),
    help="Screening by few runs, or shares of the variance by many.",
)
@click.option(
    "--metric", "metrics", multiple=True, type=Words(), metavar="NAME", help="Weigh this. Repeatable."
)
@click.option("--trajectories", type=click.IntRange(2), metavar="T", help="Walks of Morris's method (10).")
@click.option(
    "--samples", type=click.IntRange(2), metavar="N", help="Base points of Sobol's, a power of two (64)."
)
@click.option(
    "--replications", type=click.IntRange(1, 2**20), metavar="N", help="Replications of each run (20)."
)
@set_option
@variant_option
@click.option("--dry-run", is_flag=True, help="Check the points, say how many and how long, and stop.")
@report_option
@means_options
def sensitivity_command(
    scenario: str,
    over: tuple[str, ...],
    method: str | None,
    metrics: tuple[str, ...],
    trajectories: int | None,
    samples: int | None,
    settings: tuple[str, ...],
    dry_run: bool,
    report_file: str | None,
    as_json: bool,
    quiet: bool,
    **given: object,
) -> int:
    """Weigh which parameter of SCENARIO carries the result, over the ranges that its `sensitivity` names.

    Every point is checked before anything runs. An analysis that was stopped goes on where it was when the
    same command is given again.
    """
    from recallsim import logs
    from recallsim.api_designs import sensitivity_answer, sensitivity_overrides

    logs.set_up(quiet=quiet)
    overrides = (*sensitivity_overrides(method, metrics, trajectories, samples), *settings)
    means = means_of({**given, "settings": overrides}, quiet=quiet)
    result = sensitivity_answer(scenario, over, means, only_say=dry_run)
    if dry_run:
        return 0
    from recallsim.reporting.weights import sensitivity_lines

    tell(result, in_lines(sensitivity_lines), as_json=as_json, quiet=quiet)
    if report_file is not None:
        from recallsim.commands.outputs import write_report
        from recallsim.reporting.page.further import sensitivity_page

        page = sensitivity_page(result, typed(click.get_current_context()), scenario)
        write_report(report_file, page, quiet=quiet)
    return 130 if result.interrupted else 0
