"""The sender's side of a scenario: the organisation, the message, the sender and her recall."""

from pydantic import Field

from recallsim.scenario.base import Model
from recallsim.scenario.models_laws import Law, LawOrNever, zero
from recallsim.scenario.models_system import Policies
from recallsim.scenario.values import (
    Account,
    ClientKind,
    Duration,
    Flag,
    Importance,
    OpenedIn,
    RecallSystem,
    Routing,
    SentItems,
    SentTo,
    Share,
    Size,
    Text,
)


class Tenant(Model):
    """Another organisation, as recalls meet it."""

    allows_recall_from: tuple[Text, ...] = Field(
        (), description="Organisations whose recalls it lets in (S7; default nobody)."
    )
    routing: Routing = Field(
        "internet",
        description="How its mail is routed: internet (default), or native as between Domino servers.",
    )


class Organisation(Model):
    """The sender's organisation."""

    domain: Text = Field("example.org", description="Its mail domain; groups without one belong to it.")
    recall_enabled: Flag = Field(True, description="Recall is switched on (E2).")
    tenants: dict[Text, Tenant] = Field(
        default_factory=dict, description="Other organisations by mail domain (S7, S10)."
    )


class Message(Model):
    """The original."""

    subject: Text = Field("Message", description="Subject; rules see it.")
    size: Size = Field(0, description="Size in bytes; rules see it (default 0 B).")
    attachment: Flag = Field(False, description="It carries an attachment.")
    protected: Flag = Field(False, description="It is rights-protected (E3).")
    importance: Importance = Field("normal", description="Importance; rules see it.")
    class_: Text = Field("IPM.Note", alias="class", description="Message class; rules see it.")
    to: SentTo = Field("list", description="Addressed to a distribution list, or to people one by one.")


class Replace(Model):
    """The replacement that follows the request (R8)."""

    compose: Law = Field(default_factory=zero, description="Time from asking to sending it (default 0s).")
    abandon: Share = Field(0.0, description="Probability that it is never sent.")
    subject: Text | None = Field(None, description="Subject (default: the original's).")
    size: Size | None = Field(None, description="Size (default: the original's).")
    attachment: Flag | None = Field(None, description="Carries an attachment (default: as the original).")


class Correction(Model):
    """A plain message that follows when the recall is refused (recall.md 1)."""

    compose: Law = Field(
        default_factory=zero, description="Time from the refusal to sending it (default 0s)."
    )


class Recall(Policies):
    """How the message is asked back: the system, what else the sender chooses, and the policies in force."""

    system: RecallSystem = Field(
        "outlook",
        description="The recall system: its preset lies below what the file says of the sender (default outlook).",
    )
    replace: Replace | None = Field(None, description="Send a replacement too (R8).")
    tell_me: Flag = Field(True, description="The sender is told of each recipient (R9.1, R9.2).")


class Sender(Model):
    """Who sends, notices and asks."""

    account: Account = Field("exchange", description="The account that sent the message (E1).")
    client: ClientKind = Field("outlook-desktop", description="The program the recall is started from (E4).")
    opened_in: OpenedIn = Field("window", description="Where the message stands open when asking (E5).")
    sent_items: SentItems = Field("kept", description="What became of the copy in Sent Items (E7).")
    hold: Duration = Field(0.0, description="Time the message waits before submission (H1; default 0s).")
    notices: LawOrNever = Field(default_factory=zero, description="Time from Send until the slip is noticed.")
    acts: Law = Field(
        default_factory=zero, description="Time from noticing until the sender asks (default 0s)."
    )
    correction: Correction | None = Field(None, description="A plain correction if the recall is refused.")
    recall: Recall = Field(default_factory=Recall, description="The recall.")
