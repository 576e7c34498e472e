"""What a person does with a message some time after meeting it: mark it unread, move it, delete it (rank KEEP)."""

from collections.abc import Callable
from typing import Final

from agents.observer import name_of
from agents.records import Group, Habit, MailboxKind, Reads
from agents.seat import Seat, settle_elsewhere
from agents.world import REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import DEVICE_SHIFT, Rank, order
from transport.mail.mailbox import DELETED_ITEMS, Copy
from transport.recall.codes import Place, Status
from transport.streams.purposes import (
    DELETE_AFTER,
    DELETE_SHARE,
    MARK_AFTER,
    MARK_SHARE,
    MOVE_AFTER,
    MOVE_SHARE,
)

KEEP: Final = Rank.KEEP
PENDING: Final = Status.PENDING.value


class Habits:
    """The afterthoughts of one group.

    Args:
        world: the surroundings.
        group: whose.

    Attributes:
        at_once, later: the habits set off by the arrival of a message, and by its opening.
    """

    def __init__(self, world: World, group: Group) -> None:
        self.world = world
        person = group.person
        every = (
            (person.marks_unread, MARK_SHARE, MARK_AFTER, 1, self._mark_unread),
            (person.moves, MOVE_SHARE, MOVE_AFTER, 2, self._move),
            (person.deletes, DELETE_SHARE, DELETE_AFTER, 3, self._delete),
        )
        self._moves, self._deletes = person.moves, person.deletes
        self._many_readers = group.mailbox is not MailboxKind.USER
        checks = any(device.reading.kind is Reads.SESSIONS for device in group.devices)
        self._flag_sets_nothing_off = not checks and person.moves is None and person.deletes is None
        self.later = [entry for entry in every if entry[0] is not None and not entry[0].on_arrival]
        self.at_once = [entry for entry in every if entry[0] is not None and entry[0].on_arrival]

    def on_arrival(self, seat: Seat, copy: Copy) -> None:
        """What is set off when a message becomes visible."""
        for entry in self.at_once:
            self._plan(seat, copy, *entry)

    def on_opening(self, seat: Seat, copy: Copy) -> None:
        """What is set off when a message is opened."""
        for entry in self.later:
            self._plan(seat, copy, *entry)

    def _plan(
        self,
        seat: Seat,
        copy: Copy,
        habit: Habit | None,
        share: int,
        after: int,
        code: int,
        act: Callable[[Seat, Copy], None],
    ) -> None:
        world, number, kind = self.world, seat.box.number, copy.kind
        once = 1 << (4 * seat.who + code)
        if habit is None or copy.spent or not habit.kinds[kind] or copy.planned & once:
            return
        copy.planned |= (
            once  # shown or opened again before it is marked unread, a message sets off nothing twice
        )
        again = seat.box.marks_of(seat, copy)
        if habit.repeat >= 0 and (seat.marks[kind] if self._many_readers else again) >= habit.repeat:
            return
        if not world.happens(habit.share, share, kind, seat.who, number):
            return
        ticks = world.times.at(habit.after, after, kind, seat.who, number, again)
        if ticks < NEVER:
            clock = world.clock
            ordinal = seat.place << DEVICE_SHIFT | code << 12 | again & 0xFFF
            clock.at(clock.due(ticks, KEEP), order(KEEP, number, kind, ordinal), act, seat, copy)

    def _mark_unread(self, seat: Seat, copy: Copy) -> None:
        """R4.3; once the recall is over, a flag that sets nothing else off may stay as it is."""
        box, kind = seat.box, copy.kind
        over = self.world.ledger.status[box.number] != PENDING and self._flag_sets_nothing_off
        if not copy.here or over or not box.is_read(seat, copy):
            return
        seat.marks = tuple(marks + (k == kind) for k, marks in enumerate(seat.marks))
        concerned = (seat,) if box.public else box.seats
        if box.public:
            copy.planned &= ~(0xF << 4 * seat.who)
        else:
            copy.read = False
            copy.marked_unread += 1
            copy.planned = 0
        for other in concerned:
            other.flags &= ~(1 << kind)
        self._note(seat, copy, "marks unread")
        for other in concerned:
            if other.visible >> kind & 1:
                other.person.meet(other, copy)
                if kind == REQUEST:
                    other.client.begin_idle_anew(other)

    def _move(self, seat: Seat, copy: Copy) -> None:
        assert self._moves is not None
        if copy.here and not copy.spent:
            copy.folder = self._moves.folder
            self._note(seat, copy, "moves")
            if copy.kind == REQUEST:
                for other in seat.box.seats:
                    other.client.begin_idle_anew(other)

    def _delete(self, seat: Seat, copy: Copy) -> None:
        assert self._deletes is not None
        if not copy.here or copy.spent:
            return
        if self._deletes.hard:
            copy.here = False
            ledger, number = self.world.ledger, seat.box.number
            ledger.remove(number, copy.kind, Place.REMOVED_BY_PERSON.value, self.world.clock.now)
            if not copy.fetched:
                settle_elsewhere(seat, copy)
        else:
            copy.folder = DELETED_ITEMS
        self._note(seat, copy, "deletes")

    def _note(self, seat: Seat, copy: Copy, what: str) -> None:
        if self.world.observer is not None:
            self.world.observer.note(
                "person", what, seat.box.number, message=name_of(copy.kind), device=seat.place
            )
