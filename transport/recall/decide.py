"""The tables of a recall: who decides what becomes of the original.

Rule 1: nothing here knows time, chance, mail or who asked; facts come in, a verdict goes out.
Rule 2: the order of the questions *is* the table: gone, elsewhere, read, else deleted.
Rule 3: a refusal or a failure is an outcome, never an exception.
"""

from typing import Final

from transport.compilable import compilable
from transport.recall.facts import Facts, PublicFacts, Verdict

# Status and Reason as plain ints: IntEnum members do not cross a compiler (tests hold them equal to codes.py).
PENDING: Final = 0
SUCCEEDED: Final = 1
FAILED: Final = 2
NONE: Final = 0
DELETED_UNREAD: Final = 1
ALREADY_READ: Final = 2
DIFFERENT_FOLDERS: Final = 3
NOT_FOUND: Final = 4
NOT_DELIVERED: Final = 5
REQUEST_NOT_DELIVERED: Final = 6
OTHER_ORGANISATION: Final = 7
RECIPIENT_NOT_EXCHANGE: Final = 8
NO_PERMISSION: Final = 9
OUT_OF_REACH: Final = 10
INTERCEPTED: Final = 11
HELD: Final = 12
TOO_OLD_WHEN_PROCESSED: Final = 35


@compilable
def decide(facts: Facts) -> Verdict:
    """The classic table: the recipient's own Outlook processes the request (R1-R4, R6.3, R7)."""
    if facts.fetched:
        return Verdict(FAILED, OUT_OF_REACH)  # R6.3
    if not facts.delivered:
        return Verdict(FAILED, NOT_DELIVERED)  # R7.3
    if not facts.present:
        return Verdict(FAILED, NOT_FOUND)  # R7.3
    if facts.original_folder != facts.request_folder:
        return Verdict(FAILED, DIFFERENT_FOLDERS)  # R3, R7.2, whatever the flag
    if facts.read:
        return Verdict(FAILED, ALREADY_READ)  # R1.2 R2.2 R4.2
    return Verdict(SUCCEEDED, DELETED_UNREAD)  # R1.1 R1.3 R2.1 R2.3 R4.1 R4.3 R4.4


@compilable
def is_too_old(age: int, max_age: int) -> bool:
    """Whether a copy was delivered more than `max_age` ticks ago (S10); -1 stands for no limit."""
    return 0 <= max_age < age


@compilable
def decide_too_old() -> Verdict:
    """S10, open to every system: the original had lain there too long when the request was processed."""
    return Verdict(FAILED, TOO_OLD_WHEN_PROCESSED)


@compilable
def decide_public(facts: PublicFacts) -> Verdict:
    """The table of a public folder, for the reader who opens the request (R5)."""
    if not facts.may_read_all:
        return Verdict(FAILED, NO_PERMISSION)  # R5.3
    if not facts.delivered:
        return Verdict(FAILED, NOT_DELIVERED)
    if not facts.present:
        return Verdict(FAILED, NOT_FOUND)
    if facts.read:
        return Verdict(FAILED, ALREADY_READ)  # R5.2
    return Verdict(SUCCEEDED, DELETED_UNREAD)  # R5.1 R5.4


@compilable
def decide_on_arrival(same_organisation: bool, on_exchange: bool) -> Verdict:
    """What the arrival of the request alone decides: outside the organisation nothing can execute it (R6.1)."""
    if not same_organisation:
        return Verdict(FAILED, OTHER_ORGANISATION)
    if not on_exchange:
        return Verdict(FAILED, RECIPIENT_NOT_EXCHANGE)
    return Verdict(PENDING, NONE)


@compilable
def decide_undelivered(original_delivered_or_under_way: bool) -> Verdict:
    """The request itself bounced, was rejected or lost (R7.5); without an original there is nothing to recall (R7.3)."""
    if original_delivered_or_under_way:
        return Verdict(FAILED, REQUEST_NOT_DELIVERED)
    return Verdict(FAILED, NOT_DELIVERED)


@compilable
def decide_early() -> Verdict:
    """R7.1 `drop_on_arrival`: the request came before the original, found nothing and was dropped."""
    return Verdict(FAILED, NOT_FOUND)


@compilable
def decide_on_delivery() -> Verdict:
    """R7.1 `delete_on_delivery`: the request was there first and removes the original as it comes."""
    return Verdict(SUCCEEDED, DELETED_UNREAD)


@compilable
def decide_at_horizon() -> Verdict:
    """R5.3: only readers without the right ever opened the request."""
    return Verdict(FAILED, NO_PERMISSION)


@compilable
def decide_intercepted() -> Verdict:
    """S1: the servers removed the original on its way."""
    return Verdict(SUCCEEDED, INTERCEPTED)


@compilable
def decide_held() -> Verdict:
    """H1: asked within the hold, so that nothing ever left."""
    return Verdict(SUCCEEDED, HELD)
