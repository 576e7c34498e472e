"""Report pages of comparisons, sweeps and sensitivity, from tidy rows."""

import json

import pytest

from recallsim.reporting.page.cells import sweep
from recallsim.reporting.page.further import differences, page_of, sensitivity
from recallsim.reporting.pictures.forest import points
from recallsim.scenario import fingerprint, load


def _row(**fields):
    return {"group": "all", "metric": "unseen_success_rate", "low": None, "high": None} | fields


def test_a_forest_for_each_metric_that_is_there():
    """Other groups and missing differences are left out; the largest change is named."""
    rows = [
        _row(variant="sooner", difference=0.2, low=0.1, high=0.3),
        _row(variant="sooner", group="desk", difference=0.9),
        _row(variant="later", difference=-0.1, low=-0.2, high=0.1),
        _row(variant="later", metric="success_rate", difference=None),
    ]
    (picture,) = differences(rows).pictures
    assert picture.rows == (("sooner", "+20.0", "+10.0", "+30.0"), ("later", "−10.0", "−20.0", "+10.0"))
    assert "The largest change: sooner, +20.0 points." in picture.words


def test_fewer_who_saw_it_are_better():
    """For the share that saw it a negative difference is drawn as the better."""
    (picture,) = differences(
        [_row(metric="seen_rate", variant="sooner", difference=-0.2, low=-0.3, high=-0.1)]
    ).pictures
    assert 'class="mark-for"' in picture.svg


def test_a_sweep_over_two_paths_has_lines_and_tiles():
    """Every cell stands in both tables; a cell that failed is a dash and an empty tile."""
    rows = [_row(a=a, b=b, mean=a / 10 + b / 100) for a in (1, 2, 3) for b in (1, 2)]
    rows[0]["mean"] = None
    lines, tiles = sweep(rows, ["a", "b"]).pictures
    assert (lines.headers, lines.rows[0]) == (("a", "1", "2"), ("1", "–", "12.0 %"))
    assert tiles.rows == (("1", "", "21.0 %", "31.0 %"), ("2", "12.0 %", "22.0 %", "32.0 %"))


@pytest.mark.parametrize(
    "cells",
    [
        [{"a": a, "b": b} for a in range(100) for b in range(100)],
        [{"a": a, "b": b} for a in range(1000) for b in range(10)],
        [{"a": a, "b": b} for a in range(10) for b in range(1000)],
        [{"a": f"{a}.5s"} for a in range(10_000)],
        [dict.fromkeys("abcdefghij", at * 1.37) for at in range(10_000)],
    ],
    ids=["square", "long", "high", "one key", "scattered"],
)
def test_a_page_of_ten_thousand_cells_stays_small(cells):
    """Whatever the design, ten thousand cells with their tables are less than a megabyte."""
    rows = [_row(**cell, mean=(at * 7919 % 9973) / 9973) for at, cell in enumerate(cells)]
    rows = [row | {"low": row["mean"] - 0.0123, "high": row["mean"] + 0.0117} for row in rows]
    text = page_of("T", "", [], [sweep(rows, list(cells[0]))], [], (), "x" * 300_000)
    assert len(text.encode("utf-8")) < 1_000_000


def test_what_is_thinned_out_is_said():
    """Of more values than are drawn every second, third ... is kept, in the picture and in its table."""
    rows = [_row(a=at, mean=0.5) for at in range(10_000)]
    (lines,) = sweep(rows, ["a"]).pictures
    assert [row[0] for row in lines.rows[:3]] == ["0", "3", "6"]
    assert lines.words.endswith(" 3,334 of 10,000 values are shown, evenly thinned out.")


def test_scattered_cells_are_dots_over_each_key():
    """Where the cells are no grid there is a dot for each, over its number or its duration."""
    values = [("2min", 0.5), ("30s", 0.25), ("1h", 1)]
    rows = [_row(delay=delay, share=share, mean=share / 2) for delay, share in values]
    delay, share = sweep(rows, ["delay", "share"]).pictures
    assert [row[:2] for row in delay.rows] == [("30s", "12.50 %"), ("2min", "25.00 %"), ("1h", "50.00 %")]
    assert [row[0] for row in share.rows] == ["0.25", "0.5", "1"]
    assert delay.svg.count("h0") == 3


def test_sensitivity_puts_first_what_matters_most():
    """One picture an index, the largest bar first."""
    rows = [
        {
            "metric": "seen_rate",
            "parameter": name,
            "index": "total",
            "value": value,
            "low": None,
            "high": None,
        }
        for name, value in (("hold", 0.1), ("notices", 0.8), ("nothing", None))
    ]
    (picture,) = sensitivity(rows).pictures
    assert [row[0] for row in picture.rows] == ["notices", "hold"]


