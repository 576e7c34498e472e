"""The table of an analysis of sensitivity: which parameter carries the result."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.estimate.estimates import Estimate
from recallsim.reporting.caveats import of_sensitivity
from recallsim.reporting.designs import spoken
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import Cell, cell, duration, plural
from recallsim.reporting.plain import UNICODE, Signs, paragraph, plain

if TYPE_CHECKING:
    from recallsim.designs.indices import Index
    from recallsim.designs.sensitivity_result import SensitivityResult

_LABEL = 44
_HEADS = {
    "mu_star": "change",
    "mu": "signed",
    "sigma": "spread",
    "S1": "by itself",
    "ST": "with others",
}
_WORDS = {
    "morris": (
        "The change is the mean size of what happens when one parameter goes from one end of its range to the "
        "other (Morris's mu*), then with its sign; where its spread is as large, it depends on the others."
    ),
    "sobol": (
        "Shares of the variance over the ranges (Sobol's indices): what a parameter carries by itself (S1), and "
        "what it has a part in (ST)."
    ),
}


def sensitivity_lines(result: "SensitivityResult", signs: Signs, width: int) -> Iterator[Text]:
    """The report: head, a table for each metric, the sentence."""
    yield Text(plain(result.title), "bold")
    parts = [
        result.method,
        plural(result.runs, "run"),
        f"{plural(result.replications, 'replication')} each",
        duration(result.elapsed),
    ]
    yield Text(paragraph(f" {signs.dot} ".join(parts), width), "dim")
    for metric, found in result.indices.items():
        yield Text()
        yield Text(_range_of(result, metric, signs))
        names = list(dict.fromkeys(each.measure for each in found))
        by = {(each.parameter, each.measure): each for each in found}
        lines = [
            Line(_tail(path, signs), tuple(_cell(result, metric, by[path, name], signs) for name in names))
            for path in ranked(found)
        ]
        yield from render([_HEADS[name] for name in names], lines, width, signs.rule)
    yield Text()
    yield Text(paragraph(sensitivity_sentence(result), width), "bold")
    if result.indices:
        yield Text(paragraph(_WORDS[result.method], width), "dim")


def _tail(path: str, signs: Signs) -> str:
    """The path, cut at its beginning where it is long: its last keys say most."""
    text = plain(path, 400)
    return text if len(text) <= _LABEL else signs.ellipsis + text[len(signs.ellipsis) - _LABEL :]


def ranked(found: "tuple[Index, ...]") -> list[str]:
    """The parameters, the weightiest first."""
    main = [each for each in found if each.measure in ("mu_star", "ST")]
    return [each.parameter for each in sorted(main, key=lambda each: -(each.value or 0.0))]


def _range_of(result: "SensitivityResult", metric: str, signs: Signs) -> str:
    low, high = (_mean(metric, value, signs) for value in result.spread[metric])
    return f"{spoken(metric)}: {low} to {high} over the runs"


def _mean(metric: str, value: float, signs: Signs) -> str:
    return str(cell(Estimate("", "all", metric, value, None, None, 1), signs))


def _cell(result: "SensitivityResult", metric: str, each: "Index", signs: Signs) -> Cell:
    shown = metric if result.method == "morris" else "share_rate"
    if each.measure in ("mu", "sigma", "mu_star") and each.value is not None and each.value < 0:
        found = cell(Estimate("", "all", shown, -each.value, None, None, 1), signs)
        return Cell(f"-{found.middle}", found.spread)
    return cell(Estimate("", "all", shown, each.value, each.low, each.high, 1), signs)


def sensitivity_sentence(result: "SensitivityResult") -> str:
    """Says which parameter carries the first metric."""
    if result.interrupted:
        return of_sensitivity(result)
    metric, found = next(iter(result.indices.items()))
    by = {(each.parameter, each.measure): each for each in found}
    order = ranked(found)
    name = "mu_star" if result.method == "morris" else "ST"
    top = by[order[0], name]
    if not top.value:
        return f"Nothing that was varied changes {metric}."
    size = str(_cell(result, metric, top, UNICODE))
    if result.method == "morris":
        return f"{plain(order[0])} carries {metric}: {size} along its range."
    return f"{plain(order[0])} carries {metric}: it has a part in {size} of the variance."
