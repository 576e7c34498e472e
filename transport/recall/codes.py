"""The numbers of the protocol: outcomes, reasons, kinds, folders, clients.

They are array cells and database values: append only, never renumber. Inside the basement they cross as plain ints
(the module constants below each class); the classes are for the edges.
"""

from enum import IntEnum


class Status(IntEnum):
    """How the recall ended for one recipient (recall.md 5)."""

    PENDING = 0
    SUCCEEDED = 1
    FAILED = 2
    REFUSED = 3


class Reason(IntEnum):
    """Why it ended so: one code, unique across all tables."""

    NONE = 0
    DELETED_UNREAD = 1
    ALREADY_READ = 2
    DIFFERENT_FOLDERS = 3
    NOT_FOUND = 4
    NOT_DELIVERED = 5
    REQUEST_NOT_DELIVERED = 6
    OTHER_ORGANISATION = 7
    RECIPIENT_NOT_EXCHANGE = 8
    NO_PERMISSION = 9
    OUT_OF_REACH = 10
    INTERCEPTED = 11
    HELD = 12
    SENDER_NOT_EXCHANGE = 20
    DISABLED_FOR_ORGANISATION = 21
    PROTECTED = 22
    CLIENT_CANNOT_RECALL = 23
    NOT_OPENED = 24
    TOO_OLD = 25
    NOT_IN_SENT_ITEMS = 26
    TOO_LATE = 27
    DELETED_READ = 30
    TIMED_OUT = 31
    DISABLED_FOR_MAILBOX = 32
    TENANT_NOT_ALLOWED = 33
    UNSUPPORTED_RECIPIENT = 34
    TOO_OLD_WHEN_PROCESSED = 35
    REFUSED_BY_RECIPIENT = 36
    PURGED = 37
    STRIPPED_ON_PATH = 38


class Kind(IntEnum):
    """What a message is; also its code in event keys and in the addresses of its draws."""

    ORIGINAL = 0
    REQUEST = 1
    REPLACEMENT = 2
    REPORT = 3
    DSN_ORIGINAL = 4
    DSN_REQUEST = 5
    DSN_REPLACEMENT = 6
    DELAY_ORIGINAL = 7
    DELAY_REQUEST = 8
    DELAY_REPLACEMENT = 9
    BACKGROUND = 16
    STANDING = 17


class Folder(IntEnum):
    """The folders every mailbox has; folders that rules and people name are numbered from `FIRST_NAMED`."""

    INBOX = 0
    DELETED_ITEMS = 1
    JUNK = 2
    FIRST_NAMED = 16


class Client(IntEnum):
    """The program a mailbox is read with (model.md 5)."""

    OUTLOOK_DESKTOP = 0
    OUTLOOK_NEW = 1
    OUTLOOK_MAC = 2
    WEB = 3
    MOBILE = 4
    IMAP = 5
    POP = 6
    OTHER = 7


class System(IntEnum):
    """The recall system in force."""

    OUTLOOK = 0
    OUTLOOK_2007 = 1
    UNDO_SEND = 2


class Place(IntEnum):
    """Where one copy ends; every sent copy is in exactly one place (conservation, recall.md 5).

    Removed by a rule is reserved: nothing in this version ends there.
    """

    NOT_SENT = 0
    IN_TRANSIT = 1
    PRESENT = 2
    REMOVED_BY_RECALL = 3
    REMOVED_BY_PERSON = 4
    REMOVED_BY_RULE = 5
    INTERCEPTED = 6
    HELD = 7
    BOUNCED = 8
    LOST = 9
    REJECTED = 10
    FETCHED = 11
    REMOVED_BY_ADMIN = 12


class Told(IntEnum):
    """The last thing the sender was told about one recipient."""

    NOTHING = 0
    SUCCESS = 1
    FAILURE = 2
    BOUNCE = 3


class SeenPhase(IntEnum):
    """When the content was first seen, against what the sender knew and the recall had done; the phases add up to *seen*."""

    UNSEEN = 0
    BEFORE_NOTICE = 1
    BEFORE_REQUEST = 2
    WHILE_PROCESSING = 3
    AFTER_PROCESSING = 4
    NEVER_PROCESSED = 5
