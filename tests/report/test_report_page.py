"""`recallsim report`: one HTML file whose every number is the store's."""

import dataclasses
import json
import re
import shlex
import sqlite3

from recallsim.reporting.numbers import duration, percent
from recallsim.reporting.page.render import report
from recallsim.store import finished
from recallsim.stored import stored_result


def _table(page, first):
    """The rows below the headers of the table whose header row begins with these cells."""
    (found,) = [table for table in page.tables if table and table[0][: len(first)] == list(first)]
    return found[1:]


def _rows(made, sql, *values):
    with sqlite3.connect(made.folder / "results" / "small.sqlite") as store:
        return store.execute(sql, values).fetchall()


def test_a_report_is_one_small_file_without_script_or_request(made):
    """No script, no address but the name of SVG, less than 1 MB; a policy forbids the rest."""
    tags = {tag for tag, _ in made.page.elements}
    asking = [
        (tag, key, value)
        for tag, attributes in made.page.elements
        for key, value in attributes.items()
        if key in ("src", "href", "srcset", "action", "data") and value != "data:,"
    ]
    addresses = set(re.findall(r"https?://[^\s\"'<]+", made.text)) - {"http://www.w3.org/2000/svg"}
    assert (asking, addresses, tags & {"script", "iframe", "object", "link", "img"}) == ([], set(), {"link"})
    assert len(made.text.encode("utf-8")) < 1_000_000
    assert "default-src 'none'" in made.text


def test_the_sentence_and_what_it_takes_to_repeat_it_are_in_the_report(made):
    """Sentence, seed, version, fingerprint, scenario text and command stand there; the command gives the numbers."""
    import recallsim

    (fingerprint, source), = _rows(made, "select fingerprint, scenario from run")  # fmt: skip
    words = made.page.text.replace("\N{NO-BREAK SPACE}", " ")
    command = "recallsim run small.yaml --seed 7 --replications 24"
    facts = {row[0]: row[1] for table in made.page.tables for row in table if len(row) == 2}
    assert made.sentence in words
    assert " ".join(source.split()) in words
    assert command in words
    assert (facts["Seed"], facts["recallsim"], facts["Fingerprint"]) == (
        "7",
        recallsim.__version__,
        fingerprint,
    )


def test_every_bar_is_the_stores_share(made):
    """The table under the outcome bars repeats the store's estimates, group by group."""
    metrics = ("unseen_success_rate", "seen_success_rate", "failed_rate", "pending_rate")
    stored = {
        (group, metric): mean
        for group, metric, mean in _rows(made, "select group_name, metric, mean from estimates")
    }
    headers = ("Group", "Recipients", "recalled unseen", "recalled, but seen", "failed", "still open")
    shown = _table(made.page, headers)
    sizes = dict(_rows(made, "select name, size from recipient_group"))
    assert shown == [
        [group, str(sizes[group]), *(percent(stored[group, metric]) for metric in metrics)]
        for group in ("all", "desk", "web")
    ]


def test_every_point_of_the_curves_is_the_stores_mean(made):
    """Unseen and undecided over time are 1 - mean(seen) / size and 1 - mean(decided) / size of the view `curves`."""
    means = _rows(
        made,
        "select seconds, avg(seen), avg(decided) from curves where group_name = 'all' group by seconds order by 1",
    )
    shown = _table(made.page, ("after", "not yet seen", "low", "high", "recall not yet decided"))
    assert [(row[0], row[1], row[4]) for row in shown] == [
        (duration(seconds), percent(1 - seen / 20, 2), percent(1 - decided / 20, 2))
        for seconds, seen, decided in means
    ]


def test_reports_over_time_are_the_stores(made):
    """What the sender had heard of is mean(told) / size."""
    means = _rows(
        made, "select avg(told) from curves where group_name = 'all' group by seconds order by seconds"
    )
    shown = _table(made.page, ("after", "the sender had heard of"))
    assert [row[1] for row in shown] == [percent(told / 20, 2) for (told,) in means]


