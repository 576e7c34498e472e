"""A result as one HTML file: no script, no request to anywhere, everything from a scenario escaped."""

import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from recallsim.reporting.numbers import cell, duration, plural
from recallsim.reporting.page.sections import pictures
from recallsim.reporting.pictures.svg import Picture, styles
from recallsim.reporting.plain import UNICODE, plain
from recallsim.reporting.report import main_table
from recallsim.reporting.words import CAUSES, STATUS_TITLES, cause_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from recallsim.result import Result

LONG_TABLE = 16
"""A table of more rows is folded away at first."""

HEADLINES = (
    ("unseen_success_rate", "recalled unseen"),
    ("seen_rate", "saw the message"),
    ("success_rate", "recalled, seen or not"),
    ("failed_rate", "recall failed"),
    ("told_success_rate", "reported as recalled"),
)
_MOST_SOURCE = 100_000  # characters; a longer scenario is cut, so that the report stays below 1 MB


class Section(NamedTuple):
    """A heading with pictures below it."""

    title: str
    pictures: tuple[Picture, ...]


class Headline(NamedTuple):
    """A number that stands out."""

    number: str
    spread: str
    label: str


def report(result: "Result", further: Sequence[Section] = ()) -> str:
    """Gives the report of a result as a whole HTML page.

    Args:
        result: what came out.
        further: more sections, such as comparisons or a sweep; they stand below the result's own pictures.
    """
    headers, lines, absent = main_table(result, UNICODE)
    evidence = result.evidence
    source = "" if evidence is None else evidence.source
    return (
        environment()
        .get_template("report.html")
        .render(
            title=plain(result.title or result.scenario),
            subtitle=_subtitle(result),
            sentence=result.sentence(),
            notes=[plain(note, 2000) for note in result.notes],
            notices=list(_notices(result)),
            headlines=list(_headlines(result)),
            sections=[Section("The result in pictures", tuple(pictures(result))), *further],
            headers=headers,
            lines=lines,
            absent=absent,
            replications=plural(result.replications, "replication"),
            reasons=list(_reasons(result)),
            meaning=list(_meaning(result)),
            facts=list(_facts(result)),
            command=command_line(result),
            changed=[] if evidence is None else [plain(key) for key in evidence.changed],
            **shortened(source),
            long_table=LONG_TABLE,
            styles=page_styles(),
            confidence=f"{100 * result.confidence:g} %",
        )
    )


@cache
def environment() -> "Environment":
    """Gives the templates, every value in them escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("recallsim.reporting.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tied"] = tied
    return made


def tied(words: str) -> str:
    """Keeps a percent sign on the line of its number."""
    return words.replace(" %", "\N{NO-BREAK SPACE}%")


@cache
def page_styles() -> str:
    """Gives the style sheet of a page and of the pictures on it."""
    from importlib.resources import files

    return styles() + files("recallsim.reporting.page").joinpath("report.css").read_text(encoding="utf-8")


def shortened(source: str) -> dict[str, object]:
    """Gives the text of a scenario as the templates take it, cut where it is very long."""
    return {"source": visible(source[:_MOST_SOURCE]), "source_cut": len(source) > _MOST_SOURCE}


def visible(text: str) -> str:
    """Gives a text of several lines with everything in it that does not print written as an escape."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(plain(line.replace("\t", "    "), 10_000) for line in lines)


def command_line(result: "Result") -> str:
    """Gives the command that has the same numbers again, or an empty text where nobody knows it."""
    evidence = result.evidence
    if evidence is None or not evidence.command:
        return ""
    return plain(shlex.join(("recallsim", *evidence.command)), 10_000)


def _subtitle(result: "Result") -> str:
    parts = [plural(result.count, "recipient"), plural(result.replications, "replication")]
    parts.append(f"watched for {duration(result.horizon)}")
    return " · ".join(parts)


def _notices(result: "Result") -> Iterator[str]:
    done = plural(result.replications, "replication")
    if result.interrupted:
        yield f"The run was interrupted: these figures rest on the {done} that were done."
    elif result.precision_reached is False:
        yield f"The precision asked for was not reached after {done}: {plain(result.goal)}."
    if result.replications == 1:
        yield "One replication: there are no intervals."


def _headlines(result: "Result") -> Iterator[Headline]:
    for metric, label in HEADLINES:
        found = result.find(metric)
        if found is not None and found.mean is not None:
            written = cell(found, UNICODE)
            yield Headline(written.middle, written.spread, label)


def _reasons(result: "Result") -> Iterator[tuple[str, str, str, str]]:
    """Gives status, share, code and words of every reason, in the order of the terminal's lists."""
    order = list(STATUS_TITLES)
    found = []
    for each in result.estimates:
        if each.group == "all" and each.metric.startswith("reason:") and each.mean:
            code = each.metric.removeprefix("reason:")
            cause = cause_of(code)
            place = order.index(cause.status) if cause.status in order else len(order)
            words = cause.words if code in CAUSES else ""
            found.append((place, -each.mean, (cause.status, str(cell(each, UNICODE)), plain(code), words)))
    yield from (row for _, _, row in sorted(found))


def _meaning(result: "Result") -> Iterator[tuple[str, tuple[str, ...]]]:
    evidence = result.evidence
    if evidence is None or evidence.scenario is None or evidence.plan is None:
        return
    from recallsim.reporting.meaning import meaning

    for statement in meaning(evidence.scenario, evidence.plan):
        if statement.heading != "How long":
            yield statement.heading.strip(), statement.words


def _facts(result: "Result") -> Iterator[tuple[str, str]]:
    yield "Scenario", plain(result.scenario)
    yield "Seed", str(result.seed)
    yield "Replications", f"{result.replications:,}"
    yield "Intervals", f"{100 * result.confidence:g} %, over replications"
    if result.goal:
        reached = {True: "reached", False: "not reached", None: ""}[result.precision_reached]
        yield "Precision asked for", f"{plain(result.goal)}: {reached}".rstrip(": ")
    if result.engine:
        yield "Engine", plain(result.engine)
    yield "recallsim", plain(result.version)
    yield "Fingerprint", plain(result.fingerprint)
    if result.store is not None:
        yield "Store", plain(str(result.store), 4096)
