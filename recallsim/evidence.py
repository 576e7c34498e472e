"""What a result's pictures are drawn from: the replications one by one, and where they came from."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from recallsim.estimate.shape import Tallied

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.scenario import Scenario

FOLLOWED: Final = ("seen", "decided", "told")
"""What is counted over time: who had seen the original, was decided, had been reported to the sender."""


class Trajectory(NamedTuple):
    """A share of a group's recipients over time, with its interval over replications.

    Attributes:
        what: one of `FOLLOWED`.
        group: a group's name, or `all`.
        seconds: the times, since the press of Send.
        mean: the share by each of them.
        low, high: ends of the intervals; empty after a single replication.
    """

    what: str
    group: str
    seconds: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Noticing(NamedTuple):
    """When the sender noticed in one replication, and the share of recalls that then succeeded."""

    seconds: float | None
    success: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The replications behind a result.

    Attributes:
        seconds: the times of the curves.
        curves: how many recipients had seen, were decided, were told about: [n, groups + 1, 3, times].
        successes: recipients whose recall succeeded, one a replication.
        groups: the names of the reported groups with their rows in `curves` and sizes; `all` is the last.
        source: the text of the scenario file.
        scenario, plan: what was simulated; None where this version cannot tell any more.
        command: how to have the same numbers again, as arguments of `recallsim`.
        changed: keys whose values are not those of the text, where `command` cannot name the change.
        pairs: replications 2k and 2k + 1 are antithetic pairs.
    """

    seconds: tuple[float, ...]
    curves: Tallied
    successes: tuple[int, ...]
    groups: tuple[tuple[str, int, int], ...]
    source: str
    scenario: "Scenario | None"
    plan: "Plan | None"
    command: tuple[str, ...]
    changed: tuple[str, ...] = ()
    pairs: bool = False

    def trajectory(self, what: str, group: str = "all", *, confidence: float = 0.95) -> Trajectory:
        """Gives the share of a group's recipients over time.

        Raises:
            LookupError: there is no such group, or nothing of the kind is followed.
        """
        import numpy as np

        from recallsim.estimate.intervals import of_counts

        if what not in FOLLOWED:
            raise LookupError(f"{what!r} is not followed over time; followed are {', '.join(FOLLOWED)}")
        place = {name: (row, size) for name, row, size in self.groups}
        if group not in place:
            raise LookupError(f"there is no group {group!r}; there are {', '.join(place)}")
        row, size = place[group]
        if not len(self.curves) or not size:
            return Trajectory(what, group, (), (), (), ())
        found = []
        for at in range(len(self.seconds)):
            counts = self.curves[:, row, FOLLOWED.index(what), at].astype(np.int64)
            found.append(of_counts(counts, size, rate=True, confidence=confidence, pairs=self.pairs))
        low = tuple(each.low for each in found if each.low is not None)
        high = tuple(each.high for each in found if each.high is not None)
        mean = tuple(each.mean or 0.0 for each in found)
        return Trajectory(what, group, self.seconds, mean, low, high)

    def noticings(self, seed: int) -> list[Noticing]:
        """Gives for each replication when the sender noticed; empty where the plan is not known.

        That moment is a draw at an address of its own, so nobody needs to have written it down.
        """
        if self.plan is None or not self.successes:
            return []
        from agents.sender import notices_at

        found = []
        for replication, succeeded in enumerate(self.successes):
            tick = notices_at(self.plan, seed, replication)
            seconds = None if tick < 0 else tick * self.plan.clock
            found.append(Noticing(seconds, succeeded / max(self.plan.count, 1)))
        return found

    def bins(self, seed: int, confidence: float, most: int = 10) -> "list[NoticingBin]":
        """Gives success against the time to notice: replications of like times together.

        There are as many bins as leave eight replications to each, `most` at most; replications in which the
        sender never noticed are left out. There are none of antithetic pairs, whose halves fall into different bins.
        """
        import numpy as np

        from recallsim.estimate.intervals import of_values

        if self.pairs:
            return []
        there = sorted(
            (each.seconds, each.success) for each in self.noticings(seed) if each.seconds is not None
        )
        if not there or there[0][0] == there[-1][0]:
            return []
        number = max(1, min(most, len(there) // 8))
        cuts = [k * len(there) // number for k in range(number + 1)]
        found = []
        for begin, end in pairwise(cuts):
            part = there[begin:end]
            it = of_values(np.array([success for _, success in part]), rate=True, confidence=confidence)
            times = [seconds for seconds, _ in part]
            found.append(
                NoticingBin(
                    len(part), times[0], times[len(times) // 2], times[-1], it.mean or 0.0, it.low, it.high
                )
            )
        return found


class NoticingBin(NamedTuple):
    """Replications in which the sender noticed about equally soon.

    Attributes:
        replications: how many.
        earliest, median, latest: when the sender noticed, in seconds.
        mean, low, high: the share of recalls that succeeded.
    """

    replications: int
    earliest: float
    median: float
    latest: float
    mean: float
    low: float | None
    high: float | None


def gather(
    scenario: "Scenario",
    plan: "Plan",
    values: Tallied,
    curves: Tallied,
    command: tuple[str, ...],
) -> Evidence:
    """Puts together what an experiment leaves behind for its pictures.

    Args:
        scenario, plan: what was simulated.
        values: tallies of the replications that count: [n, groups + 1, names].
        curves: their curves.
        command: how to have the same numbers again.
    """
    from recallsim.estimate.bins import curve_times
    from recallsim.estimate.names import tally_names
    from recallsim.estimate.shape import labels, sizes

    # Weighted counts are no picture of any replication.
    known = 0 if plan.weighted else len(values)
    succeeded = values[:known, -1, tally_names(plan).index("succeeded")]
    of = sizes(plan)
    return Evidence(
        seconds=curve_times(plan),
        curves=curves[:known],
        successes=tuple(int(count) for count in succeeded.tolist()),
        groups=tuple((name, row, of[row]) for name, row in labels(plan)),
        source=scenario.source,
        scenario=scenario,
        plan=plan,
        command=command,
        pairs=plan.antithetic,
    )
