"""How much work an experiment is, said before it begins."""

from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration

if TYPE_CHECKING:
    from recallsim.estimate.stopping import Rule


def expected(what: str, runs: int, rule: "Rule", seconds: float, workers: int | None) -> str:
    """Says how many replications there will be and about how long they take.

    Args:
        what: what is run, in words.
        runs: how many runs there are.
        rule: when there is enough of each.
        seconds: one replication takes, as measured.
        workers: the most processes; None: one for each processor.
    """
    from recallsim.running.workers import default_workers

    most = workers or default_workers()
    if rule.is_fixed:
        many = f"{runs * rule.maximum:,} replications"
        time = f"about {duration(runs * rule.maximum * seconds / most)}"
    else:
        many = f"{runs * rule.minimum:,} to {runs * rule.maximum:,} replications, as the precision asks"
        low, high = (runs * n * seconds / most for n in (rule.minimum, rule.maximum))
        time = f"about {duration(low)} to {duration(high)}"
    who = "1 process" if most == 1 else f"{most} processes"
    return f"{what}: {many}, {time} on {who} ({duration(seconds)} a replication), less what the stores have."
