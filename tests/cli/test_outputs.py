import os
import sys

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ("run", "small.yaml", "--replications", "2", "--report", "small.yaml"),
        ("run", "small.yaml", "--replications", "2", "--report", "other.sqlite"),
        ("report", "kept.sqlite", "-o", "kept.sqlite"),
        ("export", "kept.sqlite", "-o", "small.yaml"),
        ("export", "kept.sqlite", "-o", "kept.sqlite"),
        ("stress", "small.yaml", "--recipients", "10", "-o", "small.yaml"),
    ],
)
def test_an_answer_never_takes_the_place_of_what_is_put_in(command, small, words):
    """Scenarios and stores stay as they are, and the command says so before anything runs."""
    command.write(small)
    command("run", "small.yaml", "--replications", "2", "--store", "kept.sqlite")
    store = command.folder / "kept.sqlite"
    before = (command.folder / "small.yaml").read_bytes(), store.read_bytes()
    done = command(*words)
    assert (done.code, "would be taken for a scenario or a store; choose another ending" in done.err) == (
        2,
        True,
    )
    assert ((command.folder / "small.yaml").read_bytes(), store.read_bytes()) == before


def test_a_device_is_no_file_for_an_answer(command, small):
    """An answer is not written over what is no ordinary file."""
    command.write(small)
    done = command("run", "small.yaml", "--replications", "2", "--report", "/dev/null")
    assert (done.code, "/dev/null is no ordinary file" in done.err) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "small.yaml", "--report"),
        ("compare", "small.yaml", "--report"),
        ("sweep", "small.yaml", "--grid", "sender.notices=[1min, 2min]", "--report"),
        ("report", "small", "-o"),
        ("export", "results", "-o"),
        ("stress", "small.yaml", "--recipients", "10", "-o"),
        ("trace", "small.yaml", "--view"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_anything_runs(here, small, words):
    """Neither a folder that is not there nor one that may not be written costs a simulation."""
    here.write(small)
    done = here(*words, "no/x.svg")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("there is no folder no; make it, or name another\n")
    assert not (here.folder / "results").exists()


def test_a_folder_that_may_not_be_written_is_said(here, small, monkeypatch):
    """The system is asked, and its answer is told with the name of the file."""
    here.write(small)
    asked = os.access
    monkeypatch.setattr(
        os, "access", lambda path, *rest, **more: str(path) != "." and asked(path, *rest, **more)
    )
    done = here("run", "small.yaml", "--report", "x.html")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("x.html cannot be written there; name another\n")
    assert not (here.folder / "results").exists()


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", b"<svg "), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.PNG", b"\x89PNG")]
)
def test_a_picture_is_what_its_ending_says(here, small, name, begins):
    """SVG, or a PNG that is one."""
    here.write(small)
    done = here("stress", "small.yaml", "--recipients", "10,20", "--engine", "agents", "-o", name)
    assert (done.code, (here.folder / name).read_bytes()[: len(begins)]) == (0, begins)


def test_a_picture_of_another_kind_is_refused(here, small):
    """The message names the kinds that there are, before anything is measured."""
    here.write(small)
    done = here("stress", "small.yaml", "--recipients", "10", "-o", "a.jpg")
    assert (done.code, done.out, done.err.splitlines()[-1]) == (
        2,
        "",
        "Error: a.jpg: the ending does not say what to draw; choose one of .svg, .png",
    )


def test_a_png_without_matplotlib_says_what_to_install(here, small, monkeypatch):
    """Before anything is measured, with both ways to install it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = here("stress", here.write(small), "--recipients", "10", "-o", "a.png")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        "a PNG needs matplotlib, which is not installed: pip install 'recallsim[png]', or in a clone: make extras"
    )


SWEEP = ("sweep", "small.yaml", "--grid", "sender.notices=[1min, 2min]")
WEIGH = (
    "sensitivity",
    "small.yaml",
    "--over",
    "sender.notices={from: 1min, to: 2min}",
    "--trajectories",
    "2",
)


@pytest.mark.parametrize(
    "words",
    [("run", "small.yaml"), ("compare", "small.yaml"), SWEEP, WEIGH],
    ids=["run", "compare", "sweep", "sensitivity"],
)
def test_a_report_that_was_written_is_named(here, small, words):
    """One line on standard error, the last; none where only the answer is wanted."""
    here.write(f"{small}what_if: {{later: {{sender.hold: 30s}}}}\n")
    asked = (*words, "--replications", "2", "--workers", "1", "--no-progress", "--report")
    loud, quiet = here(*asked, "a.htm"), here(*asked, "b.HTML", "--quiet")
    assert (loud.code, loud.err.splitlines()[-1]) == (0, "Wrote a.htm")
    assert (quiet.code, "Wrote" in quiet.err + quiet.out) == (0, False)
    assert [(here.folder / name).read_bytes()[:9] for name in ("a.htm", "b.HTML")] == [b"<!doctype"] * 2


@pytest.mark.parametrize("words", [("run", "small.yaml", "--report"), ("report", "small", "-o")])
@pytest.mark.parametrize("name", ["x.pdf", "x"])
def test_a_report_is_html(here, small, words, name):
    """A file whose name says that it is something else is not written."""
    here.write(small)
    done = here(*words, name)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"{name}: a report is one HTML file: name a file that ends with .html or .htm\n")
    assert not (here.folder / "results").exists()
