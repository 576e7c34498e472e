"""The recipients of a scenario: groups, clients, mailboxes, persons, rules."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from recallsim.scenario.base import Model, Refusal, shown, suggestion
from recallsim.scenario.models_client import Client as Client
from recallsim.scenario.models_kinds import Delay, OpenProbability
from recallsim.scenario.models_laws import Law, zero
from recallsim.scenario.values import (
    Count,
    Flag,
    FromWhom,
    Importance,
    MailboxKind,
    MailboxWhere,
    Name,
    Of,
    OrderOfReading,
    Phase,
    Rate,
    ReportsTo,
    SentTo,
    Share,
    ShareOrFlag,
    Size,
    Text,
    Unlimited,
    filled,
)


class Sessions(Model):
    """Checks of the inbox."""

    gap: Law = Field(description="Time from the end of a check to the next.")
    per_session: Unlimited = Field(None, description="Messages handled in one check (default unlimited).")
    open_probability: OpenProbability = Field(
        default_factory=OpenProbability,
        description="Probability that a handled message is opened (default 1).",
    )
    handling: Law = Field(default_factory=zero, description="Time spent on each message (default 0s).")
    order: OrderOfReading = Field("newest", description="newest (default), oldest, random or request_first.")
    phase: Phase = Field("stationary", description="The first gap: a stationary residual (default) or fresh.")
    hours: Name | None = Field(None, description="The calendar in which gaps run.")


class Hazard(Model):
    """An opening rate that changes over the week."""

    calendar: Name = Field(description="The calendar.")
    inside: Rate = Field(description="Rate while it is open.")
    outside: Rate = Field(description="Rate while it is closed.")


class Reads(Model):
    """How mail comes to be opened: one of delay, sessions, hazard; or never."""

    delay: Delay | None = Field(None, description="Each message is opened after a delay of its own.")
    sessions: Sessions | None = Field(None, description="The inbox is checked from time to time.")
    hazard: Hazard | None = Field(None, description="Mail is opened at a rate that follows a calendar.")
    hours: Name | None = Field(None, description="The calendar in which delays and gaps run.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if value == "never":
            return {}
        if isinstance(value, Reads | dict):
            return value
        hint = suggestion(value, ["never", "delay", "sessions", "hazard"]) if isinstance(value, str) else ""
        raise Refusal(f"expected never or one of delay, sessions and hazard, found {shown(value)}", hint)

    @model_validator(mode="after")
    def _one_kind(self) -> "Reads":
        kinds = [key for key in ("delay", "sessions", "hazard") if getattr(self, key) is not None]
        if len(kinds) > 1:
            raise Refusal(f"expected one kind of reading, found {' and '.join(kinds)}")
        if not kinds and self.model_fields_set:
            raise Refusal("expected one of delay, sessions and hazard", "or reads: never")
        if self.hazard is not None and self.hours is not None:
            raise Refusal("a hazard has a calendar of its own; hours cannot stand beside it")
        return self

    @property
    def kind(self) -> str:
        """`delay`, `sessions`, `hazard` or `never`."""
        for key in ("delay", "sessions", "hazard"):
            if getattr(self, key) is not None:
                return key
        return "never"

    @property
    def calendar(self) -> str | None:
        """The calendar named beside or inside the kind, if any."""
        return self.hours or (self.sessions.hours if self.sessions is not None else None)


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
    unread: Flag = Field(False, description="Unopened: the time runs from arrival.")
    hard: Flag = Field(False, description="For good, not into Deleted Items (R7.3).")
    of: Of = Field("original", description="Which messages: original (default), request or any.")


class Person(Model):
    """What the recipient does."""

    reads: Reads = Field(default_factory=Reads, description="How mail comes to be opened (default never).")
    hours: Name | None = Field(None, description="The calendar in which delays and gaps run.")
    never: Share = Field(0.0, description="Share of persons who never open anything.")
    preview: Preview | None = Field(None, description="Reading in the pane (default: nobody).")
    curiosity: Share = Field(
        0.0,
        description="Probability that somebody about to open the request opens the unread original first.",
    )
    mark_unread: MarkUnread | None = Field(None, description="Marking unread again (R4.3).")
    moves: Moves | None = Field(None, description="Moving messages by hand (R3).")
    deletes: Deletes | None = Field(None, description="Deleting messages (R7.2).")

    @property
    def calendar(self) -> str | None:
        """The calendar in which delays and gaps run, wherever it was written."""
        return self.reads.calendar or self.hours


class Device(Model):
    """A further device of the same person on the same mailbox."""

    name: Name = Field(description="Its name.")
    client: Client = Field(default_factory=Client, description="Its program.")
    reads: Reads = Field(
        default_factory=Reads, description="How mail comes to be opened on it (default never)."
    )
    preview: Preview | None = Field(None, description="Reading in the pane on it (default: nobody).")


class Rights(Model):
    """What the readers of a mailbox may do."""

    full: Share = Field(1.0, description="Share of readers who may read all items (R5.1, R5.3; default 1).")


class Mailbox(Model):
    """The mailbox of each recipient of a group."""

    where: MailboxWhere = Field(
        "cloud", description="cloud (default), onprem, or other for a system that is not Exchange (R6.1)."
    )
    kind: MailboxKind = Field("user", description="user (default), shared (R6.4) or public (R5).")
    readers: Count = Field(1, description="Persons who read a shared mailbox or public folder (default 1).")
    rights: Rights = Field(default_factory=Rights, description="Their rights.")
    recall_processing: ShareOrFlag = Field(
        1.0,
        description="Share of mailboxes in which servers process recalls, or true, false (S6; default 1).",
    )
    refuses_recall: Share = Field(0.0, description="Share of owners who refuse recalls (S10; default 0).")


class When(Model):
    """What a rule looks at; every condition that is given must hold."""

    from_: FromWhom | None = Field(None, alias="from", description="sender: the scenario's sender.")
    to: SentTo | None = Field(None, description="How the message is addressed: list or people.")
    subject_contains: Text | None = Field(None, description="A text anywhere in the subject.")
    subject_starts: Text | None = Field(None, description="A text at the beginning of the subject.")
    has_attachment: Flag | None = Field(None, description="It carries an attachment.")
    class_: Text | None = Field(None, alias="class", description="Message class, as IPM.Outlook.Recall.")
    size_over: Size | None = Field(None, description="It is larger than this.")
    importance: Importance | None = Field(None, description="Its importance.")


class Rule(Model):
    """An inbox rule."""

    share: Share = Field(1.0, description="Share of persons who have it (default 1).")
    when: When = Field(default_factory=When, description="Its conditions (default: every message).")
    move_to: Text | None = Field(None, description="Move to this folder.")
    delete: Flag = Field(False, description="Move to Deleted Items.")
    mark_read: Flag = Field(False, description="Mark as read.")
    stop: Flag = Field(False, description="No later rule is looked at.")

    @model_validator(mode="after")
    def _does_something(self) -> "Rule":
        if self.move_to is not None and self.delete:
            raise Refusal("a rule either moves or deletes")
        if not (self.move_to is not None or self.delete or self.mark_read or self.stop):
            raise Refusal("the rule does nothing", "give it move_to, delete, mark_read or stop")
        return self


class Group(Model):
    """Recipients of one description."""

    name: Name = Field(description="Its name; rows of the result bear it.")
    share: Share | None = Field(None, description="Share of the recipients; the shares add up to 1.")
    count: Count | None = Field(None, description="Number of recipients, instead of a share.")
    organisation: Text | None = Field(
        None, description="Their mail domain (default: the sender's; else R6.1)."
    )
    timezone: Text | None = Field(
        None, description="Their time zone, as Europe/Oslo (default: that of start)."
    )
    client: Client = Field(default_factory=Client, description="The program they read with.")
    devices: tuple[Device, ...] = Field((), description="Further devices of the same person.")
    mailbox: Mailbox = Field(default_factory=Mailbox, description="Their mailbox.")
    person: Person = Field(default_factory=Person, description="What they do.")
    rules: tuple[Rule, ...] = Field((), description="Inbox rules in order.")
    reports_to: ReportsTo = Field(
        "originator",
        description="Whether reports on its members reach the sender: originator (default) or none.",
    )


class Recipients(Model):
    """Everyone the message goes to."""

    count: Count | None = Field(
        None, description="Number of recipients (default: the sum of the groups' counts)."
    )
    groups: Annotated[tuple[Group, ...], BeforeValidator(filled)] = Field(
        description="Groups; recipients are numbered in their order."
    )
