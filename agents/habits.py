"""What a person does with a message after meeting it: mark it unread, move, delete, forward it (rank KEEP)."""

from collections.abc import Callable
from typing import Final

from agents.observer import name_of
from agents.records import Group, Habit, MailboxKind, Reads
from agents.seat import Act, HeldBack, Seat, one_more
from agents.world import REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import DEVICE_SHIFT, Rank, order
from transport.mail.mailbox import DELETED_ITEMS, Copy
from transport.recall.codes import Status
from transport.streams.purposes import (
    ATTACHMENT_AFTER,
    ATTACHMENT_SHARE,
    DELETE_AFTER,
    DELETE_SHARE,
    FORWARD_AFTER,
    FORWARD_SHARE,
    MARK_AFTER,
    MARK_SHARE,
    MOVE_AFTER,
    MOVE_SHARE,
)

KEEP: Final = Rank.KEEP
ATTACHMENT: Final = 4
"""The level of seen of an attachment that was opened."""
HABITS: Final = 8
"""Bits of `Copy.planned` for each reader."""
OUTBOX: Final = 7
"""Tells what leaves an outbox from the habits, whose codes are 1 to 5."""
ALL_HABITS: Final = (1 << HABITS) - 1
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
            (person.forwards, FORWARD_SHARE, FORWARD_AFTER, 4, self._forward),
            (person.opens_attachment, ATTACHMENT_SHARE, ATTACHMENT_AFTER, 5, self._open_attachment),
        )
        self._moves, self._deletes, self._forwards = person.moves, person.deletes, person.forwards
        self._outbox = 0
        self._many_readers = group.mailbox is not MailboxKind.USER
        checks = any(device.reading.kind is Reads.SESSIONS for device in group.devices)
        sets_off = (person.moves, person.deletes, person.forwards, person.opens_attachment)
        self._flag_sets_nothing_off = not checks and all(habit is None for habit in sets_off)
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
        once = 1 << (HABITS * seat.who + code)
        if habit is None or copy.spent or not habit.kinds[kind] or copy.planned & once:
            return
        copy.planned |= (
            once  # shown or opened again before it is marked unread, a message sets off nothing twice
        )
        again = seat.box.marks_of(seat, copy)
        if habit.repeat >= 0 and (seat.marks[kind] if self._many_readers else again) >= habit.repeat:
            return
        if not world.happens(habit.share, share, 0, seat.who, number):
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
        if not seat.has(copy) or over or not box.is_read(seat, copy):
            return
        self._note(seat, copy, "marks unread")
        seat.marks = one_more(seat.marks, kind)
        if not seat.lags and not box.public:
            box.mark_unread(copy)
            return
        seat.periods = one_more(seat.periods, kind)
        seat.flags &= ~(1 << kind)
        copy.planned &= ~(ALL_HABITS << HABITS * seat.who)
        if seat.lags:
            seat.unflags |= 1 << kind
            self._hold_back(seat, HeldBack(Act.MARK_UNREAD, copy))
        seat.person.meet(seat, copy)
        if kind == REQUEST:
            seat.client.begin_idle_anew(seat)

    def _move(self, seat: Seat, copy: Copy) -> None:
        assert self._moves is not None
        if seat.has(copy) and not copy.spent:
            self._note(seat, copy, "moves", folder=self._moves.folder)
            self._put(seat, copy, self._moves.folder)

    def _put(self, seat: Seat, copy: Copy, folder: int) -> None:
        if not seat.lags:
            seat.box.move(copy, folder)
            return
        goes = seat.box.group.has_clocks and seat.folder_of(copy) != folder
        self._hold_back(seat, HeldBack(Act.MOVE, copy, folder))
        if goes:
            seat.person.finds_moved(seat, copy)
        if copy.kind == REQUEST:
            seat.client.begin_idle_anew(seat)

    def _delete(self, seat: Seat, copy: Copy) -> None:
        assert self._deletes is not None
        if not seat.has(copy) or copy.spent:
            return
        if self._deletes.on_arrival and seat.box.is_read(seat, copy):
            return  # thrown away unopened, or not at all
        self._note(seat, copy, "deletes", **({} if self._deletes.hard else {"folder": DELETED_ITEMS}))
        if not self._deletes.hard:
            self._put(seat, copy, DELETED_ITEMS)
        elif seat.lags:
            seat.deleted |= 1 << copy.kind
            self._hold_back(seat, HeldBack(Act.DELETE, copy))
        else:
            seat.box.delete(copy, self.world.ledger, self.world.clock.now)

    def _forward(self, seat: Seat, copy: Copy) -> None:
        assert self._forwards is not None
        if not seat.has(copy):
            return
        clock, number = self.world.clock, seat.box.number
        online = seat.client.next_online(seat, clock.now)
        if online == clock.now:
            self._send_on(seat, None)
        elif online < NEVER:
            self._outbox += 1
            ordinal = seat.place << DEVICE_SHIFT | OUTBOX << 12 | self._outbox & 0xFFF
            clock.at(online, order(KEEP, number, copy.kind, ordinal), self._send_on, seat)

    def _send_on(self, seat: Seat, _: object) -> None:
        """What was forwarded leaves: at once, or when a program that was offline comes online."""
        assert self._forwards is not None
        self.world.forwarding.send(seat.box.number, self._forwards.to, "person")

    def _open_attachment(self, seat: Seat, copy: Copy) -> None:
        if seat.has(copy):
            self._note(seat, copy, "opens the attachment")
            seat.person.see(seat, ATTACHMENT)

    def _hold_back(self, seat: Seat, act: HeldBack) -> None:
        """The device hands it in when it syncs."""
        seat.held_back += (act,)
        seat.client.has_changes(seat)

    def _note(self, seat: Seat, copy: Copy, what: str, **facts: object) -> None:
        if self.world.observer is not None:
            number, message = seat.box.number, "notice" if copy.spent else name_of(copy.kind)
            self.world.observer.note("person", what, number, message=message, device=seat.place, **facts)
