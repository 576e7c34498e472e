"""`recallsim serve`: the page with the sliders, on this machine only."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recallsim.commands.options import Scenario

if TYPE_CHECKING:
    from recallsim.web.estimating import Listed

_PORTS = click.IntRange(0, 65535)


@click.command("serve")
@click.argument("scenarios", nargs=-1, type=Scenario(), metavar="[SCENARIO]...")
@click.option(
    "--port", type=_PORTS, default=0, metavar="P", help="Listen on this port.  [default: any that is free]"
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "agents"]),
    default="auto",
    show_default=True,
    help="auto: the batch engine where it can, once it is loaded. agents: never, so that nothing is compiled.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default="results",
    show_default=True,
    metavar="FOLDER",
    help="Show how far the runs in this folder are.",
)
def serve_command(scenarios: tuple[str, ...], port: int, engine: str, results: Path) -> None:
    """Open a page on which sliders change a SCENARIO and the answer follows.

    Without SCENARIO it offers those in ./configs and the current folder. It listens on 127.0.0.1 only, for
    whoever has the address that it prints; Ctrl-C ends it. It needs the extra: pip install 'recallsim[web]'.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError as error:
        from recallsim.extras import how_to_install

        raise click.UsageError(
            f"the page needs {error.name}, which is not installed: {how_to_install('web')}"
        ) from None
    import secrets
    import socket

    from recallsim.web.app import application
    from recallsim.web.warming import Warming

    found = _listed(scenarios)
    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.UsageError(f"port {port} cannot be used: {error.strerror}") from None
        listening.listen(64)
        port = listening.getsockname()[1]
        click.echo(f"http://127.0.0.1:{port}/?token={token}")
        click.echo("Open this address in a browser on this machine; Ctrl-C ends the page.", err=True)
        app = application(found, token, port, Warming(wanted=engine == "auto"), results)
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, access_log=False, lifespan="on"
        )
        server = uvicorn.Server(config)
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            click.echo("", err=True)


def _listed(scenarios: tuple[str, ...]) -> "dict[str, Listed]":
    """Reads the scenarios that are named, or those that lie about; of these, what is no scenario is left out and told."""
    from recallsim.errors import ScenarioError
    from recallsim.web.estimating import listed

    named = list(scenarios)
    if not named:
        here = [path for folder in (Path("configs"), Path()) for path in sorted(folder.glob("*.yaml"))]
        named = [str(path) for path in here]
    found: dict[str, Listed] = {}
    for file in named:
        key = str(len(found))
        try:
            found[key] = listed(key, file)
        except ScenarioError as error:
            if scenarios:
                raise
            click.echo(f"left out: {str(error).splitlines()[0]}", err=True)
    if not found:
        raise click.UsageError(
            "there is no scenario here; name one, or write one with `recallsim new my.yaml`"
        )
    return found
