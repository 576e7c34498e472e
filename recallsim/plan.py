"""From the scenario to the plan: everything resolved that depends neither on time nor on chance.

Seconds become ticks, names become numbers, conditions of rules become the list of rules that match each kind of
message. Laws stay rows in seconds; what is drawn is drawn by the engines.
"""

from collections.abc import Sequence
from typing import Final

from agents.records import (
    ALWAYS_OPEN,
    Device,
    Group,
    Habit,
    HandlingOrder,
    MailboxKind,
    MarksRead,
    Person,
    Plan,
    Reading,
    Reads,
    Rule,
    Sync,
)
from recallsim.plan_recall import (
    agent_of,
    is_at_server,
    is_purgeable,
    lets_in,
    purge_of,
    report_of,
    sender_of,
)
from recallsim.plan_transport import link_of, stages_of, ticks_in
from recallsim.scenario.meanings import WEEK, open_week, standard_offset
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_people import Client as ClientModel
from recallsim.scenario.models_people import Deletes, MarkUnread, Moves, Preview, When
from recallsim.scenario.models_people import Group as GroupModel
from recallsim.scenario.models_people import Reads as ReadsModel
from recallsim.scenario.models_people import Rule as RuleModel
from transport.mail.message import Message
from transport.mail.rule import Conditions
from transport.recall.codes import Folder, Kind
from transport.streams.laws import LawRow
from transport.streams.residuals import length_biased

KINDS: Final = ("original", "request", "replacement", "report")
MAIL: Final = KINDS[:3]
NO_TIME: Final[LawRow] = (1.0, 0.0)
OPENED, SHOWN = 3, 2


def draw_up(scenario: Scenario) -> Plan:
    """Draw up the plan of a scenario."""
    return _Draughtsman(scenario).plan()


