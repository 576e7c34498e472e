"""The servers of a scenario: the passage, the link, routes, lists, faults, outages."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from recallsim.scenario.base import Model, Refusal
from recallsim.scenario.models_kinds import LawByKind, ShareByKind
from recallsim.scenario.models_lists import MailingList, Names
from recallsim.scenario.models_obstacles import Fault
from recallsim.scenario.models_stage import Hop, Stage
from recallsim.scenario.values import Duration, Name, PositiveDuration, ReportLanes

STAGE_KEYS = ("submission", "categorizer", "delivery")

MOST_STAGES = 64
"""The longest passage."""
MOST_FAULTS = 255
MOST_LISTS = 1000


def _at_most(most: int, what: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > most:
            raise Refusal(f"{len(value):,} {what} are listed; {_LONGEST[what].format(most)}")
        return value

    return BeforeValidator(check)


_LONGEST = {
    "stages": "a passage has at most {}",
    "hops": "a passage has at most {}",
    "lists": "there can be at most {}",
    "faults": "there can be at most {}",
}


class Link(Model):
    """The way from the last server into the mailbox."""

    latency: LawByKind = Field(
        default_factory=LawByKind, description="Time on the way, may be by kind (default 0s)."
    )
    loss: ShareByKind = Field(
        default_factory=ShareByKind, description="Probability that a copy is lost (default 0)."
    )
    duplicate: ShareByKind = Field(
        default_factory=ShareByKind,
        description="Probability that a copy comes twice; the second is dropped by its message id (default 0).",
    )


class Outage(Model):
    """A time in which a stage stands still."""

    stage: Name = Field(description="The stage that stands still.")
    from_: Duration = Field(alias="from", description="When it begins, from Send.")
    for_: PositiveDuration = Field(alias="for", description="How long it lasts.")


class Route(Model):
    """Which way the mail of some groups takes."""

    groups: Names = Field(description="The groups; each is on one route at most.")
    hops: tuple[Name, ...] = Field((), description="The hops that their mail takes.")
    bypass: tuple[Name, ...] = Field((), description="Stages per recipient that their mail goes round.")


class Transport(Model):
    """The servers and the link."""

    stages: Annotated[tuple[Stage, ...], _at_most(MOST_STAGES, "stages")] = Field(
        (),
        description="Stages in order of passage, 64 at most; instead of the three keys.",
        json_schema_extra={"maxItems": MOST_STAGES},
    )
    submission: Stage | None = Field(None, description="First stage, per message.")
    categorizer: Stage | None = Field(None, description="Second stage, expands the list batch by batch.")
    delivery: Stage | None = Field(None, description="Last stage, per recipient.")
    link: Link = Field(default_factory=Link, description="The way into the mailbox.")
    hops: Annotated[tuple[Hop, ...], _at_most(MOST_STAGES, "hops")] = Field(
        (),
        description="Stages per recipient that only mail on a route takes; they come before the first stage per recipient.",
        json_schema_extra={"maxItems": MOST_STAGES},
    )
    routes: tuple[Route, ...] = Field((), description="Which groups' mail takes which hops.")
    lists: Annotated[tuple[MailingList, ...], _at_most(MOST_LISTS, "lists")] = Field(
        (), description="Distribution groups.", json_schema_extra={"maxItems": MOST_LISTS}
    )
    faults: Annotated[tuple[Fault, ...], _at_most(MOST_FAULTS, "faults")] = Field(
        (),
        description="Faults that stages meet, asked in this order.",
        json_schema_extra={"maxItems": MOST_FAULTS},
    )
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
        """Stages and hops in order of passage, however they were written: hops before the first stage per recipient."""
        stages = self.without_hops()
        together = sum(stage.grain != "recipient" for stage in stages)
        return (*stages[:together], *self.hops, *stages[together:])

    def without_hops(self) -> tuple[Stage, ...]:
        """The stages that everybody's mail takes, in order of passage."""
        keyed = (self.submission, self.categorizer, self.delivery)
        return self.stages or tuple(stage for stage in keyed if stage is not None)
