"""The numbers that a plan gives to names: calendars and folders."""

from collections.abc import Sequence

from agents.records import ALWAYS_OPEN
from recallsim.plan_transport import ticks_in
from recallsim.scenario.meanings import WEEK, open_week, standard_offset
from recallsim.scenario.models import Scenario
from transport.recall.codes import Folder


class Names:
    """Calendars and folders in the order in which they are first named.

    Args:
        scenario: whose names.

    Attributes:
        calendars: each in ticks of the week of the sender's zone.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.calendars: list[tuple[int, ...]] = []
        self._folders: dict[str, int] = {
            "inbox": Folder.INBOX.value,
            "deleted items": Folder.DELETED_ITEMS.value,
            "junk": Folder.JUNK.value,
        }
        self._written: list[str] = []

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders beside the usual three as they were first written, from number `Folder.FIRST_NAMED` on."""
        return tuple(self._written)

    def ticks(self, seconds: float) -> int:
        """A duration in ticks."""
        return ticks_in(seconds, self.scenario.clock)

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
        """The number of a folder, whose name is compared without regard to case."""
        key = name.strip().lower()
        if key not in self._folders:
            self._folders[key] = Folder.FIRST_NAMED + len(self._written)
            self._written.append(name.strip())
        return self._folders[key]


def _joined(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
