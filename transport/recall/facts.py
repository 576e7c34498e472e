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
    window: int  # S11: ticks, -1 without one
    in_sent_items: bool  # E7
    recallable: bool  # H1: a system exists that can act after the hold


class ReachFacts(NamedTuple):
    """Whether a recall that servers carry out reaches a mailbox at all (S2a, S6, S7, S10, S11)."""

    same_organisation: bool
    lets_in: bool  # another organisation that executes our recalls: allow-list (S7), native routing (S10)
    across: int  # which others may: 0 nobody, 1 those that allow it (S7), 2 those reached natively (S10)
    on_system: bool  # the mailbox is on a system that can carry a recall out
    public: bool  # a public folder


class ServerFacts(NamedTuple):
    """One mailbox at the moment the recall agent comes to it (S2-S4, S6, S10-S12)."""

    delivered: bool  # the original reached this mailbox at some time
    fetched: bool  # it left the server for a device of its own (R6.3)
    present: bool  # it is in the mailbox now, in whatever folder
    read: bool  # it is marked read at the mailbox now
    downloaded: bool  # a POP or IMAP program has a copy (S11)
    age: int  # ticks since its delivery
    processes: bool  # S6: the mailbox lets recalls be processed
    consents: bool  # S10: the recipient does not refuse recalls
    reads_too: bool  # S3: policy, copies marked read are removed as well
    spoils: bool  # S11: policy, a downloaded copy is out of reach
    max_age: int  # S10: policy, ticks since delivery, -1 without a limit


class GivenUpFacts(NamedTuple):
    """A mailbox in which the recall agent found nothing, after its last attempt (S2a, S8)."""

    fetched: bool
    gone: bool  # it was there and was removed for good
    under_way: bool  # it may still come
    failed: bool  # the attempt itself failed, whatever there was
    retries: bool  # the agent tries again: the end is a time-out


class PurgeFacts(NamedTuple):
    """One mailbox at the moment the administrator's removal comes to it (S13)."""

    within_reach: bool
    present: bool
    fetched: bool
    read: bool
    read_too: bool  # policy


class Verdict(NamedTuple):
    """A status and a reason, as plain ints (codes.Status, codes.Reason)."""

    status: int
    reason: int
