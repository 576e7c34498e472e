"""`recallsim results` and `recallsim export`."""

import json


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
