"""The kernel's columns of draws: what nearly every recipient of a group needs, made for many at once."""

from recallsim.engines.kernel_layout import (
    B_COLUMNS,
    B_K0,
    B_K1,
    B_REPLICATION,
    B_RETURNS,
    BY_CHECKS,
    BY_DELAY,
    CHUNK,
    CLOCK,
    COLUMN_COUNT,
    COLUMN_DRAWS,
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
    D_WIDTH,
    DUPLICATE,
    G_DEVICES,
    G_EXECUTES,
    G_MAILBOX,
    G_NEVER,
    G_REPORTS,
    G_RULES,
    G_SEATS,
    KINDS,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    PLACES,
    R_NUMBER,
    R_SHARE,
    R_WIDTH,
    REPORT,
    REPORTS_SHARED,
    REQUEST,
    STAGE_COUNT,
    STAGES,
    T_MEMBER_COUNT,
    T_SERVES,
    T_SERVICE,
    T_SHARED,
    T_WIDTH,
    TABLE,
    TABLE_SIZE,
    TELLS,
    TICK_TABLE,
    UNIFORM_CELLS,
    USER,
    WHOLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_times import sample_all
from transport.streams.laws import CONSTANT, sample_ticks
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
    SERVICE,
)
from transport.streams.purposes import LATENCY as LATENCY_DRAW


def clear_columns(s: Ints) -> None:
    """No draw comes from a column."""
    s[B_COLUMNS] = s[B_RETURNS] = 0
    for cell in range(TABLE, TABLE + 2 * TABLE_SIZE):
        s[cell] = 0


def choose_columns(p: Ints, f: Floats, s: Ints, group: int) -> None:
    """Decide which draws of a group's recipients are made in columns."""
    for number in range(s[B_COLUMNS]):
        s[s[COLUMN_DRAWS + 2 * number]] = 0
    s[B_COLUMNS] = s[B_RETURNS] = 0
    add_share(f, s, p[group + G_NEVER], NEVER, 0)
    for kind in range(2):
        rule = p[group + G_RULES + kind]
        for _ in range(p[group + G_RULES + KINDS + kind]):
            add_share(f, s, p[rule + R_SHARE], RULE, p[rule + R_NUMBER])
            rule += R_WIDTH
    if p[group + G_EXECUTES] and p[group + G_REPORTS] and returns_alike(p, f):
        s[B_RETURNS] = COLUMNS_AT + s[B_COLUMNS] * CHUNK
        add_column(s, TICK_TABLE, 0, 0, 0, -1)
    user, device = p[group + G_MAILBOX] == USER, p[group + G_DEVICES]
    for place in range(min(p[group + G_SEATS], PLACES)):
        choose_columns_of(p, f, s, device, place)
        device += D_WIDTH if user else 0


def choose_columns_of(p: Ints, f: Floats, s: Ints, device: int, place: int) -> None:
    """The same of one seat."""
    if p[device + D_PREVIEW_KINDS]:
        add_share(f, s, p[device + D_PREVIEW], PREVIEW, place)
    if p[device + D_IDLES]:
        add_share(f, s, p[device + D_AUTO], AUTO_PROCESS, place)
        add_ticks(f, s, p[device + D_IDLE], IDLE, place, REQUEST)
    if p[device + D_READS] == BY_DELAY:
        for kind in range(KINDS):
            add_ticks(f, s, p[device + D_DELAY + kind], READ_DELAY, place, kind)
    elif (
        p[device + D_READS] == BY_CHECKS
        and p[device + D_STATIONARY]
        and f[p[device + D_FIRST_GAP]] > CONSTANT
    ):
        add_column(s, TABLE, FIRST_GAP, place, 0, -1)
        add_column(s, TABLE, FIRST_GAP_AGE, place, 0, -1)


def add_share(f: Floats, s: Ints, share: int, purpose: int, place: int) -> None:
    """A column for a share, unless it is certain."""
    if 0.0 < f[share] < 1.0:
        add_column(s, TABLE, purpose, place, 0, -1)


def add_ticks(f: Floats, s: Ints, law: int, purpose: int, place: int, kind: int) -> None:
    """A column for the ticks of a law, unless it is constant or never happens."""
    if f[law] > CONSTANT:
        add_column(s, TICK_TABLE, purpose, place, kind, law)


