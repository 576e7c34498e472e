"""The recipients' half of the plan: groups, devices, how people read, and the rules that match each kind of message."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agents.records import (
    ALWAYS_OPEN,
    Absence,
    Device,
    FolderClock,
    Group,
    Habit,
    HandlingOrder,
    InboxMail,
    MailboxKind,
    MarksRead,
    Person,
    Reading,
    Reads,
    Rule,
    Sync,
    Turns,
    TurnsStart,
)
from recallsim.plan_names import Names
from recallsim.plan_recall import is_at_server, is_purgeable, keeps_classic_rules, lets_in
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_client import Client as ClientModel
from recallsim.scenario.models_client import Online
from recallsim.scenario.models_habits import (
    Deletes,
    Forwards,
    Glimpse,
    MarkUnread,
    Moves,
    OpensAttachment,
    OutOfOffice,
    Preview,
)
from recallsim.scenario.models_people import Group as GroupModel
from recallsim.scenario.models_people import Rule as RuleModel
from recallsim.scenario.models_people import When
from recallsim.scenario.models_reading import Reads as ReadsModel
from recallsim.scenario.models_reading import Sessions
from transport.mail.message import Message
from transport.mail.rule import Conditions
from transport.recall.codes import Folder
from transport.streams.law_rows import exponential
from transport.streams.laws import LawRow
from transport.streams.residuals import length_biased, mean_of
from transport.timing import NEVER

MAIL: Final = ("original", "request", "replacement")
ORIGINAL_ONLY: Final = (True, False, False)
NO_TIME: Final[LawRow] = (1.0, 0.0)
OPENED, SHOWN = 3, 2


class Recipients:
    """Draws up the groups of a scenario.

    Args:
        scenario: the scenario.
        names: gives calendars and folders their numbers.
        messages: what is sent, by kind.
    """

    def __init__(self, scenario: Scenario, names: Names, messages: tuple[Message, ...]) -> None:
        self.scenario = scenario
        self._names = names
        self._messages = messages

    def groups(self) -> Sequence[Group]:
        """The groups in the order of their recipients' numbers."""
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
        while_ = person.reads.while_ or person.while_
        reading = self._reading(person.reads, person.calendar, zone, while_)
        devices = [self._device(0, group.client, reading, zone, person.preview)]
        for place, further in enumerate(group.devices, start=1):
            hours, while_ = further.reads.calendar or person.hours, further.reads.while_ or person.while_
            if further.reads.while_ == "always":
                hours = None  # the hours of the person do not matter at this device
            reads = self._reading(further.reads, hours, zone, while_)
            devices.append(self._device(place, further.client, reads, zone, further.preview))
        for reader, delegate in enumerate(group.delegates, start=1):
            hours, while_ = delegate.reads.calendar, delegate.reads.while_
            reads = self._reading(delegate.reads, hours, zone, while_)
            device = self._device(len(devices), delegate.client, reads, zone, delegate.preview)
            devices.append(replace(device, reader=reader, auto_process=0.0))
        return Group(
            name=group.name,
            domain=group.organisation or self.scenario.organisation.domain,
            number=number,
            first=first,
            size=size,
            same_organisation=same_organisation,
            on_exchange=on_exchange,
            processes=keeps_classic_rules(self.scenario, group),
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
                forwards=_forwarding(person.forwards),
                opens_attachment=_later(person.opens_attachment)
                if self.scenario.message.attachment
                else None,
                glimpses=_glimpses(person.glimpse),
                absence=self._absence(person.out_of_office),
            ),
            rules=tuple(self._rules(group.rules, message) for message in self._messages),
            rules_at_client=group.client.rules_run == "client",
            reports=group.reports_to == "originator" and self._list_reports(group.name),
            at_server=is_at_server(self.scenario, group),
            lets_in=lets_in(self.scenario, group),
            processing=group.mailbox.recall_processing,
            refuses=group.mailbox.refuses_recall,
            purgeable=is_purgeable(self.scenario, group),
        )

    def _list_reports(self, group: str) -> bool:
        """Whether the list that a group is a member of lets reports reach the sender (R9.3)."""
        lists = self.scenario.transport.lists
        return all(each.reports_to == "originator" for each in lists if group in each.members)

    def _device(
        self, place: int, client: ClientModel, reading: Reading, zone: str, preview: Preview | None
    ) -> Device:
        return Device(
            number=place,
            executes=client.kind == "outlook-desktop",
            level=SHOWN if client.kind == "mobile" else OPENED,
            sync=Sync[client.sync.mode.upper()],
            period=self._names.ticks(client.sync.every),
            auto_process=client.auto_process,
            idle=client.idle.row,
            online=ALWAYS_OPEN if client.online is None else self._names.calendar(client.online.hours, zone),
            turns=_turns_of(client.online),
            marks_read=MarksRead[client.marks_read.mode.upper()],
            marks_after=self._names.ticks(client.marks_read.after),
            preview=0.0 if preview is None else preview.share,
            preview_kinds=_kinds_of(preview),
            reading=reading,
            downloads=client.kind in ("imap", "pop"),
        )

    def _reading(self, reads: ReadsModel, hours: str | None, zone: str, while_: str | None) -> Reading:
        folders, notified, reads = reads.folders, reads.notified, reads.plain
        sessions, delay, hazard = reads.sessions, reads.delay, reads.hazard
        stationary = sessions is not None and sessions.phase == "stationary"
        gap = NO_TIME if sessions is None else sessions.gap.row
        calendar = hours if hazard is None else hazard.calendar
        return Reading(
            kind=Reads[reads.kind.upper()],
            calendar=self._names.calendar(calendar, zone),
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
            inside=0.0 if hazard is None else hazard.inside * self.scenario.clock,
            outside=0.0 if hazard is None else hazard.outside * self.scenario.clock,
            while_online=while_ == "online",
            notified=0.0 if notified is None else notified.p,
            reaction=NO_TIME if notified is None else notified.after.row,
            inbox=None if sessions is None else _inbox_mail(sessions),
            clocks=tuple(FolderClock(self._names.folder(name), clock.gap) for name, clock in folders.items()),
        )

    def _absence(self, away: OutOfOffice | None) -> Absence | None:
        if away is None or away.share <= 0.0:
            return None
        begins = self._names.ticks(away.from_)
        return Absence(
            away.share, begins, NEVER if away.for_ is None else begins + self._names.ticks(away.for_)
        )

    def _habit(self, habit: MarkUnread | Moves | Deletes | None) -> Habit | None:
        if habit is None or habit.share <= 0.0:
            return None
        repeat, folder, on_arrival, hard = -1, -1, False, False
        if isinstance(habit, MarkUnread):
            repeat = -1 if habit.repeat is None else habit.repeat
        elif isinstance(habit, Moves):
            folder = self._names.folder(habit.to)
        else:
            on_arrival, hard = habit.unread, habit.hard
        return Habit(habit.share, habit.after.row, _kinds_of(habit), on_arrival, repeat, folder, hard)

    def _rules(self, rules: Sequence[RuleModel], message: Message) -> tuple[Rule, ...]:
        """The rules that match a message; R3 or R4 follows from their conditions."""
        found = []
        for number, rule in enumerate(rules):
            if rule.share > 0.0 and _conditions_of(rule.when).match(message):
                folder = -1 if rule.move_to is None else self._names.folder(rule.move_to)
                if rule.delete:
                    folder = Folder.DELETED_ITEMS.value
                found.append(Rule(number, rule.share, folder, rule.mark_read, rule.stop, rule.forward or 0))
        return tuple(found)


