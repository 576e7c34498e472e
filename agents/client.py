"""The recipient's program: fetches mail, runs rules, and processes recall requests when nobody is at it.

One `Client` serves all recipients of a group at one of their devices; what differs between them is in their seats. What
only waits once (a sync, the idle wait) is an entry of the event list that points at a method.
"""

from typing import Final

from agents.observer import name_of
from agents.presence import presence_of
from agents.records import Device, EarlyRequest, Group, MailboxKind, Sync
from agents.rules import apply_rules
from agents.seat import Act, Seat
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import DEVICE_SHIFT, Rank, order
from transport.mail.mailbox import INBOX, Copy
from transport.recall.codes import Place
from transport.streams.laws import CONSTANT, to_ticks
from transport.streams.purposes import AUTO_PROCESS, IDLE, POLL_PHASE
from transport.timing import next_poll

PROCESS: Final = Rank.PROCESS
IDLE_WAIT: Final = 0x8000
"""Tells the idle wait's event from that of an opening by hand."""
AS_REQUEST: Final = 1 << REQUEST
IN_TRANSIT: Final = Place.IN_TRANSIT.value


class Client:
    """The program at one device of each recipient of a group.

    Args:
        world: the surroundings.
        group, device: what it is.

    Attributes:
        presence: when it is online, `None`: always.
        shows_at_once: what is delivered is visible at that very tick.
        lags: what is done here, and what is removed at the mailbox, crosses with a sync only, and somebody could tell.
    """

    def __init__(self, world: World, group: Group, device: Device) -> None:
        self.world = world
        self.group = group
        self.device = device
        self._observer = world.observer
        self.presence = presence_of(world, device)
        self._runs_rules = group.rules_at_client
        self._moves_between_clocks = group.rules_at_client and group.has_clocks
        pushed = device.sync is Sync.PUSH
        self.shows_at_once = pushed and self.presence is None
        out_of_touch = device.sync in (Sync.CACHED, Sync.POLL) or (pushed and self.presence is not None)
        self.lags = out_of_touch and (group.watched or group.shares_mailboxes)
        policy = world.plan.sender.early_request
        self._keeps_early = policy is EarlyRequest.DELETE_ON_DELIVERY and group.processes
        drops = policy is EarlyRequest.DROP_ON_ARRIVAL and group.executes
        self._waits = group.processes and (policy is EarlyRequest.WAIT or drops)
        # Nobody's own Outlook looks into a shared mailbox by itself (R6.4), nor into a public folder.
        self._processes = order(Rank.PROCESS, 0, REQUEST)
        self._idle_ticks = to_ticks(device.idle[1], world.plan.clock) if device.idle[0] == CONSTANT else -1
        self._idles = device.executes and device.auto_process > 0.0 and group.mailbox is MailboxKind.USER

    # --- fetching mail -------------------------------------------------------------------------------------------

    def arrived(self, seat: Seat, copy: Copy) -> None:
        """The mailbox has something new: show it now, or with the next sync."""
        if not self.shows_at_once and (self.device.sync is not Sync.PUSH or not self._is_online(seat)):
            self.has_changes(seat)
        else:
            self.show(seat, copy)

    def has_changes(self, seat: Seat) -> None:
        """Something is to be fetched or handed in: see to it that a sync comes, this tick's only if it is not over."""
        if seat.sync_at >= 0:
            return
        if self.device.sync is Sync.PUSH and self._is_online(seat):
            self._sync(seat, None)
            return
        clock = self.world.clock
        tick = self._sync_tick(seat, clock.due(0, Rank.SYNC))
        if tick < NEVER:
            seat.sync_at = tick
            at = order(Rank.SYNC, seat.box.number, 0, seat.place << DEVICE_SHIFT)
            clock.at(tick, at, self._sync, seat)

    def _is_online(self, seat: Seat) -> bool:
        now = self.world.clock.now
        return self.next_online(seat, now) == now

    def _sync_tick(self, seat: Seat, since: int) -> int:
        """The tick of the sync that a change brings about, at `since` or later; coming online syncs at once."""
        world, device, period = self.world, self.device, self.device.period
        online = self.next_online(seat, since)
        if online > since:
            return online
        if device.sync is Sync.PUSH:
            return since
        if device.sync is Sync.CACHED:
            tick = max(world.clock.now + period, since)
        else:
            u = world.draws.uniform(POLL_PHASE, 0, seat.place, seat.box.number)
            tick = next_poll(since, int(u * period), period)
        close = self._next_offline(seat, since)
        return tick if tick < close else self.next_online(seat, close)

    def next_online(self, seat: Seat, tick: int) -> int:
        """The first tick at or after `tick` at which the program is online."""
        return tick if self.presence is None or tick >= NEVER else self.presence.next_up(seat, tick)

    def _next_offline(self, seat: Seat, tick: int) -> int:
        return NEVER if self.presence is None else self.presence.next_down(seat, tick)

    def _sync(self, seat: Seat, _: object) -> None:
        """One event: hand in what was done here, fetch what is new, show it."""
        seat.sync_at = -1
        fetches = self.device.sync is Sync.FETCH
        if seat.held_back:
            self._hand_in(seat)
        if seat.flags and not fetches and not seat.box.public:
            self._hand_in_flags(seat)
        for copy in seat.box.copies:
            if copy is None:
                continue
            if seat.visible >> copy.kind & 1:
                if seat.lags and (not copy.here or copy.fetched):
                    self._lose(seat, copy)
            elif copy.here and not copy.fetched:
                if fetches:
                    self._fetch(seat, copy)
                self.show(seat, copy)

    def _hand_in(self, seat: Seat) -> None:
        """What was done here since the last sync is done at the mailbox now, to copies that are still there."""
        acts, seat.held_back, seat.unflags, seat.deleted = seat.held_back, (), 0, 0
        box = seat.box
        for act, copy, folder in acts:
            if not copy.here or copy.fetched:
                continue
            if act is Act.MOVE:
                self._note(seat, "hands in the move", copy)
                box.move(copy, folder, by=seat)
            elif act is Act.MARK_UNREAD:
                self._note(seat, "hands in the mark", copy)
                box.mark_unread(copy, by=seat)
            else:
                self._note(seat, "hands in the deletion", copy)
                box.delete(copy, self.world.ledger, self.world.clock.now)

    def _lose(self, seat: Seat, copy: Copy) -> None:
        """The device learns that a copy is no longer in the mailbox."""
        seat.visible &= ~(1 << copy.kind)
        self._note(seat, "loses", copy)

    def _hand_in_flags(self, seat: Seat) -> None:
        """What was marked read here is marked read at the mailbox, unless it has left the mailbox meanwhile."""
        for copy in seat.box.copies:
            if copy is None or copy.read or not seat.flags >> copy.kind & 1:
                continue
            if copy.here and not copy.fetched:
                copy.read = True
                self._note(seat, "hands in the flag", copy)

    def _fetch(self, seat: Seat, copy: Copy) -> None:
        """POP: the copy leaves the server for good; other devices lose it (R6.3)."""
        copy.fetched = True
        self._note(seat, "fetches", copy)
        if not copy.spent:  # a notice is no copy of a message that was sent
            self.world.ledger.place[copy.kind][seat.box.number] = Place.FETCHED
        seat.box.removed(copy)
        for other in seat.box.seats:
            if other is not seat and not other.lags:
                other.visible &= ~(1 << copy.kind)

    def _note(self, seat: Seat, event: str, copy: Copy) -> None:
        if self._observer is not None:
            message = "notice" if copy.spent else name_of(copy.kind)
            self._observer.note("client", event, seat.box.number, message=message, device=seat.place)

    def show(self, seat: Seat, copy: Copy) -> None:
        """The device has it: rules of the client run, then its person may act on it."""
        kind = copy.kind
        seat.visible |= 1 << kind
        if self._runs_rules and seat.place == 0:
            folder = copy.folder
            apply_rules(self.world, self.group, seat.box.number, copy)
            if self._moves_between_clocks and copy.folder != folder:
                seat.box.moved(copy, folder, by=seat)
        self._note(seat, "shows", copy)
        if kind != REQUEST:
            seat.person.meet(seat, copy)
            if kind == ORIGINAL and seat.box.copies[REQUEST] is not None:
                self.original_is_settled(seat)
        elif not self._waits or seat.visible & 1 or self.may_handle_request(seat):
            if self._idles:
                self._begin_idle(seat, copy)
            seat.person.meet(seat, copy)

    # --- the recall request --------------------------------------------------------------------------------------

    def may_handle_request(self, seat: Seat) -> bool:
        """R7.1 `wait`: the request is left alone until both are visible, or the original is certain not to come."""
        if not self._waits or seat.visible >> ORIGINAL & 1:
            return True
        original = seat.box.copies[ORIGINAL]
        if original is not None:
            return not original.here or original.fetched
        return self.world.ledger.place[ORIGINAL][seat.box.number] != IN_TRANSIT

    def original_is_settled(self, seat: Seat) -> None:
        """The original came, or is certain not to come: a request that waited for it is left alone no longer."""
        request = seat.box.copies[REQUEST]
        if request is None or not seat.visible >> REQUEST & 1 or not (self._waits or self._keeps_early):
            return
        if self._idles:
            self._begin_idle(seat, request)
        if self._waits:
            seat.person.meet(seat, request)

    def _begin_idle(self, seat: Seat, request: Copy) -> None:
        """Begin the wait of the idle worker; going offline voids it, coming back begins another with its own draw."""
        if self.lags:
            if seat.checking or not self._would_take(seat, request):
                return
        elif seat.checking or request.read or request.folder or request.spent or not request.here:
            return  # nobody at it, and the request unread in the Inbox
        elif seat.flags & AS_REQUEST or not seat.visible & AS_REQUEST:
            return
        number, world, share = seat.box.number, self.world, self.device.auto_process
        if share < 1.0 and world.draws.uniform(AUTO_PROCESS, 0, seat.place, number) >= share:
            return
        seat.idle_epoch += 1
        clock = world.clock
        if self.presence is None:
            tick = clock.due(self._idle_wait(seat), PROCESS)
        else:
            tick = self._end_of_idle(seat)
        if tick < NEVER:
            packed = self._processes | seat.packed | IDLE_WAIT | seat.idle_waits & 0x7FFF
            push = clock.push if tick < clock.events.bound else clock.push_late
            if tick == clock.now:
                push = clock.push_soon
            push((tick, packed, self._idle_over, seat, seat.idle_epoch))

    def _idle_wait(self, seat: Seat) -> int:
        """The length of the next idle wait here; what does not vary is not drawn."""
        wait = seat.idle_waits
        seat.idle_waits += 1
        if self._idle_ticks >= 0:
            return self._idle_ticks
        return self.world.times.at(self.device.idle, IDLE, REQUEST, seat.place, seat.box.number, wait)

    def _end_of_idle(self, seat: Seat) -> int:
        """The end of the first idle wait that fits into the device's time online."""
        clock = self.world.clock
        begin = self.next_online(seat, clock.now)
        while begin <= self.world.plan.horizon:
            ticks = self._idle_wait(seat)
            tick = clock.due(ticks, PROCESS) if begin == clock.now else begin + ticks
            closes = self._next_offline(seat, begin)
            if tick < closes:
                return tick
            begin = self.next_online(seat, closes)
        return NEVER

    def _would_take(self, seat: Seat, request: Copy) -> bool:
        """Whether the idle worker of a device that lags takes the request: as far as the device knows."""
        if not seat.visible >> REQUEST & 1 or request.spent or not request.here or request.fetched:
            return False
        if seat.folder_of(request) != INBOX or seat.deleted >> REQUEST & 1:
            return False
        return not seat.box.is_read(seat, request)

    def _idle_over(self, seat: Seat, epoch: int) -> None:
        """The idle worker comes round: it takes a request that still lies unread in the Inbox."""
        request = seat.box.copies[REQUEST]
        if self.lags:
            if epoch == seat.idle_epoch and request is not None and self._would_take(seat, request):
                self.world.effects.process(seat, by_hand=False)
            return
        if epoch != seat.idle_epoch or request is None or request.read or request.folder or not request.here:
            return
        if seat.visible & AS_REQUEST and not seat.flags & AS_REQUEST:
            self.world.effects.process(seat, by_hand=False)

    def check_begins(self, seat: Seat) -> None:
        """Somebody handles mail here: the idle worker waits."""
        seat.checking += 1
        seat.idle_epoch += 1
        if self._observer is not None:
            self._observer.note("person", "begins a check", seat.box.number, device=seat.place)

    def check_ends(self, seat: Seat) -> None:
        """Nobody handles mail here any more: the idle wait begins anew."""
        seat.checking -= 1
        if self._observer is not None:
            self._observer.note("person", "ends the check", seat.box.number, device=seat.place)
        self.begin_idle_anew(seat)

    def begin_idle_anew(self, seat: Seat) -> None:
        """The request may lie unread again, with nobody at it: begin another idle wait."""
        request = seat.box.copies[REQUEST]
        if self._idles and request is not None and self.may_handle_request(seat):
            self._begin_idle(seat, request)
