"""What a draw is for: the register of purposes, a part of the address of every draw.

Append only. A number that changes or is used again changes the results of every scenario that draws it.
"""

from enum import IntEnum
from typing import Final


class Purpose(IntEnum):
    """What one draw decides; the comments say who draws it."""

    NOTICE = 1  # sender: when the mistake is noticed
    ACT = 2  # sender: from noticing to asking for the recall
    COMPOSE = 3  # sender: from asking to the replacement's submission
    ABANDON = 4  # sender: whether the replacement is given up
    START = 5  # whole replication: the moment of the calendar at which it starts
    QUEUE_ORDER = 6  # recipient: place among the jobs that enter a stage in one tick
    SERVICE = 7  # stage: how long an attempt is served
    FAILURE = 8  # stage: whether an attempt fails
    RETRY_JITTER = 9  # stage: by how much the gap before the next attempt is stretched
    LATENCY = 10  # link: how long the message is under way
    LOSS = 11  # link: whether the message is lost
    STANDING = 12  # stage: the load that a stationary start finds
    ARRIVAL = 13  # stage: gaps between the arrivals of background mail
    AUTO_PROCESS = 20  # client: whether it processes requests by itself
    IDLE = 21  # client: how long until the idle worker comes round
    POLL_PHASE = 22  # client: phase of the poll
    RULE = 23  # client: whether the recipient has the rule (place: its number)
    ONLINE = 24  # client: lengths of the times up and down
    READ_DELAY = 30  # person: from visible to opened
    FIRST_GAP = 31  # person: whole length of the gap under way at the start
    GAP = 32  # person: gap after check number `ordinal`
    OPEN = 33  # person: whether the message is opened in a check
    HANDLING = 34  # person: how long a message is handled
    ORDER = 35  # person: which message is taken next, in random order
    NEVER = 36  # person: whether they never read at all
    PREVIEW = 37  # person: whether they read in the pane
    CURIOSITY = 38  # person: whether the original is opened before the request
    MARK_SHARE = 39  # person: whether a message is marked unread again
    MARK_AFTER = 40  # person: when it is marked unread
    MOVE_SHARE = 41  # person: whether a message is moved
    MOVE_AFTER = 42  # person: when it is moved
    DELETE_SHARE = 43  # person: whether a message is deleted
    DELETE_AFTER = 44  # person: when it is deleted
    FIRST_GAP_AGE = 45  # person: the fraction of the gap under way that is still to come at the start
    HAZARD = 46  # person: cumulated reading rate at which a message is opened
    RIGHTS = 47  # reader of a public folder: whether the rights suffice
    DUPLICATE = 60  # link: whether the message comes twice
    FAULT = 61  # stage: whether an attempt meets a fault (place: the stage's number and, << 8, the fault's)
    FAULT_TIME = 62  # stage: how long a fault delays, or what part of the service a broken connection leaves
    KNOWN_SENDER = 63  # stage: whether the recipient's server has met the sender before
    MODERATOR_READS = 64  # moderator of a list: when (ordinal: which of them)
    APPROVAL = 65  # moderators of a list: whether they let the message pass
    ONLINE_STATE = 70  # client: whether it is online at Send
    ONLINE_FIRST = 71  # client: whole length of the turn under way at Send
    ONLINE_AGE = 72  # client: the fraction of that turn that is still to come
    FORWARD_SHARE = 73  # person: whether the original is forwarded
    FORWARD_AFTER = 74  # person: when it is forwarded
    FORWARD_LATENCY = 75  # forwarded copy number `ordinal`: how long it is under way
    GLIMPSE = 76  # person: whether notifications show a line
    NOTIFIED = 77  # person: whether the notification is reacted to
    REACTION = 78  # person: from the notification to the opening
    INBOX_MAIL = 79  # background of an inbox: gap before message number `ordinal`
    AGENT_SERVICE = 80  # recall agent: how long an attempt at a mailbox takes
    AGENT_FAILURE = 81  # recall agent: whether an attempt fails
    MAILBOX_PROCESSES = 82  # mailbox: whether recalls are processed in it
    RECIPIENT_REFUSES = 83  # mailbox: whether its owner refuses recalls
    REPORT_OPENS = 84  # recall agent: when the aggregated report can be read
    QUEUE_LOOK = 85  # sender: phase of the looks at the queue of held messages
    PURGE_ACT = 86  # administrator: from the notice or the failed recall to the removal
    INBOX_STANDING = 90  # background of an inbox: gaps backwards, of what a stationary start finds unread
    INBOX_HANDLING = 91  # background of an inbox: how long message number `ordinal` is handled
    INBOX_OPEN = 92  # background of an inbox: whether message number `ordinal` is opened
    ATTACHMENT_SHARE = 93  # person: whether the attachment is opened
    ATTACHMENT_AFTER = 94  # person: when the attachment is opened
    AWAY = 95  # person: whether they are away


# The same numbers as plain ints: inside the basement no enum crosses a call.
NOTICE: Final = 1
ACT: Final = 2
COMPOSE: Final = 3
ABANDON: Final = 4
START: Final = 5
QUEUE_ORDER: Final = 6
SERVICE: Final = 7
FAILURE: Final = 8
RETRY_JITTER: Final = 9
LATENCY: Final = 10
LOSS: Final = 11
STANDING: Final = 12
ARRIVAL: Final = 13
AUTO_PROCESS: Final = 20
IDLE: Final = 21
POLL_PHASE: Final = 22
RULE: Final = 23
ONLINE: Final = 24
READ_DELAY: Final = 30
FIRST_GAP: Final = 31
GAP: Final = 32
OPEN: Final = 33
HANDLING: Final = 34
ORDER: Final = 35
NEVER: Final = 36
PREVIEW: Final = 37
CURIOSITY: Final = 38
MARK_SHARE: Final = 39
MARK_AFTER: Final = 40
MOVE_SHARE: Final = 41
MOVE_AFTER: Final = 42
DELETE_SHARE: Final = 43
DELETE_AFTER: Final = 44
FIRST_GAP_AGE: Final = 45
HAZARD: Final = 46
RIGHTS: Final = 47
DUPLICATE: Final = 60
FAULT: Final = 61
FAULT_TIME: Final = 62
KNOWN_SENDER: Final = 63
MODERATOR_READS: Final = 64
APPROVAL: Final = 65
ONLINE_STATE: Final = 70
ONLINE_FIRST: Final = 71
ONLINE_AGE: Final = 72
FORWARD_SHARE: Final = 73
FORWARD_AFTER: Final = 74
FORWARD_LATENCY: Final = 75
GLIMPSE: Final = 76
NOTIFIED: Final = 77
REACTION: Final = 78
INBOX_MAIL: Final = 79
AGENT_SERVICE: Final = 80
AGENT_FAILURE: Final = 81
MAILBOX_PROCESSES: Final = 82
RECIPIENT_REFUSES: Final = 83
REPORT_OPENS: Final = 84
QUEUE_LOOK: Final = 85
PURGE_ACT: Final = 86
INBOX_STANDING: Final = 90
INBOX_HANDLING: Final = 91
INBOX_OPEN: Final = 92
ATTACHMENT_SHARE: Final = 93
ATTACHMENT_AFTER: Final = 94
AWAY: Final = 95
