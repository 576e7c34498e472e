"""The map of the servers' arrays in the kernel: one replication's state, its jobs, its heap, what became of its mail.

`z` holds the state of the servers; `j` a row a job; `h` the heap of events, four cells each; `w` what became of each copy.
"""

from typing import Final

(
    Z_K0, Z_K1, Z_REPLICATION, Z_OFFSET, Z_NOW, Z_HEAP, Z_JOBS, Z_FREE_JOB, Z_LEFT, Z_FAILED, Z_ORDINAL_BITS,
    Z_ENTITY_BITS, Z_ROW,
    Z_HANDED, Z_RELEASED, Z_NOTICED, Z_ASKED, Z_REPLACED, Z_SUBMITS, _Z_SUBMITS_1, _Z_SUBMITS_2,
    Z_STATUS, Z_REASON, Z_DECIDED, Z_FATES, Z_FREE, Z_COMING, Z_LINE, Z_LINE_ENDS,
) = range(29)  # fmt: skip
"""Z_HANDED: how many copies have come to the tail so far (kernel_tail.py); Z_SUBMITS: by kind, the tick of its submission,
-1 without; Z_STATUS .. Z_DECIDED: what is decided for everybody; Z_FATES: how many recalls the servers have decided, -1
where nobody asks; the last four are the recall agent's."""
Z_STAGES: Final = 29

(
    Y_FREE, Y_WAITING, Y_FOREIGN, Y_PEAK, Y_OWN, Y_DOWN, Y_INCOMING, Y_IN_SERVICE, Y_LAST_IN_SERVICE, Y_BEGUN,
    Y_ARRIVALS, Y_ARRIVAL, Y_LINE, Y_LAST_ENTRY, Y_WAKES, Y_HEADS,
) = range(16)  # fmt: skip
LANES: Final = 6
"""One for each kind with priority, one for the others, and before them all one for what an outage put back."""
Y_TAILS: Final = Y_HEADS + LANES
Y_WIDTH: Final = Y_TAILS + LANES
"""A stage. Lists are chains of jobs: Y_INCOMING, Y_IN_SERVICE and, by lane, Y_HEADS hold the first, -1 for none."""

(
    J_KIND, J_NUMBER, J_FIRST, J_LAST, J_ORDINAL, J_ENTERED, J_FAILURES, J_EPOCH, J_WAITS, J_WITHDRAWN,
    J_NEXT, J_PREVIOUS, J_STAGE, J_PLACE, J_ORDER, J_TROUBLE, J_WIDTH,
) = range(17)  # fmt: skip
"""A job. J_NUMBER: the recipient, 0 for a distribution or foreign mail; J_PLACE: its place among those who enter at once;
J_TROUBLE: what fault its attempt meets, -1 for none."""

BACKGROUND_JOB: Final = 3
STANDING_JOB: Final = 4
"""Kinds of foreign jobs in J_KIND, in the order of codes.Kind, whose numbers they stand for."""

W_WHEN: Final = 0
W_HOW: Final = 3
W_FATE: Final = 6
W_FATE_AT: Final = 7
W_WHERE: Final = 8
W_AT: Final = 9
W_PLACE: Final = W_AT + 3
W_MARKS: Final = 13
W_ROWS: Final = 14
"""Rows of `w`, a cell a recipient (where stages only queue, of one chunk of them): by kind when and how (codes.Place) it
ended with the servers; what was decided there (status << 8 | reason), when; where the original is for interception; by kind,
reports included, when a copy leaves the stage that it passed last, -1 before that, or its rank within the tick at which it
was lost (kernel_travel.settle); marks. Where stages do more than queue, W_PLACE, the place in line, stands in that row of
the reports. Behind them a row a stage that greylists: when it met the sender's mail to each recipient first."""
BY_MODERATOR: Final = 1
STRIPPED: Final = 8
"""Marks: BY_MODERATOR << kind, it ended with a moderator's look; STRIPPED, the request is an ordinary mail (S9)."""
UNMET, KNOWN = -1, -2
"""What stands in a greylist in place of a tick."""

UNEXPANDED, OUT_OF_REACH, TAKEN_BACK, IN_STAGE = range(4)

END, TAKE_IN, RETURN, GIVE_UP, ARRIVE, HALT, RESUME, SUBMIT, WAKE, DECIDE, EXPIRE, APPROVE = range(12)
"""What an event of the servers is; its cell holds it << 40 | epoch, or the stage from which a moderated message goes on."""
EVENT_SHIFT: Final = 40

MESSAGE_GRAIN, BATCH_GRAIN, RECIPIENT_GRAIN = range(3)
STATIONARY_START, EMPTY_START = range(2)
REJECT, DEFER, DISCONNECT, RATE_LIMIT, DELAY = range(5)
PASSES, COMES_AGAIN, BOUNCES, IS_REJECTED = range(4)
"""How an attempt ends."""

V_ORDER: Final = 0
V_ENDS: Final = 1
"""Rows of `v`, a cell a recipient: the recipients in the order in which they queue, from place 0 on, and then the report of
each; from V_ENDS on, for each stage with few workers and each kind that may come to it, when its service ends
(kernel_travel.row_of_ends)."""
Y_LINES: Final = 5
"""Rows of `y`: 0 and 1 a list of jobs, 2 and 3 the same while it is sorted, 4 counters; from Y_LINES on, a row a stage, when
the worker of each job was free; then, a row a stage, when its workers will be."""
LEAST_CELLS: Final = 2050
"""A row of `y` has room for the counters of a digit, and for all workers of a stage."""
MOST_WORKERS_SORTED: Final = 20