class _Draughtsman:
    """Keeps the numbers that names have been given: calendars and folders."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.clock = scenario.clock
        self.calendars: list[tuple[int, ...]] = []
        self.folders: dict[str, int] = {
            "inbox": Folder.INBOX.value,
            "deleted items": Folder.DELETED_ITEMS.value,
            "junk": Folder.JUNK.value,
        }

    def ticks(self, seconds: float) -> int:
        return ticks_in(seconds, self.clock)

    def plan(self) -> Plan:
        scenario = self.scenario
        start = scenario.start
        groups = tuple(self._groups())
        transport = scenario.transport
        start_calendar = ALWAYS_OPEN if start.any is None else self.calendar(start.any, start.timezone)
        return Plan(
            name=scenario.name,
            clock=self.clock,
            horizon=self.ticks(scenario.horizon),
            week=self.ticks(WEEK * 60),
            start=self.ticks((start.weekday * 1440 + start.minutes) * 60),
            start_calendar=start_calendar,
            calendars=tuple(self.calendars),
            sender=sender_of(scenario),
            stages=stages_of(transport, self.clock, scenario.horizon),
            link=link_of(transport),
            reports_shared=transport.reports == "shared",
            groups=groups,
            count=scenario.count,
            metrics=scenario.metrics,
            agent=agent_of(scenario, groups),
            report=report_of(scenario),
            purge=purge_of(scenario),
        )

    # --- names ---------------------------------------------------------------------------------------------------

    def calendar(self, name: str | None, timezone: str) -> int:
        """The number of a calendar as it runs in `timezone`, in ticks of the week of the sender's zone."""
        if name is None:
            return ALWAYS_OPEN
        openings = self.scenario.calendars[name]
        intervals = open_week((opening.days, opening.from_, opening.to) for opening in openings)
        shift = standard_offset(self.scenario.start.timezone) - standard_offset(timezone)
        week = self.ticks(WEEK * 60)
        row: list[tuple[int, int]] = []
        for begin, end in intervals:
            first = self.ticks(begin * 60 + shift) % week
            last = first + self.ticks((end - begin) * 60)
            row += [(first, last)] if last <= week else [(first, week), (0, last - week)]
        flat = tuple(edge for interval in _joined(row) for edge in interval)
        if flat not in self.calendars:
            self.calendars.append(flat)
        return self.calendars.index(flat)

    def folder(self, name: str) -> int:
        return self.folders.setdefault(name.strip().lower(), Folder.FIRST_NAMED + len(self.folders) - 3)

    # --- the recipients ------------------------------------------------------------------------------------------

    def _groups(self) -> Sequence[Group]:
        first, groups = 1, []
        for number, (group, size) in enumerate(
            zip(self.scenario.groups, self.scenario.group_sizes(), strict=True)
        ):
            groups.append(self._group(group, number, first, size))
            first += size
        return groups

    def _group(self, group: GroupModel, number: int, first: int, size: int) -> Group:
        zone, person = self.scenario.zone_of(group), group.person
        same_organisation = not self.scenario.is_outside(group)
        on_exchange = group.client.kind != "other" and group.mailbox.where != "other"
        at_server = is_at_server(self.scenario, group)
        reading = self._reading(person.reads, person.calendar, zone)
        devices = [self._device(0, group.client, reading, zone, person.preview)]
        for place, device in enumerate(group.devices, start=1):
            reads = self._reading(device.reads, device.reads.calendar or person.hours, zone)
            devices.append(self._device(place, device.client, reads, zone, device.preview))
        return Group(
            name=group.name,
            domain=group.organisation or self.scenario.organisation.domain,
            number=number,
            first=first,
            size=size,
            same_organisation=same_organisation,
            on_exchange=on_exchange,
            processes=same_organisation and on_exchange and not at_server,
            mailbox=MailboxKind[group.mailbox.kind.upper()],
            readers=group.mailbox.readers,
            full_rights=group.mailbox.rights.full,
            devices=tuple(devices),
            person=Person(
                never=person.never,
                curiosity=person.curiosity,
                marks_unread=self._habit(person.mark_unread),
                moves=self._habit(person.moves),
                deletes=self._habit(person.deletes),
            ),
            rules=tuple(self._rules(group.rules, message) for message in self._messages()),
            rules_at_client=group.client.rules_run == "client",
            reports=group.reports_to == "originator",
            at_server=at_server,
            lets_in=lets_in(self.scenario, group),
            processing=group.mailbox.recall_processing,
            refuses=group.mailbox.refuses_recall,
            purgeable=is_purgeable(self.scenario, group),
        )

    def _device(
        self, place: int, client: ClientModel, reading: Reading, zone: str, preview: Preview | None
    ) -> Device:
        return Device(
            number=place,
            executes=client.kind == "outlook-desktop",
            level=SHOWN if client.kind == "mobile" else OPENED,
            sync=Sync[client.sync.mode.upper()],
            period=self.ticks(client.sync.every),
            auto_process=client.auto_process,
            idle=client.idle.row,
            online=ALWAYS_OPEN if client.online is None else self.calendar(client.online.hours, zone),
            marks_read=MarksRead[client.marks_read.mode.upper()],
            marks_after=self.ticks(client.marks_read.after),
            preview=0.0 if preview is None else preview.share,
            preview_kinds=_kinds_of(preview),
            reading=reading,
            downloads=client.kind in ("imap", "pop"),
        )

    def _reading(self, reads: ReadsModel, hours: str | None, zone: str) -> Reading:
        sessions, delay, hazard = reads.sessions, reads.delay, reads.hazard
        stationary = sessions is not None and sessions.phase == "stationary"
        gap = NO_TIME if sessions is None else sessions.gap.row
        calendar = hours if hazard is None else hazard.calendar
        return Reading(
            kind=Reads[reads.kind.upper()],
            calendar=self.calendar(calendar, zone),
            delay=tuple(NO_TIME if delay is None else delay.of(kind).row for kind in MAIL),
            gap=gap,
            first_gap=length_biased(gap) if stationary else gap,
            stationary=stationary,
            per_session=0 if sessions is None else sessions.per_session or 0,
            open_probability=tuple(
                1.0 if sessions is None else sessions.open_probability.of(kind) for kind in MAIL
            ),
            handling=NO_TIME if sessions is None else sessions.handling.row,
            order=HandlingOrder.NEWEST if sessions is None else HandlingOrder[sessions.order.upper()],
            inside=0.0 if hazard is None else hazard.inside * self.clock,
            outside=0.0 if hazard is None else hazard.outside * self.clock,
        )

    def _habit(self, habit: MarkUnread | Moves | Deletes | None) -> Habit | None:
        if habit is None or habit.share <= 0.0:
            return None
        repeat, folder, on_arrival, hard = -1, -1, False, False
        if isinstance(habit, MarkUnread):
            repeat = -1 if habit.repeat is None else habit.repeat
        elif isinstance(habit, Moves):
            folder = self.folder(habit.to)
        else:
            on_arrival, hard = habit.unread, habit.hard
        return Habit(habit.share, habit.after.row, _kinds_of(habit), on_arrival, repeat, folder, hard)

    def _rules(self, rules: Sequence[RuleModel], message: Message) -> tuple[Rule, ...]:
        """The rules that match a message; R3 or R4 follows from their conditions."""
        found = []
        for number, rule in enumerate(rules):
            if rule.share > 0.0 and _conditions_of(rule.when).match(message):
                folder = -1 if rule.move_to is None else self.folder(rule.move_to)
                if rule.delete:
                    folder = Folder.DELETED_ITEMS.value
                found.append(Rule(number, rule.share, folder, rule.mark_read, rule.stop))
        return tuple(found)

    def _messages(self) -> tuple[Message, ...]:
        """What is sent, by kind."""
        message, replace = self.scenario.message, self.scenario.sender.recall.replace
        original = Message(
            Kind.ORIGINAL,
            message.to,
            message.subject,
            message.size,
            message.attachment,
            message.class_,
            message.importance,
        )
        wanted = (
            (None, None, None) if replace is None else (replace.subject, replace.size, replace.attachment)
        )
        return original, original.recall_request(), original.replacement(*wanted)


def _conditions_of(when: When) -> Conditions:
    return Conditions(
        when.to,
        when.subject_contains,
        when.subject_starts,
        when.has_attachment,
        when.class_,
        when.size_over,
        when.importance,
    )


def _kinds_of(habit: Preview | MarkUnread | Moves | Deletes | None) -> tuple[bool, ...]:
    """By kind: whether the habit concerns it."""
    if habit is None:
        return (False, False, False)
    if habit.of == "any":
        return (True, True, True)
    return tuple(kind == habit.of for kind in MAIL)


def _joined(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
