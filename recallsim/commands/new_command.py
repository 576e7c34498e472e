"""`recallsim new`: a first scenario to change."""

import sys
from pathlib import Path

import click

from recallsim.commands.options import Scenario


@click.command("new")
@click.argument("file", type=Scenario())
def new_command(file: str) -> None:
    """Write a first scenario, with comments, to FILE; it runs as it is."""
    from importlib.resources import files
    from re import fullmatch

    from recallsim.reporting.plain import plain

    path = Path(file)
    text = files("recallsim.commands").joinpath("starter.yaml").read_text(encoding="utf-8")
    if fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,60}", path.stem):
        text = text.replace("name: first\n", f"name: {path.stem}\n", 1)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        message = f"{plain(file)} is there already and stays as it is; choose another name"
        raise click.UsageError(message) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {plain(file)}: {error.strerror}") from None
    click.echo(f"Wrote {plain(file)}. Next: recallsim check {plain(file)}, then recallsim run {plain(file)}")
    sys.stdout.flush()
