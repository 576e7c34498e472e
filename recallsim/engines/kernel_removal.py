"""The kernel's visits to one mailbox, by the recall agent and the administrator (agents/effects.py and others, compiled)."""

from recallsim.engines.kernel_client import arrived
from recallsim.engines.kernel_effects import report, settle
from recallsim.engines.kernel_layout import (
    AGENT,
    B_AGENT_DOES,
    B_CAME,
    B_DECIDED,
    B_GROUP,
    B_K0,
    B_K1,
    B_NOTICE,
    B_NOW,
    B_NUMBER,
    B_OVERTAKEN,
    B_PURGE,
    B_REASON,
    B_REMOVED,
    B_REPLICATION,
    B_SEATS,
    B_STATUS,
    B_STRIPPED,
    B_SUB,
    C_DELIVERED,
    C_FETCHED,
    C_HERE,
    C_PLACE,
    C_READ,
    C_SPENT,
    C_THERE,
    C_WIDTH,
    D_DOWNLOADS,
    DROP_ON_ARRIVAL,
    EARLY,
    EMPTY,
    G_AT_SERVER,
    G_PROCESSING,
    G_PURGEABLE,
    G_REACH,
    G_REFUSES,
    IN_TRANSIT,
    ORIGINAL,
    PENDING,
    PURGE,
    REMOVED_BY_ADMIN,
    REMOVED_BY_RECALL,
    REQUEST,
    S_DEVICE,
    S_VISIBLE,
    SUCCEEDED,
    TOLD_FAILURE,
    TOLD_SUCCESS,
    Floats,
    Ints,
)
from recallsim.engines.kernel_mailbox import removed
from recallsim.engines.kernel_state import copy_of, is_public, seat_at
from recallsim.engines.kernel_systems_layout import (
    A_ALERTS,
    A_GAP_COUNT,
    A_MAX_AGE,
    A_READS_TOO,
    A_SPOILS,
    ALERTS_ALWAYS,
    ALERTS_READ_ONLY,
    ENDS,
    FAILED_BIT,
    GIVES_UP_LATER,
    TRIES,
    U_READ_TOO,
    U_TELLS,
)
from transport.recall.facts import GivenUpFacts, PurgeFacts, ServerFacts
from transport.recall.servers import DELETED_READ, decide_at_server, decide_given_up, decide_purge
from transport.streams.philox import uniform
from transport.streams.purposes import MAILBOX_PROCESSES, RECIPIENT_REFUSES


def take_request(p: Ints, f: Floats, s: Ints) -> None:
    """A request comes to a mailbox that servers look into: the agent takes it, or a notice is there already (S2, S13)."""
    group = s[B_GROUP]
    s[B_CAME] = s[B_NOW]
    s[copy_of(REQUEST) + C_PLACE] = REMOVED_BY_RECALL
    if not p[group + G_AT_SERVER]:
        return
    if s[copy_of(ORIGINAL) + C_PLACE] == IN_TRANSIT:
        s[B_OVERTAKEN] = 1
    if p[group + G_REACH] and not s[B_STRIPPED]:
        conclude_at_server(p, f, s, p[group + G_REACH] >> 8, p[group + G_REACH] & 255)


def visit(p: Ints, f: Floats, s: Ints, cell: int) -> None:
    """The agent's last attempt ends, or the administrator comes."""
    s[cell] = EMPTY
    if cell == B_PURGE:
        purge(p, f, s)
        return
    does = s[B_AGENT_DOES] & ~FAILED_BIT
    if s[B_STATUS] != PENDING:
        return
    s[B_SUB] = 0 if does == GIVES_UP_LATER else ENDS
    if does == TRIES:
        verdict = decide_at_server(facts_here(p, f, s))
        if verdict.status != PENDING:
            conclude_at_server(p, f, s, verdict.status, verdict.reason)
            return
    give_up_here(p, f, s)


def facts_here(p: Ints, f: Floats, s: Ints) -> ServerFacts:
    """What the agent finds in the mailbox."""
    agent, group, original = p[AGENT], s[B_GROUP], copy_of(ORIGINAL)
    there = s[original + C_THERE] != 0
    downloaded = False
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        if s[seat + S_VISIBLE] >> ORIGINAL & 1 and p[s[seat + S_DEVICE] + D_DOWNLOADS]:
            downloaded = True
    return ServerFacts(
        there,
        s[original + C_FETCHED] != 0,
        there and s[original + C_HERE] != 0,
        s[original + C_READ] != 0,
        downloaded,
        s[B_NOW] - s[original + C_DELIVERED] if there else 0,
        has_trait(s, f[p[group + G_PROCESSING]], MAILBOX_PROCESSES),
        not has_trait(s, f[p[group + G_REFUSES]], RECIPIENT_REFUSES),
        p[agent + A_READS_TOO] != 0,
        p[agent + A_SPOILS] != 0,
        p[agent + A_MAX_AGE],
    )


