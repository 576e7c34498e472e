"""What an engine saw: columns, one row a recipient and replication.

The only thing that leaves an engine. Ticks count from the press of Send; -1 stands for *never* in every tick column.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]

RECIPIENT_COLUMNS = (
    "replication",  # number of the replication
    "group",  # index into plan.groups
    "status",  # codes.Status
    "reason",  # codes.Reason
    "decided",  # tick of the decision, -1 while pending
    "doomed",  # 1: pending at the horizon and the copy is marked read then
    "seen",  # first tick at which a person was shown the original's content (level 2 or more)
    "seen_level",  # highest level reached: 0 not, 1 glimpsed, 2 shown, 3 opened, 4 attachment opened
    "seen_phase",  # codes.SeenPhase of that first time
    "seen_people",  # how many persons saw it (more than 1 in shared mailboxes and public folders only)
    "seen_after_removal",  # 1: first shown by an unsynced device after the recall had removed it
    "original_delivered",  # tick of delivery into the mailbox
    "request_delivered",
    "replacement_delivered",
    "original_removed",  # tick at which a delivered original left the person's reach, by whoever's hand
    "original_place",  # codes.Place at the horizon
    "request_place",
    "replacement_place",
    "replacement_seen",  # first tick at which the replacement was shown
    "aware",  # first tick at which any trace of the recall was shown
    "overtaken",  # 1: the request was delivered while the original was still under way
    "told",  # codes.Told, the last thing the sender was told
    "told_first",  # tick at which the sender was first told anything
    "reports_contradict",  # 1: the sender was told success and failure
    "forwarded",  # copies sent on to people outside the list
    "forwarded_seen",  # those of them that arrived; whoever gets one sees it
)

REPLICATION_COLUMNS = (
    "replication",
    "released",  # tick at which the original was submitted
    "noticed",  # tick at which the sender noticed, -1: not within the horizon
    "asked",  # tick at which the sender asked for the recall
    "replaced",  # tick at which the replacement was submitted
)


@dataclass(frozen=True, slots=True)
class Observation:
    """Consecutive replications of one plan, as columns.

    Attributes:
        recipients: the names of `RECIPIENT_COLUMNS`; arrays of length replications x plan.count, ordered by
            (replication, recipient number).
        replications: the names of `REPLICATION_COLUMNS`, and `peak_queue:<stage>` for each stage of the plan; arrays of
            length replications.
        waits: `(stage index, kind) -> ` ticks that the first attempt of the recipient's job waited in that stage before
            service, -1 where there was none; as long as the recipient columns. Kinds: codes.Kind 0..3.
        sojourns: the same for the ticks from entering the stage to the end of the first attempt's service.
        seed: of their chance.
    """

    recipients: Mapping[str, Column]
    replications: Mapping[str, Column]
    waits: Mapping[tuple[int, int], Column]
    sojourns: Mapping[tuple[int, int], Column]
    seed: int = 0
