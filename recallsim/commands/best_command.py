"""`recallsim best`: the best of a scenario's variants."""

import click

from recallsim.commands.answering import in_lines, tell
from recallsim.commands.design_options import means_of, means_options
from recallsim.commands.options import Number, Words, scenario_argument, set_option


@click.command("best")
@scenario_argument
@click.option(
    "--objective",
    type=Words(),
    metavar="TEXT",
    help="What is looked for: 'most unseen successes with at most 30s added delay'.",
)
@click.option(
    "--among",
    multiple=True,
    type=Words(),
    metavar="NAME",
    help="A variant that competes, or base. Repeatable.",
)
@click.option(
    "--indifference",
    type=Number(0, min_open=True),
    metavar="D",
    help="The smallest difference worth finding (0.01: one point).",
)
@click.option(
    "--confidence",
    type=Number(0, 1, min_open=True, max_open=True),
    metavar="P",
    help="The probability of a right selection (0.95).",
)
@click.option(
    "--budget",
    type=click.IntRange(10),
    metavar="N",
    help="Spend N replications of all together, instead of a guarantee.",
)
@set_option
@means_options
def best_command(
    scenario: str,
    objective: str | None,
    among: tuple[str, ...],
    indifference: float | None,
    confidence: float | None,
    budget: int | None,
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **given: object,
) -> int:
    """Find the best variant of SCENARIO, and say what the choice is worth.

    Variants that break a limit go first; then Kim and Nelson's procedure eliminates one after the other until
    the best is left, or within the indifference zone of it, with the confidence asked for.
    """
    from recallsim import logs
    from recallsim.api_designs import best_answer, best_overrides

    logs.set_up(quiet=quiet)
    overrides = (*best_overrides(objective, among, indifference, confidence, budget), *settings)
    result = best_answer(scenario, means_of({**given, "settings": overrides}, quiet=quiet))
    from recallsim.reporting.best import best_lines

    tell(result, in_lines(best_lines), as_json=as_json, quiet=quiet)
    return 130 if result.interrupted else 0
