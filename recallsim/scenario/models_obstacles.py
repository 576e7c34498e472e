"""What stands in the way of an attempt: limits, greylisting, faults."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import KINDS, Model, Refusal, agreement, shown
from recallsim.scenario.models_kinds import Brief, DurationByKind, LawByKind, ShareByKind, names_kinds, unused
from recallsim.scenario.values import (
    Count,
    Duration,
    FaultWord,
    KindName,
    Name,
    PositiveDuration,
    rate,
)


def _kinds(value: object) -> object:
    if isinstance(value, str):
        raise Refusal(f"expected a list of kinds, found {shown(value)}", f"[{value}]?")
    return value


Kinds = Annotated[tuple[KindName, ...], BeforeValidator(_kinds)]


def _positive_rate(value: object) -> float:
    found = rate(value)
    if found <= 0:
        raise Refusal(f"{shown(value)} lets nothing pass; it must be above 0")
    return found


PositiveRate = Annotated[
    float,
    BeforeValidator(_positive_rate),
    WithJsonSchema({"type": "string", "description": "A rate above 0, such as 20/s or 1200/min."}),
]


class Limit(Model):
    """How much a stage takes on at most."""

    rate: PositiveRate | None = Field(
        None, description="Services begun in a time, evenly spaced, foreign mail's included (default: none)."
    )
    connections: Count | None = Field(
        None, description="Services under way at once, if the workers are more (default: none)."
    )


_NOT_NAMED = "Value for the kinds that are not named."
_NO_REPORTS = unused("reports to the sender are not greylisted")


class GreylistDelay(DurationByKind):
    """How long a greylist defers."""

    report: Annotated[None, *_NO_REPORTS] = None
    default: PositiveDuration = Field(300.0, description=_NOT_NAMED)


class GreylistWindow(DurationByKind):
    """How long a greylist remembers an attempt that it deferred."""

    report: Annotated[None, *_NO_REPORTS] = None
    default: PositiveDuration = Field(172_800.0, description=_NOT_NAMED)


class Known(Brief, ShareByKind):
    """The share of recipients whose server knows the sender; what is left out is 0."""

    report: Annotated[None, *_NO_REPORTS] = None


class Odds(Brief, ShareByKind):
    """The probability that an attempt meets a fault; what is left out is 0."""


def _certain() -> Odds:
    return Odds(default=1.0)


class AddedTime(Brief, LawByKind):
    """What a delay adds to an attempt; what is left out takes no longer."""


class Greylist(Model):
    """The recipients' servers defer mail of a sender and a server that they have not met before."""

    delay: GreylistDelay = Field(
        default_factory=GreylistDelay,
        description="Time after the first attempt from which one passes, may be by kind (default 300s).",
    )
    window: GreylistWindow = Field(
        default_factory=GreylistWindow,
        description="Time after which an attempt counts as a first one again, may be by kind (default 2d).",
    )
    known: Known = Field(
        default_factory=Known,
        description="Share of recipients whose server knows the sender already, may be by kind (default 0).",
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if names_kinds(value):
            raise Refusal(
                "what a greylist does by kind stands under delay, window or known",
                "{delay: {request: 5min, default: 1min}}",
            )
        return value if isinstance(value, dict | Greylist) else {"delay": value}

    @agreement
    def _can_pass(self) -> "Greylist":
        mail = [kind for kind in KINDS if kind != "report"]
        short = [kind for kind in mail if self.window.of(kind) < self.delay.of(kind)]
        if short:
            whose = "" if short == mail else f" ({', '.join(short)})"
            raise Refusal(f"the window is shorter than the delay{whose}: nothing would ever pass")
        return self


class Fault(Model):
    """A fault that a stage meets, in the vocabulary of test mail servers."""

    stage: Name = Field(description="The stage or hop that meets it.")
    fault: FaultWord = Field(
        description="reject (for good), defer (for now), disconnect, rate_limit (defer what is too much), delay."
    )
    odds: Odds = Field(
        default_factory=_certain,
        description="Probability that an attempt meets it, may be by kind (default 1; of kinds not named 0).",
    )
    from_: Duration = Field(0.0, alias="from", description="When it begins, from Send (default 0s).")
    for_: PositiveDuration | None = Field(None, alias="for", description="How long it lasts (default: on).")
    kinds: Kinds = Field(
        ("original", "request", "replacement"), description="Kinds that meet it (default all but reports)."
    )
    by: AddedTime | None = Field(None, description="Time that a delay adds, may be by kind; with delay only.")
    rate: PositiveRate | None = Field(None, description="Attempts that pass; with rate_limit only.")

    @agreement
    def _fits(self) -> "Fault":
        for word, key, example in (("delay", "by", "by: 5s"), ("rate_limit", "rate", "rate: 30/min")):
            given = getattr(self, key) is not None
            if given and self.fault != word:
                raise Refusal(f"{key} belongs to the fault {word}; this one is {self.fault}")
            if not given and self.fault == word:
                raise Refusal(f"the fault {word} needs {key}", example)
        return self
