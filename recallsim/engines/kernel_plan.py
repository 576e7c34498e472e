"""The plan as the kernel reads it: two flat arrays, one of ints, one of floats."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.policy import AgentPlan, PurgePlan
from agents.records import ALWAYS_OPEN, Device, EarlyRequest, Group, Habit, MailboxKind, Plan, Reads, Sync
from recallsim.engines import kernel_layout as k
from recallsim.engines import kernel_people_layout as people
from recallsim.engines import kernel_systems_layout as systems
from recallsim.engines.kernel_servers_layout import W_ROWS
from transport.recall.facts import ReachFacts
from transport.recall.servers import decide_reach
from transport.relay.lists import parts_of
from transport.relay.settings import Fault, Grain, MailingList, Stage, Start
from transport.streams.laws import LawRow
from transport.streams.purposes import (
    ATTACHMENT_SHARE,
    DELETE_SHARE,
    FORWARD_SHARE,
    MARK_SHARE,
    MOVE_SHARE,
)
from transport.streams.residuals import mean_of


class Packed(NamedTuple):
    """A plan in arrays.

    Attributes:
        p, f: the arrays.
        keeps_paces: the state of paces stands in `f`, so that each replication needs a copy of its own.
    """

    p: NDArray[np.int64]
    f: NDArray[np.float64]
    keeps_paces: bool


def pack(plan: Plan, *, by_events: bool = False) -> Packed:
    """Lay a plan out for the kernel (kernel_layout.py says where what is); `by_events`: with no quick way through stages."""
    packed = _Packer(plan).packed()
    if by_events:
        packed.p[k.PLAIN], packed.p[k.TAIL] = 0, len(plan.stages) + 1
        packed.p[k.SINGLE_JOBS] = k.KINDS * (plan.count + 1)
    return packed


class _Packer:
    """Grows the two arrays; a law or a share that was met before is not written twice."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ints: list[int] = [0] * k.HEAD
        self.floats: list[float] = [plan.clock]
        self._places: dict[tuple[float, ...], int] = {}
        self._calendars = [self.rows([row]) for row in plan.calendars]
        self._keeps_paces = False
        self._greylists = 0

    def packed(self) -> Packed:
        plan, head = self.plan, self.ints
        head[k.COUNT], head[k.HORIZON], head[k.WEEK], head[k.START] = (
            plan.count,
            plan.horizon,
            plan.week,
            plan.start,
        )
        head[k.START_FIRST], head[k.START_SIZE] = self.calendar(plan.start_calendar)
        head[k.REPORTS_SHARED] = plan.reports_shared
        head[k.PLAIN], head[k.TAIL] = is_plain(plan), first_of_tail(plan)
        head[k.SINGLE_JOBS] = single_jobs(plan)
        self._sender()
        head[k.SEEN_LEVEL] = plan.seen_level
        for kind in range(4):
            head[k.LATENCY + kind] = self.law(plan.link.latency[kind])
            head[k.LATENCY_SHARED + kind] = plan.link.shared[kind]
            head[k.LOSS + kind] = self.share(plan.link.loss[kind])
            head[k.DUPLICATE + kind] = self.share(plan.link.duplicate[kind])
        parts = _parts(plan)
        head[k.PARTS], head[k.PART_COUNT] = self.rows(parts), len(parts)
        head[k.LISTS] = self.rows([self._list(each) for each in plan.lists])
        stages = [self._stage(stage) for stage in plan.stages]
        head[k.STAGES], head[k.STAGE_COUNT] = self.rows(stages), len(stages)
        groups = [self._group(group) for group in plan.groups]
        head[k.GROUPS], head[k.GROUP_COUNT] = self.rows(groups), len(groups)
        if plan.agent is not None:
            head[k.AGENT] = self.rows([self._agent(plan.agent)])
        if plan.report is not None:
            head[k.PAGE] = self.rows([(self.law(plan.report.opens), plan.report.readable)])
        if plan.purge is not None:
            head[k.PURGE] = self.rows([self._purge(plan.purge)])
        looks = (looks_for_losses(plan), purges_in_turn(plan))
        head[k.AHEAD] = sum(needed << step for step, needed in enumerate(looks))
        head[k.SEATS] = max(row[k.G_SEATS] for row in groups)
        self._room()
        return Packed(
            np.array(head, dtype=np.int64),
            np.array(self.floats, dtype=np.float64),
            self._keeps_paces,
        )

    def _room(self) -> None:
        """How many cells there are for what grows with time, to begin with."""
        head, devices = self.ints, [device for group in self.plan.groups for device in group.devices]
        turns = [device.turns for device in devices if device.turns is not None]
        head[k.FOLDER_CLOCKS] = max(len(device.reading.clocks) for device in devices)
        if turns:
            cycle = min(mean_of(each.up) + mean_of(each.down) for each in turns)
            most = self.plan.horizon * self.plan.clock / max(cycle, 2.0 * self.plan.clock)
            head[k.TURNS_ROOM] = people.TURNS_SWITCHES + people.LEAST_TURNS + int(min(2.5 * most, 4096.0))
        if any(device.reading.inbox is not None for device in devices):
            head[k.BACKLOG_ROOM] = people.LOG_MAIL + 2 * people.LEAST_BACKLOG
        a_seat = head[k.TURNS_ROOM] + head[k.BACKLOG_ROOM]
        head[k.ROOM] = (k.KEPT_CELLS + 1) * k.KEPT_ROOM + head[k.SEATS] * a_seat

    # --- growing -----------------------------------------------------------------------------------------------------

    def rows(self, rows: Iterable[Sequence[int]]) -> int:
        """Append rows of ints; where the first of them stands."""
        first = len(self.ints)
        for row in rows:
            self.ints += (int(cell) for cell in row)
        return first

    def law(self, row: LawRow | None) -> int:
        """The place of a law, -1 for none."""
        if row is None:
            return -1
        if row not in self._places:
            self._places[row] = len(self.floats)
            self.floats += row
        return self._places[row]

    def share(self, share: float) -> int:
        """The place of a single number."""
        return self.law((share,))

    def pace(self, interval: float) -> tuple[int, int]:
        """The places of the interval of a pace and of its state; -1 and 0 for none."""
        if interval <= 0.0:
            return -1, 0
        self._keeps_paces = True
        place = self.share(interval)
        self.floats.append(0.0)
        return place, len(self.floats) - 1

    def calendar(self, number: int) -> tuple[int, int]:
        """Where the row of a calendar stands, and its size."""
        if number == ALWAYS_OPEN:
            return 0, 0
        return self._calendars[number], len(self.plan.calendars[number])

    # --- the records -------------------------------------------------------------------------------------------------

    def _sender(self) -> None:
        sender, head = self.plan.sender, self.ints
        head[k.HOLD], head[k.MAX_AGE], head[k.EARLY] = sender.hold, sender.max_age, sender.early_request.value
        head[k.NOTICES], head[k.ACTS] = self.law(sender.notices), self.law(sender.acts)
        head[k.COMPOSE], head[k.CORRECTION] = self.law(sender.compose), self.law(sender.correction)
        head[k.ABANDON] = self.share(sender.abandon)
        head[k.ACCOUNT_ON_EXCHANGE], head[k.ENABLED] = sender.account_on_exchange, sender.enabled
        head[k.PROTECTED], head[k.CLIENT_CAN_RECALL] = sender.protected, sender.client_can_recall
        head[k.OPENED], head[k.IN_SENT_ITEMS] = sender.opened, sender.in_sent_items
        head[k.RECALLABLE], head[k.TELLS] = sender.recallable, sender.tells
        head[k.WINDOW], head[k.LOOKS_EVERY] = sender.window, sender.looks_every
        head[k.MAX_AGE_WHEN_PROCESSED] = sender.max_age_since_delivery
        head[k.INTERCEPT], head[k.FIRST_READER] = sender.intercept, sender.first_reader_decides

    def _stage(self, stage: Stage) -> list[int]:
        row = [0] * k.T_WIDTH
        row[k.T_GRAIN], row[k.T_BATCH], row[k.T_WORKERS] = stage.grain.value, stage.batch, stage.workers
        failing = [self._failing(stage, kind) for kind in range(4)]
        row[k.T_FAILING] = self.rows(failing)
        row[k.T_BACKGROUND_LANE] = stage.background_lane
        background = stage.background
        if background is not None and not _is_unlimited(
            stage
        ):  # where there are workers for all it keeps nobody waiting
            row[k.T_BACKGROUND] = 1
            row[k.T_GAP], row[k.T_BACKGROUND_SERVICE] = self.law(background.gap), self.law(background.service)
            row[k.T_START], row[k.T_LOAD] = background.start.value, self.share(background.load)
        if background is not None and background.start is Start.EMPTY:
            row[k.T_BEGINS] = background.begins
        row[k.T_OUTAGES], row[k.T_OUTAGE_COUNT] = self.rows(stage.outages), len(stage.outages)
        row[k.T_LANES] = 1 + max(*stage.lanes, stage.background_lane)
        row[k.T_CAN_FAIL], row[k.T_UNLIMITED] = stage.defers, _is_unlimited(stage)
        row[k.T_INTERVAL], row[k.T_PACE] = self.pace(stage.interval)
        faults = [self._fault(fault) for fault in stage.faults]
        row[k.T_FAULTS], row[k.T_FAULT_COUNT] = self.rows(faults), len(faults)
        if stage.greylist is not None:
            row[k.T_GREYLIST] = first_greylist(self.plan) + self._greylists
            self._greylists += 1
        row[k.T_STRIPS] = stage.strips
        row[k.T_MEMBERS], row[k.T_MEMBER_COUNT] = self.rows(stage.members), len(stage.members)
        for kind in range(4):
            row[k.T_SERVES + kind] = stage.serves[kind]
            row[k.T_SERVICE + kind] = self.law(stage.service[kind])
            row[k.T_SHARED + kind] = stage.shared[kind]
            row[k.T_FAILURE + kind] = self.share(stage.failure[kind])
            row[k.T_LANE + kind] = stage.lanes[kind]
        return [int(cell) for cell in row]

    def _failing(self, stage: Stage, kind: int) -> list[int]:
        row, gaps, greylist = [0] * k.E_WIDTH, stage.gaps[kind], stage.greylist
        row[k.E_GAPS], row[k.E_GAP_COUNT] = self.rows([gaps]), len(gaps)
        row[k.E_ATTEMPTS], row[k.E_GIVE_UP] = stage.attempts[kind], stage.give_up[kind]
        row[k.E_JITTER] = self.share(stage.jitter[kind])
        if greylist is not None:
            row[k.E_GREY_DELAY], row[k.E_GREY_WINDOW] = greylist.delay[kind], greylist.window[kind]
            row[k.E_GREY_KNOWN] = self.share(greylist.known[kind])
        return row

    def _fault(self, fault: Fault) -> list[int]:
        row = [0] * k.F_WIDTH
        row[k.F_NUMBER], row[k.F_TROUBLE], row[k.F_KINDS] = (
            fault.number,
            fault.trouble.value,
            _bits(fault.kinds),
        )
        row[k.F_BEGINS], row[k.F_ENDS] = fault.begins, fault.ends
        row[k.F_INTERVAL], row[k.F_PACE] = self.pace(fault.interval)
        for kind in range(4):
            row[k.F_ODDS + kind], row[k.F_BY + kind] = self.share(fault.odds[kind]), self.law(fault.by[kind])
        return row

    def _list(self, each: MailingList) -> list[int]:
        row, moderation = [0] * k.L_WIDTH, each.moderation
        if moderation is not None:
            row[k.L_MODERATORS], row[k.L_KINDS] = moderation.moderators, _bits(moderation.kinds)
            for kind in range(4):
                row[k.L_READS + kind] = self.law(moderation.reads[kind])
                row[k.L_APPROVE + kind] = self.share(moderation.approve[kind])
                row[k.L_EXPIRES + kind] = moderation.expires[kind]
        return row

    def _group(self, group: Group) -> list[int]:
        row = [0] * k.G_WIDTH
        user, person = group.mailbox is MailboxKind.USER, group.person
        checks = any(device.reading.kind is Reads.SESSIONS for device in group.devices)
        habits = [
            (person.marks_unread, MARK_SHARE),
            (person.moves, MOVE_SHARE),
            (person.deletes, DELETE_SHARE),
        ]
        later = (person.forwards, person.opens_attachment)
        if later != (None, None):
            habits += zip(later, (FORWARD_SHARE, ATTACHMENT_SHARE), strict=True)
        row[k.G_FIRST], row[k.G_SIZE], row[k.G_NUMBER] = group.first, group.size, group.number
        row[k.G_PROCESSES], row[k.G_SAME_ORGANISATION] = group.processes, group.same_organisation
        row[k.G_ON_EXCHANGE], row[k.G_MAILBOX] = group.on_exchange, group.mailbox.value
        row[k.G_SEATS] = len(group.devices) if user else group.readers
        row[k.G_RIGHTS] = self.share(group.full_rights)
        row[k.G_DEVICES] = self.rows([self._device(group, device) for device in group.devices])
        row[k.G_NEVER], row[k.G_CURIOSITY] = self.share(person.never), self.share(person.curiosity)
        row[k.G_RULES_AT_CLIENT], row[k.G_REPORTS] = group.rules_at_client, group.reports
        row[k.G_HABITS], row[k.G_HABIT_COUNT] = (
            self.rows([self._habit(*each) for each in habits]),
            len(habits),
        )
        row[k.G_ON_ARRIVAL] = any(habit is not None and habit.on_arrival for habit, _ in habits)
        row[k.G_ON_OPENING] = any(habit is not None and not habit.on_arrival for habit, _ in habits)
        row[k.G_FLAG_SETS_NOTHING_OFF] = not checks and all(habit is None for habit, _ in habits[1:])
        row[k.G_GLIMPSE] = self.share(0.0 if person.glimpses is None else person.glimpses.share)
        row[k.G_GLIMPSE_KINDS] = 0 if person.glimpses is None else _bits(person.glimpses.kinds)
        row[k.G_HAS_CLOCKS] = group.has_clocks
        if person.absence is not None:
            away = person.absence
            row[k.G_ABSENCE] = self.rows([(self.share(away.share), away.from_, away.until)])
        seated = group.devices if user else group.devices[:1]
        row[k.G_EXECUTES] = any(device.executes for device in seated)
        row[k.G_AT_SERVER], row[k.G_PURGEABLE] = group.at_server, group.purgeable
        row[k.G_WATCHED], row[k.G_MAY_LOSE] = group.watched, may_lose(self.plan, group)
        row[k.G_PROCESSING], row[k.G_REFUSES] = self.share(group.processing), self.share(group.refuses)
        if self.plan.agent is not None:
            public = group.mailbox is MailboxKind.PUBLIC
            reach = decide_reach(
                ReachFacts(
                    group.same_organisation,
                    group.lets_in,
                    self.plan.agent.across,
                    group.on_exchange,
                    public,
                )
            )
            row[k.G_REACH] = reach.status << 8 | reach.reason
        for kind, rules in enumerate(group.rules):
            rows = [
                (rule.number, self.share(rule.share), rule.folder, rule.mark_read, rule.stop, rule.forward)
                for rule in rules
            ]
            row[k.G_RULES + kind], row[k.G_RULES + k.KINDS + kind] = self.rows(rows), len(rows)
        return [int(cell) for cell in row]

    def _agent(self, agent: AgentPlan) -> list[int]:
        row = [0] * systems.A_WIDTH
        row[systems.A_WORKERS], row[systems.A_SHARED] = agent.workers, agent.shared
        row[systems.A_SERVICE], row[systems.A_FAILURE] = self.law(agent.service), self.share(agent.failure)
        row[systems.A_GAPS], row[systems.A_GAP_COUNT] = self.rows([agent.gaps]), len(agent.gaps)
        row[systems.A_GIVE_UP], row[systems.A_MAX_AGE] = agent.give_up, agent.max_age
        row[systems.A_READS_TOO], row[systems.A_SPOILS] = agent.reads_too, agent.spoils
        row[systems.A_ALERTS] = agent.alerts.value
        return row

    def _purge(self, purge: PurgePlan) -> list[int]:
        row = [0] * systems.U_WIDTH
        row[systems.U_ON_NOTICE], row[systems.U_ACTS] = purge.on_notice, self.law(purge.acts)
        row[systems.U_GAP] = self.share(purge.gap)
        row[systems.U_READ_TOO], row[systems.U_TELLS] = purge.read_too, purge.tells
        return row

    def _habit(self, habit: Habit | None, purpose: int) -> list[int]:
        row = [0] * k.H_WIDTH
        row[k.H_SHARE], row[k.H_PURPOSE] = -1, purpose
        if habit is not None:
            row[k.H_SHARE], row[k.H_AFTER] = self.share(habit.share), self.law(habit.after)
            row[k.H_KINDS], row[k.H_ON_ARRIVAL] = _bits(habit.kinds), habit.on_arrival
            row[k.H_REPEAT], row[k.H_FOLDER], row[k.H_HARD] = habit.repeat, habit.folder, habit.hard
            row[k.H_TO] = habit.to
        return row

    def _device(self, group: Group, device: Device) -> list[int]:
        row, reading, early = [0] * k.D_WIDTH, device.reading, self.plan.sender.early_request
        row[k.D_EXECUTES], row[k.D_LEVEL] = device.executes, device.level
        row[k.D_SYNC], row[k.D_PERIOD] = device.sync.value, device.period
        row[k.D_AUTO], row[k.D_IDLE] = self.share(device.auto_process), self.law(device.idle)
        row[k.D_ONLINE], row[k.D_ONLINE_SIZE] = self.calendar(device.online)
        row[k.D_MARKS], row[k.D_MARKS_AFTER] = device.marks_read.value, device.marks_after
        row[k.D_PREVIEW], row[k.D_PREVIEW_KINDS] = self.share(device.preview), _bits(device.preview_kinds)
        row[k.D_READS] = reading.kind.value
        row[k.D_HOURS], row[k.D_HOURS_SIZE] = self.calendar(reading.calendar)
        row[k.D_GAP], row[k.D_FIRST_GAP] = self.law(reading.gap), self.law(reading.first_gap)
        row[k.D_STATIONARY], row[k.D_PER_SESSION] = reading.stationary, reading.per_session
        for kind in range(k.KINDS):
            row[k.D_DELAY + kind] = self.law(reading.delay[kind])
            row[k.D_OPEN + kind] = self.share(reading.open_probability[kind])
        row[k.D_HANDLING], row[k.D_ORDER] = self.law(reading.handling), reading.order.value
        row[k.D_INSIDE], row[k.D_OUTSIDE] = self.share(reading.inside), self.share(reading.outside)
        self._more_of_device(row, group, device)
        # What follows from these, as client.py and person.py derive it.
        public, processes = group.mailbox is MailboxKind.PUBLIC, group.processes
        row[k.D_SHOWS_AT_ONCE] = device.sync is Sync.PUSH and not row[k.D_ONLINE_SIZE]
        row[k.D_IDLES] = device.executes and device.auto_process > 0.0 and group.mailbox is MailboxKind.USER
        drops = early is EarlyRequest.DROP_ON_ARRIVAL and group.executes
        row[k.D_WAITS] = processes and (early is EarlyRequest.WAIT or drops)
        row[k.D_KEEPS_EARLY] = processes and early is EarlyRequest.DELETE_ON_DELIVERY
        row[k.D_BY_HAND] = processes and device.executes
        out_of_touch = device.sync in (Sync.CACHED, Sync.POLL)
        out_of_touch |= device.sync is Sync.PUSH and bool(row[k.D_ONLINE_SIZE])
        row[k.D_LAGS] = out_of_touch and (group.watched or group.shares_mailboxes)
        row[k.D_DOWNLOADS] = device.downloads
        row[k.D_SETS_FLAG] = device.sync is not Sync.FETCH and not public
        return [int(cell) for cell in row]

    def _more_of_device(self, row: list[int], group: Group, device: Device) -> None:
        """Turns online, notifications, folders with clocks of their own, other mail, and what stops the clocks."""
        reading, traits, turns = device.reading, group.person, device.turns
        if turns is not None:
            row[k.D_ONLINE_SIZE] = people.IN_TURNS
            laws = self.law(turns.up), self.law(turns.down), turns.start.value, self.share(turns.share_up)
            row[k.D_ONLINE] = self.rows([(*laws, self.law(turns.met_up), self.law(turns.met_down))])
        row[k.D_READER] = device.reader
        if reading.while_online and row[k.D_ONLINE_SIZE]:
            row[k.D_RUNS] |= people.STOPS_OFFLINE
        if traits.absence is not None and device.reader == 0:
            row[k.D_RUNS] |= people.STOPS_AWAY
        row[k.D_NOTIFIED], row[k.D_REACTION] = self.share(reading.notified), self.law(reading.reaction)
        row[k.D_ATTENTIVE] = reading.notified > 0.0 or bool(reading.clocks) or traits.glimpses is not None
        clocks = [
            (clock.folder, self.share(clock.factor), people.FOLDER_PLACES * (index + 1), index)
            for index, clock in enumerate(reading.clocks)
        ]
        row[k.D_CLOCKS], row[k.D_CLOCK_COUNT] = self.rows(clocks), len(clocks)
        own = {clock.folder for clock in reading.clocks}
        row[k.D_LEFT_ALONE] = sum(1 << folder for folder in (k.DELETED_ITEMS, k.JUNK) if folder not in own)
        if reading.inbox is not None:
            mail = reading.inbox
            row[k.D_INBOX] = self.rows(
                [(self.law(mail.gap), self.law(mail.handling), self.share(mail.opened))]
            )


