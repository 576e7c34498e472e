"""A comparison as a person reads it: the base, what each variant changes, and one sentence a variant."""

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.text import Text

from recallsim.reporting.console import Terminal
from recallsim.reporting.grid import Line, render
from recallsim.reporting.numbers import (
    Cell,
    Measure,
    cell,
    count,
    decimals,
    duration,
    finite,
    measure_of,
    plural,
    scale_of,
)
from recallsim.reporting.plain import Signs, paragraph, plain
from recallsim.reporting.words import DELIVERIES, KINDS, SECTIONS, Row

if TYPE_CHECKING:
    from recallsim.comparison import Adjusted, Comparison, Variant
    from recallsim.estimate.mcnemar import Pairs

OUTCOME = "unseen_success_rate"
"""What the sentences are about: the message was lost without having been seen."""

_PEOPLE = Row("seen_count", "people who saw it", always=True)


def show(comparison: "Comparison", terminal: Terminal) -> None:
    """Prints the whole comparison."""
    for line in _report(comparison, terminal.signs, terminal.width):
        terminal.print(line)
    if comparison.folder is not None and comparison.replications:
        terminal.print_whole(f"Kept in {plain(str(comparison.folder), 4096)}")


def as_text(comparison: "Comparison") -> str:
    """Gives the comparison as plain text."""
    out = io.StringIO()
    show(comparison, Terminal(out))
    return out.getvalue().rstrip("\n")


def sentences(comparison: "Comparison") -> list[str]:
    """Says of each variant in plain words what it changes."""
    if not comparison.replications:
        return ["No replication was completed, so there is nothing to compare yet."]
    return [_sentence(comparison, variant) for variant in comparison.others]


def _report(comparison: "Comparison", signs: Signs, width: int) -> Iterator[Text]:
    yield Text(plain(comparison.title), "bold")
    parts = [
        f"seed {comparison.seed}",
        f"{' and '.join(dict.fromkeys(each.engine for each in comparison.variants))} engine",
        f"{plural(comparison.replications, 'replication')} of {plural(comparison.count, 'recipient')} each, "
        "under the same chance",
        duration(comparison.elapsed),
    ]
    yield Text(paragraph(f" {signs.dot} ".join(parts), width), "dim")
    yield Text()
    if comparison.replications:
        headers = ["base", *(plain(each.name, 60) for each in comparison.others)]
        yield from render(headers, _lines(comparison, signs), width, signs.rule)
        yield Text()
        yield Text(paragraph(_legend(comparison, signs), width), "dim")
        yield Text()
    for sentence in sentences(comparison):
        yield Text(paragraph(f"{signs.dot} {sentence}", width, indent=2), "bold")
    yield from _closing(comparison)


def _lines(comparison: "Comparison", signs: Signs) -> list[Line]:
    base = {each.metric: each for each in comparison.base.estimates if each.group == "all"}
    sections = [(section.title, section.rows) for section in SECTIONS]
    sections[1] = (sections[1][0], (*sections[1][1], _PEOPLE))
    sections.append(("On the way", tuple(_ways(base))))
    lines: list[Line] = []
    for title, rows in sections:
        shown: list[Line] = []
        above: Line | None = None  # of the row that the next ones are parts of, where it is not shown yet
        for row in rows:
            found = [comparison.find(variant.name, row.metric) for variant in comparison.others]
            if row.metric not in base:
                continue
            cells = [cell(base[row.metric], signs), *(_cell(comparison, each, signs) for each in found)]
            line = Line(row.label, tuple(cells), row.depth)
            if not row.depth:
                above = line
            if row.always or _worth(found):
                if row.depth and above is not None:
                    shown.append(above)
                shown.append(line)
                above = None
        if shown:
            lines += [Line(title), *shown]
    return lines


def _ways(base: "Mapping[str, object]") -> Iterator[Row]:
    for name, words in DELIVERIES:
        for kind, thing in KINDS.items():
            if f"{name}:{kind}" in base:
                yield Row(f"{name}:{kind}", f"{thing} {words}")


def _worth(found: "list[Adjusted | None]") -> bool:
    """Whether there is a difference at all."""
    return any(finite(each.difference.interval.mean) for each in found if each is not None)


