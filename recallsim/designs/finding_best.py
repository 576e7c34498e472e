"""Which variant is best: those that break a limit go first, then selection with a guarantee, or by a budget."""

from collections.abc import Sequence
from dataclasses import dataclass

from recallsim.designs import feasibility, kim_nelson, ocba
from recallsim.designs.competing import Competition


@dataclass(frozen=True, slots=True)
class Terms:
    """How surely the best is to be found.

    Attributes:
        indifference: the smallest difference worth finding.
        tolerance: how far from a limit either answer is right, as a share of the limit.
        confidence: the probability of a right selection.
        first: replications of each before any goes.
        most: the most replications of each.
        budget: replications of all together, instead of the guarantee; or None.
    """

    indifference: float
    tolerance: float
    confidence: float
    first: int
    most: int
    budget: int | None = None

    def check(self, systems: int) -> None:
        """Make sure that a budget does for so many systems, before anything runs.

        Raises:
            ValueError: It is too small; the message names the smallest that does.
        """
        least = self.first * systems
        if self.budget is not None and self.budget < least:
            raise ValueError(
                f"a budget of {self.budget:,} replications does not give each of {systems} variants its first "
                f"{self.first}; the smallest that does is {least:,}"
            )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one system fared.

    Attributes:
        system: its number.
        fate: `best`, `left` (neither eliminated nor chosen), `eliminated` or `infeasible`.
        replications: that its standing rests on.
        limit: the number of the limit that it breaks, or None.
    """

    system: int
    fate: str
    replications: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the search.

    Attributes:
        best: the system chosen; None where none keeps the limits.
        standings: of every system, in their order.
        settled: whether everything was decided before the replications ran out.
        probability: with a budget, the estimated probability of a right choice; None without.
    """

    best: int | None
    standings: tuple[Standing, ...]
    settled: bool
    probability: float | None


def found(competition: Competition, systems: Sequence[int], terms: Terms) -> Found:
    """Search.

    Raises:
        ValueError: A metric does not exist in some replication.
        Stopped: A signal came.
    """
    if terms.budget is not None:
        return _by_budget(competition, systems, terms, terms.budget)
    limits = competition.aim.limits
    error = 1.0 - terms.confidence
    share = error / 2.0 if limits else error
    judged = _judged(competition, systems, terms, share) if limits else ()
    broken = {each.system: each for each in judged if not each.keeps}
    keepers = [system for system in systems if system not in broken]
    standings = {
        each.system: Standing(each.system, "infeasible", each.after, each.limit) for each in broken.values()
    }
    settled = all(each.settled for each in judged)
    best: int | None = None
    if keepers:
        chosen = kim_nelson.select(
            competition.objective,
            keepers,
            indifference=terms.indifference,
            alpha=share,
            first=terms.first,
            most=terms.most,
        )
        best, settled = chosen.best, settled and chosen.settled
        gone = {each.system: each.after for each in chosen.eliminated}
        n = max(chosen.n, terms.first)
        for system in keepers:
            fate = "best" if system == best else "eliminated" if system in gone else "left"
            standings[system] = Standing(system, fate, gone.get(system, n))
        if len(keepers) == 1:
            competition.objective(keepers, terms.first)
    return Found(best, tuple(standings[system] for system in systems), settled, None)


def tolerances(competition: Competition, terms: Terms) -> list[float]:
    """Of each limit: a share of it; the indifference zone where the limit is 0."""
    return [abs(each.value) * terms.tolerance or terms.indifference for each in competition.aim.limits]


def _judged(
    competition: Competition, systems: Sequence[int], terms: Terms, alpha: float
) -> tuple[feasibility.Verdict, ...]:
    return feasibility.verdicts(
        competition.excess,
        systems,
        tolerances(competition, terms),
        alpha=alpha,
        first=terms.first,
        most=terms.most,
    )


def _by_budget(competition: Competition, systems: Sequence[int], terms: Terms, budget: int) -> Found:
    """Limits are judged by the means of the first replications, the rest of the budget goes to those that keep them."""
    broken: dict[int, int] = {}
    for limit in range(len(competition.aim.limits)):
        excess = competition.excess(systems, limit, terms.first)
        for system, mean in zip(systems, excess.mean(axis=1), strict=True):
            if mean > 0.0:
                broken.setdefault(system, limit)
    keepers = [system for system in systems if system not in broken]
    standings = {
        system: Standing(system, "infeasible", terms.first, limit) for system, limit in broken.items()
    }
    if not keepers:
        return Found(None, tuple(standings[system] for system in systems), True, None)
    spent = ocba.spend(
        lambda system, n: competition.objective([system], n)[0],
        keepers,
        budget=budget - terms.first * len(broken),
        first=terms.first,
        step=max(1, len(keepers)) * 5,
    )
    for system, n in zip(keepers, spent.replications, strict=True):
        standings[system] = Standing(system, "best" if system == spent.best else "left", n)
    return Found(spent.best, tuple(standings[system] for system in systems), True, spent.confidence)
