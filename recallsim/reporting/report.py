"""A result as a person reads it in a terminal: head, table, reasons, transport, the answer in one breath."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rich.text import Text

from recallsim.reporting.console import Terminal
from recallsim.reporting.figures import side_tables
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, Estimated, cell, duration, finite, plural
from recallsim.reporting.plain import Signs, paragraph, plain
from recallsim.reporting.sparks import sparks
from recallsim.reporting.words import (
    CAUSES,
    DELIVERIES,
    LIKENESS,
    SECTIONS,
    SEEN_COUNTS,
    SERVERS,
    STATUS_TITLES,
    Row,
    cause_of,
)

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate
    from recallsim.result import Result

_SHOWN_ELSEWHERE = {"reason"} | {name for name, _ in (*SEEN_COUNTS, *DELIVERIES, *SERVERS, *LIKENESS)}


STOPPED: Final = "An interval that ends a run holds the truth a little less often than it says."
"""The price of stopping at a precision."""


def show(result: "Result", terminal: Terminal) -> None:
    """Prints the whole report."""
    if not result.estimates:
        terminal.print(Text(result.sentence()))
        return
    for line in _report(result, terminal.signs, terminal.width):
        terminal.print(line)
    if result.store is not None:
        terminal.print_whole(f"Kept in {plain(str(result.store), 4096)}")


def as_text(result: "Result") -> str:
    """Gives the report as plain text."""
    out = io.StringIO()
    show(result, Terminal(out))
    return out.getvalue().rstrip("\n")


def _report(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    yield from _head(result, signs, width)
    yield Text()
    headers, lines, absent = main_table(result, signs)
    yield from render(headers, lines, width, signs.rule)
    if absent:
        yield Text()
        never = f"Not once in {plural(result.replications, 'replication')}: {', '.join(absent)}."
        yield Text(paragraph(never, width), "dim")
    yield from _reasons(result, signs, width)
    yield from sparks(result, signs, width)
    yield from side_tables(result, signs, width)
    yield Text()
    yield Text(paragraph(result.sentence(), width), "bold")
    for note in result.notes:
        yield Text(paragraph(note, width), "dim")
    yield Text()
    yield from _closing(result, signs, width)


def _head(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    yield Text(plain(result.title or result.scenario), "bold")
    parts = [
        f"seed {result.seed}",
        f"{result.engine} engine",
        f"{plural(result.replications, 'replication')} of {plural(result.count, 'recipient')}",
        duration(result.elapsed),
    ]
    yield Text(paragraph(f" {signs.dot} ".join(parts), width), "dim")


def main_table(result: "Result", signs: Signs) -> tuple[list[str], list[Line], list[str]]:
    """Gives headers and lines of the main table, and the labels of what might have happened and never did."""
    groups = ["all"]
    if len(result.groups) > 1:
        groups += [group.name for group in result.groups if group.name != "all"]
    headers = [plain(group, 60) for group in groups]
    table = {(each.metric, each.group): each for each in result.estimates}
    lines: list[Line] = []
    absent: list[str] = []
    for title, rows in (*SECTIONS, _asked_for(result)):
        shown: list[Line] = []
        for row in rows:
            found = [table.get((row.metric, group)) for group in groups]
            if all(each is None for each in found):
                continue
            if not row.always and all(each is None or finite(each.mean) in (0.0, None) for each in found):
                if row.alone and any(each is not None and finite(each.mean) == 0.0 for each in found):
                    absent.append(row.alone)
                continue
            cells = tuple(_cell(each, signs) for each in found)
            shown.append(Line(row.label, cells, row.depth))
        if shown:
            lines += [Line(title), *shown]
    return headers, lines, absent


def _cell(found: Estimated | None, signs: Signs) -> Cell:
    return Cell("") if found is None else cell(found, signs)


def _asked_for(result: "Result") -> tuple[str, tuple[Row, ...]]:
    known = {row.metric for section in SECTIONS for row in section.rows}
    others = [
        each.metric
        for each in result.estimates
        if each.metric not in known and each.metric.split(":", 1)[0] not in _SHOWN_ELSEWHERE
    ]
    return "Also estimated", tuple(
        Row(metric, plain(metric), always=True) for metric in dict.fromkeys(others)
    )


def _reasons(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    by_status: dict[str, list[Estimate]] = {}
    for each in result.estimates:
        if each.group == "all" and each.metric.startswith("reason:") and finite(each.mean):
            by_status.setdefault(cause_of(each.metric[7:]).status, []).append(each)
    for status, title in STATUS_TITLES.items():
        causes = sorted(
            by_status.get(status, ()), key=lambda each: (-(finite(each.mean) or 0.0), each.metric)
        )
        if not causes or (status == "succeeded" and len(causes) < 2):
            continue
        cells = [cell(each, signs) for each in causes]
        middle, spread = max(len(c.middle) for c in cells), max(len(c.spread) for c in cells)
        yield Text()
        yield Text(title, "bold")
        for each, written in zip(causes, cells, strict=True):
            code = each.metric[7:]
            words = cause_of(code).words + (f" ({code})" if code in CAUSES else "")
            share = f"  {written.middle:>{middle}}" + (f" {written.spread:<{spread}}" if spread else "")
            yield Text(paragraph(f"{share}  {plain(words)}", width, indent=len(share) + 2))


def _closing(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    if caveat := result.caveat():
        yield Text(caveat, "yellow")
    elif result.precision_reached and result.goal:
        yield Text(f"Precision reached: {plain(result.goal)}.")
        yield Text(paragraph(STOPPED, width), "dim")
    if result.replications == 1:
        yield Text("One replication: no intervals.", "dim")
    elif any(finite(each.low) is not None for each in result.estimates):
        pairs = result.evidence is not None and result.evidence.pairs
        units = "antithetic pairs of replications" if pairs else "replications"
        ends = f"{signs.plus_minus}, (low{signs.dash}high), {signs.at_most} and {signs.at_least}"
        dash = (
            f" {signs.dash}: no such number." if any(each.mean is None for each in result.estimates) else ""
        )
        yield Text(f"{ends}: {100 * result.confidence:g} % intervals over {units}.{dash}", "dim")
