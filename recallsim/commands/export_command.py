"""`recallsim export`: what a store holds, for other programs."""

import sys
from pathlib import Path
from typing import Final

import click

from recallsim.commands.answering import LeftOut
from recallsim.commands.options import Words, store_of
from recallsim.commands.outputs import Output

ENDINGS: Final = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}


@click.command("export")
@click.argument("store", type=Words(), metavar="RUN|STORE")
@click.option(
    "--what",
    type=click.Choice(["estimates", "tallies", "curves", "outcomes"]),
    default="estimates",
    show_default=True,
    help="Which rows: see docs/store.md.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="What to write.  [default: by the ending of --output, else csv]",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=Output(),
    help="Write into this file instead of standard output.",
)
def export_command(store: str, what: str, form: str | None, output: str | None) -> int:
    """Write the rows of STORE, a file or a folder of files, as CSV, JSON lines or Parquet.

    RUN is the scenario's name, for results/RUN.sqlite.

    Texts that a spreadsheet would take for a formula get an apostrophe before them in CSV. Exit code 0: done;
    1: a store cannot be read: it is named, and the others are written; 2: an error in the command line.
    """
    from recallsim.store.exporting import export
    from recallsim.store.reading import stores_in

    form = form or ("csv" if output is None else _by_ending(output))
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet is no text: name a file with --output")
    left_out = LeftOut()
    count = export(stores_in(store_of(store)), what, form, Path(output) if output else sys.stdout, left_out)
    if count == 0 and what == "outcomes":
        click.echo("there are no outcomes: `recallsim run --record recipients` keeps them", err=True)
    return left_out.code


def _by_ending(output: str) -> str:
    from recallsim.reporting.plain import plain

    form = ENDINGS.get(Path(output).suffix.lower())
    if form is None:
        known = ", ".join(ENDINGS)
        raise click.UsageError(
            f"{plain(output, 4096)}: the ending does not say what to write; choose one of {known}, or add --format"
        )
    return form
