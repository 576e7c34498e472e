"""The kernel's columns of draws: what nearly every recipient of a group needs, made for many at once."""

from recallsim.engines.kernel_layout import (
    B_K0,
    B_K1,
    B_REPLICATION,
    BY_CHECKS,
    BY_DELAY,
    CHUNK,
    COLUMN_COUNT,
    COLUMNS_AT,
    D_AUTO,
    D_DELAY,
    D_FIRST_GAP,
    D_IDLE,
    D_IDLES,
    D_PREVIEW,
    D_PREVIEW_KINDS,
    D_READS,
    D_STATIONARY,
    G_DEVICES,
    G_NEVER,
    G_RULES,
    KINDS,
    R_NUMBER,
    R_SHARE,
    REQUEST,
    TABLE,
    TABLE_SIZE,
    UNIFORM_CELLS,
    Floats,
    Ints,
)
from transport.streams.laws import CONSTANT
from transport.streams.philox import uniform
from transport.streams.purposes import (
    AUTO_PROCESS,
    FIRST_GAP,
    FIRST_GAP_AGE,
    IDLE,
    NEVER,
    PREVIEW,
    READ_DELAY,
    RULE,
)


def choose_columns(p: Ints, f: Floats, s: Ints, group: int) -> None:
    """Decide which draws of a group's recipients are made in columns."""
    for cell in range(TABLE, TABLE + TABLE_SIZE):
        s[cell] = 0
    count, device = 0, p[group + G_DEVICES]
    count = add_share(p, f, s, count, p[group + G_NEVER], NEVER, 0)
    for kind in range(2):
        rule = p[group + G_RULES + kind]
        if p[group + G_RULES + KINDS + kind] and p[rule + R_NUMBER] == 0:
            count = add_share(p, f, s, count, p[rule + R_SHARE], RULE, 0)
    if p[device + D_PREVIEW_KINDS]:
        count = add_share(p, f, s, count, p[device + D_PREVIEW], PREVIEW, 0)
    if p[device + D_IDLES]:
        count = add_share(p, f, s, count, p[device + D_AUTO], AUTO_PROCESS, 0)
        count = add_law(f, s, count, p[device + D_IDLE], IDLE, REQUEST)
    if p[device + D_READS] == BY_DELAY:
        for kind in range(KINDS):
            count = add_law(f, s, count, p[device + D_DELAY + kind], READ_DELAY, kind)
    elif p[device + D_READS] == BY_CHECKS and p[device + D_STATIONARY]:
        count = add_law(f, s, count, p[device + D_FIRST_GAP], FIRST_GAP, 0)
        count = add_column(s, count, FIRST_GAP_AGE, 0)


def add_share(p: Ints, f: Floats, s: Ints, count: int, share: int, purpose: int, kind: int) -> int:
    """A column for a share, unless it is certain."""
    return add_column(s, count, purpose, kind) if 0.0 < f[share] < 1.0 else count


def add_law(f: Floats, s: Ints, count: int, law: int, purpose: int, kind: int) -> int:
    """A column for a law, unless it is constant or never happens."""
    return add_column(s, count, purpose, kind) if f[law] > CONSTANT else count


def add_column(s: Ints, count: int, purpose: int, kind: int) -> int:
    """One more column, if there is room for it and it is not there yet; how many there are."""
    cell = TABLE + (purpose << 2 | kind)
    if count == COLUMN_COUNT or s[cell]:
        return count
    s[cell] = COLUMNS_AT + count * CHUNK
    return count + 1


def fill_columns(s: Ints, first: int, size: int) -> None:
    """Make the columns of the recipients `first` .. `first + size - 1`."""
    for cell in range(TABLE_SIZE):
        if s[TABLE + cell]:
            fill_column(s, s[TABLE + cell], cell >> 2 | (cell & 3) << 8, first, size)


def fill_column(s: Ints, column: int, word: int, first: int, size: int) -> None:
    """One column; a loop that the compiler makes vectors of."""
    k0, k1, replication = s[B_K0], s[B_K1], s[B_REPLICATION]
    for i in range(size):
        s[column + i] = int(uniform(k0, k1, 0, word, first + i, replication) * UNIFORM_CELLS)
