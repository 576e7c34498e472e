"""Standard output and error that are closed, or whose reader has gone away: no traceback, and the exit code holds."""

import subprocess
import sys

import pytest


def piped(command, words, redirection):
    """Run a command in a shell and give its own exit code, and what it said on standard error."""
    script = f'"{sys.executable}" -m recallsim {words} {redirection}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", script], cwd=command.folder, env=command.environment(), capture_output=True, text=True
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("check small.yaml", 0),
        ("schema", 0),
        ("run small.yaml --no-store --quiet", 0),
        ("trace small.yaml", 0),
        ("results", 0),
        ("export results", 0),
        ("new other.yaml", 0),
    ],
)
def test_a_closed_standard_output_is_as_dev_null(command, small, words, code):
    """Whatever a command says then goes nowhere, and its exit code is the usual one."""
    command.write(small)
    if words in ("results", "export results"):
        command("run", "small.yaml", "--replications", "2")
    assert piped(command, words, ">&-") == (code, "")


def test_a_mistake_is_told_apart_with_both_closed(command):
    """A scenario that is not there is exit code 2, also where nobody can be told."""
    assert piped(command, "check nowhere.yaml", ">&- 2>&-") == (2, "")


@pytest.mark.parametrize(
    "words", ["export results --what curves", "export results --what tallies --format jsonl"]
)
def test_an_export_whose_reader_has_gone_ends_quietly(command, small, words):
    """`recallsim export ... | head -1` of more rows than a pipe holds leaves no complaint."""
    command.write(small)
    command("run", "small.yaml", "--replications", "200", "--quiet")
    assert piped(command, words, "| head -1") == (0, "")
