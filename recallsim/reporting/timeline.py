"""One replication as a story: when, who, what; and where every recipient stands at its end."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from recallsim.reporting.numbers import plural
from recallsim.reporting.plain import plain
from transport.recall.codes import Folder, Place, Reason, SeenPhase, Status, Told

if TYPE_CHECKING:
    from recallsim.engines.observation import Column

_DAY = 86_400_000
_FOLDERS = {folder.value: folder.name.lower() for folder in Folder if folder is not Folder.FIRST_NAMED}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Calendar(Protocol):
    """What is needed of a plan to turn its ticks into times."""

    @property
    def clock(self) -> float:
        """Seconds a tick."""

    @property
    def start(self) -> int:
        """The tick of the week at which the message is sent."""

    @property
    def start_calendar(self) -> int:
        """Below 0 where the moment of sending is fixed."""


class End(NamedTuple):
    """How one replication ended for one recipient."""

    recipient: int
    group: str
    status: str
    reason: str
    decided: float | None
    seen: float | None
    seen_phase: str
    place: str
    told: str

    def facts(self) -> dict[str, object]:
        """Gives the end as facts of a log line."""
        return {**self._asdict(), "agent": "observer", "event": "end"}


def moment(seconds: float) -> str:
    """Writes a time since the press of Send: "+0:10:03.250"."""
    rest = round(seconds * 1000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"+{hours}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def on_the_clock(plan: Calendar, tick: int) -> dict[str, str]:
    """Gives weekday and time of day ("Tue 10:43:12"); nothing where the moment of sending is drawn."""
    if plan.start_calendar >= 0:
        return {}
    days, rest = divmod(int((plan.start + tick) * plan.clock * 1000 + 1e-6), _DAY)
    seconds = rest // 1000
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return {"clock": f"{_WEEKDAYS[days % 7]} {time}"}


def seconds_of(tick: int, clock: float) -> float:
    """Gives a tick in seconds, exactly where a second is a whole number of ticks."""
    ticks_a_second = round(1 / clock)
    exact = ticks_a_second >= 1 and abs(ticks_a_second * clock - 1) < 1e-12
    return tick / ticks_a_second if exact else tick * clock


def ends(recipients: "Mapping[str, Column]", groups: Sequence[str], clock: float) -> Iterator[End]:
    """Gives every recipient's end, in order, from the recipient columns of a single replication."""
    for i in range(len(recipients["status"])):
        yield End(
            i + 1,
            groups[int(recipients["group"][i])],
            _word(Status, recipients["status"][i]),
            _word(Reason, recipients["reason"][i]),
            _seconds(recipients["decided"][i], clock),
            _seconds(recipients["seen"][i], clock),
            _word(SeenPhase, recipients["seen_phase"][i]),
            _word(Place, recipients["original_place"][i]),
            _word(Told, recipients["told"][i]),
        )


def story(end: End) -> str:
    """Says in one sentence how it ended for one recipient."""
    status = end.status if end.reason == "none" else f"{end.status}, {end.reason}"
    decided = "" if end.decided is None else f" at {moment(end.decided)}"
    seen = (
        "never seen"
        if end.seen is None
        else f"seen at {moment(end.seen)} ({end.seen_phase.replace('_', ' ')})"
    )
    place = end.place.replace("_", " ")
    return (
        f"recipient {end.recipient} ({plain(end.group)}): {status}{decided}; {seen}; "
        f"the message: {place}; the sender was told: {end.told}"
    )


def summary(all_ends: Sequence[End]) -> Iterator[str]:
    """Counts how it ended, most frequent first."""
    seen = sum(end.seen is not None for end in all_ends)
    yield f"{plural(len(all_ends), 'recipient')}, {seen:,} of whom saw the message:"
    counted = Counter((end.status, end.reason) for end in all_ends)
    for (status, reason), number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number:>9,}  {status}" + ("" if reason == "none" else f", {reason}")


def fact(key: str, value: object) -> str:
    """Writes a fact of an event for people; empty where it goes without saying."""
    if key == "device" and value == 0:
        return ""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return f"{plain(key)}={plain(str(value))}"


def named_fact(key: str, value: object, folders: Sequence[str]) -> object:
    """Gives the name of a folder, of `folders` where somebody made it; other facts stay."""
    if not key.endswith("folder") or not isinstance(value, int) or value < 0:
        return value
    return folders[value - Folder.FIRST_NAMED] if value >= Folder.FIRST_NAMED else _FOLDERS[value]


def _word(codes: type[IntEnum], number: int) -> str:
    return codes(int(number)).name.lower()


def _seconds(tick: int, clock: float) -> float | None:
    return None if tick < 0 else seconds_of(int(tick), clock)