def test_each_index_has_words_of_its_own():
    """No two pictures say the same; heads are plain words, and where nothing has an interval there are no columns of it."""
    rows = [
        {"metric": "seen_rate", "parameter": "hold", "index": index, "value": 0.1, "low": low, "high": low}
        for index, low in (("mu_star", 0.1), ("mu", None), ("sigma", None), ("S1", 0.1), ("ST", 0.1))
    ]
    pictures = sensitivity(rows).pictures
    assert len({picture.words for picture in pictures}) == 5
    assert [picture.headers for picture in pictures[:3]] == [
        ("parameter", "size of the effect (mu*)", "low", "high"),
        ("parameter", "direction of the effect (mu)"),
        ("parameter", "interactions and curves (sigma)"),
    ]
    assert pictures[1].rows == (("hold", "0.1"),)


def test_a_page_of_several_runs_escapes_its_texts(page):
    """Names of variants are text; sentences, facts and the command are there."""
    rows = [_row(variant="<script>x</script>", difference=0.2, low=0.1, high=0.3)]
    text = page_of(
        "T & U", "s", ["All is well."], [differences(rows)], [("Seed", "7")], ("compare", "a b.yaml")
    )
    read = page(text)
    assert "script" not in {tag for tag, _ in read.elements}
    assert [
        part for part in ("All is well.", "recallsim compare 'a b.yaml'", "T & U") if part not in read.text
    ] == []


FEW = ("--replications", "4", "--workers", "1", "--no-store", "--json")


def _percent(value, places=1):
    return f"{100 * value:.{places}f} %"


def test_the_page_of_a_comparison_has_its_numbers(start, tmp_path, scenario_text, page):
    """`compare --report`: shares and differences are those of `--json`, and seed and fingerprints are there."""
    (tmp_path / "small.yaml").write_text(scenario_text, encoding="utf-8")
    done = json.loads(start(tmp_path, "compare", "small.yaml", *FEW, "--report", "c.html").stdout)
    shown = page((tmp_path / "c.html").read_text(encoding="utf-8"))
    means = {
        (row["variant"], row["metric"]): row["mean"] for row in done["estimates"] if row["group"] == "all"
    }
    for line, variant in zip(shown.tables[0][1:], ("base", "sooner"), strict=True):
        assert line[:3] == [variant, "20", _percent(means[variant, "unseen_success_rate"])]
    (row,) = [
        row for row in done["differences"] if (row["group"], row["metric"]) == ("all", "unseen_success_rate")
    ]
    assert shown.tables[1][1] == ["sooner", *(points(row[end]) for end in ("difference", "low", "high"))]
    told = [
        "recallsim compare small.yaml --replications 4",
        *(each["fingerprint"] for each in done["variants"]),
    ]
    assert [part for part in told if part not in shown.text] == []


def test_the_page_of_a_sweep_has_its_numbers(start, tmp_path, scenario_text, page):
    """`sweep --report`: every cell of the table is that of `--json`; seed and fingerprint are there."""
    (tmp_path / "small.yaml").write_text(scenario_text, encoding="utf-8")
    grid = ("--grid", "sender.notices=[1min, 1h]", "--grid", "sender.hold=[0s, 5s]")
    done = json.loads(start(tmp_path, "sweep", "small.yaml", *grid, *FEW, "--report", "s.html").stdout)
    shown = page((tmp_path / "s.html").read_text(encoding="utf-8"))
    means = {
        (row["sender.hold"], row["sender.notices"]): row["mean"]
        for row in done["rows"]
        if (row["group"], row["metric"]) == ("all", "unseen_success_rate")
    }
    expected = [
        [hold, *(_percent(means[hold, notices]) for notices in ("1min", "1h"))] for hold in ("0s", "5s")
    ]
    assert shown.tables[1][1:] == expected
    mark = fingerprint(load(scenario_text))
    assert ("sender.hold" in shown.text, mark in shown.text) == (True, True)


def test_the_page_of_an_analysis_has_its_numbers(start, tmp_path, scenario_text, page):
    """`sensitivity --report`: the largest index is that of `--json`, and the bars are in order."""
    (tmp_path / "small.yaml").write_text(scenario_text, encoding="utf-8")
    over = ("--over", "sender.notices={from: 1min, to: 1h}", "--over", "sender.hold={from: 0s, to: 1min}")
    asked = ("--trajectories", "4", *over, *FEW, "--report", "w.html")
    done = json.loads(start(tmp_path, "sensitivity", "small.yaml", *asked).stdout)
    shown = page((tmp_path / "w.html").read_text(encoding="utf-8"))
    sizes = {row["parameter"]: row["value"] for row in done["rows"] if row["index"] == "mu_star"}
    order = sorted(sizes, key=lambda name: -sizes[name])
    assert [line[0] for line in shown.tables[0][1:]] == order
    assert [float(line[1]) for line in shown.tables[0][1:]] == pytest.approx(
        [sizes[n] for n in order], abs=0.005
    )
