"""What `infer` answers: how many have seen the message, given what the sender has been told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recallsim.reporting.numbers import finite
from recallsim.tidy import data_frame

if TYPE_CHECKING:
    from recallsim.estimate.conditional import Quantity, Range


@dataclass(frozen=True, slots=True)
class Reported:
    """A kind of report: what the sender has counted, and what the simulation had by then.

    Attributes:
        kind: `success`, `failure` or `bounce`.
        between: the least and the most that agree.
        simulated: the least, the middle and the most over all replications.
    """

    kind: str
    between: "Range"
    simulated: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Inference:
    """How many have seen the message by some time, without and with the reports.

    Attributes:
        scenario: the scenario's name.
        title: its title; its name where it has none.
        fingerprint: SHA-256 of what was simulated: the scenario up to the time of counting.
        seed: the seed.
        engine: which engine simulated.
        count: how many recipients there are.
        at: when the reports were counted, in seconds from Send.
        reports: what was counted.
        replications: how many were simulated.
        agreeing: how many of them agree with the reports; each has the same weight, so this is the effective
            sample size.
        wanted: how many were to agree; None where the number of replications was fixed.
        confidence: of the intervals.
        agreement: the chance of such reports, with its interval.
        before: what could be said without reports.
        given: what can be said with them; empty values where none agrees.
        version: the version of recallsim.
        gave_up: it ended before its time, since so few agree that going on would not have helped.
        interrupted: it was stopped before its end.
        store: the file that keeps the replications, or None.
        elapsed: seconds on the clock of the wall.
        engine_why: why that engine was taken.
    """

    scenario: str
    title: str
    fingerprint: str
    seed: int
    engine: str
    count: int
    at: float
    reports: tuple[Reported, ...]
    replications: int
    agreeing: int
    wanted: int | None
    confidence: float
    agreement: "Quantity"
    before: "tuple[Quantity, ...]"
    given: "tuple[Quantity, ...]"
    version: str
    gave_up: bool = False
    interrupted: bool = False
    store: Path | None = None
    elapsed: float = 0.0
    engine_why: str = ""

    @property
    def enough(self) -> bool:
        """Whether the replications that agree are no longer too few to be relied on."""
        from recallsim.estimate.conditional import ENOUGH

        return self.agreeing >= ENOUGH

    def quantity(self, name: str) -> "Quantity":
        """Looks up `mean`, `p50` and the like, or `above:100`, given the reports.

        Raises:
            LookupError: there is no such one; the message says what there is.
        """
        for each in self.given:
            if each.name == name:
                return each
        raise LookupError(f"there is no {name!r}; there are {', '.join(each.name for each in self.given)}")

    def rows(self) -> list[dict[str, object]]:
        """Gives tidy rows: each quantity without the reports and with them."""
        return [
            {
                "given": given,
                "quantity": each.name,
                "value": finite(each.value),
                "low": finite(each.low),
                "high": finite(each.high),
                "replications": replications,
            }
            for given, found, replications in (
                ("nothing", self.before, self.replications),
                ("reports", self.given, self.agreeing),
            )
            for each in found
        ]

    def to_pandas(self) -> Any:
        """Gives the rows as a pandas data frame.

        Raises:
            RequestError: pandas is not installed.
        """
        return data_frame(self.rows())

    def to_json(self) -> str:
        """Gives the JSON document of `recallsim infer --json`: same scenario and seed, same bytes."""
        document = {
            "agreeing": self.agreeing,
            "agreement": {
                "value": finite(self.agreement.value),
                "low": finite(self.agreement.low),
                "high": finite(self.agreement.high),
            },
            "at_seconds": self.at,
            "confidence": self.confidence,
            "effective_sample_size": self.agreeing,
            "engine": self.engine,
            "enough": self.enough,
            "fingerprint": self.fingerprint,
            "gave_up": self.gave_up,
            "interrupted": self.interrupted,
            "replications": self.replications,
            "reports": {
                each.kind: {"between": list(each.between), "simulated": list(each.simulated)}
                for each in self.reports
            },
            "scenario": self.scenario,
            "seed": self.seed,
            "seen_count": self.rows(),
            "version": self.version,
        }
        return json.dumps(document, indent=1, sort_keys=True, allow_nan=False)

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_inference

        return of_inference(self)

    def sentence(self) -> str:
        """Says in plain words how many have seen it."""
        from recallsim.reporting.inferring import sentence

        return sentence(self)

    def __repr__(self) -> str:
        many = f"{self.agreeing:,} of {self.replications:,} replications agree"
        return f"<Inference of {self.scenario!r}, seed {self.seed}: {many}; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.inferring import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import text_as_html

        return text_as_html(str(self))
