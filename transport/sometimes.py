"""How often a replication takes the branches that most never take.

Each counter is raised in its own rare branch and nowhere else, so counting costs nothing where nothing rare happens. A
test plays scenarios until every counter has moved: a branch that no scenario reaches is a branch that no test holds.
"""

from enum import IntEnum


class Rare(IntEnum):
    """What happens only sometimes. Append only."""

    OVERTAKEN = 0  # the request was delivered while the original was under way (R7.1)
    INTERCEPTED = 1  # an original was taken back on its way (S1)
    WITHDRAWN_IN_SERVICE = 2  # ... while a server was working on it
    LOST = 3  # the link lost a copy
    REPORT_LOST = 4  # ... or a report
    DUPLICATE_DROPPED = 5  # the second copy of one message came and was dropped by its message id
    DUPLICATE_FIRST = 6  # ... which had been sent first: its duplicate had overtaken it
    REQUEST_TWICE = 7  # two requests came for one message
    RETRIED = 8  # a failed attempt was made again
    GAVE_UP = 9  # a message bounced because its time was over
    ATTEMPTS_USED_UP = 10  # a message bounced because its attempts were
    REQUEST_BOUNCED_ONLY = 11  # the request bounced while the original is there (R7.5)
    ORIGINAL_BOUNCED_ONLY = 12  # the original bounced, the request came (R7.3)
    OUTAGE_DURING_RECALL = 13  # a stage went down after the sender had asked, with mail in it
    STARTED_OVER = 14  # an outage made a job in service start over
    PRIORITY_OVERTAKES = 15  # a job went before others that had waited longer
    THROTTLED = 16  # the stage's own rate limit kept a job waiting
    GREYLISTED = 17  # an attempt was deferred because sender and server were new
    GREYLIST_FORGOT = 18  # a retry came after the window, and counted as new
    REJECTED = 19  # an attempt was refused for good
    DEFERRED = 20  # an attempt was refused for now
    DISCONNECTED = 21  # a connection broke
    RATE_LIMITED = 22  # an attempt was refused for now, being one too many
    SLOWED = 23  # an attempt was made to take longer
    STRIPPED = 24  # a hop made an ordinary mail of a request (S9)
    BYPASSED = 25  # mail went round a stage that others pass
    MODERATED_LATE = 26  # a moderator let a message pass
    MODERATED_AWAY = 27  # a moderator refused a message
    MODERATION_EXPIRED = 28  # no moderator decided in time
    PASSED_MODERATION_BY = 29  # a request went round the moderators whose decision its original waits for
    DELAY_NOTICE = 30  # the sender was told of a delay


class Sometimes:
    """The counters of one replication.

    Attributes:
        counts: how often each branch was taken, by Rare.
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts = [0] * len(Rare)

    def note(self, branch: Rare) -> None:
        """A rare branch was taken."""
        self.counts[branch] += 1

    def reached(self) -> set[Rare]:
        """The branches that were taken."""
        return {branch for branch in Rare if self.counts[branch]}
