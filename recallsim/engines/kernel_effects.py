"""The kernel's *act* half of a recall: what a verdict does to one recipient (agents/effects.py, compiled)."""

from recallsim.engines.kernel_layout import (
    AGAIN,
    B_ATTEMPTS,
    B_CHUNK_AT,
    B_DECIDED,
    B_FATE,
    B_FATE_REASON,
    B_FATE_STATUS,
    B_GROUP,
    B_HORIZON,
    B_K0,
    B_K1,
    B_NEWS,
    B_NOW,
    B_NUMBER,
    B_OVERTAKEN,
    B_PAGE_OPENS,
    B_REASON,
    B_REMOVED,
    B_REPLICATION,
    B_REPORT_AT,
    B_REPORT_TOLD,
    B_RETURNS,
    B_SEATS,
    B_STATUS,
    B_STRIPPED,
    B_TOLD,
    B_TOLD_FIRST,
    B_TOLD_ORDER,
    B_TOLD_TICK,
    B_TRIED,
    C_DELIVERED,
    C_FETCHED,
    C_HERE,
    C_PLACE,
    C_SPENT,
    C_THERE,
    CLOCK,
    DELETE_ON_DELIVERY,
    DROP_ON_ARRIVAL,
    DUPLICATE,
    EARLY,
    EMPTY,
    FIRST_READER,
    G_AT_SERVER,
    G_EXECUTES,
    G_ON_EXCHANGE,
    G_PROCESSES,
    G_REPORTS,
    G_RIGHTS,
    G_SAME_ORGANISATION,
    IN_TRANSIT,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    MAX_AGE_WHEN_PROCESSED,
    NO_PERMISSION,
    ORIGINAL,
    PAGE,
    PENDING,
    PURGE,
    REMOVED_BY_PERSON,
    REMOVED_BY_RECALL,
    REPORT,
    REPORTS_SHARED,
    REQUEST,
    S_DELETED,
    S_LAGS,
    S_VISIBLE,
    S_WHO,
    STAGE_COUNT,
    STAGES,
    SUCCEEDED,
    T_SERVES,
    T_SERVICE,
    T_SHARED,
    T_WIDTH,
    TELLS,
    TOLD_FAILURE,
    TOLD_SUCCESS,
    WHOLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_mailbox import removed
from recallsim.engines.kernel_purge import call_administrator
from recallsim.engines.kernel_state import copy_of, folder_of, happens, is_public, is_read
from recallsim.engines.kernel_systems_layout import P_READABLE
from recallsim.engines.kernel_ways import takes_mail_of
from transport.recall.decide import (
    decide,
    decide_early,
    decide_on_arrival,
    decide_on_delivery,
    decide_public,
    decide_too_old,
    is_too_old,
)
from transport.recall.facts import Facts, PublicFacts
from transport.streams.laws import sample_ticks
from transport.streams.philox import uniform
from transport.streams.purposes import DUPLICATE as DUPLICATE_DRAW
from transport.streams.purposes import LATENCY as LATENCY_DRAW
from transport.streams.purposes import LOSS as LOSS_DRAW
from transport.streams.purposes import RIGHTS, SERVICE
from transport.timing import NEVER


def conclude(p: Ints, f: Floats, s: Ints, status: int, reason: int) -> None:
    """The recall of this recipient is over: the request leaves a notice, a recalled original leaves nothing."""
    settle(p, f, s, status, reason)
    if status == SUCCEEDED:
        original = copy_of(ORIGINAL)
        s[original + C_HERE] = 0
        s[original + C_PLACE] = REMOVED_BY_RECALL
        s[B_REMOVED] = s[B_NOW]
        if s[B_SEATS] > 1:
            removed(p, f, s, ORIGINAL)
    request = copy_of(REQUEST)
    s[request + C_SPENT] = 1
    if s[request + C_PLACE] != REMOVED_BY_PERSON:  # at a device that lags, of a mailbox from which it is gone
        s[request + C_PLACE] = REMOVED_BY_RECALL
    report(p, f, s, TOLD_SUCCESS if status == SUCCEEDED else TOLD_FAILURE)


def settle(p: Ints, f: Floats, s: Ints, status: int, reason: int) -> None:
    """Write down how the recall ended."""
    s[B_STATUS] = status
    s[B_REASON] = reason
    s[B_DECIDED] = s[B_NOW]
    if p[PURGE] and status != SUCCEEDED:
        call_administrator(p, f, s)


def process(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The request meets the recipient's copy: decide, and act (recall.md 2)."""
    request, original = copy_of(REQUEST), copy_of(ORIGINAL)
    if s[request + C_THERE] == 0 or s[request + C_SPENT] != 0 or s[B_STATUS] != PENDING:
        return
    if s[B_STRIPPED]:
        return  # S9: an ordinary mail
    under_way = s[original + C_PLACE] == IN_TRANSIT
    came = s[original + C_THERE] != 0
    if is_public(p, s):
        process_public(p, f, s, seat, came, under_way)
        return
    folder = folder_of(s, seat, REQUEST)
    if not came:
        if p[EARLY] == DELETE_ON_DELIVERY and under_way:
            return  # R7.1 `delete_on_delivery`: kept, opened or not
        missing = decide(Facts(under_way, False, False, False, folder, folder))
        conclude(p, f, s, missing.status, missing.reason)
        return
    fetched, here = s[original + C_FETCHED] != 0, s[original + C_HERE] != 0
    has = here and not s[seat + S_DELETED] >> ORIGINAL & 1
    read = is_read(p, s, seat, ORIGINAL)
    facts = Facts(True, fetched, has, read, folder_of(s, seat, ORIGINAL), folder)
    verdict = decide(facts)
    if has_aged(p, s):
        verdict = decide_too_old()
    if s[seat + S_LAGS] and verdict.status == SUCCEEDED:
        s[seat + S_VISIBLE] &= ~(1 << ORIGINAL)  # this device did it
    conclude(p, f, s, verdict.status, verdict.reason)


def has_aged(p: Ints, s: Ints) -> bool:
    """S10: the original lies there, and was delivered too long ago; the policy is open to the classic recall too."""
    original = copy_of(ORIGINAL)
    if s[original + C_HERE] == 0 or s[original + C_FETCHED] != 0:
        return False
    return is_too_old(s[B_NOW] - s[original + C_DELIVERED], p[MAX_AGE_WHEN_PROCESSED])


def process_public(p: Ints, f: Floats, s: Ints, seat: int, came: bool, under_way: bool) -> None:
    """A reader opens the request in a public folder (R5): that reader's rights and flag count."""
    original = copy_of(ORIGINAL)
    here = came and s[original + C_HERE] != 0
    entitled = happens(s, f[p[s[B_GROUP] + G_RIGHTS]], RIGHTS, 0, s[seat + S_WHO], 0)
    read = came and is_read(p, s, seat, ORIGINAL)
    verdict = decide_public(PublicFacts(came or under_way, here, entitled, read))
    if verdict.reason != NO_PERMISSION and has_aged(p, s):
        verdict = decide_too_old()
    if verdict.reason != NO_PERMISSION:
        conclude(p, f, s, verdict.status, verdict.reason)
        s[copy_of(REQUEST) + C_HERE] = 0  # the request itself is deleted, and no reader finds a notice
    elif p[FIRST_READER]:
        settle(p, f, s, verdict.status, verdict.reason)
        report(p, f, s, TOLD_FAILURE)  # R5.3: old, new and the request itself remain
    elif s[B_TRIED] == 0:
        s[B_TRIED] = 1
        report(p, f, s, TOLD_FAILURE)


def request_arrived(p: Ints, f: Floats, s: Ints) -> None:
    """What the arrival of the request decides by itself: outside mail (R6.1), an early request (R7.1)."""
    group = s[B_GROUP]
    overtaken = s[copy_of(ORIGINAL) + C_PLACE] == IN_TRANSIT
    if overtaken:
        s[B_OVERTAKEN] = 1
    if not p[group + G_PROCESSES]:
        outside = decide_on_arrival(p[group + G_SAME_ORGANISATION] != 0, p[group + G_ON_EXCHANGE] != 0)
        settle(p, f, s, outside.status, outside.reason)
    elif overtaken and p[EARLY] == DROP_ON_ARRIVAL and p[group + G_EXECUTES] and not s[B_STRIPPED]:
        s[copy_of(REQUEST) + C_HERE] = 0
        early = decide_early()
        conclude(p, f, s, early.status, early.reason)


def original_arrived(p: Ints, f: Floats, s: Ints) -> None:
    """R7.1 `delete_on_delivery`: a request that was there first removes the original as it comes."""
    request, group = copy_of(REQUEST), s[B_GROUP]
    if not p[group + G_PROCESSES] or s[request + C_THERE] == 0 or s[request + C_HERE] == 0:
        return
    if s[B_STATUS] != PENDING or s[B_STRIPPED]:
        return  # R5.3, S9: the first reader may have ended it
    if s[request + C_SPENT] == 0 and p[group + G_EXECUTES]:
        verdict = decide_on_delivery()
        conclude(p, f, s, verdict.status, verdict.reason)
        if is_public(p, s):
            s[request + C_HERE] = 0  # as after any processing in a public folder, no reader finds a notice


def fate(p: Ints, f: Floats, s: Ints) -> None:
    """What was decided away from the mailbox takes effect: refused, held, intercepted, the request not delivered."""
    s[B_FATE] = EMPTY
    if s[B_STATUS] == PENDING:
        settle(p, f, s, s[B_FATE_STATUS], s[B_FATE_REASON])


# --- what the sender is told --------------------------------------------------------------------------------


def report(p: Ints, f: Floats, s: Ints, told: int) -> None:
    """R9.1: one report a processing, if the sender asked to be told."""
    if p[TELLS] and p[s[B_GROUP] + G_REPORTS]:
        if p[PAGE] and p[s[B_GROUP] + G_AT_SERVER]:
            write_page(p, s, s[B_NOW], told)
        elif p[REPORTS_SHARED]:
            s[B_REPORT_AT] = s[B_NOW] + 1
            s[B_REPORT_TOLD] = told
        else:
            send_back(p, f, s, s[B_NOW], REPORT, told, s[B_ATTEMPTS])
        s[B_ATTEMPTS] += 1


def write_page(p: Ints, s: Ints, now: int, told: int) -> None:
    """S8: a line of the page for all, read when it opens, or at the next tick as long as it is there.

    The sender reads before what else comes to her on that tick.
    """
    tick = s[B_PAGE_OPENS]
    if now >= tick:
        tick = now + 1 if now < s[B_PAGE_OPENS] + p[p[PAGE] + P_READABLE] else NEVER
    if tick <= s[B_HORIZON]:
        hear(s, tick, ORIGINAL, 0, told)


def send_back(p: Ints, f: Floats, s: Ints, now: int, kind: int, told: int, attempt: int) -> None:
    """Let a report or a DSN travel back in lanes of its own, where it waits for nobody."""
    if kind == REPORT and attempt == 0 and s[B_RETURNS]:
        then = now + s[s[B_RETURNS] + s[B_CHUNK_AT]]
        if then <= s[B_HORIZON]:
            hear(s, then, kind, attempt, told)
        return
    tick = now + 1
    for k in range(p[STAGE_COUNT]):
        stage = p[STAGES] + k * T_WIDTH
        if p[stage + T_SERVES + REPORT] and takes_mail_of(p, stage, s[B_NUMBER]):
            entity = WHOLE if p[stage + T_SHARED + REPORT] else s[B_NUMBER]
            law, word = p[stage + T_SERVICE + REPORT], SERVICE | kind << 8 | k << 16
            u = uniform(s[B_K0], s[B_K1], attempt << 16, word, entity, s[B_REPLICATION])
            tick += sample_ticks(f, law, u, f[CLOCK])
    passes_link(p, f, s, tick, kind, told, attempt)


def passes_link(p: Ints, f: Floats, s: Ints, tick: int, kind: int, told: int, attempt: int) -> None:
    """The last part of the way back: over the link, if it is not lost there."""
    odds = f[p[LOSS + REPORT]]
    if odds > 0.0:
        word = LOSS_DRAW | kind << 8
        if uniform(s[B_K0], s[B_K1], attempt, word, s[B_NUMBER], s[B_REPLICATION]) < odds:
            return
    entity = WHOLE if p[LATENCY_SHARED + REPORT] else s[B_NUMBER]
    u = uniform(s[B_K0], s[B_K1], attempt, LATENCY_DRAW | kind << 8, entity, s[B_REPLICATION])
    ticks = sample_ticks(f, p[LATENCY + REPORT], u, f[CLOCK])
    odds = f[p[DUPLICATE + REPORT]]
    if odds > 0.0:
        word = DUPLICATE_DRAW | kind << 8
        if uniform(s[B_K0], s[B_K1], attempt, word, s[B_NUMBER], s[B_REPLICATION]) < odds:
            word = LATENCY_DRAW | kind << 8
            u = uniform(s[B_K0], s[B_K1], AGAIN | attempt, word, entity, s[B_REPLICATION])
            again = sample_ticks(f, p[LATENCY + REPORT], u, f[CLOCK])
            if again < ticks:  # it counts, and is in the place of the first one
                ticks, attempt = again, AGAIN >> 8 | attempt
    tick += ticks
    if tick <= s[B_HORIZON]:
        hear(s, tick, kind, attempt, told)


def hear(s: Ints, tick: int, kind: int, attempt: int, told: int) -> None:
    """A report or a DSN reaches the sender; what comes last counts as what she was told."""
    order = kind << 32 | attempt << 8 | told
    s[B_NEWS] |= 1 << told
    if s[B_TOLD_FIRST] < 0 or tick < s[B_TOLD_FIRST]:
        s[B_TOLD_FIRST] = tick
    if tick > s[B_TOLD_TICK] or (tick == s[B_TOLD_TICK] and order > s[B_TOLD_ORDER]):
        s[B_TOLD_TICK] = tick
        s[B_TOLD_ORDER] = order
        s[B_TOLD] = told
