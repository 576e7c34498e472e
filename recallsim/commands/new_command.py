"""`recallsim new`: a first scenario to change."""

import sys
from pathlib import Path

import click

from recallsim.commands.options import Scenario
from recallsim.commands.outputs import SCENARIOS, TAKEN


@click.command("new")
@click.argument("file", type=Scenario())
def new_command(file: str) -> None:
    """Write a first scenario, with comments, to FILE; it runs as it is."""
    from importlib.resources import files
    from shlex import quote

    from recallsim.reporting.plain import plain

    path = Path(file)
    if file == "-":
        raise click.UsageError("a scenario is a file, not standard output; name one, as my.yaml")
    if path.suffix.lower() in TAKEN - SCENARIOS:
        raise click.UsageError(f"{plain(file)} would be taken for a store; name a file that ends with .yaml")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {plain(str(path.parent))}; make it, or name another")
    text = files("recallsim.commands").joinpath("starter.yaml").read_text(encoding="utf-8")
    text = text.replace("name: first\n", f"name: {_named(path.stem)}\n", 1)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        message = f"{plain(file)} is there already and stays as it is; choose another name"
        raise click.UsageError(message) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {plain(file)}: {error.strerror}") from None
    typed = quote(plain(file))
    click.echo(f"Wrote {plain(file)}. Next: recallsim check {typed}, then recallsim run {typed}")
    sys.stdout.flush()


def _named(stem: str) -> str:
    """The scenario's name, after its file, as YAML has it: letters, digits, spaces and a few signs."""
    import json

    kept = "".join(sign if sign.isalnum() or sign in "-_ " else "-" for sign in stem)[:60].strip(" -_")
    return json.dumps(kept or "first", ensure_ascii=False)
