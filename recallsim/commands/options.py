"""Options that several commands share."""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recallsim.commands.outputs import REPORT, SCENARIOS

if TYPE_CHECKING:
    from recallsim.arguments import Arguments

F = TypeVar("F", bound=Callable[..., Any])


class Seed(click.IntRange):
    """A seed; as in a scenario, 0x and 0o are understood."""

    def __init__(self) -> None:
        super().__init__(0, 2**64 - 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Reads the number."""
        if re.fullmatch("0x[0-9a-fA-F]+|0o[0-7]+", str(value)):
            value = int(str(value), 0)
        return super().convert(value, param, ctx)


SEED = Seed()
STORE_FOLDER = "name a folder, or leave it out for results/<name>/"


class Scenario(click.ParamType[str]):
    """A scenario file; completed as a file name."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Sees to it that there is a name at all."""
        if not value:
            self.fail("the name of the file is empty", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
        """Lets the shell offer its file names."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


class Number(click.FloatRange):
    """A number within a range; `nan`, which compares with nothing, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Reads the number."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{str(value)!r} is not a finite number.", param, ctx)
        return found


class Setting(click.ParamType[str]):
    """A `KEY=VALUE` that replaces one value of a scenario."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Sees to it that there is a key and a value."""
        key, separator, _ = str(value).partition("=")
        if not separator or not key.strip():
            self.fail(f"{value!r} is not KEY=VALUE; write for example sender.notices=5min", param, ctx)
        return Words().convert(value, param, ctx)


class Words(click.ParamType[str]):
    """A text of the user's that is compared with what is in a scenario, so it must be text, not bytes."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Gives the text that was typed, also where the system believes in ASCII only."""
        from recallsim.reporting.plain import readable

        return readable(str(value))


def scenario_argument(function: F) -> F:
    """Adds the scenario file that a command works on."""
    return click.argument("scenario", type=Scenario())(function)


def set_option(function: F) -> F:
    """Adds `--set`."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        type=Setting(),
        metavar="KEY=VALUE",
        help="Replace one value of the scenario: sender.notices=5min; * is every item of a list. Repeatable.",
    )(function)


def seed_option(function: F) -> F:
    """Adds `--seed`."""
    return click.option("--seed", type=SEED, metavar="S", help="Use this seed instead of the scenario's.")(
        function
    )


def variant_option(function: F) -> F:
    """Adds `--variant`."""
    words = "Take the variant NAME of the scenario's what_if."
    return click.option("--variant", type=Words(), metavar="NAME", help=words)(function)


def replications_option(function: F) -> F:
    """Adds `--replications`."""
    return click.option(
        "--replications",
        type=click.IntRange(1, 2**24),
        metavar="N",
        help="Simulate exactly N replications.",
    )(function)


def precision_option(words: str) -> Callable[[F], F]:
    """Adds `--precision`, which is explained by `words`."""
    return click.option("--precision", type=Number(0, 1, min_open=True), metavar="H", help=words)


def engine_option(function: F) -> F:
    """Adds `--engine`."""
    return click.option(
        "--engine",
        type=click.Choice(["auto", "agents", "batch"]),
        default="auto",
        show_default=True,
        help="Which engine simulates; the answer stays the same.",
    )(function)


def workers_option(function: F) -> F:
    """Adds `--workers`."""
    words = "Use W processes or threads; the answer stays the same."
    return click.option("--workers", type=click.IntRange(1, 1024), metavar="W", help=words)(function)


def dask_option(function: F) -> F:
    """Adds `--dask`."""
    return click.option(
        "--dask",
        type=Words(),
        metavar="ADDRESS",
        help="Let the workers of this Dask scheduler do the work (tcp://host:8786), or `local`.",
    )(function)


def metric_option(function: F) -> F:
    """Adds `--metric`."""
    return click.option(
        "--metric",
        "metrics",
        multiple=True,
        type=Words(),
        metavar="NAME",
        help="Estimate this as well, for example waited_over:delivery:3min or success_count:2. Repeatable.",
    )(function)


def output_options(short: str) -> Callable[[F], F]:
    """Adds `--json`, `--no-store`, `--quiet` and `--no-progress`; `short` is what `--quiet` prints."""

    def add(function: F) -> F:
        for option in (
            click.option("--no-progress", is_flag=True, help="Show no progress bar."),
            click.option("--quiet", is_flag=True, help=f"Print {short} (or the JSON) only."),
            click.option("--no-store", is_flag=True, help="Keep nothing on disk."),
            click.option("--json", "as_json", is_flag=True, help="Print everything as JSON."),
        ):
            function = option(function)
        return function

    return add


def report_option(function: F) -> F:
    """Adds `--report`."""
    return click.option(
        "--report",
        "report_file",
        metavar="FILE",
        type=REPORT,
        help="Write a report with pictures too, as one HTML file.",
    )(function)


def asked_of(given: Mapping[str, Any], *, quiet: bool, place: str) -> "Arguments":
    """Gives what was asked for by options, those that a command has not left as they are by default.

    Args:
        given: values of the options by the names of their parameters.
        quiet: nothing but the answer is wanted.
        place: what to say of where a store is: `name a folder, or leave it out`.

    Raises:
        UsageError: options exclude each other.
    """
    from recallsim.arguments import DEFAULT_STORE, Arguments

    store, no_store = given["store"], given["no_store"]
    if given.get("replications") is not None and given.get("precision") is not None:
        raise click.UsageError("give --replications or --precision, not both: how many, or how exact")
    if store == "":
        raise click.UsageError(f"--store is empty; {place}")
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store exclude each other")
    return Arguments(
        replications=given.get("replications"),
        precision=given.get("precision"),
        seed=given["seed"],
        engine=given["engine"],
        workers=given["workers"],
        overrides=given.get("settings", ()),
        variant=given.get("variant"),
        metrics=given.get("metrics", ()),
        store=None if no_store else Path(store) if store else DEFAULT_STORE,
        record=given.get("record"),
        progress=not (quiet or given["no_progress"]),
        dask=given["dask"],
    )


def store_of(run: str) -> Path:
    """Gives the store that is meant: the file itself, or that of a name in the usual folder.

    Raises:
        UsageError: it is a scenario file.
    """
    from recallsim.arguments import DEFAULT_STORE
    from recallsim.reporting.plain import plain

    path = Path(run)
    if path.suffix.lower() in SCENARIOS and path.is_file():
        raise click.UsageError(
            f"{plain(run, 4096)} is a scenario, not a store; give the scenario's name, or the store that a run named"
        )
    named = DEFAULT_STORE / f"{run}.sqlite"
    return named if not path.exists() and path.name == run and named.exists() else path


def typed(context: click.Context) -> list[str]:
    """Gives the command with the arguments and options that were typed, but for those that only say what is shown."""
    words = [str(context.info_name)]
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if name in _SHOWN_ONLY or source is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        if isinstance(parameter, click.Argument):
            words.append(str(value))
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            words.append(parameter.opts[0])
        else:
            for each in value if parameter.multiple else [value]:
                words += [parameter.opts[0], str(each)]
    return words


_SHOWN_ONLY = frozenset({"report_file", "as_json", "quiet", "no_progress", "no_store", "store", "workers"})
