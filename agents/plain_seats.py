"""Recipients of whom there is little to know: a program that shows mail at once, and a person who opens each message once.

What `Client` and `Person` do over a `Seat` and its copies is done here over one small number a message; no mailbox, no seat
and no copy is made. What it gives is what they give, to the tick (a test compares).
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from agents.client import IDLE_WAIT
from agents.observer import name_of
from agents.person import LEFT_ALONE
from agents.records import ALWAYS_OPEN, EarlyRequest, Group, MailboxKind, Plan, Reads, Sync
from agents.rules import Filing, expect_owners, file_by, owners_of
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import ENTITY_SHIFT, MESSAGE_SHIFT, RANK_SHIFT, Rank
from transport.errors import ConservationError
from transport.mail.mailbox import INBOX
from transport.recall.codes import Kind, Place, Status
from transport.recall.decide import decide, decide_early, decide_on_arrival, decide_too_old, is_too_old
from transport.recall.facts import Facts, Verdict
from transport.sometimes import Rare
from transport.streams.purposes import AUTO_PROCESS, IDLE, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import advance

REPORT: Final = Kind.REPORT.value
PENDING: Final = Status.PENDING.value
SUCCEEDED: Final = Status.SUCCEEDED.value
IN_TRANSIT: Final = Place.IN_TRANSIT.value
PRESENT: Final = Place.PRESENT.value
LOOK: Final = Rank.LOOK << RANK_SHIFT
PROCESS: Final = Rank.PROCESS << RANK_SHIFT

NOT_COME: Final = -1
UNREAD: Final = 0
READ: Final = 1
GONE: Final = 2
SPENT: Final = 4
FOLDER_SHIFT: Final = 3
"""The state of a message: `NOT_COME`, or these bits and above them the folder it lies in; `UNREAD` in the Inbox is none."""


def is_plain(plan: Plan, group: Group) -> bool:
    """Whether mailboxes of a group need nothing but what is here."""
    person = group.person
    habits = person.marks_unread, person.moves, person.deletes, person.forwards, person.opens_attachment
    beside = person.glimpses, person.absence, plan.agent, plan.purge
    if group.mailbox is not MailboxKind.USER or len(group.devices) != 1 or person.curiosity > 0.0:
        return False
    if any(thing is not None for thing in (*habits, *beside)):
        return False
    if any(rule.forward for rules in group.rules for rule in rules) or any(s.strips for s in plan.stages):
        return False
    if group.processes and plan.sender.early_request is EarlyRequest.DELETE_ON_DELIVERY:
        return False
    device = group.devices[0]
    reading = device.reading
    if device.sync is not Sync.PUSH or device.online != ALWAYS_OPEN or device.turns is not None:
        return False
    if any(device.preview_kinds) or reading.kind not in (Reads.NEVER, Reads.DELAY):
        return False
    return not (reading.clocks or reading.notified or reading.while_online)


class Mail(NamedTuple):
    """One kind of message to a plain group, by recipient (`delivered` and `place` are the ledger's, by number).

    Attributes:
        states: of the copies.
        filed: the states in which rules put them as they come.
        delays: from the arrival to the opening; empty: nobody reads.
        order: of an opening, but for the recipient.
    """

    states: list[int]
    filed: list[int]
    delivered: "array[int]"
    place: bytearray
    delays: Sequence[int]
    order: int


class PlainSeats:
    """The programs and persons of one plain group, where no request waits for its original.

    Args:
        world: the surroundings.
        group: whose.
    """

    def __init__(self, world: World, group: Group) -> None:
        clock, ledger, (device,) = world.clock, world.ledger, group.devices
        self.world: Final = world
        self.group: Final = group
        self._first: Final = group.first
        self._mail: Final[list[Mail | None]] = [None, None, None]
        self._states: Final[list[list[int]]] = [[], [], []]
        self._idle: Sequence[int] = ()
        self._verdicts: Final[dict[tuple[int, int], Verdict]] = {}
        self._clock: Final = clock
        self._events: Final = clock.events
        self._push: Final = clock.push
        self._push_soon: Final = clock.push_soon
        self._push_late: Final = clock.push_late
        self._opening: Final = self._opens
        self._end_of_idle: Final = self._idle_over
        self._ledger: Final = ledger
        self._status: Final = ledger.status
        self._place: Final = ledger.place
        self._device: Final = device
        self._reads: Final = device.reading.kind is Reads.DELAY
        row = device.reading.calendar
        self._hours: Final = () if row == ALWAYS_OPEN else world.plan.calendars[row]
        self._executes: Final = device.executes and group.processes
        self._idle_order: Final = PROCESS | REQUEST << MESSAGE_SHIFT | IDLE_WAIT
        self._idles: Final = device.executes and device.auto_process > 0.0
        self._drops_early: Final = (
            device.executes and world.plan.sender.early_request is EarlyRequest.DROP_ON_ARRIVAL
        )
        self._max_age: Final = world.plan.sender.max_age_since_delivery
        self._expect()

    def _expect(self) -> None:
        """Say which draws will be asked for."""
        times, device = self.world.times, self._device
        for kind in self.world.plan.kinds:
            if kind != REPORT:
                expect_owners(self.world, self.group, kind)
                if self._reads:
                    times.expect(device.reading.delay[kind], READ_DELAY, kind, 0)
        if self.group.person.never > 0.0:
            times.draws.expect(NEVER_OPENS, 0, 0)
        if self._idles:
            times.expect(device.idle, IDLE, REQUEST, 0)
            if device.auto_process < 1.0:
                times.draws.expect(AUTO_PROCESS, 0, 0)

    # --- mail comes ----------------------------------------------------------------------------------------------

    def arrives(self, number: int, kind: int) -> None:
        """A message is delivered, and shown: sooner or later the program and the person come to it."""
        now, at = self._clock.now, number - self._first
        states, filed, delivered, place, delays, order = self._mail[kind] or self._begin(kind)
        if states[at] != NOT_COME:
            raise came_twice(number, kind)
        states[at] = state = filed[at]
        delivered[number] = now
        place[number] = PRESENT
        if kind == REQUEST:
            overtaken = self._place[ORIGINAL][number] == IN_TRANSIT
            if (overtaken or not self.group.processes) and self._ends_on_arrival(number, overtaken):
                return
            if self._idles and state == UNREAD:
                self._begin_idle(number, now, (self._idle or self._fill_idle())[at])
        if delays and (not state or would_open(state)):
            self._comes_to(number, kind, now, delays[at], order)

    def original_is_settled(self, number: int) -> None:
        """The original is certain not to come; here nothing waits for it."""

    def _comes_to(self, number: int, kind: int, now: int, ticks: int, order: int) -> None:
        """The person comes to a message after so many ticks."""
        tick = self._in_hours(ticks) if self._hours else now + ticks
        if tick >= NEVER:
            return
        if tick == now:
            tick = self._clock.due(0, order >> RANK_SHIFT)
        push = self._push if tick < self._events.bound else self._push_late
        push((tick, order | number << ENTITY_SHIFT, self._opening, number, kind))

    def _begin_idle(self, number: int, now: int, ticks: int) -> None:
        """Begin the wait of the idle worker."""
        if ticks == 0 and self._clock.order < PROCESS:
            self._push_soon((now, self._idle_order | number << ENTITY_SHIFT, self._end_of_idle, number, None))
        elif ticks < NEVER:
            tick = self._clock.due(ticks, Rank.PROCESS)
            push = self._push if tick < self._events.bound else self._push_late
            push((tick, self._idle_order | number << ENTITY_SHIFT, self._end_of_idle, number, None))

    def _begin(self, kind: int) -> Mail:
        """The first message of a kind is here: what is to be known of all of them."""
        rules, size, ledger = self.group.rules[kind], self.group.size, self._ledger
        filed = [UNREAD] * size
        if rules:
            owners = owners_of(self.world, self.group, kind)
            states = {owned: _filed(file_by(rules, owned)) for owned in set(owners)}
            filed = [states[owned] for owned in owners]
        self._states[kind] = [NOT_COME] * size
        rank = PROCESS if kind == REQUEST and self._executes else LOOK
        delays = self._delays(kind) if self._reads else ()
        mail = self._mail[kind] = Mail(
            self._states[kind],
            filed,
            ledger.delivered[kind],
            ledger.place[kind],
            delays,
            rank | kind << MESSAGE_SHIFT,
        )
        return mail

    def _delays(self, kind: int) -> Sequence[int]:
        """From the arrival of a message to its opening, by recipient; `NEVER` for those who never open mail."""
        world, group, never = self.world, self.group, self.group.person.never
        law = self._device.reading.delay[kind]
        delays = world.times.part(law, READ_DELAY, kind, 0, group.first, group.size)
        if never > 0.0:
            opens = [not world.happens(never, NEVER_OPENS, 0, 0, number) for number in self._members()]
            delays = [ticks if will else NEVER for ticks, will in zip(delays, opens, strict=True)]
        return delays

    def _fill_idle(self) -> Sequence[int]:
        """The idle waits before requests are processed, by recipient; `NEVER` where the program leaves them alone."""
        world, group, device = self.world, self.group, self._device
        share = device.auto_process
        waits = world.times.part(device.idle, IDLE, REQUEST, 0, group.first, group.size)
        if share < 1.0:
            column = world.draws.column(AUTO_PROCESS, 0, 0)[group.first : group.first + group.size]
            waits = [ticks if u < share else NEVER for ticks, u in zip(waits, column, strict=True)]
        self._idle = waits
        return waits

    def _in_hours(self, ticks: int) -> int:
        """The tick at which so many ticks of the reader's hours have passed."""
        world, row = self.world, self._hours
        return (
            advance(row, 0, len(row), world.plan.week, self._clock.now + world.offset, ticks) - world.offset
        )

    def _members(self) -> range:
        return range(self._first, self._first + self.group.size)

    def _ends_on_arrival(self, number: int, overtaken: bool) -> bool:
        """A request arrives before the original (R7.1), or where none is ever processed (R6.1); whether it is gone."""
        world, group, now = self.world, self.group, self._clock.now
        if overtaken:
            self._ledger.overtaken[number] = 1
            world.relay.sometimes.note(Rare.OVERTAKEN)
        if not group.processes:
            verdict = decide_on_arrival(group.same_organisation, group.on_exchange)
            self._ledger.decide(number, verdict.status, verdict.reason, now)
        elif self._drops_early:
            self._states[REQUEST][number - self._first] |= GONE | SPENT
            world.effects.conclude(number, group, decide_early())
            return True
        return False

    # --- mail is handled -----------------------------------------------------------------------------------------

    def _idle_over(self, number: int, _: object) -> None:
        """The idle worker comes round: it takes a request that still lies unread in the Inbox."""
        if self._states[REQUEST][number - self._first] == UNREAD:
            self._process(number)

    def _opens(self, number: int, kind: int) -> None:
        """The person opens a message, and that is all."""
        at, states, ledger = number - self._first, self._states[kind], self._ledger
        state = states[at]
        if state and (state & (READ | GONE) or state >> FOLDER_SHIFT in LEFT_ALONE):
            return
        if kind == ORIGINAL:
            level = self._device.level
            ledger.see(number, level, self._clock.now)
            if level >= ledger.seen_level_counted:
                ledger.seen_people[number] = 1
        elif kind == REQUEST:
            if ledger.aware[number] < 0:
                ledger.aware[number] = self._clock.now
            if self._executes and not state & SPENT:
                self._process(number)
        elif ledger.replacement_seen[number] < 0:
            ledger.replacement_seen[number] = self._clock.now
        states[at] |= READ

    def _process(self, number: int) -> None:
        """The request meets the recipient's copy: decide, and act (recall.md 2)."""
        if self._status[number] != PENDING:
            return
        at, (originals, requests, _) = number - self._first, self._states
        original, request = originals[at] if originals else NOT_COME, requests[at]
        if original == NOT_COME:
            verdict = decide(self._facts_without_original(number, request))
        else:
            verdict = self._verdicts.get((original, request)) or self._decide(original, request)
            if self._max_age >= 0 and not original & GONE and self._is_too_old(number):
                verdict = decide_too_old()
            if verdict.status == SUCCEEDED:
                originals[at] |= GONE
        requests[at] |= SPENT
        self.world.effects.conclude(number, self.group, verdict)

    def _facts_without_original(self, number: int, request: int) -> Facts:
        folder = request >> FOLDER_SHIFT
        return Facts(self._place[ORIGINAL][number] == IN_TRANSIT, False, False, False, folder, folder)

    def _decide(self, original: int, request: int) -> Verdict:
        """The verdict on two messages in these states; it is kept, for the same facts have the same verdict."""
        present, read = not original & GONE, bool(original & READ)
        facts = Facts(True, False, present, read, original >> FOLDER_SHIFT, request >> FOLDER_SHIFT)
        verdict = self._verdicts[original, request] = decide(facts)
        return verdict

    def _is_too_old(self, number: int) -> bool:
        """S10: the policy `max_age_since_delivery`."""
        return is_too_old(self._clock.now - self._ledger.delivered[ORIGINAL][number], self._max_age)

    # --- the end -------------------------------------------------------------------------------------------------

    def arrived(self, kind: int) -> int:
        """How many copies came."""
        return len(self._states[kind]) - self._states[kind].count(NOT_COME)

    def mark_doomed(self) -> None:
        """Note whose original lies there marked read while the recall has not ended."""
        for number, state in zip(self._members(), self._states[ORIGINAL], strict=False):
            if state >= 0 and not state & GONE and self._status[number] == PENDING:
                self._ledger.doomed[number] = state & READ

    def misplaced(self) -> Iterator[tuple[int, int, bool]]:
        """(recipient number, kind, whether it is there) of what the ledger has elsewhere than here."""
        for kind, states in enumerate(self._states):
            places = self._place[kind][self._first :]
            for number, state, place in zip(self._members(), states, places, strict=False):
                there = state >= 0 and not state & (GONE | SPENT)
                if there is not (place == PRESENT):
                    yield number, kind, there


def _filed(filing: Filing) -> int:
    """The state of a message that rules have filed."""
    return max(filing.folder, INBOX) << FOLDER_SHIFT | filing.read * READ


def came_twice(number: int, kind: int) -> ConservationError:
    """A copy came to where it had come before."""
    return ConservationError(f"the {name_of(kind)} to recipient {number} was delivered twice")


def would_open(state: int) -> bool:
    """Whether a message in this state is one that a person handles: unread, and not in Junk or Deleted Items."""
    return not state & (READ | GONE) and state >> FOLDER_SHIFT not in LEFT_ALONE


class WaitingSeats(PlainSeats):
    """The same where a request that comes before its original is left alone until that is settled (R7.1 `wait`)."""

    def arrives(self, number: int, kind: int) -> None:
        """A message is delivered, and shown."""
        if kind == REQUEST and self._place[ORIGINAL][number] == IN_TRANSIT:
            mail, at = self._mail[REQUEST] or self._begin(REQUEST), number - self._first
            if mail.states[at] != NOT_COME:
                raise came_twice(number, kind)
            mail.states[at] = mail.filed[at]
            mail.delivered[number] = self._clock.now
            mail.place[number] = PRESENT
            self._ends_on_arrival(number, overtaken=True)
            return
        super().arrives(number, kind)
        if kind == ORIGINAL:
            self.original_is_settled(number)

    def original_is_settled(self, number: int) -> None:
        """The original came, or is certain not to come: a request that waited for it is left alone no longer."""
        mail, at = self._mail[REQUEST], number - self._first
        if mail is None or mail.states[at] == NOT_COME:
            return
        state, now = mail.states[at], self._clock.now
        if self._idles and state == UNREAD:
            self._begin_idle(number, now, (self._idle or self._fill_idle())[at])
        if mail.delays and (not state or would_open(state)):
            self._comes_to(number, REQUEST, now, mail.delays[at], mail.order)


def seats_of(world: World, group: Group) -> PlainSeats:
    """The programs and persons of a plain group."""
    waits = group.processes and world.plan.sender.early_request is EarlyRequest.WAIT
    return (WaitingSeats if waits else PlainSeats)(world, group)
