"""`recallsim report`: a finished run as one HTML file to hand on."""

from pathlib import Path

import click

from recallsim.commands.options import SEED, store_of
from recallsim.commands.outputs import REPORT, write


@click.command("report")
@click.argument("run", metavar="RUN|STORE", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=REPORT,
    help="Write the report to this file.  [default: <run>.html]",
)
@click.option("--seed", type=SEED, metavar="S", help="Of a store with several seeds, take this one.")
def report_command(run: str, output: str | None, seed: int | None) -> None:
    """Make a report of a finished run: one HTML file with pictures, numbers and the scenario.

    STORE is the SQLite file that the run has named; RUN is the scenario's name, for results/RUN.sqlite. The
    file holds no script, asks nobody for anything, and prints.
    """
    from recallsim.reporting.page.render import report
    from recallsim.reporting.plain import plain
    from recallsim.stored import stored_result

    path = store_of(run)
    result = stored_result(path, seed)
    target = Path(output) if output else Path(f"{path.stem}.html")
    write(target, report(result))
    click.echo(f"Wrote {plain(str(target), 4096)}")
