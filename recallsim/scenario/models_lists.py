"""Distribution groups among the recipients, and their moderators."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from recallsim.scenario.base import Model
from recallsim.scenario.models_kinds import DurationByKind, LawByKind, ShareByKind, unused
from recallsim.scenario.values import Count, Flag, Name, PositiveDuration, ReportsTo, Share, filled

Names = Annotated[tuple[Name, ...], BeforeValidator(filled)]

_NO_REPORTS = unused("reports to the sender do not wait for moderators")


class LookByKind(LawByKind):
    """The time until a moderator looks; what is left out takes no time."""

    report: Annotated[None, *_NO_REPORTS] = None


class Approval(ShareByKind):
    """The probability that moderators let a message pass; what is left out is 1."""

    report: Annotated[None, *_NO_REPORTS] = None
    default: Share = Field(1.0, description="Value for the kinds that are not named.")


class Expiry(DurationByKind):
    """How long moderators have."""

    report: Annotated[None, *_NO_REPORTS] = None
    default: PositiveDuration = Field(432_000.0, description="Value for the kinds that are not named.")


class Moderation(Model):
    """Mail to the list waits for a moderator."""

    moderators: Count = Field(1, description="How many there are; the first to look decides (default 1).")
    reads: LookByKind = Field(
        default_factory=LookByKind,
        description="Time until a moderator looks, drawn for each, may be by kind (default 0s).",
    )
    approve: Approval = Field(
        default_factory=Approval, description="Probability that it is let pass, may be by kind (default 1)."
    )
    moderate_recall: Flag = Field(True, description="Recall requests wait as well (default true).")
    expires: Expiry = Field(
        default_factory=Expiry,
        description="Time after which it goes back to the sender undecided, may be by kind (default 5d).",
    )


class MailingList(Model):
    """A distribution group; its members' mail is expanded apart from the others'."""

    name: Name = Field(description="Its name.")
    members: Names = Field(description="Groups of recipients; none is a member of two lists.")
    moderation: Moderation | None = Field(None, description="Its moderators (default: none).")
    reports_to: ReportsTo = Field(
        "originator",
        description="Whether reports on its members reach the sender: originator (default) or none (R9.3).",
    )