def has_trait(s: Ints, share: float, purpose: int) -> bool:
    """Whether the mailbox is one of a share of them; certain things draw nothing."""
    if share <= 0.0:
        return False
    if share >= 1.0:
        return True
    return uniform(s[B_K0], s[B_K1], 0, purpose, s[B_NUMBER], s[B_REPLICATION]) < share


def give_up_here(p: Ints, f: Floats, s: Ints) -> None:
    """The agent makes no further attempt (S2a, S8)."""
    original = copy_of(ORIGINAL)
    there = s[original + C_THERE] != 0
    verdict = decide_given_up(
        GivenUpFacts(
            there and s[original + C_FETCHED] != 0,
            there and s[original + C_HERE] == 0,
            s[original + C_PLACE] == IN_TRANSIT,
            s[B_AGENT_DOES] & FAILED_BIT != 0,
            p[p[AGENT] + A_GAP_COUNT] > 0,
        )
    )
    conclude_at_server(p, f, s, verdict.status, verdict.reason)


def conclude_at_server(p: Ints, f: Floats, s: Ints, status: int, reason: int) -> None:
    """The recall agent has done with one mailbox: a recalled original is gone from every folder (S2)."""
    if s[B_STATUS] != PENDING:
        return
    settle(p, f, s, status, reason)
    if status == SUCCEEDED:
        take_out(p, f, s, REMOVED_BY_RECALL)
        alerts = p[p[AGENT] + A_ALERTS]
        if alerts == ALERTS_ALWAYS or (alerts == ALERTS_READ_ONLY and reason == DELETED_READ):
            alert(p, f, s)
    report(p, f, s, TOLD_SUCCESS if status == SUCCEEDED else TOLD_FAILURE)


def purge(p: Ints, f: Floats, s: Ints) -> None:
    """S13: the administrator removes the original, whatever became of the recall; what is not there is not waited for."""
    original = copy_of(ORIGINAL)
    if s[original + C_THERE] == 0:
        return
    verdict = decide_purge(
        PurgeFacts(
            p[s[B_GROUP] + G_PURGEABLE] != 0,
            s[original + C_HERE] != 0,
            s[original + C_FETCHED] != 0,
            s[original + C_READ] != 0,
            p[p[PURGE] + U_READ_TOO] != 0,
        )
    )
    if verdict.status == PENDING:
        return
    s[B_STATUS], s[B_REASON], s[B_DECIDED] = verdict.status, verdict.reason, s[B_NOW]
    take_out(p, f, s, REMOVED_BY_ADMIN)
    if p[p[PURGE] + U_TELLS]:
        alert(p, f, s)


def take_out(p: Ints, f: Floats, s: Ints, place: int) -> None:
    """Remove the original at the mailbox; a device learns of it with its next sync (S2)."""
    original = copy_of(ORIGINAL)
    s[original + C_HERE] = 0
    s[original + C_PLACE] = place
    s[B_REMOVED] = s[B_NOW]
    removed(p, f, s, ORIGINAL)


def alert(p: Ints, f: Floats, s: Ints) -> None:
    """S5, S13: a notice for the recipient; a classic request that came before is notice enough, unless nobody saw it."""
    request = copy_of(REQUEST)
    if s[request + C_THERE]:
        dropped = s[request + C_SPENT] != 0 and s[request + C_HERE] == 0 and not is_public(p, s)
        if p[EARLY] != DROP_ON_ARRIVAL or not dropped:
            return
        s[B_CAME] = s[request + C_DELIVERED]
    place = s[request + C_PLACE]
    for cell in range(request, request + C_WIDTH):
        s[cell] = 0
    s[request + C_THERE] = s[request + C_HERE] = s[request + C_SPENT] = 1
    s[request + C_DELIVERED] = s[B_NOW]
    s[request + C_PLACE] = place
    s[B_NOTICE] = 1
    for at in range(s[B_SEATS]):
        arrived(p, f, s, seat_at(at), REQUEST)
