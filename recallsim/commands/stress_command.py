"""`recallsim stress`: how far one machine goes with a scenario."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from recallsim.commands.options import scenario_argument, seed_option, set_option
from recallsim.commands.outputs import Output, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recallsim.running.stress import Measured

MOST_RECIPIENTS: Final = 1_000_000_000


class Sizes(click.ParamType[tuple[int, ...]]):
    """Numbers of recipients, as 1000,1e4."""

    name = "sizes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Reads the numbers; they come in rising order, each once."""
        if isinstance(value, tuple):
            return value
        found = set()
        for part in str(value).split(","):
            try:
                number = float(part)
            except ValueError:
                number = math.nan
            if not 1 <= number <= MOST_RECIPIENTS or number != int(number):
                self.fail(
                    f"{part.strip()!r} is no number of recipients from 1 to {MOST_RECIPIENTS:,}; write as 1e3,1e4",
                    param,
                    ctx,
                )
            found.add(int(number))
        return tuple(sorted(found))


@click.command("stress")
@scenario_argument
@click.option(
    "--recipients",
    "sizes",
    type=Sizes(),
    default="1e3,1e4,1e5",
    show_default=True,
    metavar="N,N,...",
    help="The sizes to measure.",
)
@click.option(
    "--engine",
    type=click.Choice(["both", "agents", "batch"]),
    default="both",
    show_default=True,
    help="The engines to measure.",
)
@seed_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "-o",
    "--output",
    metavar="FILE.svg|png",
    type=Output(),
    help="Draw the curves into this file, as its ending says.",
)
def stress_command(
    scenario: str,
    sizes: tuple[int, ...],
    engine: str,
    seed: int | None,
    settings: tuple[str, ...],
    as_json: bool,
    output: str | None,
) -> int:
    """Measure how fast SCENARIO runs, and the memory it takes, as its recipients grow.

    Each size is one replication in a process of its own; small ones are repeated. Times are the processor's.
    """
    import json

    draw = None if output is None else _drawer(output)
    from recallsim.engines.choose import ENGINES
    from recallsim.plan import draw_up
    from recallsim.reporting.console import Terminal
    from recallsim.reporting.growth import growth_rows, growth_table
    from recallsim.running.stress import stress
    from recallsim.scenario import load

    engines = [name for name in ("agents", "batch") if engine in ("both", name) and name in ENGINES]
    for size in sizes:  # a mistake in the scenario is said before anything runs
        draw_up(load(scenario, [*settings, f"recipients.count={size}"]))
    found: list[Measured] = []
    for measured in stress(
        Path(scenario), sizes, engines, overrides=settings, seed=1 if seed is None else seed
    ):
        found.append(measured)
        click.echo(
            f"{measured.engine}, {measured.recipients:,} recipients: {measured.seconds:.3g} s", err=True
        )
    if output is not None and draw is not None:
        write(Path(output), draw(found, Path(scenario).name))
    if as_json:
        click.echo(json.dumps(growth_rows(found), indent=2))
    else:
        terminal = Terminal()
        terminal.print(*growth_table(found, terminal.width, terminal.signs.rule))
    return 0


def _drawer(output: str) -> "Callable[[Sequence[Measured], str], str | bytes]":
    """What draws a file with this ending, looked up before anything is measured."""
    ending = Path(output).suffix.lower()
    if ending == ".svg":
        from recallsim.reporting.pictures.growth import growth_picture
        from recallsim.reporting.pictures.svg import alone

        return lambda found, name: alone(growth_picture(found, name).svg)
    if ending == ".png":
        from recallsim.reporting.pictures.growth_png import PngOfGrowth

        return PngOfGrowth()
    from recallsim.reporting.plain import plain

    raise click.UsageError(
        f"{plain(output, 4096)}: the ending does not say what to draw; choose one of .svg, .png"
    )
