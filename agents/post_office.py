"""The society: builds everybody, delivers into mailboxes, ends the replication at the horizon."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from agents.administrator import Administrator
from agents.attentive import person_at
from agents.books import Mailboxes, check_books, mark_doomed
from agents.client import Client
from agents.effects import Effects
from agents.forwarding import Forwarding
from agents.ledger import Ledger, WatchedLedger
from agents.moderator import Moderators
from agents.observer import Observer, name_of
from agents.person import Person
from agents.plain_seats import PlainSeats, is_plain, seats_of
from agents.recall_agent import RecallAgent
from agents.records import ALWAYS_OPEN, EarlyRequest, Group, MailboxKind, Plan
from agents.rules import apply_rules
from agents.seat import Recipient, Seat
from agents.sender import Sender
from agents.server import Server
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import VirtualLoop
from transport.clock.ranks import Rank, order
from transport.mail.mailbox import Copy
from transport.recall.codes import Kind, Place
from transport.relay.relay import Relay
from transport.relay.settings import Start
from transport.relay.stage import Stage
from transport.sometimes import Rare
from transport.streams.draws import SENDER, ColumnFiller, Draws
from transport.streams.purposes import START
from transport.streams.times import TickFiller, Times, interpreted_ticks
from transport.timing import advance, open_ticks

IN_TRANSIT = Place.IN_TRANSIT.value
PRESENT = Place.PRESENT.value
REMOVED = Place.REMOVED_BY_RECALL.value


@dataclass(slots=True)
class Household:
    """The actors of one group at its devices."""

    group: Group
    clients: tuple[Client, ...]
    persons: tuple[Person, ...]
    rules: tuple[bool, ...]  # by kind: whether servers run rules on it
    is_alone: bool  # one reader at one device
    plain: PlainSeats | None  # who stands for all of them, where there is little to know of each


class PostOffice:
    """One replication of a plan.

    Args:
        plan: what to build.
        seed, replication: the address of all chance.
        filler, tick_filler: make columns of draws and of times at once; without them they are made one by one, bit for
            bit the same.
        traced: keep a trace; `recipient`: of one recipient only.
        loop: makes the loop to live in.
        plain_stages: take stages in which nothing but waiting and service can happen as such; the answers are equal.
        plain_seats: the same for recipients of whom there is little to know.
    """

    def __init__(
        self,
        plan: Plan,
        seed: int,
        replication: int,
        *,
        filler: ColumnFiller | None = None,
        tick_filler: TickFiller = interpreted_ticks,
        traced: bool = False,
        recipient: int | None = None,
        loop: Callable[[], VirtualLoop] = VirtualLoop,
        plain_stages: bool = True,
        plain_seats: bool = True,
    ) -> None:
        self.plan = plan
        clock = loop()
        draws = Draws(seed, replication, antithetic=plan.antithetic, columns=filler, count=plan.count)
        times = Times(draws, plan.clock, tick_filler)
        relay = Relay(
            clock,
            times,
            plan.stages,
            plan.link,
            plan.lists,
            intercepts=plan.sender.intercept,
            reports_shared=plan.reports_shared,
            horizon=plan.horizon,
            kinds=plan.kinds,
            plain=plain_stages,
        )
        self.observer = Observer(clock, recipient) if traced else None
        books = Ledger if plan.purge is None else WatchedLedger
        ledger = books(plan.count, plan.seen_level)
        self.world = world = World(
            plan, clock, draws, times, relay, ledger, _offset(plan, draws), self.observer
        )
        self.effects = world.effects = Effects(world)
        self.forwarding = world.forwarding = Forwarding(world)
        self.sender = Sender(world)
        self.servers = [
            Server(world, stage, partial(self._own_mail_may_come, stage))
            for stage in relay.stages
            if isinstance(stage, Stage)
        ]
        self.boxes: list[Recipient | None] = [None] * (plan.count + 1)
        self.arrived = [0, 0, 0]
        self._clock = clock
        self._delivered, self._place = world.ledger.delivered, world.ledger.place
        self._deletes_on_delivery = plan.sender.early_request is EarlyRequest.DELETE_ON_DELIVERY
        self._plain: list[PlainSeats] = []
        self._households = self._settle(plain_seats and not traced)
        self.agent = None if plan.agent is None else RecallAgent(world)
        if isinstance(ledger, WatchedLedger):
            world.administrator = Administrator(world, self.boxes)
            ledger.failed = world.administrator.failed
        relay.delivered = self._deliver if self.agent is None else self._deliver_past_agent
        if len(self._plain) == len(plan.groups) == 1:
            relay.delivered = self._plain[0].arrives
        relay.bounced = self._bounce
        relay.rejected = self._reject
        relay.lost = self._lose
        relay.intercepted = self.effects.intercepted
        relay.delayed = self.effects.delayed
        relay.stripped = self.effects.request_stripped
        relay.returned = self.sender.hears
        relay.moderation.submitted = Moderators(world).hear

    # --- building ------------------------------------------------------------------------------------------------

    def _settle(self, plain_seats: bool) -> list[Household]:
        """The household of each recipient number; number 0 lives nowhere."""
        settled = [Household(self.plan.groups[0], (), (), (), False, None)]
        for group in self.plan.groups:
            if plain_seats and is_plain(self.plan, group):
                seats = seats_of(self.world, group)
                self._plain.append(seats)
                settled += [Household(group, (), (), (), False, seats)] * group.size
                continue
            clients = tuple(Client(self.world, group, device) for device in group.devices)
            persons = tuple(person_at(self.world, group, client) for client in clients)
            rules = tuple(bool(matching) and not group.rules_at_client for matching in group.rules)
            is_alone = group.mailbox is MailboxKind.USER and len(clients) == 1
            settled += [Household(group, clients, persons, rules, is_alone, None)] * group.size
        return settled

    def _open_box(self, number: int) -> Recipient:
        """A mailbox comes into being with its first message."""
        household = self._households[number]
        group = household.group
        box = Recipient(number, group)
        if household.is_alone:
            box.seats = (Seat(box, household.clients[0], household.persons[0], 0, 0),)
        elif group.mailbox is MailboxKind.USER:
            pairs = zip(household.clients, household.persons, strict=True)
            box.seats = tuple(
                Seat(box, client, person, place, client.device.reader)
                for place, (client, person) in enumerate(pairs)
            )
        else:
            client, person = household.clients[0], household.persons[0]
            box.seats = tuple(Seat(box, client, person, reader, reader) for reader in range(group.readers))
        self.boxes[number] = box
        return box

    # --- delivering ----------------------------------------------------------------------------------------------

    def _deliver(self, number: int, kind: int) -> None:
        household = self._households[number]
        if household.plain is not None:
            household.plain.arrives(number, kind)
            return
        now = self._clock.now
        box = self.boxes[number] or self._open_box(number)
        if kind == REQUEST and box.copies[REQUEST] is not None:
            self._deliver_after_notice(number)
            return
        copy = box.copies[kind] = Copy(kind, now)
        if household.rules[kind]:
            apply_rules(self.world, household.group, number, copy)
        self.arrived[kind] += 1
        self._delivered[kind][number] = now
        self._place[kind][number] = PRESENT
        if self.observer is not None:
            self.observer.note("servers", "delivers", number, message=name_of(kind), folder=copy.folder)
        if kind == REQUEST:
            overtaken = self._place[ORIGINAL][number] == IN_TRANSIT
            if overtaken or not household.group.processes:
                self._arrives(box, copy, overtaken)
        elif self._deletes_on_delivery and kind == ORIGINAL:
            self.effects.original_arrived(box)
        if copy.here:
            for seat in box.seats:
                client = seat.client
                if client.shows_at_once:
                    client.show(seat, copy)
                else:
                    client.arrived(seat, copy)

    def _deliver_after_notice(self, number: int) -> None:
        """A request to a mailbox where a notice of the removal lies already (S13): that is notice enough."""
        self.arrived[REQUEST] += 1
        self._delivered[REQUEST][number] = self._clock.now
        self._place[REQUEST][number] = REMOVED
        if self.observer is not None:
            self.observer.note("servers", "drop the request after the notice", number)

    def _deliver_past_agent(self, number: int, kind: int) -> None:
        """The recall agent takes requests to mailboxes that it serves before they are delivered (S2)."""
        if kind != REQUEST or not self._households[number].group.at_server:
            self._deliver(number, kind)
            return
        assert self.agent is not None
        if self._place[ORIGINAL][number] == IN_TRANSIT:
            self.world.ledger.overtaken[number] = 1
            self.world.relay.sometimes.note(Rare.OVERTAKEN)
        self.arrived[kind] += 1
        self._delivered[kind][number] = self._clock.now
        self._place[kind][number] = REMOVED
        stripped = number in self.effects.stripped
        if self.observer is not None:
            event = "overlooks the request" if stripped else "takes the request"
            self.observer.note("recall agent", event, number)
        if not stripped:
            self.agent.take(self.boxes[number] or self._open_box(number))

    def _arrives(self, box: Recipient, request: Copy, overtaken: bool) -> None:
        """A request arrives before the original, or where it can never be processed."""
        if overtaken:
            self.world.ledger.overtaken[box.number] = 1
            self.world.relay.sometimes.note(Rare.OVERTAKEN)
        self.effects.request_arrived(box, request)

    def _bounce(self, number: int, kind: int) -> None:
        self._send_back(number, kind, Place.BOUNCED)

    def _reject(self, number: int, kind: int) -> None:
        self._send_back(number, kind, Place.REJECTED)

    def _send_back(self, number: int, kind: int, place: Place) -> None:
        if kind >= Kind.REPORT:
            return  # nobody is told that a report bounced
        self.effects.undelivered(number, kind, place)
        self._settle_original(number, kind)

    def _lose(self, number: int, kind: int) -> None:
        if kind >= Kind.REPORT:
            return
        self.effects.undelivered(number, kind, Place.LOST)
        self._settle_original(number, kind)

    def _settle_original(self, number: int, kind: int) -> None:
        """The original is certain not to come: a request that waits for it may be handled (R7.3)."""
        if kind != ORIGINAL:
            return
        plain, box = self._households[number].plain, self.boxes[number]
        if plain is not None:
            plain.original_is_settled(number)
        elif box is not None:
            for seat in box.seats:
                seat.client.original_is_settled(seat)

    # --- living --------------------------------------------------------------------------------------------------

    def run(self) -> Ledger:
        """Live through the replication, and return what has become of everybody.

        Raises:
            ConservationError: copies were made or lost.
        """
        self.world.clock.now = self._begins()
        self.world.clock.run_until_complete(self._live())
        self._cancel_tasks()
        self.effects.close()
        self.world.ledger.close()
        mailboxes = Mailboxes(self.boxes, self._plain, self.arrived)
        mark_doomed(self.world, mailboxes)
        check_books(self.world, mailboxes, self.forwarding)
        return self.world.ledger

    def dissolve(self) -> None:
        """Part the agents from one another, so that nearly all go without a search for garbage; the ledger stays."""
        for box in self.boxes:
            if box is not None:
                box.seats = ()
        world, relay = self.world, self.world.relay
        world.clock.close()
        world.clock.tasks.clear()
        del world.effects, world.forwarding
        for each in (*self._plain, *relay.stages, relay.moderation, relay, self):
            vars(each).clear()

    def _begins(self) -> int:
        """The first tick: t = 0, or earlier where foreign mail warms a stage up."""
        backgrounds = (stage.background for stage in self.plan.stages)
        return min((b.begins for b in backgrounds if b is not None and b.start is Start.EMPTY), default=0)

    async def _live(self) -> None:
        clock = self.world.clock
        for server in self.servers:
            server.begin()
        clock.create_task(self.sender.act(), name="sender")
        await clock.sleep_until(self.plan.horizon, order(Rank.HORIZON))

    def _own_mail_may_come(self, stage: Stage) -> bool:
        """Whether own mail may still enter a stage: what comes after it, foreign mail included, does not touch it."""
        relay = self.world.relay
        if self.sender.may_submit or relay.reports_shared or relay.moderation.busy:
            return True
        upstream = relay.stages[: stage.settings.number]
        returns = stage.own > 0 and stage.settings.defers
        return returns or any(earlier.own for earlier in upstream if isinstance(earlier, Stage))

    def _cancel_tasks(self) -> None:
        """End the agents in the order in which they came; none of them does anything observable while it ends."""
        clock = self.world.clock
        for task in clock.tasks:
            task.cancel()
        clock.drain()


def _offset(plan: Plan, draws: Draws) -> int:
    """The tick of the week at t = 0: fixed, or uniform over the open time of a calendar."""
    if plan.start_calendar == ALWAYS_OPEN:
        return plan.start
    row = plan.calendars[plan.start_calendar]
    u = draws.uniform(START, 0, 0, SENDER)
    passed = int(u * open_ticks(row, 0, len(row), plan.week))
    return advance(row, 0, len(row), plan.week, 0, passed)
