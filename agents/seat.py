"""One device of one mailbox: what its program has fetched, and what its reader is about to do.

A user's mailbox has one seat a device; a shared mailbox or a public folder has one a reader.
"""

from typing import TYPE_CHECKING

from agents.records import Group, MailboxKind
from transport.clock.ranks import DEVICE_SHIFT, ENTITY_SHIFT
from transport.mail.mailbox import Copy, Mailbox
from transport.recall.codes import Kind

if TYPE_CHECKING:
    from agents.client import Client
    from agents.person import Person
    from transport.clock.loop import Signal

PUBLIC = MailboxKind.PUBLIC
ORIGINAL = Kind.ORIGINAL.value
NO_MARKS: tuple[int, ...] = (0, 0, 0)


class Seat:
    """The state of one device; behaviour is with the client and the person that share it.

    Attributes:
        box: the mailbox.
        client, person: the two actors that act here.
        place: number of the device or reader, part of the address of what is drawn here.
        packed: recipient's number and place as in an event's order.
        who: number of the reader in a shared mailbox, 0 for a user, part of the address of personal traits.
        visible: bit set of the kinds that the device shows.
        flags: bit set of the kinds marked read here but not (yet) at the mailbox.
        sync_at: tick of the sync under way, -1 without one.
        checking: a check of the inbox is in progress.
        idle_epoch: which idle wait is valid; idle_waits: how many there were.
        on_screen: what the reading pane shows, shown_at: since which tick, shows: the how-manieth time.
        saw: this seat's person has seen the original.
        marks: by kind, how often this seat's reader marked the message unread again.
        mail: wakes the person who waits for unread mail.
    """

    __slots__ = (
        "box",
        "checking",
        "client",
        "flags",
        "idle_epoch",
        "idle_waits",
        "mail",
        "marks",
        "on_screen",
        "packed",
        "person",
        "place",
        "saw",
        "shown_at",
        "shows",
        "sync_at",
        "visible",
        "who",
    )

    def __init__(self, box: "Recipient", client: "Client", person: "Person", place: int, who: int) -> None:
        self.box = box
        self.client = client
        self.person = person
        self.place = place
        self.who = who
        self.packed = box.number << ENTITY_SHIFT | place << DEVICE_SHIFT
        self.visible = 0
        self.flags = 0
        self.sync_at = -1
        self.checking = False
        self.idle_epoch = 0
        self.idle_waits = 0
        self.on_screen: Copy | None = None
        self.saw = False
        self.shown_at = self.shows = 0
        self.mail: Signal | None = None
        self.marks = NO_MARKS


class Recipient(Mailbox):
    """A mailbox with the seats at which it is read.

    Attributes:
        group: what the recipient is like.
        public: it is a public folder, where flags are each reader's own (R5.5).
        seats: its devices, or its readers.
        attempts: reports that have gone out about it.
    """

    __slots__ = ("attempts", "group", "public", "seats")

    def __init__(self, number: int, group: Group) -> None:
        self.number = number  # as Mailbox does, without the price of asking it to
        self.copies = [None, None, None]
        self.group = group
        self.public = group.mailbox is PUBLIC
        self.seats: tuple[Seat, ...] = ()
        self.attempts = 0

    def is_read(self, seat: Seat, copy: Copy) -> bool:
        """Whether the copy is marked read as that seat sees it."""
        if seat.flags >> copy.kind & 1:
            return True
        return copy.read and not self.public

    def marks_of(self, seat: Seat, copy: Copy) -> int:
        """Which unread period of the message this is for that seat: flags of a public folder are each reader's own."""
        return seat.marks[copy.kind] if self.public else copy.marked_unread

    def removed(self, copy: Copy) -> None:
        """A copy has left the mailbox, by whoever's hand: where it was never shown, no request waits for it (R7.1)."""
        for seat in self.seats:
            if copy.kind == ORIGINAL and not seat.visible >> ORIGINAL & 1:
                seat.client.original_is_settled(seat)


def settle_elsewhere(seat: "Seat", copy: Copy) -> None:
    """The original left the mailbox at one seat: at those that never showed it, the request waits no longer (R7.1)."""
    if copy.kind == ORIGINAL:
        for other in seat.box.seats:
            if not other.visible >> ORIGINAL & 1:
                other.client.original_is_settled(other)
