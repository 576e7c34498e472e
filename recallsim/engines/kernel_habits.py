"""The kernel's afterthoughts: a message is marked unread, moved, deleted (agents/habits.py, compiled)."""

from recallsim.engines.kernel_client import sync
from recallsim.engines.kernel_folders import finds_moved
from recallsim.engines.kernel_forwarding import forward, leave_outbox
from recallsim.engines.kernel_idle import begin_idle_anew, has_changes
from recallsim.engines.kernel_layout import (
    B_CAPACITY,
    B_FAILED,
    B_GROUP,
    B_HELD,
    B_HELD_AT,
    B_STATUS,
    C_SPENT,
    DELETED_ITEMS,
    FORWARDS,
    G_FLAG_SETS_NOTHING_OFF,
    G_HABITS,
    G_HAS_CLOCKS,
    H_FOLDER,
    H_HARD,
    H_ON_ARRIVAL,
    H_WIDTH,
    HELD_DELETE,
    HELD_MARK,
    HELD_MOVE,
    OUTBOX,
    PANE,
    PENDING,
    REQUEST,
    S_DELETED,
    S_FLAGS,
    S_FOLDER,
    S_LAGS,
    S_MARKS,
    S_PERIODS,
    S_PLACE,
    S_SYNC_AT,
    S_UNFLAGS,
    Floats,
    Ints,
)
from recallsim.engines.kernel_mailbox import NOBODY, delete_copy, mark_copy_unread, move_copy
from recallsim.engines.kernel_meeting import meet, unplan
from recallsim.engines.kernel_people_layout import ATTACHMENT
from recallsim.engines.kernel_person import shown_long_enough
from recallsim.engines.kernel_seeing import see_at
from recallsim.engines.kernel_showing import is_live
from recallsim.engines.kernel_state import copy_of, folder_of, has_copy, is_public, is_read


def keep(p: Ints, f: Floats, s: Ints, code: int, seat: int, kind: int) -> None:
    """Do what the person had in mind at rank KEEP."""
    if code == PANE:
        shown_long_enough(p, f, s, seat, kind)
    elif code == 1:
        mark_unread(p, f, s, seat, kind)
    elif code == 2:
        move(p, f, s, seat, kind)
    elif code == 3:
        delete(p, f, s, seat, kind)
    elif code == FORWARDS:
        forward(p, f, s, seat, kind)
    elif code == OUTBOX:
        leave_outbox(p, f, s)
    elif has_copy(s, seat, kind):
        see_at(p, s, seat, ATTACHMENT)


def mark_unread(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """R4.3; once the recall is over, a flag that sets nothing else off may stay as it is."""
    over = s[B_STATUS] != PENDING and p[s[B_GROUP] + G_FLAG_SETS_NOTHING_OFF] != 0
    if not has_copy(s, seat, kind) or over or not is_read(p, s, seat, kind):
        return
    s[seat + S_MARKS + kind] += 1
    if not s[seat + S_LAGS] and not is_public(p, s):
        mark_copy_unread(p, f, s, kind, NOBODY)
        return
    s[seat + S_PERIODS + kind] += 1
    s[seat + S_FLAGS] &= ~(1 << kind)
    unplan(s, seat, kind)
    if s[seat + S_LAGS]:
        s[seat + S_UNFLAGS] |= 1 << kind
        hold_back(p, f, s, seat, HELD_MARK, kind, 0)
    meet(p, f, s, seat, kind)
    if kind == REQUEST:
        begin_idle_anew(p, f, s, seat)


def move(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The message goes to the folder that the person moves such mail to."""
    if has_copy(s, seat, kind) and s[copy_of(kind) + C_SPENT] == 0:
        put(p, f, s, seat, kind, p[p[s[B_GROUP] + G_HABITS] + H_WIDTH + H_FOLDER])


def put(p: Ints, f: Floats, s: Ints, seat: int, kind: int, folder: int) -> None:
    """The message goes to a folder, here, and at the mailbox as soon as that learns of it."""
    if not s[seat + S_LAGS]:
        move_copy(p, f, s, kind, folder, NOBODY)
        return
    goes = p[s[B_GROUP] + G_HAS_CLOCKS] and folder_of(s, seat, kind) != folder
    s[seat + S_FOLDER + kind] = folder
    hold_back(p, f, s, seat, HELD_MOVE, kind, folder)
    if goes:
        finds_moved(p, f, s, seat, kind)
    if kind == REQUEST:
        begin_idle_anew(p, f, s, seat)


def delete(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The message goes to Deleted Items, or for good."""
    if not has_copy(s, seat, kind) or s[copy_of(kind) + C_SPENT] != 0:
        return
    habit = p[s[B_GROUP] + G_HABITS] + 2 * H_WIDTH
    if p[habit + H_ON_ARRIVAL] and is_read(p, s, seat, kind):
        return  # thrown away unopened, or not at all
    if not p[habit + H_HARD]:
        put(p, f, s, seat, kind, DELETED_ITEMS)
    elif s[seat + S_LAGS]:
        s[seat + S_DELETED] |= 1 << kind
        hold_back(p, f, s, seat, HELD_DELETE, kind, 0)
    else:
        delete_copy(p, f, s, kind)


def hold_back(p: Ints, f: Floats, s: Ints, seat: int, act: int, kind: int, folder: int) -> None:
    """The device hands it in when it syncs."""
    if s[B_HELD] == s[B_CAPACITY]:
        s[B_FAILED] = 1
        return
    s[s[B_HELD_AT] + s[B_HELD]] = s[seat + S_PLACE] << 40 | act << 32 | kind << 24 | folder
    s[B_HELD] += 1
    if s[seat + S_SYNC_AT] < 0 and is_live(p, f, s, seat):
        sync(p, f, s, seat)
    else:
        has_changes(p, f, s, seat)
