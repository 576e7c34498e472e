"""May the sender recall at all? Checked once, when the sender asks (recall.md 1).

The first rule that refuses gives the reason. A refusal sends no request and is an outcome of every recipient.
"""

from typing import Final

from transport.compilable import compilable
from transport.recall.facts import SenderFacts, Verdict

REFUSED: Final = 3
PENDING: Final = 0
NONE: Final = 0
SENDER_NOT_EXCHANGE: Final = 20
DISABLED_FOR_ORGANISATION: Final = 21
PROTECTED: Final = 22
CLIENT_CANNOT_RECALL: Final = 23
NOT_OPENED: Final = 24
TOO_OLD: Final = 25
NOT_IN_SENT_ITEMS: Final = 26
TOO_LATE: Final = 27


@compilable
def may_recall(facts: SenderFacts) -> Verdict:
    """The verdict on the asking itself: `PENDING` lets the request go out, `REFUSED` says by which rule it may not."""
    if not facts.recallable:
        return Verdict(REFUSED, TOO_LATE)  # H1: the hold is over and no recall follows it
    if not facts.account_on_exchange:
        return Verdict(REFUSED, SENDER_NOT_EXCHANGE)  # E1
    if not facts.enabled:
        return Verdict(REFUSED, DISABLED_FOR_ORGANISATION)  # E2
    if facts.protected:
        return Verdict(REFUSED, PROTECTED)  # E3
    if not facts.client_can_recall:
        return Verdict(REFUSED, CLIENT_CANNOT_RECALL)  # E4
    if not facts.opened:
        return Verdict(REFUSED, NOT_OPENED)  # E5
    if 0 <= facts.max_age < facts.age:
        return Verdict(REFUSED, TOO_OLD)  # E6
    if 0 <= facts.window < facts.age:
        return Verdict(REFUSED, TOO_LATE)  # S11
    if not facts.in_sent_items:
        return Verdict(REFUSED, NOT_IN_SENT_ITEMS)  # E7
    return Verdict(PENDING, NONE)
