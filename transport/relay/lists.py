"""How a message to everybody falls into parts: one for each run of numbers of a list, and for those on none."""

from collections.abc import Sequence

from transport.relay.settings import MailingList

NO_LIST = -1


def parts_of(lists: Sequence[MailingList], count: int) -> tuple[tuple[int, int, int], ...]:
    """The parts of a message: (list number or -1, first, last recipient), by recipient numbers; none without lists.

    Args:
        lists: the lists; no recipient is on two.
        count: how many recipients there are.
    """
    if not lists:
        return ()
    taken = sorted((first, last, each.number) for each in lists for first, last in each.spans)
    parts: list[tuple[int, int, int]] = []
    following = 1
    for first, last, number in taken:
        if following < first:
            parts.append((NO_LIST, following, first - 1))
        parts.append((number, first, last))
        following = last + 1
    if following <= count:
        parts.append((NO_LIST, following, count))
    return tuple(parts)
