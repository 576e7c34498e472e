"""The map of recall by the servers in the kernel: recall agent, page, administrator, and what is found out ahead.

The plan's rows stand in `p`, their laws and shares in `f`; AGENT, PAGE and PURGE of the head say where, 0 for none.
"""

from typing import Final

from recallsim.engines.kernel_servers_layout import W_ROWS

(
    A_WORKERS, A_SERVICE, A_SHARED, A_FAILURE, A_GAPS, A_GAP_COUNT, A_GIVE_UP,
    A_READS_TOO, A_SPOILS, A_MAX_AGE, A_ALERTS, A_WIDTH,
) = range(12)  # fmt: skip
"""The recall agent (agents/policy.py)."""
P_OPENS, P_READABLE, P_WIDTH = range(3)
"""The page: the aggregated report."""
U_ON_NOTICE, U_ACTS, U_GAP, U_READ_TOO, U_TELLS, U_WIDTH = range(6)
"""The administrator's removal."""

ALERTS_NEVER, ALERTS_READ_ONLY, ALERTS_ALWAYS = range(3)

LOSSES, FAILURES, EVERYTHING = range(3)
"""What recipients are lived through for, one after the other: when the original leaves the mailbox without the agent's
doing, where a retry of the agent depends on that; when a recall fails, where the administrator goes from one failed
recall to the next; and what becomes of everybody. AHEAD in the head has a bit for each of the first two."""

W_DOES: Final = W_ROWS
W_DOES_AT: Final = W_ROWS + 1
W_LEFT: Final = W_ROWS + 2
W_PURGE_AT: Final = W_ROWS + 3
W_FAILED: Final = W_ROWS + 4
W_FAILED_ORDER: Final = W_ROWS + 5
W_FATE_ORDER: Final = W_ROWS + 6
W_ALL: Final = W_ROWS + 7
"""Further rows of `w`, where servers or an administrator look into mailboxes: what the agent's last visit is, and when; when
the original leaves without it (key << 1 | purged), -1 for never; when the administrator comes, -1 for never; the key of the
recall's failure, -1 for none, and its order within the tick; the how-manieth a recipient is
of those whom servers decide about."""

NOTHING, TRIES, GIVES_UP, GIVES_UP_LATER = range(4)
FAILED_BIT: Final = 4
"""W_DOES: an attempt, or the end of all attempts, at once or when the time is over; and whether the last one failed."""

COMES, TAKES_UP, ENDS = range(3)
"""The agent's events, in the order of their sub-ranks."""
SUB_SHIFT: Final = 60
ENTITY_SHIFT: Final = 32
