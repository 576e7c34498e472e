"""When a failed attempt is made again: gaps, backoff."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, shown
from recallsim.scenario.models_kinds import Brief
from recallsim.scenario.values import PositiveDuration, integer, number


def _factor(value: object) -> float:
    found = number(value)
    if not 1 <= found <= 1000:
        raise Refusal(f"{shown(value)} is outside 1 to 1000")
    return found


def _spread(value: object) -> float:
    found = number(value)
    if not 0 <= found < 1:
        raise Refusal(f"{shown(value)} is outside 0 to 1 (1 itself excluded: a gap would become 0)")
    return found


Spread = Annotated[
    float, BeforeValidator(_spread), WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1})
]
Factor = Annotated[
    float, BeforeValidator(_factor), WithJsonSchema({"type": "number", "minimum": 1, "maximum": 1000})
]
Attempts = Annotated[int, *integer(1, 1_000_000)]


class Backoff(Model):
    """Gaps that grow by a factor."""

    first: PositiveDuration = Field(description="The first gap.")
    factor: Factor = Field(2.0, description="Each gap is this many times the one before (default 2).")
    max: PositiveDuration | None = Field(None, description="Longest gap (default: none).")
    jitter: Spread = Field(0.0, description="Each gap is multiplied by a uniform from 1-j to 1+j.")


class Retry(Model):
    """When a failed attempt is made again: a list of gaps whose last one repeats, or a backoff."""

    gaps: tuple[PositiveDuration, ...] = Field((), description="Gaps; the last one repeats.")
    backoff: Backoff | None = Field(None, description="Growing gaps.")
    jitter: Spread = Field(0.0, description="Each listed gap is multiplied by a uniform from 1-j to 1+j.")
    attempts: Attempts | None = Field(
        None, description="Attempts in all; then the message bounces (default: no limit)."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"gaps": list(value)}
        if isinstance(value, dict | Retry):
            return value
        raise Refusal(
            f"expected a list of gaps or a backoff, found {shown(value)}",
            "[1min, 5min] or {backoff: {first: 1min, factor: 2}, attempts: 6}",
        )

    @model_validator(mode="after")
    def _one_form(self) -> "Retry":
        if bool(self.gaps) == (self.backoff is not None):
            raise Refusal("retry takes either gaps or backoff", "[1min, 5min] or {backoff: {first: 1min}}")
        if self.backoff is not None and "jitter" in self.model_fields_set:
            raise Refusal("the jitter of a backoff stands inside it", "{backoff: {first: 1min, jitter: 0.1}}")
        return self

    @property
    def spread(self) -> float:
        """The jitter in force, in either form."""
        return self.jitter if self.backoff is None else self.backoff.jitter

    @property
    def shortest(self) -> float:
        """The least time between two attempts that may come, in seconds."""
        first = min(self.gaps) if self.backoff is None else self.backoff.first
        return first * (1 - self.spread)

    def expanded(self, horizon: float) -> tuple[float, ...]:
        """The gaps in seconds, written out until they repeat or reach beyond `horizon` seconds."""
        if self.backoff is None:
            return self.gaps
        gap, spent, gaps = self.backoff.first, 0.0, list[float]()
        most = float("inf") if self.backoff.max is None else self.backoff.max
        while len(gaps) < 100_000:
            gaps.append(min(gap, most))
            spent += gaps[-1] * (1 - self.backoff.jitter)
            if gap >= most or spent > horizon or self.backoff.factor == 1:
                break
            if self.attempts is not None and len(gaps) >= self.attempts - 1:
                break
            gap *= self.backoff.factor
        return tuple(gaps)


_OF = "Schedule of the {}."


class RetryByKind(Brief):
    """When a failed attempt is made again, per kind of message; what is left out is not tried again."""

    original: Retry | None = Field(None, description=_OF.format("original"))
    request: Retry | None = Field(None, description=_OF.format("recall request"))
    replacement: Retry | None = Field(None, description=_OF.format("replacement"))
    report: Retry | None = Field(None, description=_OF.format("reports to the sender"))
    default: Retry | None = Field(
        None, description="Schedule of the kinds that are not named (default: no second attempt)."
    )

    def of(self, kind: str) -> Retry | None:
        """The schedule of one kind; None if its first failure bounces."""
        found: Retry | None = getattr(self, kind)
        return self.default if found is None else found
