"""The recipients of a scenario: groups, clients, mailboxes, persons, rules."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from recallsim.scenario.base import Model, Refusal, agreement
from recallsim.scenario.models_client import Client as Client
from recallsim.scenario.models_frame import Zone
from recallsim.scenario.models_habits import Deletes as Deletes
from recallsim.scenario.models_habits import Forwards as Forwards
from recallsim.scenario.models_habits import Glimpse as Glimpse
from recallsim.scenario.models_habits import MarkUnread as MarkUnread
from recallsim.scenario.models_habits import Moves as Moves
from recallsim.scenario.models_habits import OpensAttachment as OpensAttachment
from recallsim.scenario.models_habits import OutOfOffice as OutOfOffice
from recallsim.scenario.models_habits import Preview as Preview
from recallsim.scenario.models_reading import WHILE, check_while
from recallsim.scenario.models_reading import Reads as Reads
from recallsim.scenario.models_reading import Sessions as Sessions
from recallsim.scenario.values import (
    Audience,
    Count,
    Flag,
    FromWhom,
    Importance,
    MailboxKind,
    MailboxWhere,
    Name,
    ReportsTo,
    SentTo,
    Share,
    ShareOrFlag,
    Size,
    Text,
    While,
    filled,
)


class Person(Model):
    """What the recipient does."""

    reads: Reads = Field(default_factory=Reads, description="How mail comes to be opened (default never).")
    hours: Name | None = Field(None, description="The calendar in which delays and gaps run.")
    while_: While | None = Field(None, alias="while", description=WHILE)
    never: Share = Field(0.0, description="Share of persons who never open anything.")
    preview: Preview | None = Field(None, description="Reading in the pane (default: nobody).")
    curiosity: Share = Field(
        0.0,
        description="Probability that somebody about to open the request opens the unread original first.",
    )
    mark_unread: MarkUnread | None = Field(None, description="Marking unread again (R4.3).")
    moves: Moves | None = Field(None, description="Moving messages by hand (R3).")
    deletes: Deletes | None = Field(None, description="Deleting messages (R7.2).")
    forwards: Forwards | None = Field(None, description="Forwarding the original (R6.3).")
    opens_attachment: OpensAttachment | None = Field(
        None, description="Opening its attachment (seen level 4)."
    )
    glimpse: Glimpse | None = Field(None, description="Notifications that show a line (seen level 1).")
    out_of_office: OutOfOffice | None = Field(None, description="An absence.")

    @agreement
    def _runs_at_some_time(self) -> "Person":
        if self.reads.hazard is not None and self.hours is not None:
            raise Refusal("a hazard has a calendar of its own; hours cannot stand beside it")
        word = self.reads.while_ or self.while_
        check_while(word, self.calendar)
        if word == "open" and self.calendar is None:
            raise Refusal("while: open asks for a calendar", "write hours: beside it")
        return self

    @property
    def calendar(self) -> str | None:
        """The calendar in which delays and gaps run, wherever it was written."""
        return self.reads.calendar or self.hours


class Device(Model):
    """A further device on the same mailbox, of the same person or of a delegate."""

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
    forward: Count | None = Field(
        None, description="Forward to so many people outside the list (default: to none)."
    )
    stop: Flag = Field(False, description="No later rule is looked at.")

    @agreement
    def _does_something(self) -> "Rule":
        if self.move_to is not None and self.delete:
            raise Refusal("a rule either moves or deletes")
        acts = (self.move_to is not None, self.delete, self.mark_read, self.forward is not None, self.stop)
        if not any(acts):
            raise Refusal("the rule does nothing", "give it move_to, delete, mark_read, forward or stop")
        return self


class Group(Model):
    """Recipients of one description."""

    name: Name = Field(description="Its name; rows of the result bear it.")
    share: Share | None = Field(None, description="Share of the recipients; the shares add up to 1.")
    count: Audience | None = Field(None, description="Number of recipients, instead of a share.")
    organisation: Text | None = Field(
        None, description="Their mail domain (default: the sender's; else R6.1)."
    )
    timezone: Zone | None = Field(
        None, description="Their time zone, as Europe/Oslo (default: that of start)."
    )
    client: Client = Field(default_factory=Client, description="The program they read with.")
    devices: tuple[Device, ...] = Field((), description="Further devices of the same person.")
    delegates: tuple[Device, ...] = Field(
        (), description="Other persons who read the same mailbox, and where."
    )
    mailbox: Mailbox = Field(default_factory=Mailbox, description="Their mailbox.")
    person: Person = Field(default_factory=Person, description="What they do.")
    rules: tuple[Rule, ...] = Field((), description="Inbox rules in order.")
    reports_to: ReportsTo = Field(
        "originator",
        description="Whether reports on its members reach the sender: originator (default) or none.",
    )


class Recipients(Model):
    """Everyone the message goes to."""

    count: Audience | None = Field(
        None, description="Number of recipients (default: the sum of the groups' counts)."
    )
    groups: Annotated[tuple[Group, ...], BeforeValidator(filled)] = Field(
        description="Groups; recipients are numbered in their order."
    )
