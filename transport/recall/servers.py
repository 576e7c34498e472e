"""The tables of a recall that servers carry out: the recall agent, and the administrator beside it.

Rule 1: nothing here knows time, chance, mail or who asked; facts come in, a verdict goes out.
Rule 2: one family of systems by its policies: cloud, Domino, systems with a window, GroupWise (S2-S12).
Rule 3: `PENDING` is an attempt that failed and may be made again (S8).
"""

from typing import Final

from transport.compilable import compilable
from transport.recall.decide import is_too_old
from transport.recall.facts import GivenUpFacts, PurgeFacts, ReachFacts, ServerFacts, Verdict

PENDING: Final = 0
SUCCEEDED: Final = 1
FAILED: Final = 2
NONE: Final = 0
DELETED_UNREAD: Final = 1
ALREADY_READ: Final = 2
NOT_FOUND: Final = 4
NOT_DELIVERED: Final = 5
OTHER_ORGANISATION: Final = 7
RECIPIENT_NOT_EXCHANGE: Final = 8
OUT_OF_REACH: Final = 10
DELETED_READ: Final = 30
TIMED_OUT: Final = 31
DISABLED_FOR_MAILBOX: Final = 32
TENANT_NOT_ALLOWED: Final = 33
UNSUPPORTED_RECIPIENT: Final = 34
TOO_OLD_WHEN_PROCESSED: Final = 35
REFUSED_BY_RECIPIENT: Final = 36
PURGED: Final = 37


@compilable
def decide_reach(facts: ReachFacts) -> Verdict:
    """Whether the recall agent may go to a mailbox: `PENDING` lets it, `FAILED` says why not, and no mail is sent."""
    if not facts.same_organisation and not (facts.across > 0 and facts.lets_in):
        if facts.across == 1:
            return Verdict(FAILED, TENANT_NOT_ALLOWED)  # S7
        return Verdict(FAILED, OTHER_ORGANISATION)  # S10 S11
    if not facts.on_system:
        return Verdict(FAILED, RECIPIENT_NOT_EXCHANGE)  # R6.1
    if facts.public:
        return Verdict(FAILED, UNSUPPORTED_RECIPIENT)  # S2a
    return Verdict(PENDING, NONE)


@compilable
def decide_at_server(facts: ServerFacts) -> Verdict:
    """One attempt of the recall agent at one mailbox, in whatever folder the copy lies (S2)."""
    if not facts.processes:
        return Verdict(FAILED, DISABLED_FOR_MAILBOX)  # S6
    if not facts.consents:
        return Verdict(FAILED, REFUSED_BY_RECIPIENT)  # S10
    if not facts.delivered or not facts.present or facts.fetched:
        return Verdict(PENDING, NONE)  # S2a
    if facts.spoils and facts.downloaded:
        return Verdict(FAILED, OUT_OF_REACH)  # S11
    if is_too_old(facts.age, facts.max_age):
        return Verdict(FAILED, TOO_OLD_WHEN_PROCESSED)  # S10
    if not facts.read:
        return Verdict(SUCCEEDED, DELETED_UNREAD)
    if facts.reads_too:
        return Verdict(SUCCEEDED, DELETED_READ)  # S3
    return Verdict(FAILED, ALREADY_READ)  # S3 S10 S12


@compilable
def decide_given_up(facts: GivenUpFacts) -> Verdict:
    """The recall agent makes no further attempt (S2a, S8)."""
    if facts.fetched:
        return Verdict(FAILED, OUT_OF_REACH)  # R6.3
    if facts.gone:
        return Verdict(FAILED, NOT_FOUND)
    if facts.retries or facts.failed:
        return Verdict(FAILED, TIMED_OUT)
    if facts.under_way:
        return Verdict(FAILED, NOT_FOUND)
    return Verdict(FAILED, NOT_DELIVERED)


@compilable
def decide_purge(facts: PurgeFacts) -> Verdict:
    """The administrator's removal at one mailbox: `PENDING` leaves everything as it is (S13)."""
    if not facts.within_reach or not facts.present or facts.fetched:
        return Verdict(PENDING, NONE)
    if facts.read and not facts.read_too:
        return Verdict(PENDING, NONE)
    return Verdict(SUCCEEDED, PURGED)