def is_plain(plan: Plan) -> bool:
    """Whether the stages only queue, recipient by recipient, so that there is a quick way through them.

    That way knows of a few recipients at a time; who looks into mailboxes has to know of all.
    """
    if looks_into_mailboxes(plan) or plan.lists or first_of_tail(plan) > 0:
        return False
    return not any(odds > 0.0 for stage in plan.stages for odds in stage.failure)


def first_of_tail(plan: Plan) -> int:
    """From which stage on they only queue, recipient by recipient, if need be again after an attempt that failed.

    One more than there are stages where even the link has to know what is happening elsewhere: what is taken back on its
    way, what moderators decide at that tick, which recall fails first.
    """
    first = len(plan.stages)
    if plan.sender.intercept or plan.purge is not None or any(odds > 0.0 for odds in plan.link.duplicate):
        return first + 1
    if any(each.moderation is not None for each in plan.lists):
        return first + 1
    while first > 0 and only_queues(plan.stages[first - 1]):
        first -= 1
    return first


def only_queues(stage: Stage) -> bool:
    """Whether a stage takes the mail of each recipient by itself, first come, first served, and does no more than that."""
    return (
        stage.grain is Grain.RECIPIENT
        and not (stage.is_obstructed or stage.strips or stage.members)
        and not any((*stage.lanes, stage.background_lane))
        and not stage.outages
        and (stage.background is None or not stage.workers)
    )


