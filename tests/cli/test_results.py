"""`recallsim results` and `recallsim export`."""

import io
import json
from pathlib import Path

import pytest

from recallsim.reporting.console import Terminal
from recallsim.reporting.holdings import show
from recallsim.store.reading import Held


def test_results_are_listed_and_exported(here, small):
    """What a run keeps is found by the list and by the export."""
    here.write(small)
    here("run", "small.yaml", "--replications", "3", "--quiet", "--workers", "1")
    listed = here("results")
    assert (listed.code, "results/small.sqlite" in listed.out, "saw it" in listed.out) == (0, True, True)
    (row,) = json.loads(here("results", "--json").out)
    assert (row["scenario"], row["variant"], row["replications"], row["seed"]) == ("small", "base", 3, 7)
    assert row["state"] == "complete"
    printed = here("export", "results")
    here("export", "results/small.sqlite", "--output", "e.csv")
    assert (here.folder / "e.csv").read_bytes().decode().replace("\r\n", "\n") == printed.out.replace(
        "\r\n", "\n"
    )


def test_a_run_is_exported_by_its_name_and_a_scenario_is_no_store(here, small):
    """As for `report`, the scenario's name stands for its store in results/; the scenario's file does not."""
    here.write(small)
    here("run", "small.yaml", "--replications", "2", "--quiet", "--seed", "0x10")
    assert json.loads(here("results", "--json").out)[0]["seed"] == 16
    named, by_file = here("export", "small"), here("export", "results/small.sqlite")
    assert (named.code, named.out) == (0, by_file.out)
    for command in ("export", "report"):
        done = here(command, "small.yaml")
        assert (done.code, "small.yaml is a scenario, not a store; give the scenario's name" in done.err) == (
            2,
            True,
        )


def test_long_names_are_cut_where_they_are_alike():
    """Two cells that differ at the end only can be told apart."""
    cells = [held(variant=f"notices=1min, auto_process=0.5, mean={mean}min") for mean in (20, 30)]
    out = io.StringIO()
    show(cells, Terminal(out, width=80))
    labels = [line.split("  ")[1] for line in out.getvalue().splitlines() if line.startswith("  office")]
    assert [*dict.fromkeys(labels)] == ["office ...5, mean=20min)", "office ...5, mean=30min)"]


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
        "changed. Move it away or name another store; the run then starts anew."
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


def held(seed="20261120", scenario="office", variant="base", state="complete"):
    """A run as it is listed, with numbers as wide as they come."""
    ends = (0.4312, 0.4012, 0.4612)
    return Held(
        Path("results/office.sqlite"), scenario, variant, seed, 2000, state, 2000, "2026-11-29T10:11:12.000+00:00", "ab" * 32,
        dict.fromkeys(("success_rate", "unseen_success_rate", "seen_rate"), ends),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("width", "run", "label", "day"),
    [
        (100, held(), "office", True),
        (100, held(variant="notices=1158.59s, acts=14.4225s, mean=20min"), "office ...s, mean=20min)", False),
        (120, held(variant="notices=1158.59s, acts=14.4225s, mean=20min"), "office ...s, mean=20min)", True),
        (140, held(variant="notices=1158.59s"), "office (notices=19.3 min)", True),
    ],
)
def test_the_list_fits_the_terminal(width, run, label, day):
    """One table, no line of which is wider than the terminal: long names are cut, then the day is left out."""
    out = io.StringIO()
    show([run], Terminal(out, width=width))
    lines = out.getvalue().splitlines()
    assert (len(lines), max(map(len, lines)) <= width) == (5, True)
    assert lines[4].startswith(f"  {label}  ")
    assert ("2026-11-29" in lines[4], lines[4].count("43.1 % ±3.0")) == (day, 3)


def test_a_run_that_is_not_complete_is_marked():
    """A star stands at what is kept of it, and below the table is said what that means."""
    out = io.StringIO()
    show([held(), held(seed="1", state="interrupted")], Terminal(out, width=120))
    whole_run, part, star = out.getvalue().splitlines()[-3:]
    assert ("2,000 of 2,000" in whole_run, "2,000* of 2,000" in part) == (True, True)
    assert star == "* interrupted: the same command goes on where it was"
    whole = io.StringIO()
    show([held()], Terminal(whole, width=120))
    assert "*" not in whole.getvalue()


@pytest.mark.parametrize("words", [("run", "small.yaml", "--store"), ("results",), ("report",), ("export",)])
def test_a_device_is_no_store(here, small, words):
    """What is no ordinary file is said to be none, also where it reads as empty."""
    here.write(small)
    done = here(*words, "/dev/null")
    advice = "Name a file, such as run.sqlite" + (", or use --no-store." if words[0] == "run" else ".")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == f"/dev/null: no ordinary file, so it holds no store. {advice}"
