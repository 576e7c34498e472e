"""The kernel's account of who saw the content, when and how well (agents/ledger.py and person.py, compiled)."""

from recallsim.engines.kernel_layout import (
    AFTER_PROCESSING,
    B_AFTER_REMOVAL,
    B_ASKED,
    B_LEVEL,
    B_NOTICED,
    B_NOW,
    B_PEOPLE,
    B_PHASE,
    B_SEATS,
    B_SEEN,
    B_STATUS,
    BEFORE_NOTICE,
    BEFORE_REQUEST,
    C_PLACE,
    ORIGINAL,
    PENDING,
    REMOVED_BY_ADMIN,
    REMOVED_BY_RECALL,
    S_LAGS,
    S_SAW,
    S_WHO,
    SEEN_LEVEL,
    WHILE_PROCESSING,
    Ints,
)
from recallsim.engines.kernel_state import copy_of, seat_at


def see_at(p: Ints, s: Ints, seat: int, level: int) -> None:
    """The content of the original was displayed to the person at a seat."""
    unseen = s[B_SEEN] < 0
    see(p, s, level)
    if level >= p[SEEN_LEVEL]:
        count_person(s, seat)
    taken_back = s[copy_of(ORIGINAL) + C_PLACE] in (REMOVED_BY_RECALL, REMOVED_BY_ADMIN)
    if s[seat + S_LAGS] and unseen and s[B_SEEN] >= 0 and taken_back:
        s[B_AFTER_REMOVAL] = 1  # S2: a device that has not synced shows what was removed


def see(p: Ints, s: Ints, level: int) -> None:
    """The content of the original was displayed to a person."""
    now = s[B_NOW]
    s[B_LEVEL] = max(s[B_LEVEL], level)
    if level < p[SEEN_LEVEL] or s[B_SEEN] >= 0:
        return
    s[B_SEEN] = now
    if not 0 <= s[B_NOTICED] <= now:
        s[B_PHASE] = BEFORE_NOTICE
    elif not 0 <= s[B_ASKED] <= now:
        s[B_PHASE] = BEFORE_REQUEST
    elif s[B_STATUS] == PENDING:
        s[B_PHASE] = WHILE_PROCESSING
    else:
        s[B_PHASE] = AFTER_PROCESSING


def count_person(s: Ints, seat: int) -> None:
    """Count the person at this seat among those who saw the original, once."""
    if s[seat + S_SAW]:
        return
    s[seat + S_SAW] = 1
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if other != seat and s[other + S_SAW] and s[other + S_WHO] == s[seat + S_WHO]:
            return
    s[B_PEOPLE] += 1
