"""A mailbox: copies of messages in folders, with flags."""

from typing import Final

from transport.recall.codes import Folder

INBOX: Final = Folder.INBOX.value
DELETED_ITEMS: Final = Folder.DELETED_ITEMS.value


class Copy:
    """One message in one mailbox.

    Attributes:
        kind: what the message is (codes.Kind).
        delivered: tick of its delivery.
        folder: where it lies (codes.Folder, or a named folder's number).
        read: the flag at the mailbox; opening sets it, "mark as unread" clears it.
        here: whether it is in the mailbox at all, Deleted Items included.
        fetched: it left the server for a device of its own (POP); only that device still has it.
        planned: bit set of what its readers are going to do with it.
        marked_unread: how many times it was marked unread again.
        spent: a recall request that has been processed and left a notice in its place.
    """

    __slots__ = (
        "delivered",
        "fetched",
        "folder",
        "here",
        "kind",
        "marked_unread",
        "planned",
        "read",
        "spent",
    )

    def __init__(self, kind: int, delivered: int) -> None:
        self.kind = kind
        self.delivered = delivered
        self.folder = self.marked_unread = self.planned = 0  # the Inbox
        self.here = True
        self.read = self.fetched = self.spent = False


class Mailbox:
    """What one recipient has received.

    Attributes:
        number: the recipient's number, from 1.
        copies: by kind: original, request, replacement; `None` until delivered.
    """

    __slots__ = ("copies", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.copies: list[Copy | None] = [None, None, None]
