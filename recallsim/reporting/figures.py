"""The tables beside the main one: how many saw it in one replication, the mail's way, the servers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, Estimated, cell, finite
from recallsim.reporting.plain import Signs, paragraph, plain
from recallsim.reporting.words import DELIVERIES, KINDS, LIKENESS, SEEN_COUNTS, SERVERS

if TYPE_CHECKING:
    from recallsim.result import Result

_ENOUGH = 10  # with fewer replications how alike recipients fare is as good as unknown

Columns = tuple[tuple[str, str], ...]
Table = dict[str, dict[str, Estimated]]


def side_tables(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    """Gives the tables that stand below the main one, as far as they have meaning."""
    if result.count > 1:
        yield from _table(
            "People who saw it, over the replications", SEEN_COUNTS, _by_group(result), signs, width
        )
    yield from _table("On the way", DELIVERIES, _by_part(result, DELIVERIES), signs, width)
    yield from _table("At the servers", SERVERS, _by_part(result, SERVERS), signs, width)
    icc = result.find("icc")
    if result.count > 1 and result.replications >= _ENOUGH and not (icc and icc.degenerate):
        yield from _likeness(result, signs, width)


def _by_group(result: "Result") -> Table:
    wanted = {name for name, _ in SEEN_COUNTS}
    names = ["all"]
    if len(result.groups) > 1:
        names += [group.name for group in result.groups if group.name != "all"]
    found: Table = {name: {} for name in names}
    for each in result.estimates:
        if each.metric in wanted and each.group in found:
            found[each.group][each.metric] = each
    return found


def _by_part(result: "Result", columns: Columns) -> Table:
    wanted = {name for name, _ in columns}
    found: Table = {}
    for each in result.estimates:
        head, _, part = each.metric.partition(":")
        if each.group == "all" and head in wanted and part and finite(each.mean) is not None:
            found.setdefault(KINDS.get(part, part), {})[head] = each
    return found


def _table(title: str, columns: Columns, table: Table, signs: Signs, width: int) -> Iterator[Text]:
    rows = {label: row for label, row in table.items() if any(finite(each.mean) for each in row.values())}
    used = [
        (name, words)
        for name, words in columns
        if any(finite(row[name].mean) is not None for row in rows.values() if name in row)
    ]
    if not used:
        return
    lines = [Line(title)]
    for label, row in rows.items():
        cells = tuple(cell(row[name], signs) if name in row else Cell("") for name, _ in used)
        lines.append(Line(plain(label, 60), cells))
    yield Text()
    yield from render([words for _, words in used], lines, width, signs.rule)


def _likeness(result: "Result", signs: Signs, width: int) -> Iterator[Text]:
    found = [(words, result.find(metric)) for metric, words in LIKENESS]
    told = [f"{words} {cell(each, signs)}" for words, each in found if each and finite(each.mean) is not None]
    if told:
        yield Text()
        yield Text(paragraph(f"How alike the recipients fared: {', '.join(told)}.", width), "dim")
