"""Report pages of comparisons, sweeps and sensitivity, from tidy rows."""

from recallsim.reporting.page.further import differences, page_of, sensitivity, sweep


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


def test_a_sweep_of_ten_thousand_cells_stays_small():
    """Ten thousand tiles and their table are less than a megabyte."""
    rows = [_row(a=a, b=b, mean=(a * b % 97) / 97) for a in range(100) for b in range(100)]
    text = page_of("T", "", [], [sweep(rows, ["a", "b"])], [], ())
    assert len(text.encode("utf-8")) < 1_000_000


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


def test_a_comparison_and_a_sweep_write_their_pages(start, tmp_path, scenario_text, page):
    """`compare --report` and `sweep --report` write pages whose tables are the rows of their JSON."""
    import json

    from recallsim.reporting.pictures.forest import points

    (tmp_path / "small.yaml").write_text(scenario_text, encoding="utf-8")
    few = ("--replications", "4", "--workers", "1", "--no-store", "--json")
    done = start(tmp_path, "compare", "small.yaml", *few, "--report", "c.html")
    (row,) = [
        row
        for row in json.loads(done.stdout)["differences"]
        if (row["group"], row["metric"]) == ("all", "unseen_success_rate")
    ]
    shown = page((tmp_path / "c.html").read_text(encoding="utf-8"))
    assert shown.tables[0][1] == ["sooner", *(points(row[end]) for end in ("difference", "low", "high"))]
    assert "recallsim compare small.yaml --replications 4" in shown.text
    grid = ("--grid", "sender.notices=[1min, 1h]", "--grid", "sender.hold=[0s, 5s]")
    start(tmp_path, "sweep", "small.yaml", *grid, *few, "--report", "s.html")
    shown = page((tmp_path / "s.html").read_text(encoding="utf-8"))
    assert [len(table) for table in shown.tables[:2]] == [3, 3]
    assert "sender.hold" in shown.text
