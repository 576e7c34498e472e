"""The kernel's sender: from the press of Send to the last message she submits (agents/sender.py, compiled)."""

from recallsim.engines.kernel_layout import (
    ABANDON,
    ACCOUNT_ON_EXCHANGE,
    ACTS,
    CLIENT_CAN_RECALL,
    CLOCK,
    COMPOSE,
    CORRECTION,
    ENABLED,
    HOLD,
    HORIZON,
    IN_SENT_ITEMS,
    LOOKS_EVERY,
    MAX_AGE,
    NOTICES,
    OPENED,
    ORIGINAL,
    PENDING,
    PROTECTED,
    RECALLABLE,
    REFUSED,
    REPLACEMENT,
    REQUEST,
    START,
    START_FIRST,
    START_SIZE,
    WEEK,
    WINDOW,
    Floats,
    Ints,
)
from recallsim.engines.kernel_servers_layout import (
    Z_ASKED,
    Z_DECIDED,
    Z_K0,
    Z_K1,
    Z_NOTICED,
    Z_OFFSET,
    Z_REASON,
    Z_RELEASED,
    Z_REPLACED,
    Z_REPLICATION,
    Z_STATUS,
    Z_SUBMITS,
)
from transport.recall.decide import decide_held
from transport.recall.eligibility import may_recall
from transport.recall.facts import SenderFacts
from transport.streams.laws import sample_ticks
from transport.streams.philox import uniform
from transport.streams.purposes import ABANDON as ABANDON_DRAW
from transport.streams.purposes import ACT, NOTICE, QUEUE_LOOK
from transport.streams.purposes import COMPOSE as COMPOSE_DRAW
from transport.streams.purposes import START as START_DRAW
from transport.timing import NEVER, advance, next_poll, open_ticks


def draw_at(z: Ints, purpose: int, kind: int, place: int, entity: int, ordinal: int) -> float:
    """A draw of whoever is not a recipient in hand."""
    word = purpose | kind << 8 | place << 16
    return uniform(z[Z_K0], z[Z_K1], ordinal, word, entity, z[Z_REPLICATION])


def week_offset(p: Ints, z: Ints) -> int:
    """The tick of the week at t = 0: fixed, or uniform over the open time of a calendar."""
    first, size = p[START_FIRST], p[START_SIZE]
    if size == 0:
        return p[START]
    passed = int(draw_at(z, START_DRAW, 0, 0, 0, 0) * open_ticks(p, first, size, p[WEEK]))
    return advance(p, first, size, p[WEEK], 0, passed)


def sender_acts(p: Ints, f: Floats, z: Ints) -> None:
    """Find out when the sender notices, asks and submits, and what is decided for everybody."""
    z[Z_OFFSET] = week_offset(p, z)
    noticed = sample_ticks(f, p[NOTICES], draw_at(z, NOTICE, 0, 0, 0, 0), f[CLOCK])
    asked = min(noticed + sample_ticks(f, p[ACTS], draw_at(z, ACT, 0, 0, 0, 0), f[CLOCK]), NEVER)
    horizon, hold = p[HORIZON], p[HOLD]
    z[Z_NOTICED] = noticed if noticed <= horizon else -1
    z[Z_ASKED] = asked if asked <= horizon else -1
    z[Z_RELEASED] = z[Z_REPLACED] = z[Z_DECIDED] = -1
    z[Z_STATUS] = PENDING
    z[Z_REASON] = 0
    for kind in range(3):
        z[Z_SUBMITS + kind] = -1
    every = p[LOOKS_EVERY]
    if every:  # H2: a held message leaves when its queue is next looked at
        hold = next_poll(hold, int(draw_at(z, QUEUE_LOOK, 0, 0, 0, 0) * every), every)
    if hold > 0 and asked <= hold:
        if asked <= horizon:
            held = decide_held()
            decide_all(z, held.status, held.reason, asked)
            follow(p, f, z, p[COMPOSE], asked)
        return
    if hold > horizon:
        return
    z[Z_SUBMITS + ORIGINAL] = z[Z_RELEASED] = hold
    if z[Z_ASKED] < 0:
        return
    verdict = may_recall(
        SenderFacts(
            p[ACCOUNT_ON_EXCHANGE] != 0,
            p[ENABLED] != 0,
            p[PROTECTED] != 0,
            p[CLIENT_CAN_RECALL] != 0,
            p[OPENED] != 0,
            asked - hold,
            p[MAX_AGE],
            p[WINDOW],
            p[IN_SENT_ITEMS] != 0,
            p[RECALLABLE] != 0,
        )
    )
    if verdict.status == REFUSED:
        decide_all(z, verdict.status, verdict.reason, asked)
        follow(p, f, z, p[CORRECTION], asked)
    else:
        z[Z_SUBMITS + REQUEST] = asked
        follow(p, f, z, p[COMPOSE], asked)


def decide_all(z: Ints, status: int, reason: int, tick: int) -> None:
    """The recall ended for everyone at once: refused, or held."""
    z[Z_STATUS] = status
    z[Z_REASON] = reason
    z[Z_DECIDED] = tick


def follow(p: Ints, f: Floats, z: Ints, law: int, now: int) -> None:
    """Write and send the message that is to stand in the original's place (R8)."""
    if law < 0:
        return
    share = f[p[ABANDON]]
    if share >= 1.0 or (share > 0.0 and draw_at(z, ABANDON_DRAW, REPLACEMENT, 0, 0, 0) < share):
        return
    tick = now + sample_ticks(f, law, draw_at(z, COMPOSE_DRAW, REPLACEMENT, 0, 0, 0), f[CLOCK])
    if tick <= p[HORIZON]:
        z[Z_SUBMITS + REPLACEMENT] = z[Z_REPLACED] = tick
