"""What an analysis of sensitivity answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recallsim.designs.indices import Index
from recallsim.designs.outcomes import Rows


@dataclass(frozen=True, slots=True)
class SensitivityResult(Rows):
    """The outcome of an analysis; it prints as the table that `recallsim sensitivity` shows.

    Attributes:
        scenario: the scenario's name.
        title: its title; its name where it has none.
        method: `morris` or `sobol`.
        indices: by metric, the indices of every parameter.
        spread: by metric, the least and the greatest result of any run.
        runs: how many runs there were.
        replications: of each run.
        seed: of all of them.
        confidence: of the intervals.
        fingerprint: SHA-256 of the scenario itself, before anything is varied.
        version: the version of recallsim.
        interrupted: whether a signal stopped it; then there are no indices.
        store: the folder of the stores; None where nothing was kept.
        elapsed: seconds by the wall clock.
    """

    scenario: str
    title: str
    method: str
    indices: dict[str, tuple[Index, ...]]
    spread: dict[str, tuple[float, float]]
    runs: int
    replications: int
    seed: int
    confidence: float
    fingerprint: str
    version: str
    interrupted: bool
    store: Path | None
    elapsed: float

    def rows(self) -> list[dict[str, Any]]:
        """Gives one row for each metric, parameter and index."""
        return [
            {
                "metric": metric,
                "parameter": each.parameter,
                "index": each.measure,
                "value": each.value,
                "low": each.low,
                "high": each.high,
            }
            for metric, found in self.indices.items()
            for each in found
        ]

    def head(self) -> dict[str, object]:
        """Gives what the document says of the analysis as a whole."""
        return {
            "scenario": self.scenario,
            "method": self.method,
            "runs": self.runs,
            "replications": self.replications,
            "confidence": self.confidence,
            "interrupted": self.interrupted,
            "version": self.version,
        }

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_sensitivity

        return of_sensitivity(self)

    def sentence(self) -> str:
        """Says which parameter carries the result."""
        from recallsim.reporting.weights import sensitivity_sentence

        return sensitivity_sentence(self)

    def __repr__(self) -> str:
        return f"<SensitivityResult of {self.scenario!r}: {self.runs:,} runs; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.designs import as_text
        from recallsim.reporting.weights import sensitivity_lines

        return as_text(lambda signs, width: sensitivity_lines(self, signs, width))

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import pictures_as_html
        from recallsim.reporting.page.further import sensitivity

        return pictures_as_html(self.title, [sensitivity(self.rows())], [self.sentence()])