def test_how_many_rows_are_read_together_changes_nothing(made, monkeypatch):
    """Curves and successes of a store are the same read seven rows at a time, in the middle of a replication, or at once."""
    path = made.folder / "results" / "small.sqlite"
    whole = finished.read_run(path)
    monkeypatch.setattr(finished, "READ_TOGETHER", 7)
    parts = finished.read_run(path)
    assert (parts.curves.tolist(), parts.successes) == (whole.curves.tolist(), whole.successes)
    assert (whole.curves.shape, len(whole.successes)) == ((24, 3, 3, 64), 24)
    kept = _rows(made, "select succeeded from tally where group_number = 2 order by replication")
    assert [(each,) for each in whole.successes] == kept


def test_success_against_the_time_to_notice_counts_every_replication_once(made, scenario_text):
    """The bins' replications add up, and their weighted mean is the success rate; the times are those of the trace."""
    shown = _table(made.page, ("noticed after", "replications"))
    result = stored_result(made.folder / "results" / "small.sqlite")
    noticings = result.evidence.noticings(7)
    bins = result.evidence.bins(7, 0.95)
    assert sum(int(row[1]) for row in shown) == 24
    weighted = sum(each.replications * each.mean for each in bins) / 24
    assert round(weighted, 12) == round(result.estimate("success_rate").mean, 12)
    assert [row[2] for row in shown] == [percent(each.mean, 2) for each in bins]

    from recallsim.engines.agents import simulate
    from recallsim.plan import draw_up
    from recallsim.scenario import load

    plan = draw_up(load(scenario_text))
    lived = simulate(plan, 7, 0, 5).replications["noticed"].tolist()
    assert [each.seconds for each in noticings[:5]] == [tick * plan.clock for tick in lived]


def test_all_estimates_of_the_result_stand_in_its_table(made, start):
    """The long table has the rows and numbers of the terminal's."""
    from recallsim.reporting.plain import UNICODE
    from recallsim.reporting.report import main_table

    result = stored_result(made.folder / "results" / "small.sqlite")
    _, lines, _ = main_table(result, UNICODE)
    (shown,) = [table for table in made.page.tables if table and table[0] == ["", "all", "desk", "web"]]
    assert shown[1:] == [
        [line.label, *(f"{cell.middle} {cell.spread}".strip() for cell in line.cells)] for line in lines
    ]


def test_every_picture_has_words_and_a_table(made):
    """Each SVG is an image with title and description, and a table stands below it."""
    figures = made.text.split("<figure ")[1:]
    assert len(figures) == 6
    for figure in figures:
        head = figure.split("</figure>")[0]
        assert 'role="img"' in head
        assert re.search(r"<title id=\"[\w-]+\">[^<]+</title><desc id=\"[\w-]+\">[^<]+</desc>", head)
        assert head.index("<svg") < head.index("<table>")


def test_identifiers_are_unique(made):
    """No id is given twice."""
    found = [attributes["id"] for _, attributes in made.page.elements if "id" in attributes]
    assert len(found) == len(set(found))


def test_a_store_gives_the_report_of_its_run(made, start, page):
    """`report` by the run's name or by the store's file gives the same pictures and numbers."""
    for number, what in enumerate(("small", "results/small.sqlite")):
        done = start(made.folder, "report", what, "-o", f"{number}.html")
        assert (done.returncode, done.stdout) == (0, f"Wrote {number}.html\n")
    one, other = ((made.folder / f"{number}.html").read_text(encoding="utf-8") for number in (0, 1))
    assert one == other
    assert page(one).tables[:6] == made.page.tables[:6]
    assert one.split("<figure ")[1:6] == made.text.split("<figure ")[1:6]


def test_the_command_in_a_report_gives_the_very_numbers(made, start):
    """The command line that the report names, run anew, has the store's estimates."""
    text = report(stored_result(made.folder / "results" / "small.sqlite"))
    (command,) = re.findall(r'<pre class="command"><code>recallsim ([^<]*)</code>', text)
    done = start(made.folder, *shlex.split(command), "--no-store", "--json")
    stored = _rows(made, "select group_name, metric, mean, low, high from estimates order by 1, 2")
    found = [
        tuple(each[key] for key in ("group", "metric", "mean", "low", "high"))
        for each in json.loads(done.stdout)["estimates"]
    ]
    assert sorted(found) == stored


