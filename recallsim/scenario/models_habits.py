"""What a person does with a message beside opening it."""

from pydantic import Field

from recallsim.scenario.base import Model
from recallsim.scenario.models_laws import Law, zero
from recallsim.scenario.values import Count, Duration, Flag, Of, PositiveDuration, Share, Text, Unlimited


class Preview(Model):
    """Reading in the pane, without opening."""

    share: Share = Field(1.0, description="Share of persons who read in the pane (default 1).")
    of: Of = Field("original", description="Which messages: original (default), request or any.")


class MarkUnread(Model):
    """Marking a message unread again after reading it (R4.3)."""

    share: Share = Field(1.0, description="Share of persons who do (default 1).")
    after: Law = Field(default_factory=zero, description="Time from the opening (default 0s).")
    repeat: Unlimited = Field(1, description="How many times, or unlimited (default 1).")
    of: Of = Field("original", description="Which messages: original (default), request or any.")


class Moves(Model):
    """Moving a message after reading it (R3)."""

    share: Share = Field(1.0, description="Share of persons who do (default 1).")
    after: Law = Field(default_factory=zero, description="Time from the opening (default 0s).")
    to: Text = Field(description="The folder.")
    of: Of = Field("original", description="Which messages: original (default), request or any.")


class Deletes(Model):
    """Deleting a message (R7.2, R7.3, R7.6)."""

    share: Share = Field(1.0, description="Share of persons who do (default 1).")
    after: Law = Field(
        default_factory=zero, description="Time from the opening, or from arrival (default 0s)."
    )
    unread: Flag = Field(
        False, description="Unopened: the time runs from arrival, and what is marked read by then stays."
    )
    hard: Flag = Field(False, description="For good, not into Deleted Items (R7.3).")
    of: Of = Field("original", description="Which messages: original (default), request or any.")


class OpensAttachment(Model):
    """Opening the attachment of the original: seen level 4."""

    share: Share = Field(1.0, description="Share of persons who do (default 1).")
    after: Law = Field(default_factory=zero, description="Time from the opening (default 0s).")


class Glimpse(Model):
    """A notification that shows a line of the message: seen level 1."""

    share: Share = Field(1.0, description="Share of persons whose notifications do (default 1).")
    of: Of = Field("any", description="Which messages: any (default), original or request.")


class OutOfOffice(Model):
    """An absence, in which nothing is read and the original is answered automatically."""

    share: Share = Field(1.0, description="Share of persons who are away (default 1).")
    from_: Duration = Field(0.0, alias="from", description="When it begins, from Send (default 0s).")
    for_: PositiveDuration | None = Field(
        None, alias="for", description="How long it lasts (default: to the end)."
    )


class Forwards(Model):
    """Forwarding the original to people outside the list, each of whom sees it on arrival."""

    share: Share = Field(1.0, description="Share of persons who do (default 1).")
    after: Law = Field(default_factory=zero, description="Time from the opening (default 0s).")
    to: Count = Field(1, description="How many people it goes to (default 1).")
