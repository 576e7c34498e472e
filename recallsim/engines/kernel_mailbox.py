"""The kernel's mailbox: what is done to a copy there, and who learns of it (agents/seat.py and client.py, compiled)."""

from recallsim.engines.kernel_idle import begin_idle_anew
from recallsim.engines.kernel_layout import (
    B_LEFT,
    B_NOW,
    B_RANK,
    B_REMOVED,
    B_SEATS,
    C_FETCHED,
    C_FOLDER,
    C_HERE,
    C_MARKED,
    C_PLACE,
    C_READ,
    ORIGINAL,
    REMOVED_BY_ADMIN,
    REMOVED_BY_PERSON,
    REQUEST,
    S_FLAGS,
    S_LAGS,
    S_PERIODS,
    S_PLANNED,
    S_UNFLAGS,
    S_VISIBLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_meeting import meet
from recallsim.engines.kernel_showing import learn, moved, original_is_settled
from recallsim.engines.kernel_state import copy_of, seat_at

NOBODY = -1


def removed(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """A copy has left the mailbox: seats that lag show it until they sync, the others no longer.

    Where the original was never shown, a request waits for it no longer (R7.1).
    """
    if kind == ORIGINAL and s[B_LEFT] < 0:
        purged = s[copy_of(ORIGINAL) + C_PLACE] == REMOVED_BY_ADMIN
        s[B_LEFT] = (s[B_NOW] << 4 | s[B_RANK]) << 1 | (1 if purged else 0)
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        if s[seat + S_VISIBLE] >> kind & 1:
            if s[seat + S_LAGS]:
                learn(p, f, s, seat)
        elif kind == ORIGINAL:
            original_is_settled(p, f, s, seat)


def move_copy(p: Ints, f: Floats, s: Ints, kind: int, folder: int, by: int) -> None:
    """A copy goes to another folder; the request may lie before an idle worker now, at any device but that of `by`."""
    before = s[copy_of(kind) + C_FOLDER]
    s[copy_of(kind) + C_FOLDER] = folder
    moved(p, f, s, kind, before, by)


def mark_copy_unread(p: Ints, f: Floats, s: Ints, kind: int, by: int) -> None:
    """The flag is cleared: new mail again to everybody but `by`, whose device has known it for a while."""
    copy = copy_of(kind)
    s[copy + C_READ] = 0
    s[copy + C_MARKED] += 1
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        s[seat + S_PLANNED + kind] = 0
        if seat != by:
            s[seat + S_FLAGS] &= ~(1 << kind)
            if s[seat + S_LAGS]:
                s[seat + S_PERIODS + kind] += 1
                s[seat + S_UNFLAGS] &= ~(1 << kind)
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        if seat != by and s[seat + S_VISIBLE] >> kind & 1:
            meet(p, f, s, seat, kind)
            if kind == REQUEST:
                begin_idle_anew(p, f, s, seat)


def delete_copy(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """The person deletes a copy for good."""
    copy = copy_of(kind)
    s[copy + C_HERE] = 0
    s[copy + C_PLACE] = REMOVED_BY_PERSON
    if kind == ORIGINAL:
        s[B_REMOVED] = s[B_NOW]
    if s[copy + C_FETCHED] == 0:
        removed(p, f, s, kind)
