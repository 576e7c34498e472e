"""The command `recallsim`: its commands, its exit codes, and how it ends when something is wrong.

Exit codes: 0 done; 1 the run failed; 2 the command line or a scenario is wrong; 130 interrupted, with what
was done by then kept and shown. Results go to standard output, all else to standard error; one that is
closed is as /dev/null, and a reader who has gone away (`| head -1`) is no failure. Imports that take
time wait until a command needs them, so that the prompt answers at once.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

import recallsim
from recallsim.commands.best_command import best_command
from recallsim.commands.check_command import check_command
from recallsim.commands.compare_command import compare_command
from recallsim.commands.export_command import export_command
from recallsim.commands.infer_command import infer_command
from recallsim.commands.new_command import new_command
from recallsim.commands.report_command import report_command
from recallsim.commands.results_command import results_command
from recallsim.commands.run_command import run_command
from recallsim.commands.schema_command import schema_command
from recallsim.commands.sensitivity_command import sensitivity_command
from recallsim.commands.serve_command import serve_command
from recallsim.commands.stress_command import stress_command
from recallsim.commands.sweep_command import sweep_command
from recallsim.commands.trace_command import trace_command

DONE = 0
FAILED = 1
MISUSED = 2
INTERRUPTED = 130


class PipeClosed(Exception):  # noqa: N818 - it is no error
    """Nobody reads standard output any more; `code` is what the command had to say about itself by then."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class Commands(click.Group):
    """The group of commands; it keeps a closed pipe from click, which would call it a failure."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Reads the command line, which may be all there is to do, as for `--help`."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError:
            raise PipeClosed(DONE) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command and sees to it that all it printed has left."""
        answer: Any = None
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise PipeClosed(answer if isinstance(answer, int) else DONE) from None
        return answer


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(recallsim.__version__, "--version", prog_name="recallsim")
def commands() -> None:
    """How likely does a recalled message vanish unseen?

    recallsim simulates the recall of a mail that went to the wrong people: servers, mailboxes, programs
    and persons, thousands of them, again and again. Then it says, each figure with its interval, how many
    lost the message before they saw it, who saw it, why the rest failed, and what the sender is told.

    \b
    recallsim new my.yaml        writes a first scenario, with comments
    recallsim check my.yaml      says what it means, before anything runs
    recallsim run my.yaml        simulates it and answers
    recallsim compare my.yaml    says what each of its variants would have changed
    recallsim infer my.yaml      says how many have seen it, given what the sender was told
    recallsim sweep my.yaml      runs it over the cells of its sweep
    recallsim sensitivity my.yaml  weighs which parameter carries the result
    recallsim best my.yaml       finds the best of its variants
    recallsim trace my.yaml      tells one replication, moment by moment
    recallsim report my          makes a page of the run, with pictures, to hand on
    recallsim serve my.yaml      opens a page with sliders: what if?
    """


for _command in (
    run_command,
    compare_command,
    infer_command,
    sweep_command,
    sensitivity_command,
    best_command,
    report_command,
    serve_command,
    check_command,
    trace_command,
    results_command,
    export_command,
    schema_command,
    new_command,
    stress_command,
):
    commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit code; a mistake of the user becomes a message, not a traceback."""
    from recallsim.reporting.console import tolerant_streams

    tolerant_streams()
    try:
        return _guarded(arguments)
    except (PipeClosed, BrokenPipeError) as closed:
        _close_quietly()
        return closed.code if isinstance(closed, PipeClosed) else DONE


def _guarded(arguments: Sequence[str] | None) -> int:
    try:
        ended = commands.main(args=arguments, prog_name="recallsim", standalone_mode=False)
    except click.exceptions.Abort:
        _say("interrupted")
        return INTERRUPTED
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (PipeClosed, BrokenPipeError):
        raise
    except (OSError, MemoryError) as error:
        _say(f"error: {_reason(error)}")
        return FAILED
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # while a class of a library was being made
            _say("interrupted")
            return INTERRUPTED
        code = _code_for(error)
        if code is None:
            raise
        _say(str(error))
        return code
    return ended if isinstance(ended, int) else DONE


def _code_for(error: Exception) -> int | None:
    """Tells which exit code an error of ours stands for; None for a bug, which keeps its traceback."""
    from recallsim.arguments import RequestError
    from recallsim.errors import EngineError, RecallsimError, ScenarioError
    from transport.errors import TransportError

    if isinstance(error, ScenarioError | RequestError | EngineError):
        return MISUSED
    return FAILED if isinstance(error, RecallsimError | TransportError) else None


def _reason(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory; try fewer recipients, or --workers 1"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _say(message: str) -> None:
    from recallsim.reporting.plain import plain

    for line in message.split("\n"):
        click.echo(plain(line, 10_000), err=True)


def _close_quietly() -> None:
    """Lets standard output go nowhere, so that nothing complains about the closed pipe at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