def _cell(comparison: "Comparison", found: "Adjusted | None", signs: Signs) -> Cell:
    """A difference in the unit of what is compared, with a star where it is beyond chance."""
    if found is None or finite(found.difference.interval.mean) is None:
        return Cell(signs.dash)
    interval, metric = found.difference.interval, found.difference.metric
    mean = interval.mean or 0.0
    if mean == 0.0 and interval.degenerate:
        return Cell("0")
    measure = measure_of(metric)
    factor, unit = scale_of(measure, max(abs(mean), interval.half_width or 0.0), None)
    unit = "" if measure is Measure.RATE or not unit else f" {unit}"
    half = None if interval.half_width is None else interval.half_width / factor
    places = decimals(half or abs(mean) / factor / 20, measure)
    if all(float(f"{each:.{places}f}") == 0 for each in (mean / factor, half or 0.0)):
        return Cell("0")
    star = "*" if _sure(comparison, found) else ""
    middle = f"{_signed(mean / factor, places)}{unit}"
    return Cell(middle, (f"{signs.plus_minus}{half:,.{places}f}" if half else "") + star)


def _sure(comparison: "Comparison", found: "Adjusted") -> bool:
    return found.p_holm is not None and found.p_holm <= 1.0 - comparison.confidence + 1e-12


def _signed(value: float, places: int) -> str:
    text = f"{value:+,.{places}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else text


def _legend(comparison: "Comparison", signs: Signs) -> str:
    level = f"{100 * comparison.confidence:g} %"
    many = len(comparison.others)
    corrected = "" if many == 1 else f", corrected for {many} variants (Holm)"
    return (
        f"Variants: difference from the base, in percentage points for shares; {signs.plus_minus}: {level} "
        f"interval over the differences of replications; *: beyond chance at {level}{corrected}."
    )


def _sentence(comparison: "Comparison", variant: "Variant") -> str:
    name = plain(variant.name, 60)
    if variant.same:
        return f"{name} is the base under another name: nothing differs."
    found = comparison.find(variant.name, OUTCOME)
    if found is None or found.difference.interval.mean is None:
        return f"{name} cannot be compared: no replication of both has recipients."
    told = [f"{name}: {_change(comparison, found, variant.unseen)}"]
    pairs = variant.unseen
    if pairs is not None and pairs.gained + pairs.lost == 0:
        told = [
            f"{name}: not one recipient fared otherwise in {plural(comparison.replications, 'replication')}"
        ]
    elif pairs is not None and comparison.count > 1:
        gained, lost = (each / comparison.replications for each in (pairs.gained, pairs.lost))
        told.append(f"{_mean(gained)} a replication gain by it, {_mean(lost)} lose")
    needed = found.difference.independent
    if needed is not None:
        told.append(
            f"independent streams would need {plural(needed, 'replication')} of each for an interval as narrow "
            f"as these {comparison.replications:,} give"
        )
    return "; ".join(told) + "."


def _change(comparison: "Comparison", found: "Adjusted", pairs: "Pairs | None") -> str:
    interval = found.difference.interval
    share = interval.mean or 0.0
    points = f"{_signed(100 * share, 1 if abs(share) >= 0.001 else 2)} points"
    if interval.low is not None and interval.high is not None and interval.half_width:
        places = decimals(100 * interval.half_width, Measure.RATE)
        ends = f"{_signed(100 * interval.low, places)} to {_signed(100 * interval.high, places)}"
        points += f", {100 * comparison.confidence:g} % interval {ends}"
    if comparison.replications == 1 and pairs is not None:
        points += f", McNemar's p {pairs.p_value:.2g} for these people"
    if comparison.replications > 1 and not _sure(comparison, found):
        many = len(comparison.others)
        alone = found.difference.p_value is not None and found.difference.p_value <= 1 - comparison.confidence
        after = f" after Holm's correction for {many} variants" if alone else ""
        return f"no difference is shown in how many lose the message unseen{after} ({points})"
    word = "more" if share > 0 else "fewer"
    if comparison.count == 1:
        return f"the one recipient loses the message unseen {word} often ({points})"
    people = count(abs(share) * comparison.count)
    return f"{people} {word} of {count(comparison.count)} recipients lose the message unseen ({points})"


def _mean(number: float) -> str:
    return count(number) if number >= 0.095 or number == 0 else f"{number:.2g}"


def _closing(comparison: "Comparison") -> Iterator[Text]:
    if caveat := comparison.caveat():
        yield Text()
        yield Text(caveat, "yellow")
    elif comparison.precision_reached:
        yield Text()
        yield Text(f"Precision of the differences reached: {plain(comparison.goal)}.")
