"""The servers of a scenario: stages, retries, background, the link, outages."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import KINDS, Model, Refusal, shown, suggestion
from recallsim.scenario.models_kinds import LawByKind, ShareByKind
from recallsim.scenario.models_laws import Law, LawModel
from recallsim.scenario.values import (
    DURATION_SCHEMA,
    Count,
    Duration,
    KindName,
    Name,
    PositiveDuration,
    Rate,
    ReportLanes,
    StagePer,
    Unlimited,
    duration,
    integer,
    number,
)

STAGE_KEYS = ("submission", "categorizer", "delivery")
_PER = {"submission": "message", "categorizer": "batch"}
_COARSENESS = {"message": 0, "batch": 1, "recipient": 2}

MOST_STAGES = 64
"""The longest passage."""


def _not_too_many(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) > MOST_STAGES:
        raise Refusal(f"{len(value):,} stages are listed; a passage has at most {MOST_STAGES}")
    return value


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


def _kinds(value: object) -> object:
    if isinstance(value, str):
        raise Refusal(f"expected a list of kinds, found {shown(value)}", f"[{value}]?")
    return value


Kinds = Annotated[tuple[KindName, ...], BeforeValidator(_kinds)]


class Discipline(Model):
    """Who goes next: first come first served, or some kinds before the others (no pre-emption)."""

    priority: Kinds = Field(
        (), description="Kinds that go first, in this order; none means first come, first served."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if value == "fifo":
            return {}
        if isinstance(value, dict | Discipline):
            return value
        hint = suggestion(value, ["fifo", "priority"]) if isinstance(value, str) else ""
        raise Refusal(f"expected fifo or {{priority: [kinds]}}, found {shown(value)}", hint)


class BackgroundStart(Model):
    """The state the background is in when the message is sent."""

    state: str = Field("empty", description="stationary, empty or warm.")
    warm: Duration = Field(0.0, description="How long the background has run before Send.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, BackgroundStart) or (
            isinstance(value, dict) and (not value or "state" in value)
        ):
            return value
        if isinstance(value, dict) and set(value) == {"warm"}:
            duration(value["warm"])
            return {"state": "warm", "warm": value["warm"]}
        if isinstance(value, str):
            if value in ("stationary", "empty"):
                return {"state": value}
            head, colon, rest = value.partition(":")
            if colon and head.strip() == "warm":
                duration(rest.strip())
                return {"state": "warm", "warm": rest.strip()}
        hint = suggestion(value, ["stationary", "empty", "warm"]) if isinstance(value, str) else ""
        raise Refusal(f"expected stationary, empty or {{warm: 2h}}, found {shown(value)}", hint)


_START_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": ["stationary", "empty"]},
        {"type": "string", "pattern": "^warm:"},
        {
            "type": "object",
            "properties": {"warm": DURATION_SCHEMA},
            "required": ["warm"],
            "additionalProperties": False,
        },
    ]
}


class Background(Model):
    """Foreign mail that a stage serves too; it leaves the model there."""

    rate: Rate = Field(description="Arrivals, a Poisson stream.")
    service: Law | None = Field(None, description="Its service time (default: the stage's).")
    start: Annotated[BackgroundStart, WithJsonSchema(_START_SCHEMA)] = Field(
        default_factory=BackgroundStart,
        description="stationary (exponential, FIFO, no failures, load < 1), empty (default), {warm: 2h}.",
    )


class Stage(Model):
    """A queueing place of the servers."""

    name: Name = Field("", description="Its name; given by the key for submission, categorizer and delivery.")
    per: StagePer | None = Field(
        None,
        description="One job: message (default for submission), batch (categorizer) or recipient (others).",
    )
    batch: Count = Field(
        1000, description="Envelope recipients in one job of a stage per batch (default 1000)."
    )
    workers: Unlimited = Field(None, description="Servers working side by side (default unlimited).")
    service: LawByKind = Field(
        default_factory=LawByKind, description="Service time, may be by kind (default 0s)."
    )
    kinds: Kinds = Field(KINDS, description="Kinds that pass here; others bypass it (default all).")
    discipline: Discipline = Field(
        default_factory=Discipline, description="fifo (default) or {priority: [kinds]}."
    )
    failure: ShareByKind = Field(
        default_factory=ShareByKind,
        description="Probability that an attempt fails, may be by kind (default 0).",
    )
    retry: Retry | None = Field(
        None, description="Gaps between attempts (default: the first failure bounces)."
    )
    give_up: PositiveDuration | None = Field(
        None, description="Time after entry at which the message bounces."
    )
    background: Background | None = Field(None, description="Foreign mail served here too.")

    @property
    def grain(self) -> str:
        """What one job is: `message`, `batch` or `recipient`."""
        return self.per or _PER.get(self.name, "recipient")

    @property
    def background_service(self) -> LawModel:
        """The service time of the background."""
        if self.background is not None and self.background.service is not None:
            return self.background.service
        return self.service.default


class Link(Model):
    """The way from the last server into the mailbox."""

    latency: LawByKind = Field(
        default_factory=LawByKind, description="Time on the way, may be by kind (default 0s)."
    )
    loss: ShareByKind = Field(
        default_factory=ShareByKind, description="Probability that a copy is lost (default 0)."
    )


class Outage(Model):
    """A time in which a stage stands still."""

    stage: Name = Field(description="The stage that stands still.")
    from_: Duration = Field(alias="from", description="When it begins, from Send.")
    for_: PositiveDuration = Field(alias="for", description="How long it lasts.")


class Transport(Model):
    """The servers and the link."""

    stages: Annotated[tuple[Stage, ...], BeforeValidator(_not_too_many)] = Field(
        (),
        description="Stages in order of passage, 64 at most; instead of the three keys.",
        json_schema_extra={"maxItems": MOST_STAGES},
    )
    submission: Stage | None = Field(None, description="First stage, per message.")
    categorizer: Stage | None = Field(None, description="Second stage, expands the list batch by batch.")
    delivery: Stage | None = Field(None, description="Last stage, per recipient.")
    link: Link = Field(default_factory=Link, description="The way into the mailbox.")
    outages: tuple[Outage, ...] = Field((), description="Times in which a stage stands still.")
    reports: ReportLanes = Field(
        "own", description="Reports travel in lanes of their own, or share the queues."
    )

    @model_validator(mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        named = dict(value)
        for key in STAGE_KEYS:
            if isinstance(named.get(key), dict):
                named[key] = {"name": key} | named[key]
        return named

    def passage(self) -> tuple[Stage, ...]:
        """The stages in order of passage, however they were written."""
        keyed = (self.submission, self.categorizer, self.delivery)
        return self.stages or tuple(stage for stage in keyed if stage is not None)


def coarseness(stage: Stage) -> int:
    """0 per message, 1 per batch, 2 per recipient: never falls along the passage."""
    return _COARSENESS[stage.grain]
