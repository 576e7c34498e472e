"""What stores hold, as lists and as files for other programs."""

import csv
import io
import json

import pytest
from several_fakes import side_by_side

from recallsim.store.errors import StoreError
from recallsim.store.exporting import Csv, export
from recallsim.store.reading import held, stores_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The stores of a comparison of three replications."""
    place = tmp_path_factory.mktemp("kept")
    side_by_side(place / "side", 3)
    return place


def exported(folder, view, form):
    out = io.StringIO()
    count = export(stores_in(folder), view, form, out)
    return count, out.getvalue()


def test_a_folder_lists_its_stores(folder):
    """Files of the folder and of the folders in it, in order; a file stands for itself."""
    paths = [folder / "side" / f"{name}.sqlite" for name in ("base", "sooner")]
    assert stores_in(folder) == stores_in(folder / "side") == paths
    assert stores_in(paths[1]) == paths[1:]


def test_a_store_says_what_it_holds(folder):
    """Scenario, variant, seed, replications and the main estimates."""
    (run,) = held(folder / "side" / "sooner.sqlite")
    assert (run.scenario, run.variant, run.seed, run.replications, run.recipients) == (
        "side",
        "sooner",
        "7",
        3,
        11,
    )
    assert set(run.headlines) == {"success_rate", "unseen_success_rate", "seen_rate"}


def test_csv_and_json_lines_hold_the_same(folder):
    """Every estimate of every store is a row in both, with the same numbers."""
    count, text = exported(folder, "estimates", "csv")
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    lines = [json.loads(line) for line in exported(folder, "estimates", "jsonl")[1].splitlines()]
    assert count == len(table) == len(lines) > 0
    for row, line in zip(table, lines, strict=True):
        assert row == {name: "" if cell is None else str(cell) for name, cell in line.items()}
    assert {line["store"] for line in lines} == {"base", "sooner"}


def test_parquet_holds_the_same_with_its_types(folder, tmp_path):
    """Numbers are numbers, missing ones are null."""
    parquet = pytest.importorskip("pyarrow.parquet")
    export(stores_in(folder), "tallies", "parquet", tmp_path / "t.parquet")
    lines = [json.loads(line) for line in exported(folder, "tallies", "jsonl")[1].splitlines()]
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.to_pylist() == lines
    assert str(table.schema.field("succeeded").type) == "double"


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(name):
    """A text that a spreadsheet would compute gets an apostrophe; negative numbers stay numbers."""
    out = io.StringIO(newline="")
    Csv({"group": "text", name: "real"}, out).write({"group": name, name: -1.5})
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [
        ["group", f"'{name}"],
        [f"'{name}", "-1.5"],
    ]


def test_a_file_appears_when_it_is_whole(folder, tmp_path):
    """An export that fails leaves what was there, and no half of a file."""
    out = tmp_path / "e.csv"
    out.write_text("before", encoding="utf-8")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        export([folder / "side" / "base.sqlite", broken], "estimates", "csv", out)
    assert ([path.name for path in sorted(tmp_path.iterdir())], out.read_text(encoding="utf-8")) == (
        ["broken.sqlite", "e.csv"],
        "before",
    )


def test_where_nothing_is_kept(tmp_path):
    """A missing place and an empty folder are said to be that."""
    for place, said in (
        (tmp_path / "no", "there is no such store"),
        (tmp_path, "there is no store in this folder"),
    ):
        with pytest.raises(StoreError, match=said):
            stores_in(place)
