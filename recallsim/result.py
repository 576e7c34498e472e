"""What an experiment answers: estimates with their intervals, and all it takes to repeat them."""

import difflib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recallsim.reporting.numbers import plural
from recallsim.tidy import tidy_estimate

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate
    from recallsim.evidence import Evidence


class GroupSize(NamedTuple):
    """A group of recipients, and how many they are."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one experiment.

    It prints as the table that `recallsim run` shows, and turns into tidy rows (`rows`), for a data frame for
    example, or into the JSON document of the command (`to_json`).

    Attributes:
        scenario: the scenario's name.
        title: the scenario's title; its name where it has none.
        fingerprint: SHA-256 of what was simulated: the resolved scenario and the model.
        seed: the seed; together with the fingerprint it determines every number here.
        engine: which engine simulated.
        replications: how many replications the estimates rest on.
        confidence: the probability with which an interval holds the true value.
        precision_reached: whether the precision asked for was reached; None where there was none.
        version: the version of recallsim.
        estimates: one for each variant, group and metric.
        groups: the groups of recipients, in the scenario's order.
        horizon: seconds from the press of Send to the end of a replication.
        goal: the precision asked for, in words; empty where a number of replications was asked.
        interrupted: the run was stopped before its end; the estimates rest on what was done by then.
        store: the SQLite file that holds the run; None where nothing was kept.
        elapsed: seconds on the clock of the wall.
        notes: what a reader has to know of what these numbers leave out, a sentence each.
        evidence: the replications one by one, from which pictures are drawn; None where nobody kept them.
        engine_why: why that engine was taken.
    """

    scenario: str
    title: str
    fingerprint: str
    seed: int
    engine: str
    replications: int
    confidence: float
    precision_reached: bool | None
    version: str
    estimates: "tuple[Estimate, ...]"
    groups: tuple[GroupSize, ...]
    horizon: float
    goal: str = ""
    interrupted: bool = False
    store: Path | None = None
    elapsed: float = 0.0
    notes: tuple[str, ...] = ()
    evidence: "Evidence | None" = field(default=None, repr=False, compare=False)
    engine_why: str = ""

    @property
    def count(self) -> int:
        """The number of recipients."""
        return sum(group.size for group in self.groups)

    def estimate(self, metric: str, group: str = "all") -> "Estimate":
        """Looks one estimate up.

        Raises:
            LookupError: there is none; the message names near ones.
        """
        for found in self.estimates:
            if found.metric == metric and found.group == group:
                return found
        here = {each.metric for each in self.estimates}
        if metric in here:
            groups = ", ".join(dict.fromkeys(each.group for each in self.estimates if each.metric == metric))
            raise LookupError(f"no estimate of {metric} for group {group!r}; it is there for: {groups}")
        near = difflib.get_close_matches(metric, here, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; rows() lists what there is"
        raise LookupError(f"no metric {metric!r} in this result{hint}")

    def find(self, metric: str, group: str = "all") -> "Estimate | None":
        """Looks one estimate up, None where there is none."""
        return next((each for each in self.estimates if each.metric == metric and each.group == group), None)

    def rows(self) -> list[dict[str, object]]:
        """Gives the estimates as tidy rows: one dictionary each, all with the same keys."""
        return [{**tidy_estimate(each), "degenerate": bool(each.degenerate)} for each in self.estimates]

    def to_json(self) -> str:
        """Gives the JSON document of `recallsim run --json`: same scenario and seed, same bytes."""
        head = {
            "confidence": float(self.confidence),
            "engine": self.engine,
            "fingerprint": self.fingerprint,
            "interrupted": self.interrupted,
            "precision_reached": self.precision_reached,
            "replications": self.replications,
            "scenario": self.scenario,
            "seed": self.seed,
            "version": self.version,
        }
        lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
        rows = [
            tidy_estimate(each) | ({"degenerate": True} if each.degenerate else {}) for each in self.estimates
        ]
        body = ",\n".join("    " + json.dumps(row, sort_keys=True, allow_nan=False) for row in rows)
        lines.insert(2, f'  "estimates": [\n{body}\n  ]' if rows else '  "estimates": []')
        return "{\n" + ",\n".join(lines) + "\n}"

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_run

        return of_run(self)

    def sentence(self) -> str:
        """Says in plain words what happened."""
        from recallsim.reporting.sentence import sentence

        return sentence(self)

    def report(self) -> str:
        """Gives the report page: one HTML file with pictures, as a text."""
        from recallsim.reporting.page.render import report

        return report(self)

    def __repr__(self) -> str:
        found = self.find("success_rate")
        share = "" if found is None or found.mean is None else f", success {100 * found.mean:.1f} %"
        many = plural(self.replications, "replication")
        return f"<Result of {self.scenario!r}, seed {self.seed}: {many}{share}; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.report import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import as_html

        return as_html(self)
