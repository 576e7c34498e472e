"""What every part of the kernel asks of one recipient: its draws, its copies, its keys of events."""

from recallsim.engines.kernel_layout import (
    B_CAPACITY,
    B_CHUNK_AT,
    B_FAILED,
    B_GROUP,
    B_HORIZON,
    B_K0,
    B_K1,
    B_KEEPS,
    B_KEEPS_AT,
    B_NOW,
    B_NUMBER,
    B_RANK,
    B_REPLICATION,
    C_FOLDER,
    C_HERE,
    C_MARKED,
    C_READ,
    C_WIDTH,
    CLOCK,
    COPIES,
    D_LEFT_ALONE,
    EMPTY,
    G_MAILBOX,
    INBOX,
    JUNK,
    KEPT_CELLS,
    PLACES,
    PUBLIC,
    S_DELETED,
    S_DEVICE,
    S_FLAGS,
    S_FOLDER,
    S_LAGS,
    S_PERIODS,
    S_UNFLAGS,
    S_VISIBLE,
    S_WIDTH,
    SEAT,
    TABLE,
    TICK_TABLE,
    Floats,
    Ints,
)
from transport.streams.laws import CONSTANT, NEVER, sample_ticks
from transport.streams.philox import STEP, uniform
from transport.timing import next_effect


def draw(s: Ints, purpose: int, kind: int, place: int, ordinal: int) -> float:
    """One draw of this recipient."""
    if place < PLACES and ordinal == 0:
        column = s[TABLE + ((purpose << 2 | place) << 2 | kind)]
        if column:
            return (s[column + s[B_CHUNK_AT]] + 0.5) * STEP
    word = purpose | kind << 8 | place << 16
    return uniform(s[B_K0], s[B_K1], ordinal, word, s[B_NUMBER], s[B_REPLICATION])


def happens(s: Ints, share: float, purpose: int, kind: int, place: int, ordinal: int) -> bool:
    """Whether something of probability `share` happens at its address; certain things draw nothing."""
    if share <= 0.0:
        return False
    if share >= 1.0:
        return True
    return draw(s, purpose, kind, place, ordinal) < share


def single_draw(s: Ints, purpose: int, kind: int, place: int, ordinal: int) -> float:
    """The same for what is drawn one by one: of purposes and kinds for which there are no columns."""
    word = purpose | kind << 8 | place << 16
    return uniform(s[B_K0], s[B_K1], ordinal, word, s[B_NUMBER], s[B_REPLICATION])


def happens_once(s: Ints, share: float, purpose: int, kind: int, place: int, ordinal: int) -> bool:
    """`happens` with a single draw."""
    if share <= 0.0 or share >= 1.0:
        return share >= 1.0
    return single_draw(s, purpose, kind, place, ordinal) < share


def single_ticks(f: Floats, s: Ints, law: int, purpose: int, kind: int, place: int, ordinal: int) -> int:
    """`ticks_of` with a single draw."""
    return sample_ticks(f, law, single_draw(s, purpose, kind, place, ordinal), f[CLOCK])


def ticks_of(f: Floats, s: Ints, law: int, purpose: int, kind: int, place: int, ordinal: int) -> int:
    """A time of this recipient, in ticks; a constant draws nothing."""
    if f[law] == CONSTANT or f[law] == NEVER:
        return sample_ticks(f, law, 0.5, f[CLOCK])
    if place < PLACES and ordinal == 0:
        column = s[TICK_TABLE + ((purpose << 2 | place) << 2 | kind)]
        if column:
            return s[column + s[B_CHUNK_AT]]
    return sample_ticks(f, law, draw(s, purpose, kind, place, ordinal), f[CLOCK])


def due(s: Ints, ticks: int, rank: int) -> int:
    """The tick of an effect of what is happening now."""
    return next_effect(s[B_NOW], ticks, rank, s[B_RANK])


def set_key(s: Ints, at: int, tick: int, rank: int) -> None:
    """Let the event whose key stands in cell `at` happen then; beyond the horizon nothing does."""
    s[at] = tick << 4 | rank if tick <= s[B_HORIZON] else EMPTY


def keep_in_mind(s: Ints, tick: int, rank: int, order: int, what: int) -> None:
    """Note what a reader is going to do; `order` is kind << 32 | place << 16 | ordinal, `what` as `in_mind` makes it."""
    if tick > s[B_HORIZON]:
        return
    if s[B_KEEPS] == s[B_CAPACITY]:
        s[B_FAILED] = 1
        return
    at = s[B_KEEPS_AT] + KEPT_CELLS * s[B_KEEPS]
    s[at] = tick << 4 | rank
    s[at + 1] = order
    s[at + 2] = what
    s[B_KEEPS] += 1


def in_mind(code: int, kind: int, place: int) -> int:
    """What a reader has in mind: to do what, with which message, at which seat."""
    return code | kind << 8 | place << 16


def is_public(p: Ints, s: Ints) -> bool:
    """Whether it is a public folder, where flags are each reader's own (R5.5)."""
    return p[s[B_GROUP] + G_MAILBOX] == PUBLIC


def seat_at(place: int) -> int:
    """Where a seat stands."""
    return SEAT + place * S_WIDTH


def copy_of(kind: int) -> int:
    """Where a copy stands."""
    return COPIES + kind * C_WIDTH


def is_read(p: Ints, s: Ints, seat: int, kind: int) -> bool:
    """Whether the copy is marked read as that seat sees it."""
    if s[seat + S_FLAGS] >> kind & 1:
        return True
    if s[copy_of(kind) + C_READ] == 0 or s[seat + S_UNFLAGS] >> kind & 1:
        return False
    return not is_public(p, s)


def folder_of(s: Ints, seat: int, kind: int) -> int:
    """The folder in which this seat has the copy: where it was moved last, here or at the mailbox."""
    here = s[seat + S_FOLDER + kind]
    return here if here >= 0 else s[copy_of(kind) + C_FOLDER]


def has_copy(s: Ints, seat: int, kind: int) -> bool:
    """Whether the reader can do anything with the copy here."""
    if not (s[seat + S_VISIBLE] & ~s[seat + S_DELETED]) >> kind & 1:
        return False
    return s[seat + S_LAGS] != 0 or s[copy_of(kind) + C_HERE] != 0


def marks_of(p: Ints, s: Ints, seat: int, kind: int) -> int:
    """Which unread period of the message this is for that seat."""
    if s[seat + S_LAGS] or is_public(p, s):
        return s[seat + S_PERIODS + kind]
    return s[copy_of(kind) + C_MARKED]


def would_open(p: Ints, s: Ints, seat: int, kind: int) -> bool:
    """Whether the message is one that a person handles: unread, and not in Junk or Deleted Items."""
    if s[seat + S_LAGS]:  # it shows what it has fetched, be it gone from the mailbox or not
        if s[seat + S_DELETED] >> kind & 1 or is_left_alone(p, s, seat, folder_of(s, seat, kind)):
            return False
        return not is_read(p, s, seat, kind)
    copy = copy_of(kind)
    if s[copy + C_HERE] == 0 or s[seat + S_FLAGS] >> kind & 1:
        return False
    if is_left_alone(p, s, seat, s[copy + C_FOLDER]):
        return False
    return s[copy + C_READ] == 0 or is_public(p, s)


def is_left_alone(p: Ints, s: Ints, seat: int, folder: int) -> bool:
    """Whether nobody opens what lies in that folder: Junk and Deleted Items, unless they have a clock of their own."""
    return folder != INBOX and folder <= JUNK and p[s[seat + S_DEVICE] + D_LEFT_ALONE] >> folder & 1 != 0
