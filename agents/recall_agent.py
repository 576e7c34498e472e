"""The recall agent of the servers: takes requests before any mailbox sees them, and removes originals (S2-S12).

Work is a queue of its own: an attempt at one mailbox keeps one worker for its service time, and what it finds is decided
at its end. An attempt that found nothing is made again. All it does has rank PROCESS: attempts made again come in first
(sub-rank 0), then those in line are taken up (1), then attempts end (2).
"""

from collections import deque
from typing import Final

from agents.records import Group, MailboxKind
from agents.seat import Recipient
from agents.world import ORIGINAL, REQUEST, World
from transport.clock.loop import NEVER
from transport.clock.ranks import Rank, order
from transport.mail.mailbox import Copy
from transport.recall.codes import Place, Status
from transport.recall.facts import GivenUpFacts, ReachFacts, ServerFacts, Verdict
from transport.recall.servers import decide_at_server, decide_given_up, decide_reach
from transport.streams.draws import WHOLE
from transport.streams.purposes import (
    AGENT_FAILURE,
    AGENT_SERVICE,
    MAILBOX_PROCESSES,
    QUEUE_ORDER,
    RECIPIENT_REFUSES,
)
from transport.timing import retry

PENDING: Final = Status.PENDING.value
IN_TRANSIT: Final = Place.IN_TRANSIT.value
PROCESS: Final = Rank.PROCESS
TAKEN_UP: Final = 1
ENDED: Final = 2


class Job:
    """A mailbox that the agent is to remove an original from.

    Attributes:
        box: the mailbox.
        entered: tick at which its request came.
        attempts: how many have ended.
    """

    __slots__ = ("attempts", "box", "entered")

    def __init__(self, box: Recipient, entered: int) -> None:
        self.box = box
        self.entered = entered
        self.attempts = 0


class RecallAgent:
    """The agent, its workers and its line.

    Args:
        world: the surroundings; their plan has an agent.
    """

    def __init__(self, world: World) -> None:
        plan = world.plan.agent
        assert plan is not None
        self.world = world
        self.plan = plan
        self._reach = tuple(self._reach_of(group) for group in world.plan.groups)
        self._unlimited = plan.workers == 0
        self._free = plan.workers
        self._coming: list[Job] = []
        self._line: deque[Job] = deque()

    def _reach_of(self, group: Group) -> Verdict:
        public = group.mailbox is MailboxKind.PUBLIC
        return decide_reach(
            ReachFacts(group.same_organisation, group.lets_in, self.plan.across, group.on_exchange, public)
        )

    # --- the line ------------------------------------------------------------------------------------------------

    def take(self, box: Recipient) -> None:
        """The request for one mailbox has come: it is never shown there, whatever becomes of it (S2)."""
        verdict = self._reach[box.group.number]
        if verdict.status != PENDING:
            self.world.effects.conclude_at_server(box, verdict)
        else:
            self._join(Job(box, self.world.clock.now), None)

    def _join(self, job: Job, _: object) -> None:
        if self._unlimited:
            self._start(job)
            return
        clock = self.world.clock
        if not self._coming:
            clock.at(clock.now, order(PROCESS, 0, REQUEST, sub=TAKEN_UP), self._take_up)
        self._coming.append(job)

    def _take_up(self, _: object, __: object) -> None:
        """Those who came at one tick stand in line by a uniform of their own, so that no group goes first."""
        draws = self.world.draws
        coming, self._coming = self._coming, []
        coming.sort(key=lambda job: (draws.uniform(QUEUE_ORDER, 0, 0, job.box.number), job.box.number))
        self._line.extend(coming)
        self._serve()

    def _serve(self) -> None:
        while self._free and self._line:
            self._free -= 1
            self._start(self._line.popleft())

    def _start(self, job: Job) -> None:
        world, number = self.world, job.box.number
        entity = WHOLE if self.plan.shared else number
        ticks = world.times.at(self.plan.service, AGENT_SERVICE, REQUEST, 0, entity, job.attempts)
        tick = world.clock.now + ticks
        if tick < NEVER:
            at = order(PROCESS, number, REQUEST, job.attempts, sub=ENDED)
            world.clock.at(tick, at, self._end, job)

    # --- an attempt ----------------------------------------------------------------------------------------------

    def _end(self, job: Job, _: object) -> None:
        """An attempt ends: what it meets now is decided now (S2, S3)."""
        world, box = self.world, job.box
        if not self._unlimited:
            self._free += 1
            self._serve()
        if world.ledger.status[box.number] != PENDING:
            return
        failed = world.happens(self.plan.failure, AGENT_FAILURE, REQUEST, 0, box.number, ordinal=job.attempts)
        job.attempts += 1
        verdict = Verdict(PENDING, 0) if failed else decide_at_server(self._facts(box))
        if verdict.status != PENDING:
            world.effects.conclude_at_server(box, verdict)
        else:
            self._fail(job, failed)

    def _facts(self, box: Recipient) -> ServerFacts:
        world, plan, group, number = self.world, self.plan, box.group, box.number
        original = box.copies[ORIGINAL]
        copy = original or Copy(ORIGINAL, world.clock.now)
        return ServerFacts(
            delivered=original is not None,
            fetched=copy.fetched,
            present=original is not None and copy.here,
            read=copy.read,
            downloaded=any(s.visible >> ORIGINAL & 1 and s.client.device.downloads for s in box.seats),
            age=world.clock.now - copy.delivered,
            processes=world.happens(group.processing, MAILBOX_PROCESSES, 0, 0, number),
            consents=not world.happens(group.refuses, RECIPIENT_REFUSES, 0, 0, number),
            reads_too=plan.reads_too,
            spoils=plan.spoils,
            max_age=plan.max_age,
        )

    def _fail(self, job: Job, failed: bool) -> None:
        """The attempt found nothing (S2a): another follows, or none any more (S8)."""
        world, gaps = self.world, self.plan.gaps
        now, number = world.clock.now, job.box.number
        if world.observer is not None:
            world.observer.note("recall agent", "fails to remove", number, attempt=job.attempts)
        following = retry(now, job.entered, job.attempts, gaps, 0, len(gaps), 0, self.plan.give_up, 0.0, 0.0)
        if following.bounces and following.tick == now:
            self._give_up(job, failed)
            return
        then = self._give_up if following.bounces else self._join
        world.clock.at(following.tick, order(PROCESS, number, REQUEST, job.attempts), then, job, failed)

    def _give_up(self, job: Job, failed: bool) -> None:
        world, box = self.world, job.box
        original = box.copies[ORIGINAL]
        verdict = decide_given_up(
            GivenUpFacts(
                fetched=original is not None and original.fetched,
                gone=original is not None and not original.here,
                under_way=world.ledger.place[ORIGINAL][box.number] == IN_TRANSIT,
                failed=failed,
                retries=len(self.plan.gaps) > 0,
            )
        )
        world.effects.conclude_at_server(box, verdict)
