"""One device of one mailbox: what its program has fetched, and what its reader is about to do.

A user's mailbox has one seat a device; a shared mailbox or a public folder has one a reader. A seat that *lags* keeps
what is done there to itself until its next sync, and shows until then what it has once shown (model.md 3).
"""

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from agents.records import Group, MailboxKind
from transport.clock.ranks import DEVICE_SHIFT, ENTITY_SHIFT
from transport.mail.mailbox import Copy, Mailbox
from transport.recall.codes import Kind, Place

if TYPE_CHECKING:
    from agents.client import Client
    from agents.ledger import Ledger
    from agents.person import Person
    from transport.clock.loop import Signal

PUBLIC = MailboxKind.PUBLIC
ORIGINAL = Kind.ORIGINAL.value
REQUEST = Kind.REQUEST.value
NO_MARKS: tuple[int, ...] = (0, 0, 0)
BY_PERSON = Place.REMOVED_BY_PERSON.value


class Act(Enum):
    """What a person did with a message and the device has not handed in yet."""

    MOVE = auto()
    MARK_UNREAD = auto()
    DELETE = auto()


class HeldBack(NamedTuple):
    """One act that waits for the sync of its device; `folder`: where to, of a move."""

    act: Act
    copy: Copy
    folder: int = -1


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
        lags: what is done here reaches the mailbox, and what is removed there is lost here, with the next sync only.
        held_back: what was done here since the last sync, flags apart; unflags, deleted: bit sets of the kinds among it
            that were marked unread, and deleted for good.
        sync_at: tick of the sync under way, -1 without one.
        checking: how many checks are in progress, of the inbox or of a folder with its own clock.
        idle_epoch: which idle wait is valid; idle_waits: how many there were.
        on_screen: what the reading pane shows, shown_at: since which tick, shows: the how-manieth time.
        saw: this seat's person has seen the original.
        marks: by kind, how often this seat's reader marked the message unread again.
        periods: by kind, which unread period of the message this is here; of a public folder, and of a seat that lags.
        mail: wakes the person who waits for unread mail.
    """

    __slots__ = (
        "box",
        "checking",
        "client",
        "deleted",
        "flags",
        "held_back",
        "idle_epoch",
        "idle_waits",
        "lags",
        "mail",
        "marks",
        "on_screen",
        "packed",
        "periods",
        "person",
        "place",
        "saw",
        "shown_at",
        "shows",
        "sync_at",
        "unflags",
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
        self.lags = client.lags
        self.held_back: tuple[HeldBack, ...] = ()
        self.unflags = self.deleted = 0
        self.sync_at = -1
        self.checking = 0
        self.idle_epoch = 0
        self.idle_waits = 0
        self.on_screen: Copy | None = None
        self.saw = False
        self.shown_at = self.shows = 0
        self.mail: Signal | None = None
        self.marks = self.periods = NO_MARKS

    def folder_of(self, copy: Copy) -> int:
        """The folder in which this seat has the copy: where it was moved last, here or at the mailbox."""
        folder = copy.folder
        for act, moved, to in self.held_back:
            if act is Act.MOVE and moved is copy:
                folder = to
        return folder

    def has(self, copy: Copy) -> bool:
        """Whether the reader can do anything with the copy here."""
        there = (self.visible & ~self.deleted) >> copy.kind & 1 == 1
        return there and (self.lags or copy.here)


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
        return copy.read and not self.public and not seat.unflags >> copy.kind & 1

    def marks_of(self, seat: Seat, copy: Copy) -> int:
        """Which unread period of the message this is for that seat: flags of a public folder are each reader's own."""
        return seat.periods[copy.kind] if self.public or seat.lags else copy.marked_unread

    # --- what is done at the mailbox, and who learns of it ---------------------------------------------------------

    def move(self, copy: Copy, folder: int, by: Seat | None = None) -> None:
        """A copy goes to another folder; the request may lie before an idle worker now, at any device but that of `by`."""
        before, copy.folder = copy.folder, folder
        self.moved(copy, before, by)

    def moved(self, copy: Copy, before: int, by: Seat | None = None) -> None:
        """A copy has come from the folder `before` to where it is now."""
        goes = self.group.has_clocks and copy.folder != before
        for seat in self.seats:
            if seat is by:
                continue
            if goes and seat.visible >> copy.kind & 1:
                seat.person.finds_moved(seat, copy)
            if copy.kind == REQUEST:
                seat.client.begin_idle_anew(seat)

    def mark_unread(self, copy: Copy, by: Seat | None = None) -> None:
        """The flag is cleared: new mail again to everybody but `by`, whose device has known it for a while."""
        kind = copy.kind
        copy.read = False
        copy.marked_unread += 1
        copy.planned = 0
        others = [seat for seat in self.seats if seat is not by]
        for seat in others:
            seat.flags &= ~(1 << kind)
            if seat.lags:
                seat.periods = one_more(seat.periods, kind)
                seat.unflags &= ~(1 << kind)
        for seat in others:
            if seat.visible >> kind & 1:
                seat.person.meet(seat, copy)
                if kind == REQUEST:
                    seat.client.begin_idle_anew(seat)

    def delete(self, copy: Copy, ledger: "Ledger", now: int) -> None:
        """The person deletes a copy for good."""
        copy.here = False
        ledger.remove(self.number, copy.kind, BY_PERSON, now)
        if not copy.fetched:
            self.removed(copy)

    def removed(self, copy: Copy) -> None:
        """A copy has left the mailbox, by whoever's hand: seats that lag show it until they sync, the others no longer.

        Where the original was never shown, a request waits for it no longer (R7.1).
        """
        for seat in self.seats:
            if seat.visible >> copy.kind & 1:
                if seat.lags:
                    seat.client.has_changes(seat)
            elif copy.kind == ORIGINAL:
                seat.client.original_is_settled(seat)


def one_more(marks: tuple[int, ...], kind: int) -> tuple[int, ...]:
    """The numbers by kind, with one more of a kind."""
    return tuple(number + (each == kind) for each, number in enumerate(marks))
