"""The sender's side of a scenario: the organisation, the message, the sender and her recall."""

from pydantic import Field

from recallsim.scenario.base import Model
from recallsim.scenario.models_laws import Law, LawOrNever, zero
from recallsim.scenario.values import (
    Account,
    BeforeOriginal,
    ClientKind,
    Duration,
    FirstReader,
    Flag,
    Importance,
    OpenedIn,
    PositiveDuration,
    ProtectedPolicy,
    RecallSystem,
    SentItems,
    SentTo,
    Share,
    Size,
    Text,
)


class Organisation(Model):
    """The sender's organisation."""

    domain: Text = Field("example.org", description="Its mail domain; groups without one belong to it.")
    recall_enabled: Flag = Field(True, description="Recall is switched on (E2).")


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


class Recall(Model):
    """How the message is asked back, and the policy in force."""

    system: RecallSystem = Field(
        "outlook",
        description="outlook, outlook-2007, or undo-send (only the hold, H1; later it is too late).",
    )
    replace: Replace | None = Field(None, description="Send a replacement too (R8).")
    tell_me: Flag = Field(True, description="Reports are sent for each recipient (R9.1, R9.2).")
    recall_before_original: BeforeOriginal = Field(
        "wait", description="What happens to a request that is there before the original (R7.1)."
    )
    max_age: PositiveDuration | None = Field(
        None, description="Oldest message that may be recalled (E6; none)."
    )
    protected: ProtectedPolicy = Field(
        "refuse", description="Whether protected messages may be recalled (E3)."
    )
    opened_in_window_required: Flag = Field(True, description="The message must be open in its window (E5).")
    public_folder_first_reader: FirstReader = Field(
        "stays",
        description="Whether the first reader without rights ends the recall in a public folder (R5.3).",
    )
    intercept: Flag = Field(False, description="Servers remove originals that are still under way (S1).")


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
