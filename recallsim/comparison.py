"""What a comparison answers: the differences that variants make, under common random numbers."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recallsim.reporting.numbers import finite
from recallsim.tidy import data_frame, tidy_estimate

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate
    from recallsim.estimate.mcnemar import Pairs
    from recallsim.estimate.paired import Difference


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One difference of one variant from the base, and how sure it is among all variants.

    Attributes:
        variant: which variant.
        difference: metric, group, means, interval, p-value of its own.
        p_holm: the p-value after Holm's correction over the variants; None where there is none.
    """

    variant: str
    difference: "Difference"
    p_holm: float | None


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the scenarios that are compared.

    Attributes:
        name: its name; the scenario itself is `base`.
        changes: what it sets, as (path, value) texts.
        fingerprint: SHA-256 of what was simulated.
        count: how many recipients it has.
        engine: which engine simulated it.
        estimates: its own estimates.
        same: it has the fingerprint of the base, so that nothing can differ.
        unseen: pairs of recipients by "lost the message unseen"; None where the recipients are others.
        succeeded: pairs by "the recall succeeded"; None likewise.
        store: the file that keeps its replications, or None.
        engine_why: why that engine was taken.
    """

    name: str
    changes: tuple[tuple[str, str], ...]
    fingerprint: str
    count: int
    engine: str
    estimates: "tuple[Estimate, ...]"
    same: bool
    unseen: "Pairs | None"
    succeeded: "Pairs | None"
    store: Path | None
    engine_why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The base and its variants, and what differs.

    It prints as the table that `recallsim compare` shows, and turns into tidy rows (`rows`), a data frame
    (`to_pandas`) or the JSON document of the command (`to_json`).

    Attributes:
        scenario: the scenario's name.
        title: its title; its name where it has none.
        seed: the seed of all runs.
        count: how many recipients the base has.
        replications: how many replications of each run the numbers rest on.
        confidence: of the intervals.
        precision_reached: whether the precision asked for was reached; None where there was none.
        version: the version of recallsim.
        variants: the base first.
        differences: of every variant, group and metric.
        goal: the precision asked for, in words, or empty.
        interrupted: it was stopped before its end.
        folder: where the stores are, or None.
        elapsed: seconds on the clock of the wall.
    """

    scenario: str
    title: str
    seed: int
    count: int
    replications: int
    confidence: float
    precision_reached: bool | None
    version: str
    variants: tuple[Variant, ...]
    differences: tuple[Adjusted, ...]
    goal: str = ""
    interrupted: bool = False
    folder: Path | None = None
    elapsed: float = 0.0

    @property
    def base(self) -> Variant:
        """The scenario itself."""
        return self.variants[0]

    @property
    def others(self) -> tuple[Variant, ...]:
        """What it is compared with."""
        return self.variants[1:]

    def find(self, variant: str, metric: str, group: str = "all") -> Adjusted | None:
        """Looks one difference up, None where there is none."""
        for each in self.differences:
            if (each.variant, each.difference.metric, each.difference.group) == (variant, metric, group):
                return each
        return None

    def difference(self, variant: str, metric: str = "unseen_success_rate", group: str = "all") -> Adjusted:
        """Looks one difference up.

        Raises:
            LookupError: there is none; the message says what there is.
        """
        found = self.find(variant, metric, group)
        if found is not None:
            return found
        names = ", ".join(each.name for each in self.others)
        if variant not in {each.name for each in self.others}:
            raise LookupError(f"no variant {variant!r} in this comparison; there are {names}")
        raise LookupError(f"no difference of {metric!r} for group {group!r}; rows() lists what there is")

    def rows(self) -> list[dict[str, object]]:
        """Gives the differences as tidy rows: one dictionary each, all with the same keys."""
        return [_tidy(each) for each in self.differences]

    def to_pandas(self) -> Any:
        """Gives the rows as a pandas data frame.

        Raises:
            RequestError: pandas is not installed.
        """
        return data_frame(self.rows())

    def to_json(self) -> str:
        """Gives the JSON document of `recallsim compare --json`: same scenario and seed, same bytes."""
        document = {
            "confidence": self.confidence,
            "differences": self.rows(),
            "estimates": [tidy_estimate(e) for variant in self.variants for e in variant.estimates],
            "interrupted": self.interrupted,
            "pairs": self.pair_rows(),
            "precision_reached": self.precision_reached,
            "replications": self.replications,
            "scenario": self.scenario,
            "seed": self.seed,
            "variants": [
                {
                    "changes": dict(variant.changes),
                    "engine": variant.engine,
                    "fingerprint": variant.fingerprint,
                    "same_as_base": variant.same,
                    "variant": variant.name,
                }
                for variant in self.variants
            ],
            "version": self.version,
        }
        return json.dumps(document, indent=1, sort_keys=True, allow_nan=False)

    def pair_rows(self) -> list[dict[str, object]]:
        """Gives the pairs of recipients as tidy rows, one for each variant and outcome."""
        rows: list[dict[str, object]] = []
        for variant in self.others:
            for outcome, pairs in (("unseen_success", variant.unseen), ("success", variant.succeeded)):
                if pairs is not None:
                    rows.append(
                        {
                            "variant": variant.name,
                            "outcome": outcome,
                            "both": pairs.both,
                            "gained": pairs.gained,
                            "lost": pairs.lost,
                            "neither": pairs.neither,
                            "mcnemar_p": pairs.p_value,
                        }
                    )
        return rows

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_comparison

        return of_comparison(self)

    def sentence(self) -> str:
        """Says the same in one text, a line for each variant."""
        return "\n".join(self.sentences())

    def sentences(self) -> list[str]:
        """Says in plain words what each variant changes, one sentence each."""
        from recallsim.reporting.comparing import sentences

        return sentences(self)

    def __repr__(self) -> str:
        names = ", ".join(each.name for each in self.others)
        many = f"{self.replications:,} replications each"
        return f"<Comparison of {self.scenario!r} with {names}: {many}; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.comparing import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import pictures_as_html
        from recallsim.reporting.page.further import differences, endings

        return pictures_as_html(self.title, (endings(self), differences(self.rows())), self.sentences())


def _tidy(each: Adjusted) -> dict[str, object]:
    found = each.difference
    return {
        "variant": each.variant,
        "group": found.group,
        "metric": found.metric,
        "base": finite(found.first),
        "value": finite(found.second),
        "difference": finite(found.interval.mean),
        "low": finite(found.interval.low),
        "high": finite(found.interval.high),
        "p": found.p_value,
        "p_holm": each.p_holm,
        "replications": found.interval.replications,
        "independent_replications": found.independent,
        "degenerate": found.interval.degenerate,
    }
