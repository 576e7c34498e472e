"""What a decision is taken from: flat tuples of ints and bools, and the verdict that comes back.

Basement: no strings, no objects, no clock, no chance.
"""

from typing import NamedTuple


class Facts(NamedTuple):
    """One mailbox at the moment its recall request is processed (recall.md 2)."""

    delivered: bool  # the original reached this mailbox at some time
    fetched: bool  # it left the server for a device of its own (R6.3)
    present: bool  # it is in the mailbox now, Deleted Items included
    read: bool  # it is marked read now, whatever its history (R4.3)
    original_folder: int
    request_folder: int


class PublicFacts(NamedTuple):
    """A public folder at the moment one reader opens the recall request (R5)."""

    delivered: bool
    present: bool
    may_read_all: bool  # the reader's right, never the sender's (R5.5)
    read: bool  # that reader's own flag


class SenderFacts(NamedTuple):
    """What the refusals E1-E7 are taken from, at the moment the sender asks (recall.md 1)."""

    account_on_exchange: bool  # E1
    enabled: bool  # E2
    protected: bool  # E3: the message is protected, and the policy refuses such
    client_can_recall: bool  # E4
    opened: bool  # E5: opened in its own window, or the policy does not ask for it
    age: int  # E6: ticks since the message was sent
    max_age: int  # E6: ticks, -1 without a limit
    in_sent_items: bool  # E7
    recallable: bool  # H1: a system exists that can act after the hold


class Verdict(NamedTuple):
    """A status and a reason, as plain ints (codes.Status, codes.Reason)."""

    status: int
    reason: int