def test_a_variant_is_found_again(made, start):
    """The store of a variant gives a command with `--variant`."""
    start(made.folder, "run", "small.yaml", "--quiet", "--variant", "sooner", "--store", "sooner.sqlite")
    result = stored_result(made.folder / "sooner.sqlite")
    assert result.evidence.command[-2:] == ("--variant", "sooner")


def test_a_change_that_nobody_wrote_down_is_named(made, start):
    """A run with `--set` cannot be repeated by the store alone: the report names the changed key."""
    start(made.folder, "run", "small.yaml", "--quiet", "--set", "sender.hold=5s", "--store", "held.sqlite")
    result = stored_result(made.folder / "held.sqlite")
    assert result.evidence.changed == ("sender.hold",)
    assert "<code>sender.hold</code>" in report(result)


def test_a_store_that_is_not_there_is_said(made, start):
    """No traceback: which file, and what to do."""
    done = start(made.folder, "report", "nothing.sqlite")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "nothing.sqlite: there is no such store. Give the file that a run has named.\n"


def test_a_report_that_cannot_be_written_is_said(made, start):
    """A folder that is not there is named."""
    done = start(made.folder, "report", "small", "-o", "no/such.html")
    assert (done.returncode, "there is no folder no; make it, or name another" in done.stderr) == (2, True)


def test_hostile_texts_stay_text(start, tmp_path, page, hostile_text):
    """What a scenario may say, `<script>`, `[red]`, `=cmd()` and `../`, is shown, not obeyed."""
    (tmp_path / "hostile.yaml").write_text(hostile_text, encoding="utf-8")
    done = start(tmp_path, "run", "hostile.yaml", "--no-store", "--report", "hostile.html")
    read = page((tmp_path / "hostile.html").read_text(encoding="utf-8"))
    tags = {tag for tag, _ in read.elements}
    assert (done.returncode, tags & {"script", "img"}) == (0, set())
    assert "<script>alert(1)</script> [red] =cmd() ../x" in read.text
    assert '"<img src=x onerror=alert(2)>"' in read.text
    assert "[red] =cmd()" in done.stdout


def test_hostile_names_out_of_a_store_stay_text(made, page):
    """A store may come from anywhere: names with markup or escapes of terminals are written out."""
    result = stored_result(made.folder / "results" / "small.sqlite")
    evil = "</title><script>alert(1)</script>\x1b[31m"
    groups = tuple(group._replace(name=evil) if group.name == "web" else group for group in result.groups)
    renamed = tuple(
        dataclasses.replace(each, group=evil) if each.group == "web" else each for each in result.estimates
    )
    evidence = dataclasses.replace(
        result.evidence,
        groups=tuple(
            (evil if name == "web" else name, row, size) for name, row, size in result.evidence.groups
        ),
        command=("run", "x; rm -rf ~"),
    )
    text = report(
        dataclasses.replace(
            result, title=evil, version=evil, groups=groups, estimates=renamed, evidence=evidence
        )
    )
    read = page(text)
    assert ("script" in {tag for tag, _ in read.elements}, "\x1b" in text) == (False, False)
    assert "recallsim run 'x; rm -rf ~'" in read.text
    assert read.text.count("<script>alert(1)</script>\\x1b[31m") >= 4


def test_one_replication_makes_a_report_without_bands(start, tmp_path, scenario_text, page):
    """Where there are no intervals the report says so and draws none."""
    (tmp_path / "small.yaml").write_text(scenario_text, encoding="utf-8")
    start(tmp_path, "run", "small.yaml", "--replications", "1", "--quiet", "--report", "one.html")
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    drawn = text.split("</style>")[1]
    assert ("One replication: there are no intervals." in page(text).text, "band-0" in drawn) == (True, False)