def add_column(s: Ints, table: int, purpose: int, place: int, kind: int, law: int) -> None:
    """One more column, if there is room for it and it is not there yet."""
    cell, count = table + ((purpose << 2 | place) << 2 | kind), s[B_COLUMNS]
    if count == COLUMN_COUNT or place >= PLACES or s[cell]:
        return
    s[cell] = COLUMNS_AT + count * CHUNK
    s[COLUMN_DRAWS + 2 * count] = cell
    s[COLUMN_DRAWS + 2 * count + 1] = law
    s[B_COLUMNS] = count + 1


def returns_alike(p: Ints, f: Floats) -> bool:
    """Whether everybody's reports pass the same stages in lanes of their own, and are neither lost nor doubled."""
    if p[REPORTS_SHARED] or not p[TELLS] or f[p[LOSS + REPORT]] > 0.0 or f[p[DUPLICATE + REPORT]] > 0.0:
        return False
    for k in range(p[STAGE_COUNT]):
        stage = p[STAGES] + k * T_WIDTH
        if p[stage + T_SERVES + REPORT] and p[stage + T_MEMBER_COUNT]:
            return False
    return True


def fill_columns(p: Ints, f: Floats, s: Ints, u: Floats, t: Ints, first: int, size: int) -> None:
    """Make the columns of the recipients `first` .. `first + size - 1`; `u` and `t` are room to work in."""
    for number in range(s[B_COLUMNS]):
        column = COLUMNS_AT + number * CHUNK
        cell, law = s[COLUMN_DRAWS + 2 * number] - TABLE, s[COLUMN_DRAWS + 2 * number + 1]
        if column == s[B_RETURNS]:
            fill_returns(p, f, s, u, t, column, first, size)
        elif law < 0:
            fill_column(s, column, word_of(cell), first, size)
        else:
            draw_times(f, s, u, t, law, word_of(cell - TABLE_SIZE), 0, first, size)
            for i in range(size):
                s[column + i] = t[i]


def word_of(cell: int) -> int:
    """The word of the address of the draws whose column stands in a cell of a table."""
    return cell >> 4 | (cell & 3) << 8 | (cell >> 2 & 3) << 16


def fill_column(s: Ints, column: int, word: int, first: int, size: int) -> None:
    """One column of draws; a loop that the compiler makes vectors of."""
    k0, k1, replication = s[B_K0], s[B_K1], s[B_REPLICATION]
    for i in range(size):
        s[column + i] = int(uniform(k0, k1, 0, word, first + i, replication) * UNIFORM_CELLS)


def fill_returns(p: Ints, f: Floats, s: Ints, u: Floats, t: Ints, column: int, first: int, size: int) -> None:
    """The column of how long each recipient's first report takes to come back (kernel_effects.send_back)."""
    for i in range(size):
        s[column + i] = 1
    for k in range(p[STAGE_COUNT] + 1):
        law, word, shared = p[LATENCY + REPORT], LATENCY_DRAW | REPORT << 8, p[LATENCY_SHARED + REPORT]
        if k < p[STAGE_COUNT]:
            stage = p[STAGES] + k * T_WIDTH
            law, word, shared = (
                p[stage + T_SERVICE + REPORT],
                SERVICE | REPORT << 8 | k << 16,
                p[stage + T_SHARED + REPORT],
            )
            if not p[stage + T_SERVES + REPORT]:
                continue
        draw_times(f, s, u, t, law, word, shared, first, size)
        for i in range(size):
            s[column + i] += t[i]


def draw_times(
    f: Floats, s: Ints, u: Floats, t: Ints, law: int, word: int, shared: int, first: int, size: int
) -> None:
    """What a law gives to each of some recipients, or to all alike, in `t`."""
    k0, k1, replication = s[B_K0], s[B_K1], s[B_REPLICATION]
    if shared:
        same = sample_ticks(f, law, uniform(k0, k1, 0, word, WHOLE, replication), f[CLOCK])
        for i in range(size):
            t[i] = same
        return
    for i in range(size):
        u[i] = uniform(k0, k1, 0, word, first + i, replication)
    sample_all(f, law, u, t, size)
