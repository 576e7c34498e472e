"""What an inbox rule looks at: every condition that is given must hold for the message's own properties.

Whether original and request end in one folder (R4) or in two (R3) follows from this alone.
"""

from dataclasses import dataclass

from transport.mail.message import Message


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a rule; `None` stands for one that is not given. Texts are compared without regard to case.

    Attributes:
        to: how the message is addressed, `list` or `people`.
        subject_contains, subject_starts: texts in the subject.
        has_attachment: whether it carries one.
        message_class: its class.
        size_over: bytes that it exceeds.
        importance: low, normal or high.
    """

    to: str | None = None
    subject_contains: str | None = None
    subject_starts: str | None = None
    has_attachment: bool | None = None
    message_class: str | None = None
    size_over: int | None = None
    importance: str | None = None

    def match(self, message: Message) -> bool:
        """Whether the message meets them all."""
        subject = message.subject.casefold()
        return all(
            (
                self.to is None or self.to == message.to,
                self.subject_contains is None or self.subject_contains.casefold() in subject,
                self.subject_starts is None or subject.startswith(self.subject_starts.casefold()),
                self.has_attachment is None or self.has_attachment == message.attachment,
                self.message_class is None
                or self.message_class.casefold() == message.message_class.casefold(),
                self.size_over is None or message.size > self.size_over,
                self.importance is None or self.importance == message.importance,
            )
        )
