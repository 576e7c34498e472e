"""A message: what servers and rules can see of it."""

from dataclasses import dataclass, replace
from typing import Final

from transport.recall.codes import Kind

REQUEST_CLASS: Final = "IPM.Outlook.Recall"
REQUEST_SUBJECT: Final = "Recall: "


@dataclass(frozen=True, slots=True)
class Message:
    """One message, before it is put into envelopes.

    Attributes:
        kind: what it is in this story.
        to: how it is addressed: `list` or `people`.
        subject: its subject.
        size: bytes.
        attachment: whether it carries one.
        message_class: its class, as IPM.Note.
        importance: low, normal or high.
    """

    kind: Kind
    to: str
    subject: str
    size: int
    attachment: bool
    message_class: str
    importance: str

    def recall_request(self) -> "Message":
        """The control message that asks for this one back (recall.md 0): small, addressed alike, its own class."""
        return replace(
            self,
            kind=Kind.REQUEST,
            subject=REQUEST_SUBJECT + self.subject,
            size=0,
            attachment=False,
            message_class=REQUEST_CLASS,
        )

    def replacement(self, subject: str | None, size: int | None, attachment: bool | None) -> "Message":
        """The new message that follows (R8); what is not given is as in this one."""
        return replace(
            self,
            kind=Kind.REPLACEMENT,
            subject=self.subject if subject is None else subject,
            size=self.size if size is None else size,
            attachment=self.attachment if attachment is None else attachment,
        )
