"""What a search for the best variant answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recallsim.designs.outcomes import Rows
from recallsim.reporting.numbers import finite

if TYPE_CHECKING:
    from recallsim.estimate.intervals import Interval
    from recallsim.scenario.aims import Aim


class Contender(NamedTuple):
    """How one variant fared.

    Attributes:
        name: of the variant.
        fate: `best`, `left` (neither eliminated nor chosen), `eliminated` or `infeasible`.
        replications: that its standing rests on.
        breaks: the limit that it breaks, as it was written; empty where it keeps all.
        objective: what is looked for, over these replications.
        limits: what is limited, over these replications, in the order of the limits.
    """

    name: str
    fate: str
    replications: int
    breaks: str
    objective: "Interval"
    limits: "tuple[Interval, ...]"


@dataclass(frozen=True, slots=True)
class BestResult(Rows):
    """The outcome of a search; it prints as the table that `recallsim best` shows.

    Attributes:
        scenario: the scenario's name.
        title: its title; its name where it has none.
        aim: what was looked for.
        best: the variant chosen; None where none keeps the limits, or nothing was finished.
        contenders: all variants, in their order.
        settled: whether all was decided before the replications ran out; only then does the guarantee hold.
        confidence: of the selection, and of the intervals.
        indifference: the smallest difference worth finding.
        tolerance: how far from a limit either answer is right, as a share of the limit.
        budget: the replications of all together, where these were fixed; then there is no guarantee.
        probability: with a budget, the estimated probability of a right choice.
        version: the version of recallsim.
        asked: replications that were looked at in all, kept or simulated: those that the standings rest on, those
            looked at ahead, and those of the base that what is added is counted from.
        interrupted: whether a signal stopped it.
        store: the folder of the stores; None where nothing was kept.
        elapsed: seconds by the wall clock.
    """

    scenario: str
    title: str
    aim: "Aim"
    best: str | None
    contenders: tuple[Contender, ...]
    settled: bool
    confidence: float
    indifference: float
    tolerance: float
    budget: int | None
    probability: float | None
    version: str
    asked: int
    interrupted: bool
    store: Path | None
    elapsed: float

    def rows(self) -> list[dict[str, Any]]:
        """Gives one row for each variant and for what is looked for and limited."""
        found = []
        for each in self.contenders:
            frame = {"variant": each.name, "fate": each.fate, "breaks": each.breaks}
            found.append(frame | _row("objective", self.aim.metric, self.aim.group, each.objective))
            for limit, interval in zip(self.aim.limits, each.limits, strict=True):
                found.append(frame | _row(limit.text, limit.metric, limit.group, interval))
        return found

    def head(self) -> dict[str, object]:
        """Gives what the document says of the search as a whole."""
        return {
            "scenario": self.scenario,
            "objective": self.aim.text,
            "best": self.best,
            "settled": self.settled,
            "confidence": self.confidence,
            "indifference": self.indifference,
            "budget": self.budget,
            "probability": finite(self.probability),
            "guarantee": self.guarantee(),
            "interrupted": self.interrupted,
            "replications": {"counted": self.counted, "in_all": self.asked},
            "version": self.version,
        }

    @property
    def counted(self) -> int:
        """The replications that the standings rest on."""
        return sum(each.replications for each in self.contenders)

    def guarantee(self) -> str:
        """Says what the choice is worth."""
        from recallsim.reporting.best import guarantee

        return guarantee(self)

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_best

        return of_best(self)

    def sentence(self) -> str:
        """Says which variant is best, and what that is worth."""
        from recallsim.reporting.best import best_sentence

        return best_sentence(self)

    def __repr__(self) -> str:
        return f"<BestResult of {self.scenario!r}: {self.best} of {len(self.contenders)} variants; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.best import best_lines
        from recallsim.reporting.designs import as_text

        return as_text(lambda signs, width: best_lines(self, signs, width))

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import text_as_html

        return text_as_html(str(self))


def _row(what: str, metric: str, group: str, interval: "Interval") -> dict[str, Any]:
    return {
        "what": what,
        "metric": metric,
        "group": group,
        "mean": finite(interval.mean),
        "low": finite(interval.low),
        "high": finite(interval.high),
        "replications": interval.replications,
    }
