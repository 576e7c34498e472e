"""The table of a search for the best variant, and what its choice is worth in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.estimate.estimates import Estimate
from recallsim.reporting.caveats import of_best
from recallsim.reporting.designs import spoken
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, Measure, cell, duration, measure_of, plural
from recallsim.reporting.plain import Signs, paragraph, plain
from recallsim.scenario.aims import DELAY

if TYPE_CHECKING:
    from recallsim.designs.best_result import BestResult, Contender
    from recallsim.estimate.intervals import Interval

_NAME = 40
_NEARLY_SURE = 0.999


def best_lines(result: "BestResult", signs: Signs, width: int) -> Iterator[Text]:
    """The report: head, one line a variant, the choice, what it is worth."""
    yield Text(plain(result.title), "bold")
    yield Text(
        paragraph(f"{plain(result.aim.text, 400)} {signs.dot} {duration(result.elapsed)}", width), "dim"
    )
    yield Text()
    headers = [spoken(result.aim.metric), *(_limit_head(result, at) for at in range(len(result.aim.limits)))]
    headers += ["replications", "verdict"]
    lines = [Line(plain(each.name, _NAME), _line(result, each, signs)) for each in result.contenders]
    if lines:
        yield from render(headers, lines, width, signs.rule, header=22)
        yield Text(paragraph(_counted(result), width), "dim")
        yield Text()
    yield Text(paragraph(best_sentence(result), width), "bold")
    said = guarantee(result)
    if said:
        yield Text(paragraph(said, width))


def _counted(result: "BestResult") -> str:
    """Says how many replications there were in all, and why these are more than the table's."""
    further = result.asked - result.counted
    if not further:
        return f"{plural(result.asked, 'replication')} in all."
    why = "looked at ahead of a decision"
    if any(limit.added for limit in result.aim.limits):
        why += ", or of base, from which what is added is counted"
    return f"{result.asked:,} replications in all: {result.counted:,} that the verdicts rest on, and {further:,} {why}."


def _limit_head(result: "BestResult", at: int) -> str:
    limit = result.aim.limits[at]
    return ("added " if limit.added else "") + spoken(limit.metric)


def _line(result: "BestResult", each: "Contender", signs: Signs) -> tuple[Cell, ...]:
    found = [_cell(result.aim.metric, each.objective, signs)]
    for limit, interval in zip(result.aim.limits, each.limits, strict=True):
        found.append(_cell("delay_seconds" if limit.metric == DELAY else limit.metric, interval, signs))
    said = (
        f"breaks {plain(each.breaks)}"
        if each.breaks
        else {"left": "not eliminated"}.get(each.fate, each.fate)
    )
    return (*found, Cell(f"{each.replications:,}"), Cell(said))


def _cell(metric: str, it: "Interval", signs: Signs) -> Cell:
    return cell(Estimate("", "all", metric, it.mean, it.low, it.high, it.replications), signs)


def best_sentence(result: "BestResult") -> str:
    """Says which variant is best."""
    if result.interrupted:
        return of_best(result)
    if result.best is None:
        return "No variant keeps the limits."
    if result.settled and result.budget is None:
        return f"Best: {plain(result.best)}."
    if result.budget is not None:
        return f"Best as far as {result.budget:,} replications show: {plain(result.best)}."
    return f"Not settled; ahead as far as the replications went: {plain(result.best)}."


def guarantee(result: "BestResult") -> str:
    """Says what the choice is worth."""
    if result.interrupted or result.best is None:
        return ""
    zone = _size(result.aim.metric, result.indifference)
    if result.budget is not None:
        said = "A fixed budget guarantees nothing beforehand"
        if result.probability is None:
            return f"{said}."
        found = "more than 99.9 %"
        if result.probability <= _NEARLY_SURE:
            found = f"about {100 * result.probability:.1f} % or more"
        return f"{said}; from what was seen, the choice is right with a probability of {found}."
    if not result.settled:
        return of_best(result)
    limits = (
        f", and every limit is judged rightly unless a variant lies within {100 * result.tolerance:g} % of it"
        if result.aim.limits
        else ""
    )
    return (
        f"With a probability of {100 * result.confidence:.12g} % at least, no other variant is better by more than "
        f"{zone}{limits} (Kim and Nelson's procedure; it takes the results of replications to be about normal)."
    )


def _size(metric: str, value: float) -> str:
    kind = measure_of(metric)
    if kind is Measure.RATE:
        return "1 point" if value == 0.01 else f"{100 * value:g} points"
    return duration(value) if kind is Measure.SECONDS else f"{value:g}"
