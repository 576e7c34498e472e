"""Importance sampling of the reading clock: the weight of every recipient.

Where a plan has the delay until the original is opened tilted (`recallsim.plan_importance`), what happens to a recipient
is counted with the likelihood ratio of that one draw: 1 / (1 - share) or, for the early openings, much less than 1. The
mean stays what it was, and a failure of one in a million is met again and again (S. Asmussen, P. W. Glynn, Stochastic
Simulation, 2007, V.1 and VI). The draw is looked up by its address, so that no engine needs to know of it.

It is exact where the delay is drawn once for each recipient and concerns nobody else: `refusal` says where not.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from agents.records import Group, MailboxKind, Plan
from recallsim.engines.columns import numpy_filler
from recallsim.engines.observation import Observation
from recallsim.estimate.shape import PlanLike
from transport.recall.codes import Kind
from transport.streams.philox import paired
from transport.streams.purposes import READ_DELAY

Floats = NDArray[np.float64]


def refusal(plan: Plan) -> str:
    """Why the weights of a plan's recipients are not exact; empty where they are."""
    if not plan.weighted:
        return "nobody opens the original after a delay that is rarely so short (recipients.groups.person.reads: {delay: …})"
    return next(_against(plan), "")


def _against(plan: Plan) -> Iterator[str]:
    if plan.agent is not None or plan.report is not None or plan.purge is not None:
        yield "servers or an administrator take mailboxes one after the other (sender.recall.system)"
    if plan.reports_shared:
        yield "reports queue with the mail to others (transport.reports: shared)"
    for group in plan.groups:
        if group.is_tilted:
            yield from (f"group {group.name!r}: {why}" for why in _against_group(group))


def _against_group(group: Group) -> Iterator[str]:
    if group.readers != 1 or group.mailbox is not MailboxKind.USER:
        yield "a mailbox has several readers (recipients.groups.mailbox)"
    if group.person.marks_unread:
        yield "what is marked unread is opened after a delay again (recipients.groups.person.mark_unread)"
    if group.devices[0].reading.clocks:
        yield "folders have clocks of their own (recipients.groups.person.folders)"


def weights(observation: Observation, plan: PlanLike) -> Floats:
    """The weight of every recipient, in the order of the observation's rows.

    Raises:
        ValueError: the plan is none for which they are exact.
    """
    why = "there is no plan" if not isinstance(plan, Plan) else refusal(plan)
    if why or not isinstance(plan, Plan):
        raise ValueError(f"importance: weights are not exact here: {why}")
    low, high, word = observation.seed & 0xFFFFFFFF, observation.seed >> 32, READ_DELAY | Kind.ORIGINAL << 8
    found = np.ones((len(observation.replications["replication"]), plan.count))
    for row, replication in enumerate(observation.replications["replication"].tolist()):
        address = paired(replication) if plan.antithetic else replication
        for group in plan.groups:
            if group.is_tilted:
                (column,) = numpy_filler(low, high, 0, [word], group.first, address, group.size, True)
                drawn = np.asarray(column)
                _, share, reach, *_ = group.devices[0].reading.delay[Kind.ORIGINAL]
                handed_on = np.where(drawn < share, drawn / share * reach, (drawn - share) / (1.0 - share))
                found[row, group.first - 1 : group.first - 1 + group.size] = np.where(
                    handed_on < reach, 1.0 / (1.0 - share + share / reach), 1.0 / (1.0 - share)
                )
    return found.ravel()