def _turns_of(online: Online | None) -> Turns | None:
    if online is None or online.up is None or online.down is None:
        return None
    up, down = online.up.row, online.down.row
    start = TurnsStart[(online.start or "stationary").upper()]
    if start is not TurnsStart.STATIONARY:
        return Turns(up, down, start, 0.0, up, down)
    share = mean_of(up) / (mean_of(up) + mean_of(down))
    return Turns(up, down, start, share, length_biased(up), length_biased(down))


def _forwarding(forwards: Forwards | None) -> Habit | None:
    if forwards is None or forwards.share <= 0.0:
        return None
    return Habit(forwards.share, forwards.after.row, ORIGINAL_ONLY, repeat=-1, to=forwards.to)


def _later(habit: OpensAttachment | None) -> Habit | None:
    if habit is None or habit.share <= 0.0:
        return None
    return Habit(habit.share, habit.after.row, ORIGINAL_ONLY, repeat=-1)


def _glimpses(glimpse: Glimpse | None) -> Habit | None:
    if glimpse is None or glimpse.share <= 0.0:
        return None
    return Habit(glimpse.share, NO_TIME, _kinds_of(glimpse))


def _inbox_mail(sessions: Sessions) -> InboxMail | None:
    mail = sessions.inbox_mail
    if mail is None or mail.rate <= 0.0:
        return None
    handling = sessions.handling if mail.handling is None else mail.handling
    return InboxMail(exponential(1.0 / mail.rate), handling.row, sessions.open_probability.default)


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


def _kinds_of(habit: Preview | MarkUnread | Moves | Deletes | Glimpse | None) -> tuple[bool, ...]:
    """By kind: whether the habit concerns it."""
    if habit is None:
        return (False, False, False)
    if habit.of == "any":
        return (True, True, True)
    return tuple(kind == habit.of for kind in MAIL)
