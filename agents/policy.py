"""What a recall system is set to: the recall agent of the servers, and the administrator's removal.

Frozen records like those of `agents.records`: laws are rows in seconds, other times are ticks.
"""

from dataclasses import dataclass
from enum import IntEnum

from transport.relay.settings import LawRow


class Alert(IntEnum):
    """Whom a removal by the recall agent is told (S5)."""

    NEVER = 0
    READ_ONLY = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """The recall agent of the servers: its queue, and the policy it goes by (S2-S12)."""

    workers: int  # 0: unlimited
    service: LawRow  # of one attempt at one mailbox
    shared: bool  # one draw of it for all mailboxes
    failure: float
    gaps: tuple[int, ...]  # between attempts, the last one repeats
    give_up: int  # ticks after which no attempt may start, -1 without a limit
    across: int  # which other organisations it goes into (facts.ReachFacts)
    reads_too: bool
    spoils: bool
    max_age: int  # since delivery, -1: none
    alerts: Alert


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """The aggregated report of a recall (S8)."""

    opens: LawRow  # from the asking until it can be read
    readable: int  # ticks from then


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """The administrator's removal (S13)."""

    on_notice: bool  # begins when the sender notices, else where a recall has failed
    acts: LawRow  # from then until the removal begins
    gap: float  # ticks between two mailboxes, 0.0 without a limit
    read_too: bool
    tells: bool
