"""`recallsim results`: which runs are kept, and what came of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recallsim.commands.answering import LeftOut
from recallsim.commands.options import Words

if TYPE_CHECKING:
    from recallsim.store.reading import Held


@click.command("results")
@click.argument("place", type=Words(), default="results")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def results_command(place: str, as_json: bool) -> int:
    """List the runs that PLACE holds, a store or a folder of stores (results/ by default).

    Exit code 0: listed; 1: there is no store, or one cannot be read: it is named, and the others are listed.
    """
    from recallsim.store.reading import each_readable, held, stores_in

    left_out = LeftOut()
    read = each_readable(stores_in(Path(place)), held, left_out)
    found = [run for _, runs in read for run in runs]
    if as_json:
        click.echo(json.dumps([_row(run) for run in found], indent=1))
        return left_out.code
    from recallsim.reporting.console import Terminal
    from recallsim.reporting.holdings import show

    show(found, Terminal())
    return left_out.code


def _row(run: "Held") -> dict[str, object]:
    return {
        "store": str(run.path),
        "scenario": run.scenario,
        "variant": run.variant,
        "seed": int(run.seed),
        "replications": run.replications,
        "state": run.state,
        "recipients": run.recipients,
        "created": run.created,
        "fingerprint": run.fingerprint,
        "estimates": {metric: list(ends) for metric, ends in run.headlines.items()},
    }
