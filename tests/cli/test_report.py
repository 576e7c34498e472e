"""A result in the terminal."""

import io
from pathlib import Path

from rich.cells import cell_len

from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell
from recallsim.reporting.report import as_text, show

TINY = """\
A small one
seed 7 · agents engine · 40 replications of 10 recipients · 1.5 s

                                all         desk          web
─────────────────────────────────────────────────────────────────
What became of the recall
  succeeded                 42.0 % ±1.3  60.0 % ±1.3     0 % ≤7
    and nobody had seen it  40.0 % ±1.2  58.0 % ±1.2     0 % ≤7
Who saw the message
  saw it                    52.0 % ±1.6  30.0 % ±1.6  90.0 % ±1.6

Not once in 40 replications: a refusal.

Why it failed
  35.0 % ±2.0  the copy was marked read when the recall came to it
               (already_read)

Of 10 recipients, on average 4 (40.0 %, 95 % interval 38.8 to 41.2 %)
lost the message without having seen it. 5.2 (52.0 %) saw it. 0.8
(8.0 %) neither saw it nor had it recalled by the end.

Precision reached: success_rate of all to within 2 points.
An interval that ends a run holds the truth a little less often than
it says.
±, (low–high), ≤ and ≥: 95 % intervals over replications.
Kept in results/small.sqlite
"""


def _wide(renderable_lines):
    return [str(line) for line in renderable_lines]


def _shown(result, width):
    out = io.StringIO()
    show(result, Terminal(out, width=width))
    return out.getvalue()


def test_the_whole_report_of_a_small_result(given, result):
    """Head, table, what never happened, reasons, the sentence, precision and path, word by word."""
    found = []
    for group, success, seen in (("desk", 0.6, 0.3), ("web", 0.0, 0.9), ("all", 0.42, 0.52)):
        if success:
            found += [
                given("success_rate", success, 0.013, group),
                given("unseen_success_rate", success - 0.02, 0.012, group),
            ]
        else:
            found += [
                given("success_rate", 0.0, group=group, low=0.0, high=0.07),
                given("unseen_success_rate", 0.0, group=group, low=0.0, high=0.07),
            ]
        found += [
            given("seen_rate", seen, 0.016, group),
            given("refused_rate", 0.0, group=group, low=0.0, high=0.07),
            given("reason:already_read", 0.35, 0.02, group),
        ]
    made = result(
        found,
        groups=(("desk", 7), ("web", 3)),
        title="A small one",
        seed=7,
        replications=40,
        elapsed=1.5,
        precision_reached=True,
        goal="success_rate of all to within 2 points",
        store=Path("results/small.sqlite"),
    )
    assert _shown(made, 70) == TINY


def test_no_line_is_wider_than_the_terminal(office):
    """At 80 columns the columns that do not fit go into further bands, and nothing overflows."""
    lines = _shown(office(), 80).splitlines()
    assert [line for line in lines if cell_len(line) > 80] == []


def test_every_group_has_its_column_however_narrow_the_terminal(office):
    """Bands show every group and every row, also where only one column fits."""
    text = _shown(office(groups=tuple(f"team {n}" for n in range(12))), 50)
    assert [n for n in range(12) if f"team {n}" not in text] == []


def test_lines_have_no_trailing_blanks(office):
    """What is piped into a file is clean."""
    assert [line for line in _shown(office(), 80).splitlines() if line != line.rstrip()] == []


def test_one_group_is_not_shown_twice(office):
    """Where there is one group, the column `all` says everything."""
    assert "desk" not in _shown(office(groups=("desk",)), 80)


def test_what_has_no_meaning_has_no_row(office):
    """A quantile that does not exist and parts that never occurred are left out."""
    text = _shown(office(), 80)
    assert [
        label for label in ("99 % of recipients", "first after removal", "refused at") if label in text
    ] == []


def test_hostile_names_stay_text(office):
    """Markup, escape sequences and line breaks in titles and group names are shown, not obeyed."""
    text = _shown(office(groups=("[red]a", "b\x1b[2J"), title="x[/y]\nz\x1b[31m"), 100)
    assert "x[/y]\\nz\\x1b[31m" in text
    assert "[red]a" in text
    assert "\x1b" not in text


def test_a_result_prints_as_its_report(office):
    """`print(result)` gives the report of the command as plain text."""
    made = office()
    assert str(made) == as_text(made)


def test_a_result_as_html_escapes_what_the_scenario_says(office):
    """A notebook shows a table in which no name is markup."""
    html = office(groups=("<script>", "b"), title="<img src=x>")._repr_html_()
    assert ("<script>" in html, "<img" in html, "&lt;script&gt;" in html) == (False, False, True)


def test_a_grid_breaks_into_bands_and_folds_headers():
    """Columns that do not fit stand below, with the labels repeated."""
    lines = [Line("part"), Line("share", (Cell("5 %", "±1"), Cell("10 %")))]
    assert [line.plain for line in render(["first column here", "second"], lines, 22, "-")] == [
        "         first column",
        "             here",
        "---------------------",
        "part",
        "  share     5 % ±1",
        "",
        "         second",
        "---------------",
        "part",
        "  share   10 %",
    ]


def test_interruption_and_missed_precision_are_said(office):
    """The last lines tell what the figures rest on."""
    missed = _shown(office(precision_reached=False, goal="success_rate of all to within 1 points"), 100)
    stopped = _shown(office(interrupted=True), 100)
    assert "Precision not reached after 120 replications: success_rate of all to within 1 points." in missed
    assert "Interrupted: these figures rest on the 120 replications that were done." in stopped


def test_likeness_needs_replications(office):
    """How alike recipients fared is shown from ten replications on."""
    texts = [_shown(office(replications=n), 100) for n in (9, 10)]
    assert ["How alike the recipients fared" in text for text in texts] == [False, True]


def test_one_replication_has_no_intervals(office):
    """With one replication that is said in place of what the signs mean."""
    text = _shown(office(replications=1), 100)
    assert ("One replication: no intervals." in text, "intervals over replications" in text) == (True, False)


def test_without_a_replication_there_is_nothing_to_say(result):
    """An interruption before the first replication ends with a sentence, not with an error."""
    assert _shown(result([], replications=0), 80) == (
        "No replication was completed, so there is nothing to say yet.\n"
    )
