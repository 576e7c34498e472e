"""The command as a user starts it: exit codes, where output goes, what it says when something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import recallsim


def test_help_names_every_command(command):
    """`--help` answers on standard output, with exit code 0."""
    done = command("--help")
    listed = [line.split()[0] for line in done.out.split("Commands:")[1].splitlines() if line.strip()]
    assert (done.code, done.err, listed) == (
        0,
        "",
        [
            *("best", "check", "compare", "export", "infer", "new", "report", "results"),
            *("run", "schema", "sensitivity", "serve", "stress", "sweep", "trace"),
        ],
    )


def test_help_for_a_reader_who_has_gone_away_is_no_failure(command):
    """`recallsim --help | true` ends with exit code 0 and says nothing of the pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "recallsim", "--help"],
        env=command.environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_help_imports_nothing_that_takes_time(command):
    """The prompt answers at once: neither numpy, pydantic, rich nor structlog is imported for `--help`."""
    code = (
        "import sys; import recallsim.cli as cli; cli.run(['--help']);"
        "print([name for name in ('numpy', 'pydantic', 'rich', 'structlog', 'yaml', 'asyncio') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=command.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_running_imports_neither_scipy_nor_pandas(command, small):
    """A run needs none of the large libraries."""
    command.write(small)
    code = (
        "import sys, recallsim; recallsim.run('small.yaml', replications=2, workers=1);"
        "print([name for name in ('scipy', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=command.folder,
        env=command.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_version(here):
    """`--version` prints the version of the package."""
    assert here("--version").out == f"recallsim, version {recallsim.__version__}\n"


def test_the_version_is_the_one_of_the_project_file():
    """The version is written twice, and both are equal."""
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == recallsim.__version__


def test_unknown_command_and_option_are_usage_errors(here):
    """A mistyped command or option gets a message on standard error, exit code 2 and no traceback."""
    for arguments, needle in (
        (("rnu",), "No such command 'rnu'"),
        (("run", "x.yaml", "--sed", "1"), "--seed"),
    ):
        done = here(*arguments)
        assert (done.code, done.out, "Traceback" in done.err) == (2, "", False)
        assert needle in done.err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("--replications", "3", "--precision", "0.1"), "give --replications or --precision, not both"),
        (("--store", "a.sqlite", "--no-store"), "--store and --no-store exclude each other"),
        (("--record", "recipients", "--no-store"), "leave --no-store out"),
        (("--set", "seed"), "'seed' is not KEY=VALUE"),
        (("--seed", "-1"), "--seed"),
        (("--workers", "0"), "--workers"),
        (("--precision", "nan"), "'nan' is not a finite number"),
        (("--set", "recipients.groups.0.person.reads=delay"), "'delay' is the kind alone"),
        (("--engine", "steam"), "'steam' is not one of"),
        (("--metric", "sucess_rate"), "did you mean 'success_rate'?"),
        (("--metric", "waited_over:nowhere:3min"), "nowhere"),
        (("--set", "sender.notics=1min"), "sender.notics"),
        (("--set", "sender.notices=5"), "no unit"),
        (("--variant", "nothing"), "nothing"),
    ],
)
def test_impossible_wishes_are_refused_before_anything_runs(here, small, arguments, message):
    """What cannot be done is said in one message, with exit code 2 and nothing on standard output."""
    done = here("run", here.write(small), *arguments)
    assert (done.code, done.out, "Traceback" in done.err) == (2, "", False)
    assert message in done.err
    assert not (here.folder / "results").exists()


def test_a_missing_file_is_said(here):
    """A scenario that is not there: exit code 2, its name, no traceback."""
    for verb in ("run", "check", "trace"):
        done = here(verb, "nowhere.yaml")
        assert (verb, done.code, done.out, "nowhere.yaml" in done.err, "Traceback" in done.err) == (
            verb,
            2,
            "",
            True,
            False,
        )


def test_a_typo_is_shown_with_its_place_and_a_suggestion(here, small):
    """An error in the scenario points at the line and suggests the word that was meant."""
    here.write(small.replace("exponential: {mean: 20min}", "exponentail: {mean: 20min}"))
    done = here("run", "small.yaml")
    line = 1 + small[: small.index("mean: 20min")].count("\n")
    assert (done.code, done.out) == (2, "")
    assert f"small.yaml:{line}:" in done.err
    assert "did you mean 'exponential'?" in done.err
    assert "^" in done.err


def test_escape_sequences_in_a_scenario_do_not_reach_the_terminal(here, small):
    """The line that is quoted in an error is shown with its control characters as escapes."""
    here.write(small.replace("title: A small one", 'titel: "\\e[2Jx" # \x9b31m'))
    done = here("check", "small.yaml")
    assert (done.code, "\x9b" in done.err, "\x1b" in done.err) == (2, False, False)


def test_run_prints_the_report_and_keeps_the_run(here, small):
    """Results go to standard output, what else there is to say to standard error, the run into the default file."""
    done = here("run", here.write(small))
    assert done.code == 0
    assert done.out.startswith("A small one\nseed 7 · agents engine · 12 replications of 10 recipients · ")
    assert "Of 10 recipients, on average" in done.out
    assert done.out.endswith(f"Kept in {Path('results/small.sqlite')}\n")
    assert (here.folder / "results" / "small.sqlite").exists()


