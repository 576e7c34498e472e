"""Who goes first within a tick, and why: the ranks of model.md 3, packed into one comparable int.

An event's key is (tick, order); `order` holds rank, sub-rank, entity, message code and ordinal, most significant first:

    rank 4 bits | sub-rank 8 | entity 32 | message code 8 | ordinal 32

so that comparing two ints compares meaning. The ordinal is the attempt, or the device number << 16 where a recipient's
devices act on one message.
"""

from enum import IntEnum
from typing import Final


class Rank(IntEnum):
    """What happens first among things that fall on one tick."""

    SWITCH = 0  # outages, going online or offline, office hours
    SENDER = 1  # the sender asks, before a hold's release
    SERVE = 2  # servers, one pair of sub-ranks a stage in order of passage: taking in, then finishing
    DELIVER = 3  # into the mailbox, with the rules that servers run
    SYNC = 4  # onto a device, with the rules that clients run
    PROCESS = 5  # a request is processed: idle worker, by hand by who reads by delay; then recall agent, administrator
    LOOK = 6  # a person opens or previews; one check with no handling time is one such event
    KEEP = 7  # a person marks unread, moves, deletes
    HORIZON = 8  # the end


RANK_SHIFT: Final = 80
SUB_SHIFT: Final = 72
ENTITY_SHIFT: Final = 40
MESSAGE_SHIFT: Final = 32
DEVICE_SHIFT: Final = 16


def order(rank: int, entity: int = 0, message: int = 0, ordinal: int = 0, sub: int = 0) -> int:
    """The packed order of an event within its tick."""
    return rank << RANK_SHIFT | sub << SUB_SHIFT | entity << ENTITY_SHIFT | message << MESSAGE_SHIFT | ordinal
