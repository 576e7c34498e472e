"""The books of a replication: whose recall is doomed at the horizon, and whether every copy is in one place."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from agents.forwarding import Forwarding
from agents.observer import name_of
from agents.plain_seats import PlainSeats
from agents.seat import Recipient
from agents.world import ORIGINAL, REQUEST, World
from transport.errors import ConservationError
from transport.recall.codes import Kind, Place, Status

IN_TRANSIT: Final = Place.IN_TRANSIT.value
PRESENT: Final = Place.PRESENT.value
PENDING: Final = Status.PENDING.value
DELIVERED_AND: Final = (
    Place.PRESENT,
    Place.REMOVED_BY_RECALL,
    Place.REMOVED_BY_PERSON,
    Place.REMOVED_BY_RULE,
    Place.REMOVED_BY_ADMIN,
    Place.FETCHED,
)
"""Where a copy may be that was delivered."""


class Mailboxes(NamedTuple):
    """All that mail was delivered to.

    Attributes:
        boxes: by recipient number, as far as there is one.
        plain: who stands for recipients without one.
        arrived: by kind, how many copies came into boxes.
    """

    boxes: Sequence[Recipient | None]
    plain: Sequence[PlainSeats]
    arrived: Sequence[int]


def mark_doomed(world: World, mailboxes: Mailboxes) -> None:
    """Note whose recall is pending though their copy lies there marked read."""
    ledger, agent = world.ledger, world.plan.agent
    if ledger.status.count(PENDING) == 1:
        return  # cell 0, which is nobody's
    for seats in mailboxes.plain:
        seats.mark_doomed()
    for number, box in enumerate(mailboxes.boxes):
        if box is None or ledger.status[number] != PENDING:
            continue
        if box.group.at_server and agent is not None and agent.reads_too:
            continue  # S3: the flag dooms nothing there
        original = box.copies[ORIGINAL]
        if original is None or not original.here:
            continue
        if box.public:  # flags are each reader's own (R5.5)
            ledger.doomed[number] = any(box.is_read(seat, original) for seat in box.seats)
        else:  # the flag at the mailbox, whatever a device has not handed in yet
            ledger.doomed[number] = original.read


def check_books(world: World, mailboxes: Mailboxes, forwarding: Forwarding) -> None:
    """Every copy ends in exactly one place (recall.md 5): the ledger against what servers and mailboxes counted.

    Raises:
        ConservationError: copies were made or lost.
    """
    ledger, under_way = world.ledger, [0, 0, 0]
    for number, kind in world.relay.under_way():
        under_way[kind] += 1
        if ledger.place[kind][number] != IN_TRANSIT:
            raise ConservationError(f"the {name_of(kind)} to recipient {number} is in two places")
    for kind in (ORIGINAL, REQUEST, Kind.REPLACEMENT.value):
        places = ledger.place[kind]
        in_transit = places.count(IN_TRANSIT)
        delivered = sum(places.count(place) for place in DELIVERED_AND)
        arrived = mailboxes.arrived[kind] + sum(seats.arrived(kind) for seats in mailboxes.plain)
        if in_transit != under_way[kind] or delivered != arrived:
            raise ConservationError(
                f"of {ledger.count} copies of the {name_of(kind)}, {under_way[kind]} are under way and "
                f"{arrived} were delivered, but the ledger has {in_transit} and {delivered}"
            )
    forwarded, seen = sum(ledger.forwarded), sum(ledger.forwarded_seen)
    ways = forwarding.under_way + forwarding.arrived + forwarding.removed
    if (forwarded, seen) != (ways, forwarding.arrived):
        raise ConservationError(
            f"{ways} copies were forwarded and {forwarding.arrived} of them arrived, but the ledger has "
            f"{forwarded} and {seen}"
        )
    _check_boxes(world, mailboxes)


def _check_boxes(world: World, mailboxes: Mailboxes) -> None:
    """What lies in the mailboxes is what the ledger has as present."""
    places = world.ledger.place
    for box in filter(None, mailboxes.boxes):
        for copy in filter(None, box.copies):
            there = copy.here and not (copy.spent or copy.fetched)
            if there is not (places[copy.kind][box.number] == PRESENT):
                raise _misplaced(world, box.number, copy.kind, there)
    for seats in mailboxes.plain:
        for number, kind, there in seats.misplaced():
            raise _misplaced(world, number, kind, there)


def _misplaced(world: World, number: int, kind: int, there: bool) -> ConservationError:
    place = Place(world.ledger.place[kind][number]).name
    return ConservationError(
        f"the {name_of(kind)} of recipient {number} is {'there' if there else 'gone'}, but the ledger has it {place}"
    )
