"""`recallsim check`: what a scenario means, before anything runs."""

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from recallsim.commands.options import Scenario, set_option, variant_option

if TYPE_CHECKING:
    from recallsim.reporting.console import Terminal


@click.command("check")
@click.argument("scenarios", nargs=-1, required=True, type=Scenario(), metavar="SCENARIO...")
@set_option
@variant_option
def check_command(scenarios: tuple[str, ...], settings: tuple[str, ...], variant: str | None) -> int:
    """Validate each SCENARIO and say what it means, in words and numbers.

    Every error of every file is listed, with its place; the exit code is then 2.
    """
    from recallsim.errors import RecallsimError, ScenarioError
    from recallsim.reporting.console import Terminal
    from recallsim.reporting.plain import plain

    terminal = Terminal()
    wrong = 0
    for number, path in enumerate(scenarios):
        try:
            with suppress(BrokenPipeError):  # the others are looked at all the same, for the exit code
                _explain(path, settings, variant, terminal, first=number == 0)
        except (ScenarioError, RecallsimError) as error:
            wrong += 1
            with suppress(BrokenPipeError):
                for line in str(error).split("\n"):
                    click.echo(plain(line, 10_000), err=True)
    if wrong and len(scenarios) > 1:
        with suppress(BrokenPipeError):
            click.echo(f"{wrong} of {len(scenarios)} scenarios are wrong", err=True)
    return 2 if wrong else 0


def _explain(
    path: str, settings: tuple[str, ...], variant: str | None, terminal: "Terminal", *, first: bool
) -> None:
    from rich.text import Text

    from recallsim.arguments import check_metrics, rule_for
    from recallsim.plan import draw_up
    from recallsim.reporting.meaning import meaning, warnings
    from recallsim.reporting.plain import paragraph, plain
    from recallsim.scenario import load

    scenario = load(path, settings, variant)
    plan = draw_up(scenario)
    check_metrics(rule_for(scenario, None, None), plan, scenario.metrics)
    statements = list(meaning(scenario, plan))
    label = min(max(len(statement.heading) for statement in statements), 24) + 2
    if not first:
        terminal.print(Text())
    terminal.print_whole(f"{plain(path)}: valid")
    if scenario.title:
        terminal.print(Text(paragraph(plain(scenario.title), terminal.width), "bold"))
    terminal.print(Text())
    for statement in statements:
        for at, words in enumerate(statement.words):
            heading = statement.heading if at == 0 else ""
            gap = " " * max(label - len(heading), 1)
            terminal.print(Text(paragraph(f"{heading}{gap}{words}", terminal.width, indent=label)))
    for warning in warnings(scenario, plan):
        terminal.print(Text(paragraph(f"warning: {warning}", terminal.width, indent=9), "yellow"))
