"""`recallsim infer`: how many have seen it, given what the sender has been told?"""

from typing import Any

import click

from recallsim.commands.answering import say_engines, tell
from recallsim.commands.options import (
    STORE_FOLDER,
    asked_of,
    dask_option,
    engine_option,
    output_options,
    scenario_argument,
    seed_option,
    set_option,
    variant_option,
    workers_option,
)


@click.command("infer")
@scenario_argument
@click.option(
    "--agreeing",
    type=click.IntRange(1, 2**24),
    metavar="K",
    help="Go on until K replications agree with the reports.  [default: 200]",
)
@click.option(
    "--replications",
    type=click.IntRange(1, 2**24),
    metavar="N",
    help="Simulate N replications; with --agreeing at most so many.  [default: at most 20,000]",
)
@seed_option
@engine_option
@workers_option
@dask_option
@set_option
@variant_option
@click.option(
    "--store",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Keep the replications in this folder.  [default: results/<name>/]",
)
@output_options("the answering sentence")
def infer_command(
    scenario: str,
    agreeing: int | None,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Say how many have seen the message of SCENARIO, given the reports that its observe names.

    SCENARIO is simulated up to the moment at which the reports were counted, again and again; the
    replications in which as many had come say how many had seen it by then. Exit code 0: answered; 1: no
    replication agrees, or the run failed; 2: an error in scenario or command line; 130: interrupted.
    """
    from recallsim import logs
    from recallsim.inferring import inferred

    logs.set_up(quiet=quiet)
    inference = inferred(scenario, asked_of(given, quiet=quiet, place=STORE_FOLDER), agreeing)
    if given["engine"] == "auto" and not quiet:
        say_engines([(inference.engine, inference.engine_why)])
    from recallsim.reporting.inferring import show

    tell(inference, show, as_json=as_json, quiet=quiet)
    if inference.interrupted:
        return 130
    return 0 if inference.agreeing else 1
