"""`recallsim results` and `recallsim export`."""

import json
from pathlib import Path

import pytest


def test_results_are_listed_and_exported(here, small):
    """What a run keeps is found by the list and by the export."""
    here.write(small)
    here("run", "small.yaml", "--replications", "3", "--quiet", "--workers", "1")
    listed = here("results")
    assert (listed.code, "results/small.sqlite" in listed.out, "saw it" in listed.out) == (0, True, True)
    (row,) = json.loads(here("results", "--json").out)
    assert (row["scenario"], row["variant"], row["replications"], row["seed"]) == ("small", "base", 3, 7)
    printed = here("export", "results")
    here("export", "results/small.sqlite", "--output", "e.csv")
    assert (here.folder / "e.csv").read_bytes().decode().replace("\r\n", "\n") == printed.out.replace(
        "\r\n", "\n"
    )


def test_wrong_wishes(here):
    """Without a store the exit code is 1; Parquet on standard output is refused with 2."""
    assert here("results").code == 1
    assert here("export", "results").code == 1
    done = here("export", "results", "--format", "parquet")
    assert (done.code, "Parquet is no text: name a file with --output" in done.err) == (2, True)


def test_missing_recipients_are_explained(here, small):
    """Outcomes are there only where they were recorded."""
    here.write(small)
    here("run", "small.yaml", "--replications", "2", "--quiet")
    done = here("export", "results", "--what", "outcomes")
    assert (done.code, done.err) == (
        0,
        "there are no outcomes: `recallsim run --record recipients` keeps them\n",
    )


def test_a_folder_of_stores_is_answered_with_their_names(here, small):
    """Who asks a report of a folder is told which stores lie in it."""
    here("run", here.write(small), "--store", "kept/one.sqlite")
    done = here("report", "kept")
    assert (done.code, done.err) == (1, "kept: a folder, not a store. Name one in it: one.sqlite.\n")


def test_a_damaged_store_hides_none_of_the_others(here, small):
    """It is named on standard error, the others are listed and exported, and the exit code is 1."""
    here("run", here.write(small), "--replications", "2", "--quiet", "--store", "kept/b.sqlite")
    whole = (here.folder / "kept" / "b.sqlite").read_bytes()
    for name in ("a", "c"):
        (here.folder / "kept" / f"{name}.sqlite").write_bytes(whole[: len(whole) // 2])
    said = [
        f"left out: {Path('kept', name)}: the store is damaged (database disk image is malformed). Nothing in it was "
        "changed. Move it away or name another file with --store; the run then starts anew."
        for name in ("a.sqlite", "c.sqlite")
    ]
    listed = here("results", "kept", "--json")
    exported = here("export", "kept")
    alone = here("export", "kept/b.sqlite")
    assert (listed.code, [row["scenario"] for row in json.loads(listed.out)]) == (1, ["small"])
    assert (exported.code, exported.out, alone.code) == (1, alone.out, 0)
    assert listed.err.splitlines() == exported.err.splitlines() == said


def test_nothing_but_damaged_stores_is_an_error(here, small):
    """Every one of them is named, and nothing is written."""
    (here.folder / "kept").mkdir()
    for name in ("a", "b"):
        here.write("Dear diary, " * 100, f"kept/{name}.sqlite")
    done = here("export", "kept", "-o", "all.csv")
    assert (done.code, [line.split(":")[-3].strip() for line in done.err.splitlines()]) == (
        1,
        [str(Path("kept/a.sqlite")), str(Path("kept/b.sqlite"))],
    )
    assert not (here.folder / "all.csv").exists()


@pytest.mark.parametrize("name", ["all.xls", "all", "all.json"])
def test_an_unknown_ending_is_refused_with_those_there_are(here, small, name):
    """What is to be written is never guessed; with --format the name is free."""
    here("run", here.write(small), "--replications", "2", "--quiet")
    done = here("export", "results", "-o", name)
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        f"Error: {name}: the ending does not say what to write; choose one of .csv, .jsonl, .parquet, or add --format",
    )
    assert here("export", "results", "-o", name, "--format", "csv").code == 0
