"""The sender: sends, notices, asks for the recall, replaces or corrects, and hears what comes back. A task."""

from agents.observer import name_of
from agents.records import Plan, SenderPlan
from agents.world import ORIGINAL, REPLACEMENT, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import Rank, order
from transport.recall.codes import Place, Reason, Status, Told
from transport.recall.decide import decide_held
from transport.recall.eligibility import may_recall
from transport.recall.facts import SenderFacts
from transport.streams.draws import SENDER, Draws
from transport.streams.purposes import ABANDON, ACT, COMPOSE, NOTICE, QUEUE_LOOK
from transport.streams.times import Times
from transport.timing import next_poll


def notices_at(plan: Plan, seed: int, replication: int) -> int:
    """The tick at which the sender notices in a replication that nobody has to live through; -1: never within it."""
    draws = Draws(seed, replication, antithetic=plan.antithetic, count=plan.count)
    tick = _notices(plan, Times(draws, plan.clock))
    return tick if tick <= plan.horizon else -1


def _notices(plan: Plan, times: Times) -> int:
    return times.at(plan.sender.notices, NOTICE, 0, 0, SENDER)


class Sender:
    """Who sent the message and wants it back.

    Args:
        world: the surroundings.

    Attributes:
        may_submit: whether she may still submit something.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = world.plan.sender
        self.may_submit = True
        self._ledger = world.ledger
        self._clock = world.clock
        self._observer = world.observer

    async def act(self) -> None:
        """From the press of Send to the last message she submits (model.md 2)."""
        ledger, hold = self.world.ledger, self.plan.hold
        noticed = _notices(self.world.plan, self.world.times)
        asked = min(noticed + self._draw(self.plan.acts, ACT), NEVER)
        horizon = self.world.plan.horizon
        ledger.noticed = noticed if noticed <= horizon else -1
        ledger.asked = asked if asked <= horizon else -1
        if self.world.observer is not None and ledger.noticed >= 0:
            at = order(Rank.SENDER, SENDER, ORIGINAL, 1)
            self.world.clock.at(noticed, at, self._notices)
        hold = self._release(hold)
        held = hold > 0 and asked <= hold
        if self.world.administrator is not None and ledger.noticed >= 0:
            self.world.administrator.notice(noticed)
        if held:
            await self._until(asked, REQUEST)
            self._hold_back()
        else:
            await self._until(hold, ORIGINAL)
            self._submit(ORIGINAL)
            ledger.released = hold
            if ledger.asked < 0:
                self.may_submit = False
                return
            await self._until(asked, REQUEST)
            if not self._ask():
                await self._follow(self.plan.correction, "sends a correction")
                return
        await self._follow(self.plan.compose, "sends the replacement")

    def _draw(self, law: tuple[float, ...], purpose: int, message: int = 0) -> int:
        return self.world.times.at(law, purpose, message, 0, SENDER)

    def _release(self, hold: int) -> int:
        """H2: a held message leaves when its queue is next looked at; without such looks on the very tick."""
        every = self.plan.looks_every
        if not every:
            return hold
        u = self.world.draws.uniform(QUEUE_LOOK, 0, 0, SENDER)
        return next_poll(hold, int(u * every), every)

    async def _until(self, tick: int, kind: int) -> None:
        await self.world.clock.sleep_until(tick, order(Rank.SENDER, SENDER, kind))

    def _submit(self, kind: int) -> None:
        self._note("submits", message=name_of(kind))
        self.world.ledger.send(kind)
        self.world.relay.submit(kind)

    def _hold_back(self) -> None:
        """H1: asked within the hold, so that nothing ever left."""
        ledger = self.world.ledger
        self._note("takes the message back from the hold")
        for number in range(1, ledger.count + 1):
            ledger.place[ORIGINAL][number] = Place.HELD
        ledger.decide_all(*decide_held(), self.world.clock.now)

    def _ask(self) -> bool:
        """Ask for the recall: the request goes out, or a rule refuses it for everybody (recall.md 1)."""
        now = self.world.clock.now
        verdict = may_recall(facts_of(self.plan, now - self.world.ledger.released))
        if verdict.status == Status.REFUSED:
            self._note("is refused the recall", reason=Reason(verdict.reason).name.lower())
            self.world.ledger.decide_all(verdict.status, verdict.reason, now)
            return False
        self._submit(REQUEST)
        if self.world.effects.page is not None:
            self.world.effects.page.ordered()
        return True

    async def _follow(self, compose: tuple[float, ...] | None, what: str) -> None:
        """Write and send the message that is to stand in the original's place (R8)."""
        world = self.world
        if compose is not None and not world.happens(self.plan.abandon, ABANDON, REPLACEMENT, 0, SENDER):
            tick = world.clock.now + self._draw(compose, COMPOSE, REPLACEMENT)
            if tick <= world.plan.horizon:
                await self._until(tick, REPLACEMENT)
                world.ledger.replaced = tick
                self._note(what)
                self._submit(REPLACEMENT)
        self.may_submit = False

    def hears(self, number: int, ordinal: int) -> None:
        """A report or a DSN about one recipient arrives; it counts now (R9.1)."""
        news = ordinal & 0xFF
        if not news:
            return  # a DSN of the replacement says nothing about the recall
        self._ledger.tell(number, news, self._clock.now)
        if self._observer is not None:
            self._observer.note("sender", "is told", number, news=Told(news).name.lower())

    def _notices(self, _a: object, _b: object) -> None:
        """For a trace only: it dawns on her."""
        self._note("notices")

    def _note(self, event: str, **facts: str) -> None:
        if self.world.observer is not None:
            self.world.observer.note("sender", event, None, **facts)


def facts_of(plan: SenderPlan, age: int) -> SenderFacts:
    """What the refusals are decided from, for a message of that age in ticks."""
    return SenderFacts(
        account_on_exchange=plan.account_on_exchange,
        enabled=plan.enabled,
        protected=plan.protected,
        client_can_recall=plan.client_can_recall,
        opened=plan.opened,
        age=age,
        max_age=plan.max_age,
        window=plan.window,
        in_sent_items=plan.in_sent_items,
        recallable=plan.recallable,
    )
