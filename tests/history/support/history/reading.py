"""What the checker reads: events, the terms of a recall, and what it has to say."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FOLDERS = {0: "inbox", 1: "deleted_items", 2: "junk"}
OUTSIDE_THE_STORY = frozenset({"tick", "moment", "clock", "agent", "event"})


class Event(NamedTuple):
    """One line of a trace: when, who, what; message, device, folder and the like are facts."""

    tick: int
    agent: str
    event: str
    facts: Mapping[str, object]

    @property
    def recipient(self) -> int:
        """Whom it concerns; 0: everybody."""
        return int(self.facts.get("recipient", 0))


class Violation(NamedTuple):
    """One breach of a rule. `rule` is one of the words in `checking.RULES`."""

    rule: str
    tick: int
    recipient: int
    what: str


@dataclass(frozen=True)
class Device:
    """A program with which a mailbox is read."""

    executes: bool  # a desktop Outlook
    automatic: bool  # it may process requests by itself
    sync: str = "push"  # push, cached, poll, fetch
    level: int = 3  # of an opening
    downloads: bool = False  # POP or IMAP (S11)
    left_alone: tuple[str, ...] = ("deleted_items", "junk")  # folders whose mail nobody handles at it
    lags: bool = False  # what is done at it, or removed at the mailbox, crosses with its next sync only
    reader: int = 0  # whose it is: 0 the owner's, else a delegate's


@dataclass(frozen=True)
class Addressee:
    """What a recipient is, as far as the rules ask."""

    internal: bool = True  # in the sender's organisation
    exchange: bool = True
    mailbox: str = "user"  # user, shared, public
    devices: tuple[Device, ...] = (Device(True, True),)
    reported: bool = True  # reports on it go to the sender (R9.3)
    at_server: bool = False  # the recall agent takes its requests (S2)
    lets_in: bool = False  # another organisation, whose servers carry it out (S7, S10)
    processing: float = 1.0  # share of mailboxes in which recalls are processed (S6)
    refuses: float = 0.0  # share of owners who refuse (S10)

    @property
    def reachable(self) -> bool:
        """Whether a request can be processed there at all (R6.1); a tenant that lets us in is as internal (S7, S6)."""
        return (self.internal or self.lets_in) and self.exchange and not self.at_server

    def device(self, number: int) -> Device:
        """The program behind a device number; readers of one mailbox use the same kind."""
        return self.devices[number] if self.mailbox == "user" else self.devices[0]


@dataclass(frozen=True)
class ServerTerms:
    """The policies of servers that carry recalls out, and of the administrator."""

    reads_too: bool = True  # S3
    spoils: bool = False  # S11
    across: str = "nobody"  # S7, S10
    retries: bool = False  # S8
    failure: bool = False
    purges_read: bool = True  # S13
    alerts: bool = False  # S5, S13: somebody may be told


@dataclass(frozen=True)
class Terms:
    """The terms of one recall: what the scenario says, as far as the rules ask."""

    horizon: int
    addressees: tuple[Addressee, ...]  # of recipient 1, 2, ...
    tell_me: bool = True
    early: str = "wait"  # wait, drop_on_arrival, drop_on_processing, delete_on_delivery
    intercept: bool = False
    first_reader_decides: bool = False
    seen_level: int = 2  # from which on something counts as seen
    max_age: int = -1  # since delivery, S10; -1: none
    servers: ServerTerms = ServerTerms()


def events_of(trace: Iterable[tuple[int, str, str, Mapping[str, object]]]) -> list[Event]:
    """Take a trace as it lies in memory: (tick, agent, event, facts), folders by number."""
    return [Event(tick, agent, event, _named(facts)) for tick, agent, event, facts in trace]


def lines_of(text: str, ticks_a_second: float) -> tuple[list[Event], list[dict[str, object]]]:
    """Take a trace as the command prints it, one JSON object a line: the events, and the ends of the recipients."""
    events, ends = [], []
    for line in text.splitlines():
        found = json.loads(line)
        facts = {key.rstrip("_"): value for key, value in found.items() if key not in OUTSIDE_THE_STORY}
        if found["event"] == "end":
            del facts["group"]
            facts["original_place"] = facts.pop("place")
            for name in ("decided", "seen"):
                seconds = facts[name]
                facts[name] = -1 if seconds is None else round(seconds * ticks_a_second)
            ends.append(facts)
        else:
            events.append(Event(found["tick"], found["agent"], found["event"], facts))
    return events, ends


def _named(facts: Mapping[str, object]) -> dict[str, object]:
    named = dict(facts)
    folder = named.get("folder")
    if isinstance(folder, int):
        named["folder"] = FOLDERS.get(folder, f"folder {folder}")
    return named
