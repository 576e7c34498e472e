"""`recallsim results`: which runs are kept, and what came of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recallsim.commands.options import Words

if TYPE_CHECKING:
    from recallsim.store.reading import Held


@click.command("results")
@click.argument("place", type=Words(), default="results")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def results_command(place: str, as_json: bool) -> int:
    """List the runs that PLACE holds, a store or a folder of stores (results/ by default).

    Exit code 0: listed; 1: there is no store, or one cannot be read.
    """
    from recallsim.store.reading import held, stores_in

    found = [run for path in stores_in(Path(place)) for run in held(path)]
    if as_json:
        click.echo(json.dumps([_row(run) for run in found], indent=1))
        return 0
    from recallsim.reporting.console import Terminal
    from recallsim.reporting.holdings import show

    show(found, Terminal())
    return 0


def _row(run: "Held") -> dict[str, object]:
    return {
        "store": str(run.path),
        "scenario": run.scenario,
        "variant": run.variant,
        "seed": int(run.seed),
        "replications": run.replications,
        "recipients": run.recipients,
        "created": run.created,
        "fingerprint": run.fingerprint,
        "estimates": {metric: list(ends) for metric, ends in run.headlines.items()},
    }
