"""Sections and pages for more than one run: what variants change, the cells of a sweep, what matters most.

Everything is taken from tidy rows, the dictionaries that results turn into.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from recallsim.reporting.numbers import percent
from recallsim.reporting.page.render import LONG_TABLE, Section, environment, page_styles, visible
from recallsim.reporting.pictures.bars import Measured, measured
from recallsim.reporting.pictures.curves import STYLES, Series, steps
from recallsim.reporting.pictures.forest import Difference, forest, points
from recallsim.reporting.pictures.heat import heat_map
from recallsim.reporting.pictures.svg import Picture
from recallsim.reporting.plain import plain
from recallsim.reporting.words import SECTIONS

if TYPE_CHECKING:
    from recallsim.comparison import Comparison
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sensitivity_result import SensitivityResult

Row = Mapping[str, Any]

COMPARED = ("unseen_success_rate", "success_rate", "seen_rate")
"""The metrics whose differences are drawn."""

_LESS_IS_BETTER = ("seen_rate",)

_LABELS = {row.metric: row.label for section in SECTIONS for row in section.rows}
_LABELS |= {
    "unseen_success_rate": "recalled unseen",
    "success_rate": "succeeded",
    "seen_rate": "saw the message",
}


def differences(rows: Iterable[Row], metrics: Sequence[str] = COMPARED) -> Section:
    """Gives a forest of differences for each metric.

    Args:
        rows: with `variant`, `group`, `metric`, `difference`, `low`, `high`; other groups than `all` are left out.
        metrics: those that are drawn.
    """
    kept = [row for row in rows if row["group"] == "all" and row["difference"] is not None]
    pictures = []
    for metric in metrics:
        found = [
            Difference(plain(str(row["variant"]), 60), row["difference"], row["low"], row["high"])
            for row in kept
            if row["metric"] == metric
        ]
        if found:
            most = max(found, key=lambda row: abs(row.mean))
            words = (
                f"What each variant changes in the share of recipients: {label_of(metric)}. The largest change: "
                f"{most.label}, {points(most.mean)} points. Blue is better, orange worse, and grey has an interval "
                "that holds zero."
            )
            title = f"What the variants change: {label_of(metric)}"
            axis = "percentage points against the base"
            less = metric in _LESS_IS_BETTER
            pictures.append(forest(f"difference-{metric}", title, words, found, axis, less_is_better=less))
    return Section("What the variants change", tuple(pictures))


def sweep(rows: Iterable[Row], paths: Sequence[str], metric: str = "unseen_success_rate") -> Section:
    """Gives the cells of a sweep as lines over its first path and, where there is a second, as a heat map.

    Args:
        rows: with a key for each path, and `group`, `metric`, `mean`, `low`, `high`; a cell that failed has no mean.
        paths: what was varied, in order.
        metric: what is drawn.
    """
    cells: dict[tuple[str, ...], Row] = {}
    order: list[dict[str, None]] = [{} for _ in paths]
    for row in rows:
        place = tuple(plain(str(row[path]), 60) for path in paths)
        for known, value in zip(order, place, strict=True):
            known.setdefault(value)
        if row["group"] == "all" and row["metric"] == metric and row["mean"] is not None:
            cells.setdefault(place, row)
    if not cells or not paths:
        return Section("The sweep", ())
    values = [list(each) for each in order]
    pictures = [_lines(cells, values, paths, metric)]
    if len(paths) == 2:
        pictures.append(_heat(cells, values, paths, metric))
    return Section("The sweep", tuple(pictures))


def _lines(
    cells: Mapping[tuple[str, ...], Row], values: Sequence[Sequence[str]], paths: Sequence[str], metric: str
) -> Picture:
    places = values[0]
    there = {key[1:] for key in cells}
    others = [other for other in product(*values[1:]) if other in there]
    series = []
    for other in others[:STYLES]:
        found = [cells.get((place, *other)) for place in places]
        ends = {
            end: tuple(None if row is None else row[end] for row in found) for end in ("mean", "low", "high")
        }
        series.append(Series(", ".join(other) or label_of(metric), ends["mean"], ends["low"], ends["high"]))
    low, high = _range(cells)
    words = f"{label_of(metric)}, from {percent(low)} to {percent(high)}, over {plain(paths[0])}"
    rest = len(others) - len(series)
    words += f"; a line for each value of {', '.join(map(plain, paths[1:]))}." if paths[1:] else "."
    words += f" {rest} more lines are not drawn." if rest > 0 else ""
    return steps("sweep-lines", f"Over {short(paths[0], paths)}", words, places, series, plain(paths[0], 60))


def _heat(
    cells: Mapping[tuple[str, ...], Row], values: Sequence[Sequence[str]], paths: Sequence[str], metric: str
) -> Picture:
    columns, lines = values
    across, down = ({value: at for at, value in enumerate(each)} for each in values)
    place = {(across[key[0]], down[key[1]]): row["mean"] for key, row in cells.items()}
    low, high = _range(cells)
    words = (
        f"{label_of(metric)} in every cell, the darker the larger: from {percent(low)} to {percent(high)}."
    )
    across_name, down_name = paths
    axes = (short(across_name, paths), short(down_name, paths))
    return heat_map("sweep-cells", "Cell by cell", words, columns, lines, place, axes)


def short(path: str, paths: Sequence[str]) -> str:
    """Gives the last key of a path, or the whole path where another one ends alike."""
    last = path.rpartition(".")[2]
    alike = sum(other.rpartition(".")[2] == last for other in paths)
    return plain(path if alike > 1 else last, 60)


def _range(cells: Mapping[tuple[str, ...], Row]) -> tuple[float, float]:
    means = [row["mean"] for row in cells.values()]
    return min(means), max(means)


def sensitivity(rows: Iterable[Row]) -> Section:
    """Gives a bar with its interval for each parameter, those first that matter most; a picture an index.

    Args:
        rows: with `metric`, `parameter`, `index`, `value`, `low`, `high`.
    """
    found: dict[tuple[str, str], list[Measured]] = {}
    for row in rows:
        if row["value"] is not None:
            bar = Measured(plain(str(row["parameter"]), 80), row["value"], row["low"], row["high"])
            found.setdefault((str(row["metric"]), str(row["index"])), []).append(bar)
    pictures = []
    for number, ((metric, index), bars) in enumerate(found.items()):
        bars.sort(key=lambda bar: -abs(bar.value))
        words = f"How much each parameter matters for {label_of(metric)}: most, {bars[0].label}."
        title = f"{plain(index.replace('_', ' '), 60)}: {label_of(metric)}"
        pictures.append(
            measured(
                f"sensitivity-{number}",
                title,
                words,
                bars,
                axis=plain(index, 60),
                rate=False,
                headers=("parameter", plain(index, 60)),
            )
        )
    return Section("What matters most", tuple(pictures))


def page_of(
    title: str,
    subtitle: str,
    sentences: Sequence[str],
    sections: Sequence[Section],
    facts: Sequence[tuple[str, str]],
    command: Sequence[str],
    source: str = "",
) -> str:
    """Gives a report page that rests on several runs.

    Args:
        title, subtitle: of the page.
        sentences: the answer in words.
        sections: pictures.
        facts: names and values, such as seed, version and fingerprints.
        command: arguments of `recallsim` that give the same numbers.
        source: the text of the scenario.
    """
    return (
        environment()
        .get_template("several.html")
        .render(
            title=plain(title),
            subtitle=plain(subtitle),
            sentences=[plain(sentence, 2000) for sentence in sentences],
            sections=sections,
            facts=[(plain(name), plain(value, 4096)) for name, value in facts],
            command=plain(shlex.join(("recallsim", *command)), 10_000) if command else "",
            source=visible(source),
            long_table=LONG_TABLE,
            styles=page_styles(),
        )
    )


def label_of(metric: str) -> str:
    """Gives what a metric is called in words."""
    return _LABELS.get(metric, plain(metric, 60))


def comparison_page(comparison: "Comparison", command: Sequence[str], file: str) -> str:
    """Gives the report page of a comparison.

    Args:
        comparison: what came out.
        command: the arguments of `recallsim` that asked for it.
        file: the scenario file.
    """
    facts = [("Seed", str(comparison.seed)), ("Replications", f"{comparison.replications:,} of each")]
    facts += [(f"Fingerprint of {variant.name}", variant.fingerprint) for variant in comparison.variants]
    subtitle = (
        f"{len(comparison.others)} variants against the base, {100 * comparison.confidence:g} % intervals"
    )
    sections = [differences(comparison.rows())]
    facts.append(("recallsim", comparison.version))
    return page_of(comparison.title, subtitle, comparison.sentences(), sections, facts, command, _text(file))


def sweep_page(result: "SweepResult", command: Sequence[str], file: str) -> str:
    """Gives the report page of a sweep."""
    cells = len({cell.number for cell in result.cells})
    facts = [("Cells", f"{cells:,}"), ("Varied", ", ".join(result.paths)), ("recallsim", result.version)]
    subtitle = f"{cells:,} cells, {100 * result.confidence:g} % intervals"
    sections = [sweep(result.rows(), result.paths)]
    return page_of(result.title, subtitle, [result.sentence()], sections, facts, command, _text(file))


def sensitivity_page(result: "SensitivityResult", command: Sequence[str], file: str) -> str:
    """Gives the report page of a sensitivity analysis."""
    facts = [("Method", result.method), ("Runs", f"{result.runs:,}"), ("recallsim", result.version)]
    subtitle = f"{result.runs:,} runs, {100 * result.confidence:g} % intervals"
    sections = [sensitivity(result.rows())]
    return page_of(result.scenario, subtitle, [result.sentence()], sections, facts, command, _text(file))


def _text(file: str) -> str:
    from recallsim.scenario import Draft

    return Draft(file).scenario().source
