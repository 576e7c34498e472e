"""Sections and pages for more than one run: what variants change, and what matters most.

Everything is taken from tidy rows, the dictionaries that results turn into.
"""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recallsim.reporting.numbers import finite
from recallsim.reporting.page.cells import sweep
from recallsim.reporting.page.render import LONG_TABLE, Section, environment, page_styles, shortened
from recallsim.reporting.page.sections import ENDINGS
from recallsim.reporting.pictures.bars import Measured, Stack, measured, stacked
from recallsim.reporting.pictures.forest import Difference, forest, points
from recallsim.reporting.plain import plain
from recallsim.reporting.words import label_of

if TYPE_CHECKING:
    from recallsim.comparison import Comparison
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sensitivity_result import SensitivityResult

Row = Mapping[str, Any]

COMPARED = ("unseen_success_rate", "success_rate", "seen_rate")
"""The metrics whose differences are drawn."""

_LESS_IS_BETTER = ("seen_rate",)
_MOST_SEEDS = 100


_INDICES = {
    "mu_star": (
        "size of the effect (mu*)",
        "How far {metric} moves, up or down, on average while a parameter goes through its range: "
        "farthest for {most}.",
    ),
    "mu": (
        "direction of the effect (mu)",
        "Which way {metric} moves as a parameter goes up: above 0 upwards, below 0 downwards; where it is much "
        "smaller than the size of the effect, the way changes. The largest: {most}.",
    ),
    "sigma": (
        "interactions and curves (sigma)",
        "How differently a parameter moves {metric} at different places: near 0 its effect is the same everywhere, "
        "large where it hangs on other parameters or bends. The largest: {most}.",
    ),
    "S1": (
        "share of the variance, alone (S1)",
        "Which share of what varies in {metric} a parameter explains by itself: most, {most}.",
    ),
    "ST": (
        "share of the variance, with interactions (ST)",
        "Which share of what varies in {metric} hangs on a parameter, alone or together with others: most, {most}.",
    ),
}
"""Of each index: what it is called, and what its picture shows."""


def endings(comparison: "Comparison") -> Section:
    """Gives the bars of how it ended, for the base and for each variant."""
    stacks = []
    for variant in comparison.variants:
        found = {each.metric: finite(each.mean) for each in variant.estimates if each.group == "all"}
        shares = tuple(found.get(metric) or 0.0 for metric, _ in ENDINGS)
        stacks.append(Stack(plain(variant.name, 60), shares, f"{variant.count:,}"))
    words = "A bar of shares of all recipients for the base, and one for each variant."
    parts = [part for _, part in ENDINGS]
    picture = stacked("variants", "How the recall ended, variant by variant", words, parts, stacks)
    return Section("How the recall ended", (picture,))


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
        name, words = _INDICES.get(index) or (
            plain(index, 60),
            "How much each parameter matters for {metric}: most, {most}.",
        )
        words = words.format(metric=label_of(metric), most=bars[0].label)
        pictures.append(
            measured(
                f"sensitivity-{number}",
                f"{name[0].upper()}{name[1:]}: {label_of(metric)}",
                words,
                bars,
                axis=name,
                rate=False,
                headers=("parameter", name),
                ends=True,
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
            **shortened(source),
            long_table=LONG_TABLE,
            styles=page_styles(),
        )
    )


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
    sections = [endings(comparison), differences(comparison.rows())]
    facts.append(("recallsim", comparison.version))
    return page_of(comparison.title, subtitle, comparison.sentences(), sections, facts, command, _text(file))


def sweep_page(result: "SweepResult", command: Sequence[str], file: str) -> str:
    """Gives the report page of a sweep."""
    cells = len({cell.number for cell in result.cells})
    seeds = ", ".join(dict.fromkeys(str(cell.seed) for cell in result.cells[:_MOST_SEEDS]))
    facts = [("Cells", f"{cells:,}"), ("Varied", ", ".join(result.paths)), ("Seed", seeds)]
    facts += [("Fingerprint of the base", result.fingerprint), ("recallsim", result.version)]
    subtitle = f"{cells:,} cells, {100 * result.confidence:g} % intervals"
    sections = [sweep(result.rows(), result.paths)]
    return page_of(result.title, subtitle, [result.sentence()], sections, facts, command, _text(file))


def sensitivity_page(result: "SensitivityResult", command: Sequence[str], file: str) -> str:
    """Gives the report page of a sensitivity analysis."""
    facts = [("Method", result.method), ("Runs", f"{result.runs:,}")]
    facts += [("Replications", f"{result.replications:,} of each"), ("Seed", str(result.seed))]
    facts += [("Fingerprint of the base", result.fingerprint), ("recallsim", result.version)]
    subtitle = f"{result.runs:,} runs, {100 * result.confidence:g} % intervals"
    sections = [sensitivity(result.rows())]
    return page_of(result.title, subtitle, [result.sentence()], sections, facts, command, _text(file))


def _text(file: str) -> str:
    from recallsim.scenario import Draft

    return Draft(file).scenario().source
