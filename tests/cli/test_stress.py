"""`recallsim stress`: sizes in rising order, each with speed and memory; mistakes are said before anything runs."""

import json
from pathlib import Path

import pytest

from recallsim.cli import run
from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.reporting.growth import growth_rows, growth_table
from recallsim.running.stress import Measured, Task, measure

CODES = 12  # columns of a byte; the others take eight
BYTES = CODES + 8 * (
    len(RECIPIENT_COLUMNS) - CODES + 8
)  # of a row; waits and sojourns of one stage, four kinds
RACE = Path(__file__).parents[2] / "benchmarks" / "race.yaml"


def test_each_size_is_measured_in_a_process_of_its_own(capsys):
    """Two sizes, given in falling order with a double, come back rising, with what their columns take."""
    code = run(["stress", str(RACE), "--recipients", "300,1e2,100", "--engine", "agents", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert (code, [row["recipients"] for row in rows]) == (0, [100, 300])
    assert {row["engine"] for row in rows} == {"agents"}
    assert all(
        row["recipients_per_second"] > 0 and row["result_bytes_per_recipient"] == BYTES for row in rows
    )


def test_a_measurement_repeats_what_is_small():
    """A size that takes a moment is lived through more than once, and no more often than 21 times."""
    found = measure(Task(RACE, (), "agents", 20, 1))
    assert (found.recipients, found.replications, found.result) == (20, 21, 20 * BYTES)


def test_the_table_says_how_both_grow():
    """Growth is against the smallest size of the same engine."""
    found = [
        Measured("agents", 1000, 0.02, 21, 2_000_000, 256_000),
        Measured("agents", 10_000, 0.4, 1, 15_000_000, 2_560_000),
    ]
    lines = [line.plain.split() for line in growth_table(found, 100, "-")]
    assert lines[-2:] == [
        ["1,000", "50,000", "20.0", "us", "1.00x", "2,000", "B", "256", "B", "1.00x"],
        ["10,000", "25,000", "40.0", "us", "2.00x", "1,500", "B", "256", "B", "0.75x"],
    ]
    assert growth_rows([Measured("agents", 10, 1.0, 1, -1, 0)])[0]["peak_bytes_per_recipient"] is None


@pytest.mark.parametrize("sizes", ["x", "0", "1.5", "1e10", "", "10,,20"])
def test_what_is_no_size_is_said(sizes, capsys):
    """Sizes are whole numbers from 1 to a billion."""
    assert run(["stress", str(RACE), "--recipients", sizes]) == 2
    assert "is no number of recipients from 1 to 1,000,000,000; write as 1e3,1e4" in capsys.readouterr().err


def test_a_size_that_the_scenario_cannot_have_is_said_before_anything_runs(tmp_path, capsys):
    """Groups of fixed size leave no room: the error has its place, and nothing was measured."""
    path = tmp_path / "fixed.yaml"
    path.write_text("name: fixed\nrecipients: {groups: [{name: a, count: 3}]}\n")
    assert run(["stress", str(path), "--recipients", "10"]) == 2
    printed = capsys.readouterr()
    assert ("recipients" in printed.err, printed.out) == (True, "")