def single_jobs(plan: Plan) -> int:
    """How many jobs are kept for mail to one recipient: all, if stages before the tail or looks into mailboxes need them."""
    before = plan.stages[: first_of_tail(plan)]
    if not (looks_into_mailboxes(plan) or any(stage.grain is Grain.RECIPIENT for stage in before)):
        return 0
    return k.KINDS * (plan.count + 1)


def may_lose(plan: Plan, group: Group) -> bool:
    """Whether an original may leave a mailbox without the recall agent's doing before that has come to an end there."""
    deletes = group.person.deletes
    fetched = any(device.sync is Sync.FETCH for device in group.devices)
    purged = group.purgeable and plan.purge is not None and plan.purge.on_notice
    return group.at_server and (fetched or purged or (deletes is not None and deletes.hard))


def looks_for_losses(plan: Plan) -> bool:
    """Whether the agent's line depends on what is lost: a visit that finds nothing is made again."""
    retries = plan.agent is not None and len(plan.agent.gaps) > 0
    return retries and any(may_lose(plan, group) for group in plan.groups)


def purges_in_turn(plan: Plan) -> bool:
    """Whether one failed recall keeps the administrator from another."""
    return plan.purge is not None and not plan.purge.on_notice and plan.purge.gap > 0.0


def looks_into_mailboxes(plan: Plan) -> bool:
    """Whether servers or an administrator do."""
    return plan.agent is not None or plan.purge is not None


def first_greylist(plan: Plan) -> int:
    """The row of `w` from which on the greylists stand."""
    return systems.W_ALL if looks_into_mailboxes(plan) else W_ROWS


def _is_unlimited(stage: Stage) -> bool:
    """Whether a stage never keeps anybody waiting: workers for all, and no pace."""
    return stage.workers == 0 and stage.interval <= 0.0


def _parts(plan: Plan) -> list[tuple[int, ...]]:
    """The parts of a message, by recipient numbers, each with whether it is the first of its list."""
    begun: set[int] = set()
    rows: list[tuple[int, ...]] = []
    for number, first, last in parts_of(plan.lists, plan.count):
        rows.append((number, first, last, number not in begun))
        begun.add(number)
    return rows


def _bits(kinds: Sequence[bool]) -> int:
    return sum(1 << kind for kind, concerned in enumerate(kinds) if concerned)
