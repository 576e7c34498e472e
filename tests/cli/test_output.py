"""Where output goes and in which form: pipes, ASCII, JSON, an interruption."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def test_json_has_the_documented_shape(here, small):
    """`--json` prints one document: the keys that are documented, tidy estimates, nulls where there is no number."""
    done = here("run", here.write(small), "--json", "--no-store", "--quiet")
    document = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert sorted(document) == [
        "confidence",
        "engine",
        "estimates",
        "fingerprint",
        "interrupted",
        "precision_reached",
        "replications",
        "scenario",
        "seed",
        "version",
    ]
    assert (document["scenario"], document["seed"], document["replications"]) == ("small", 7, 12)
    keys = {tuple(sorted(set(row) - {"degenerate"})) for row in document["estimates"]}
    assert keys == {("group", "high", "low", "mean", "metric", "replications", "variant")}
    assert {row["group"] for row in document["estimates"]} == {"desk", "web", "all"}


def test_json_is_the_same_bytes_whatever_the_workers(here, small):
    """The number of processes changes no byte of the answer."""
    here.write(small)
    answers = [
        here("run", "small.yaml", "--json", "--no-store", "--replications", "60", "--workers", workers).out
        for workers in ("1", "2")
    ]
    assert answers[0] == answers[1]


def test_quiet_prints_the_sentence_only(here, small):
    """`--quiet` leaves one sentence on standard output and nothing on standard error."""
    done = here("run", here.write(small), "--quiet", "--no-store")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    assert done.out.startswith("Of 10 recipients, on average ")


MISSED = "replications={min: 4, max: 8, step: 4, precision: [{metric: success_rate, half_width: 0.001}]}"


@pytest.mark.parametrize("form", ["--quiet", "--json"])
def test_a_precision_that_was_not_reached_is_said_in_every_form(here, small, form):
    """`--quiet` silences progress and logs, no fact that changes what the answer means."""
    done = here("run", here.write(small), "--no-store", "--no-progress", "--set", MISSED, form)
    said = "Precision not reached after 8 replications: success_rate of all to within 0.1 points."
    assert (done.code, done.err.splitlines()[-1], said in done.out) == (0, said, False)


def test_what_an_answer_rests_on_is_one_line(result, given):
    """An interruption and a missed precision each have their line; a whole answer has none."""
    rows = [given("success_rate", 0.4, 0.1)]
    assert [
        result(rows, **changes).caveat()
        for changes in ({}, {"interrupted": True}, {"precision_reached": False, "goal": "x"})
    ] == [
        "",
        "Interrupted: these figures rest on the 120 replications that were done.",
        "Precision not reached after 120 replications: x.",
    ]


def test_an_interrupted_run_says_so_in_json_and_beside_it(here, small, monkeypatch, result, given):
    """The document has the field, standard error the line, and the exit code is 130."""
    stopped = result([given("success_rate", 0.4, 0.1)], interrupted=True)
    monkeypatch.setattr("recallsim.api.answer", lambda *_: stopped)
    here.write(small)
    as_json, quiet = (here("run", "small.yaml", form, "--engine", "agents") for form in ("--json", "--quiet"))
    said = "Interrupted: these figures rest on the 120 replications that were done.\n"
    assert (as_json.code, as_json.err, json.loads(as_json.out)["interrupted"]) == (130, said, True)
    assert (quiet.code, quiet.err) == (130, said)


def test_a_sweep_says_how_many_cells_missed_the_precision(here, small):
    """Each cell has a precision of its own."""
    done = here(
        "sweep",
        here.write(small),
        "--grid",
        "sender.notices=[1min, 5min]",
        "--no-store",
        "--json",
        "--set",
        MISSED,
    )
    assert (done.code, done.err.splitlines()[-1]) == (0, "Precision not reached in 2 of 2 cells.")


def test_output_without_unicode(command, small):
    """In an ASCII terminal nothing fails, and every sign has a stand-in."""
    command.write(small.replace("A small one", "Lønn"))
    done = command("run", "small.yaml", "--no-store", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.code, done.out.isascii(), "+-" in done.out, "L?nn" in done.out) == (0, True, True, True)


def test_piped_output_has_no_escape_sequences(command, small):
    """Neither a pipe nor NO_COLOR gets colours."""
    command.write(small)
    piped = command("run", "small.yaml", "--no-store")
    plain = command("run", "small.yaml", "--no-store", NO_COLOR="1")
    assert ("\x1b" in piped.out + piped.err, "\x1b" in plain.out + plain.err) == (False, False)


def test_a_closed_pipe_ends_quietly(command, small):
    """`recallsim ... | head -1` leaves no complaint."""
    command.write(small)
    script = f'set -o pipefail; "{sys.executable}" -m recallsim trace small.yaml | head -1'
    done = subprocess.run(
        ["bash", "-c", script], cwd=command.folder, env=command.environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_an_interrupted_run_shows_what_it_has(command, small):
    """Ctrl-C: what is done is kept and shown, and the exit code is 130."""
    command.write(small)
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "recallsim",
            "run",
            "small.yaml",
            "--replications",
            "2000000",
            "--workers",
            "1",
            "--engine",
            "agents",
        ],
        cwd=command.folder,
        env=command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    kept = command.folder / "results" / "small.sqlite-wal"
    try:
        while child.poll() is None and not (kept.exists() and kept.stat().st_size > 200_000):
            os.sched_yield()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
    finally:
        child.kill()
    assert (child.returncode, "Interrupted: these figures rest on the " in out, "Traceback" in err) == (
        130,
        True,
        False,
    )


def test_names_beyond_ascii_work_where_the_system_has_none(command, small):
    """Scenario, variant, store and settings may be named in any script under an ASCII locale."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    varied = small.replace("name: small", "name: lønn") + "what_if: {før: {sender.notices: 1min}}\n"
    command.write(varied, "gehälter.yaml")
    first = command("run", "gehälter.yaml", "--json", "--no-progress", "--variant", "før", **ascii_only)
    again = command(
        "run", "gehälter.yaml", "--json", "--store", "über/a.sqlite", "--set", "title=ø", **ascii_only
    )
    shown = command("check", "gehälter.yaml", **ascii_only)
    missing = command("run", "fehlt-ä.yaml", **ascii_only)
    assert [done.code for done in (first, again, shown, missing)] == [0, 0, 0, 2]
    why = "agents engine: so small a run is done before the batch engine is loaded\n"
    assert [done.err for done in (first, shown)] == [why, ""]
    assert json.loads(first.out)["scenario"] == "lønn"
    assert shown.out.startswith("geh?lter.yaml: valid")
    assert "Traceback" not in missing.err
    kept = sorted(str(path.relative_to(command.folder)) for path in command.folder.rglob("*.sqlite"))
    assert kept == [str(Path("results/lønn.sqlite")), str(Path("über/a.sqlite"))]


def test_a_resumed_run_says_where_it_goes_on(here, small):
    """What is there from an earlier run is said in plain words, with the file that holds it."""
    here.write(small)
    here("run", "small.yaml", "--replications", "2")
    done = here("run", "small.yaml", "--replications", "3")
    kept = Path("results/small.sqlite")
    assert done.err.splitlines()[0] == f"small: going on after the 2 replications kept in {kept}"


def test_an_interruption_while_it_still_imports_is_quiet(command):
    """Ctrl-C in the first moments ends with exit code 130 and no traceback."""
    code = (
        "import sys, runpy, builtins; real = builtins.__import__\n"
        "def stop(name, *rest, **more):\n"
        "    if name == 'click': raise KeyboardInterrupt\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = stop; sys.argv = ['recallsim', '--help']\n"
        "runpy.run_module('recallsim', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=command.environment(), capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
