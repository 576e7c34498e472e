"""The plan: what a society is built from, with everything resolved that depends neither on time nor on chance.

Frozen records of ints, floats and rows of numbers; small whatever the number of recipients. Laws are rows of
`transport.streams` in seconds, everything else that is a time is in ticks. Tuples "by kind" are indexed by the message
kinds original, request, replacement, report. A share is a probability that is drawn once per recipient and replication.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from agents.policy import AgentPlan, PurgePlan, ReportPlan
from transport.mail.directory import Directory, Entry
from transport.recall.codes import Kind
from transport.relay.settings import ByKind, LawRow, Link, MailingList, Stage
from transport.streams.laws import TILTED

ALWAYS_OPEN: Final = -1
"""A calendar number that stands for no calendar."""


class Sync(IntEnum):
    """How a device learns of what is in the mailbox (model.md 3, *visible*)."""

    PUSH = 0
    CACHED = 1
    POLL = 2
    FETCH = 3


class MarksRead(IntEnum):
    """When the reading pane sets the flag (recall.md 0)."""

    ON_LEAVE = 0
    AFTER = 1
    NEVER = 2


class Reads(IntEnum):
    """How a person comes to open mail (model.md 4)."""

    NEVER = 0
    DELAY = 1
    SESSIONS = 2
    HAZARD = 3


class HandlingOrder(IntEnum):
    """Which unread message a person handles next within a check."""

    NEWEST = 0
    OLDEST = 1
    RANDOM = 2
    REQUEST_FIRST = 3


class MailboxKind(IntEnum):
    """Whose mailbox it is."""

    USER = 0
    SHARED = 1
    PUBLIC = 2


class TurnsStart(IntEnum):
    """What turn a program is in at Send."""

    STATIONARY = 0
    UP = 1
    DOWN = 2


class EarlyRequest(IntEnum):
    """What becomes of a request that is there before the original (R7.1)."""

    WAIT = 0
    DROP_ON_ARRIVAL = 1
    DROP_ON_PROCESSING = 2
    DELETE_ON_DELIVERY = 3


@dataclass(frozen=True, slots=True)
class SenderPlan:
    """The sender: what she wants, what she may, how fast she is."""

    hold: int
    notices: LawRow
    acts: LawRow
    account_on_exchange: bool
    enabled: bool
    protected: bool
    client_can_recall: bool
    opened: bool
    max_age: int  # -1: none
    in_sent_items: bool
    recallable: bool  # a system that acts after the hold is over
    tells: bool
    early_request: EarlyRequest
    intercept: bool
    first_reader_decides: bool  # R5.3, the page's letter
    compose: LawRow | None  # the replacement, None: there is none
    abandon: float
    correction: LawRow | None  # a plain correction after a refusal
    window: int = -1  # S11, -1: none
    looks_every: int = 0  # H2: between two looks at the queue of held messages, 0: released on the tick
    max_age_since_delivery: int = -1  # S10, where the recipient's own Outlook decides


@dataclass(frozen=True, slots=True)
class Rule:
    """One inbox rule that matches one kind of message."""

    number: int  # its place in the group's list, the address of its draw
    share: float
    folder: int  # -1: leaves the message where it is
    mark_read: bool
    stop: bool
    forward: int = 0  # to how many people outside the list


@dataclass(frozen=True, slots=True)
class Habit:
    """What a person does with a message some time after meeting it: mark unread, move, delete or forward."""

    share: float
    after: LawRow
    kinds: tuple[bool, ...]  # by kind
    on_arrival: bool = False  # from arrival instead of from the opening
    repeat: int = 1  # how many times, -1 without a limit
    folder: int = -1
    hard: bool = False
    to: int = 0  # how many people it is forwarded to


@dataclass(frozen=True, slots=True)
class Turns:
    """Times online and offline of a program that alternate."""

    up: LawRow
    down: LawRow
    start: TurnsStart
    share_up: float  # of all time
    met_up: LawRow  # length-biased: the time up that a stationary start is in
    met_down: LawRow


@dataclass(frozen=True, slots=True)
class InboxMail:
    """Other mail that takes its turn in the checks of one inbox."""

    gap: LawRow  # between arrivals
    handling: LawRow
    opened: float


@dataclass(frozen=True, slots=True)
class FolderClock:
    """A folder with a clock of its own: delays and gaps are `factor` times as long there."""

    folder: int
    factor: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How mail comes to be opened at one device."""

    kind: Reads
    calendar: int  # the hours in which delays, gaps and rates run
    delay: ByKind
    gap: LawRow
    first_gap: LawRow  # the length-biased gap, or the gap itself (fresh)
    stationary: bool
    per_session: int  # 0: no limit
    open_probability: tuple[float, ...]
    handling: LawRow
    order: HandlingOrder
    inside: float  # hazard, per tick
    outside: float
    while_online: bool = False  # delays, gaps and rates pause while the device is offline
    notified: float = 0.0  # the probability of a reaction to a notification
    reaction: LawRow = (1.0, 0.0)
    inbox: InboxMail | None = None
    clocks: tuple[FolderClock, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A program at which a mailbox is read, and how its person reads there."""

    number: int
    executes: bool  # it can execute a classic request: a desktop Outlook
    level: int  # of an opening: 3, on a phone 2
    sync: Sync
    period: int  # ticks: the cached timer, the poll, the fetch
    auto_process: float
    idle: LawRow
    online: int  # calendar
    marks_read: MarksRead
    marks_after: int
    preview: float  # the share who read in the pane here
    preview_kinds: tuple[bool, ...]
    reading: Reading
    downloads: bool = False  # a POP or IMAP program: what it shows is downloaded (S11)
    turns: Turns | None = None  # online in turns, instead of in a calendar
    reader: int = 0  # a delegate's number; 0: the mailbox is the reader's own


@dataclass(frozen=True, slots=True)
class Absence:
    """Ticks, `from_` to before `until`, in which a share of the persons reads nothing."""

    share: float
    from_: int
    until: int


@dataclass(frozen=True, slots=True)
class Person:
    """What kind of reader the recipient is, whatever the device."""

    never: float
    curiosity: float
    marks_unread: Habit | None
    moves: Habit | None
    deletes: Habit | None
    forwards: Habit | None = None
    opens_attachment: Habit | None = None
    glimpses: Habit | None = None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Recipients of one description; numbers `first` to `first + size - 1`."""

    name: str
    domain: str
    number: int
    first: int
    size: int
    same_organisation: bool
    on_exchange: bool
    processes: bool  # a request can be processed there by classic rules (R6.1, S6)
    mailbox: MailboxKind
    readers: int
    full_rights: float
    devices: tuple[Device, ...]
    person: Person
    rules: tuple[tuple[Rule, ...], ...]  # by kind
    rules_at_client: bool
    reports: bool  # whether reports on its members go back to the sender (R9.3)
    at_server: bool = False  # the recall agent of the servers takes its requests (S2-S12)
    lets_in: bool = False  # another organisation that executes our recalls (S7, S10)
    processing: float = 1.0  # mailboxes in which recalls are processed (S6)
    refuses: float = 0.0  # owners who refuse recalls (S10)
    purgeable: bool = False  # the administrator reaches its mailboxes (S13)

    @property
    def watched(self) -> bool:
        """Whether somebody beside the person looks into its mailboxes: servers, which a device has to keep up with."""
        return self.at_server or self.purgeable

    @property
    def is_tilted(self) -> bool:
        """Whether early openings of the original at the first device are drawn more often (importance sampling)."""
        delay = self.devices[0].reading.delay if self.devices else ()
        return bool(delay) and delay[0][0] == TILTED

    @property
    def executes(self) -> bool:
        """Whether a program that can carry out a classic request looks into its mailboxes."""
        return any(device.executes for device in self.devices)

    @property
    def has_clocks(self) -> bool:
        """Whether a folder is looked into by a clock of its own."""
        return any(device.reading.clocks for device in self.devices)

    @property
    def shares_mailboxes(self) -> bool:
        """Whether several devices or readers look into one mailbox, and have flags in common."""
        several = len(self.devices) > 1 or self.readers > 1
        return several and self.mailbox is not MailboxKind.PUBLIC


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario made ready for the engines."""

    name: str
    clock: float  # seconds a tick
    horizon: int
    week: int  # ticks
    start: int  # tick of the week at t = 0
    start_calendar: int  # drawn from its open time per replication; ALWAYS_OPEN: `start` holds
    calendars: tuple[tuple[int, ...], ...]
    sender: SenderPlan
    stages: tuple[Stage, ...]
    link: Link
    reports_shared: bool
    groups: tuple[Group, ...]
    count: int
    metrics: tuple[str, ...]
    agent: AgentPlan | None = None
    report: ReportPlan | None = None  # None: a report for each recipient
    purge: PurgePlan | None = None
    lists: tuple[MailingList, ...] = ()
    seen_level: int = 2  # from which level on the original counts as seen
    antithetic: bool = False  # replications come in pairs, the second with 1 - u for every u of the first
    folders: tuple[str, ...] = ()  # names of those that somebody made, from number FIRST_NAMED on

    @property
    def has_replacement(self) -> bool:
        """Whether a replacement or a correction may be sent."""
        return self.sender.compose is not None or self.sender.correction is not None

    @property
    def kinds(self) -> tuple[int, ...]:
        """The kinds of message that may go through the servers on their own account, reports among them."""
        replacements = (Kind.REPLACEMENT.value,) if self.has_replacement else ()
        reports = (Kind.REPORT.value,) if self.tells else ()
        return Kind.ORIGINAL.value, Kind.REQUEST.value, *replacements, *reports

    @property
    def weighted(self) -> bool:
        """Whether what an observation counts has to be weighted (importance sampling)."""
        return any(group.is_tilted for group in self.groups)

    def directory(self) -> Directory:
        """Who the recipients are."""
        return Directory([Entry(g.name, g.first, g.size, g.domain) for g in self.groups])

    def group_of(self, number: int) -> Group:
        """The group of a recipient."""
        return next(group for group in self.groups if number < group.first + group.size)

    @property
    def forwards(self) -> bool:
        """Whether copies may be sent on to people outside the list."""
        return any(
            group.person.forwards is not None or any(rule.forward for rules in group.rules for rule in rules)
            for group in self.groups
        )

    @property
    def glimpses(self) -> bool:
        """Whether notifications may show a line."""
        return any(group.person.glimpses is not None for group in self.groups)

    @property
    def opens_attachments(self) -> bool:
        """Whether an attachment may be opened."""
        return any(group.person.opens_attachment is not None for group in self.groups)

    @property
    def tells(self) -> bool:
        """Whether reports may come back."""
        return self.sender.tells

    @property
    def public(self) -> bool:
        """Whether a public folder is among the recipients."""
        return any(group.mailbox is MailboxKind.PUBLIC for group in self.groups)