def test_a_changed_scenario_gets_a_file_of_its_own(here, small):
    """The default store of a scenario that was changed since keeps what it has; the new run goes beside it."""
    here.write(small)
    before = here("run", "small.yaml", "--json", "--set", "sender.notices=1min")
    after = here("run", "small.yaml", "--json")
    kept = sorted(path.name for path in (here.folder / "results").iterdir() if path.suffix == ".sqlite")
    beside = f"small-{json.loads(after.out)['fingerprint'][:8]}.sqlite"
    assert (before.code, after.code, kept) == (0, 0, sorted(["small.sqlite", beside]))


def test_a_named_store_of_another_scenario_is_refused(here, small):
    """A store that the user named is never mixed and never replaced: exit code 1 and a message."""
    here.write(small)
    first = here("run", "small.yaml", "--quiet", "--store", "kept.sqlite")
    other = here("run", "small.yaml", "--quiet", "--store", "kept.sqlite", "--set", "sender.notices=1min")
    again = here("run", "small.yaml", "--quiet", "--store", "kept.sqlite")
    assert (first.code, other.code, other.out, again.out) == (0, 1, "", first.out)
    assert "kept.sqlite" in other.err


def test_nothing_is_kept_on_request(here, small):
    """`--no-store` leaves no file."""
    done = here("run", here.write(small), "--no-store")
    assert (done.code, "Kept in" in done.out) == (0, False)
    assert sorted(path.name for path in here.folder.iterdir()) == ["small.yaml"]


def test_metrics_may_be_asked_for(here, small):
    """`--metric` adds rows, those that must be counted while running as well as the others."""
    done = here(
        "run",
        here.write(small),
        *("--json", "--no-store", "--metric", "waited_over:delivery:3s", "--metric", "success_count:5"),
    )
    metrics = {row["metric"] for row in json.loads(done.out)["estimates"]}
    assert metrics & {"waited_over:delivery:3s", "success_count:5"} == {
        "waited_over:delivery:3s",
        "success_count:5",
    }


def test_new_writes_a_scenario_that_is_valid(here):
    """`new` writes the starter; `check` has nothing against it."""
    written = here("new", "first.yaml")
    checked = here("check", "first.yaml")
    assert (written.code, checked.code, checked.err) == (0, 0, "")
    assert "warning" not in checked.out


def test_empty_names_are_usage_errors(here, small):
    """An empty file name is a mistake, as of a script whose variable is unset, never a default."""
    here.write(small)
    new, store = here("new", ""), here("run", "small.yaml", "--store", "")
    assert (new.code, "the name of the file is empty" in new.err) == (2, True)
    assert (store.code, "--store is empty; name a file" in store.err) == (2, True)
    assert sorted(path.name for path in here.folder.iterdir()) == ["small.yaml"]


def test_new_never_overwrites(here):
    """A file that is there stays as it is: exit code 2."""
    here.write("mine", "first.yaml")
    done = here("new", "first.yaml")
    assert (done.code, (here.folder / "first.yaml").read_text(encoding="utf-8")) == (2, "mine")
    assert "first.yaml is there already and stays as it is" in done.err


def test_schema_is_a_json_schema_that_knows_the_keys(here):
    """`schema` prints JSON with the top-level keys of the language."""
    schema = json.loads(here("schema").out)
    assert {"name", "sender", "recipients", "what_if"} <= set(schema["properties"])


def test_completion_is_built_in(command):
    """The shell's completion script comes from the command itself."""
    done = command(_RECALLSIM_COMPLETE="bash_source")
    assert "_RECALLSIM_COMPLETE=bash_complete" in done.out


def test_the_starter_runs(here):
    """What `new` writes can be run as it is."""
    here("new", "first.yaml")
    done = here("run", "first.yaml", "--replications", "3", "--quiet", "--no-store", "--workers", "1")
    assert (done.code, done.out.startswith("Of 200 recipients, on average ")) == (0, True)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("compare", "--replications", "4"), "hold-30s: "),
        (("infer", "--replications", "60"), "Given the reports, "),
        (("sweep", "--replications", "2"), "unseen_success_rate goes from "),
        (("sensitivity", "--replications", "2", "--trajectories", "2"), "sender.notices carries "),
        (("best", "--budget", "80"), "Best as far as 80 replications show: cloud"),
    ],
)
def test_the_starter_has_something_for_every_question(here, words, answer):
    """Each command that asks something of a scenario has it answered as `new` has written it."""
    here("new", "first.yaml")
    done = here(words[0], "first.yaml", *words[1:], "--quiet", "--no-store", "--workers", "1")
    assert (done.code, answer in done.out) == (0, True)


def test_an_interruption_in_disguise_is_one(here, small, monkeypatch):
    """Python before 3.12 wraps a Ctrl-C that comes while a class is being made: it ends the command all the same."""

    def stop(*_, **__):
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    here.write(small)
    monkeypatch.setattr("recallsim.api.answer", stop)
    done = here("run", "small.yaml")
    assert (done.code, done.out, done.err) == (130, "", "interrupted\n")
