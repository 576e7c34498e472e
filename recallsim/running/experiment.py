"""One experiment: replications of a plan until there are enough, kept as they finish, and estimated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recallsim.estimate.shape import Tallied
from recallsim.running.conduct import conduct
from recallsim.running.errors import ReplicationError
from recallsim.running.ledger import Enough, Fixed
from recallsim.running.progress import Progress, Silent
from recallsim.running.shelf import Keeping
from recallsim.running.work import Engine, EngineWork, Work
from recallsim.running.workers import Pool, default_workers

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.estimate.estimates import Estimate
    from recallsim.estimate.stopping import Rule
    from recallsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an experiment has given.

    Attributes:
        values: tallies of the replications that count, from number 0 on: [n, groups + 1, names].
        curves: their curves: [n, groups + 1, 3, 64].
        n: how many count.
        precision_reached: whether the precision was reached; None where a number of replications was asked
            for.
        interrupted: whether Ctrl-C or SIGTERM stopped it; what is here was finished before, without a gap.
        signal: the number of that signal, or None.
        estimates: the estimates over the replications that count, as they stand in the store; () where n is
            0.
        store: the file, or None.
        resumed: how many of the replications the store had already.
        workers: the most processes that were allowed.
        seconds: by the wall clock.
    """

    values: Tallied
    curves: Tallied
    n: int
    precision_reached: bool | None
    interrupted: bool
    signal: int | None
    estimates: "tuple[Estimate, ...]"
    store: Path | None
    resumed: int
    workers: int
    seconds: float


def run_experiment(
    scenario: "Scenario",
    plan: "Plan",
    *,
    seed: int,
    rule_or_n: "Rule | int",
    workers: int | None = None,
    store_path: Path | str | None = None,
    engine: Engine,
    record_recipients: bool = False,
    progress: Progress | None = None,
    confidence: float | None = None,
    variant: str = "base",
    metrics: Sequence[str] = (),
    pool: Callable[[Work, int], Pool] = Pool,
) -> Outcome:
    """Run replications until there are enough, and estimate.

    Replications that the store has for this scenario and seed are not computed again. The first Ctrl-C (or
    SIGTERM) ends the run in order, with what is finished; the second at once. May be called while an asyncio
    loop is running.

    Args:
        scenario: The resolved scenario.
        plan: What was drawn up from it.
        seed: From 0 to 2^64-1.
        rule_or_n: The rule that says when it is enough, or a plain number.
        workers: The most processes; None: one for each processor. No result depends on it.
        store_path: The file in which replications are kept; None: nowhere.
        engine: `(plan, seed, first, count) -> Observation`, a function of a module; with an attribute `threads`
            it uses several processors by itself.
        record_recipients: Whether the store gets a row for each recipient as well.
        progress: Who watches.
        confidence: Of the estimates; None: the rule's, or 0.95 for a plain number.
        variant: The name of the scenario's variant, for the estimates.
        metrics: Metrics to estimate besides those that the plan asks for.
        pool: What gives the workers: `(work, workers) ->` an object like `Pool`.

    Raises:
        StoreError: The store cannot be used, or belongs to another scenario.
        ReplicationError: The engine failed in a replication; what was stored is safe.
        WorkersLost: Worker processes end again and again.
        ValueError: A number of replications or workers below 1.
    """
    from recallsim.estimate.estimates import estimate
    from recallsim.running.identity import identify

    identity = identify(scenario, plan, seed)
    fixed = isinstance(rule_or_n, int) or rule_or_n.is_fixed
    rule: Enough = Fixed(rule_or_n) if isinstance(rule_or_n, int) else Ruled(rule_or_n, plan)
    if rule.maximum < 1:
        raise ValueError(f"{rule.maximum} replications were asked for; there has to be at least 1")
    level = confidence or (0.95 if isinstance(rule_or_n, int) else rule_or_n.confidence)

    def summarise(values: Tallied) -> "tuple[Estimate, ...]":
        return estimate(values, plan, confidence=level, variant=variant, metrics=metrics)

    # The batch engine works on threads of its own, in this process.
    most = 1 if hasattr(engine, "threads") else default_workers() if workers is None else workers
    path = None if store_path is None else Path(store_path)
    wanted = rule.maximum if fixed else None
    keeping = Keeping(path, identity, record_recipients and path is not None, wanted=wanted)
    work = EngineWork(engine, plan, seed, keeping.record)
    try:
        finished, estimates = conduct(work, rule, most, keeping, progress or Silent(), summarise, level, pool)
    except ReplicationError as error:
        raise error.located(keeping.identity.name, seed, path) from error.__cause__
    return Outcome(
        values=finished.values,
        curves=finished.curves,
        n=finished.n,
        precision_reached=None if fixed else finished.reached,
        interrupted=finished.signal is not None,
        signal=finished.signal,
        estimates=estimates,
        store=path,
        resumed=finished.resumed,
        workers=most,
        seconds=finished.seconds,
    )


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule of the estimators, asked about one plan."""

    rule: "Rule"
    plan: "Plan"

    @property
    def maximum(self) -> int:
        """The most replications."""
        return self.rule.maximum

    def next_examined(self, n: int) -> int:
        """The next number of replications at which the rule looks."""
        return self.rule.next_examined(n)

    def satisfied(self, values: Tallied) -> bool:
        """Whether these replications are enough."""
        return self.rule.satisfied(values, self.plan)
