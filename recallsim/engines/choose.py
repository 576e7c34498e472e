"""Which engine runs a plan, and why."""

import os
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from agents.records import Plan
from recallsim.engines.effort import seconds_per_replication
from recallsim.engines.observation import Observation
from recallsim.errors import EngineError

Simulate = Callable[[Plan, int, int, int], Observation]
ENGINES: Final = ("auto", "agents", "batch")
LOAD_SECONDS: Final = 0.2
COMPILE_SECONDS: Final = 30.0
"""What the batch engine costs before its first replication: loading its kernel; compiling it, once."""
TYPICAL_REPLICATIONS: Final = 100
"""So many are expected where nobody says how many there will be."""


class Choice(NamedTuple):
    """An engine: its name, its function, and why it was taken."""

    name: str
    simulate: Simulate
    why: str


def choose(
    name: str,
    plan: Plan,
    replications: int | None = None,
    workers: int | None = None,
    threads: int | None = None,
) -> Choice:
    """Take the engine called `name`; `auto` takes the quickest one that can run the plan. All give the same answers.

    Args:
        name: `auto`, `agents` or `batch`.
        plan: what is to be simulated.
        replications: how many there will be at least; None: it is not known.
        workers: how many processors may be used; None: all.
        threads: how many of them the batch engine uses in one process; None: as many.

    Raises:
        ValueError: there is no such engine.
        EngineError: it cannot run the plan, or cannot be compiled on this machine.
    """
    if name not in ENGINES:
        raise ValueError(f"there is no engine {name!r}; the engines are {', '.join(ENGINES)}")
    if name == "agents":
        return _agents("asked for")
    from recallsim.engines.compile import failure, is_compiled, missing
    from recallsim.engines.refusals import refusal

    cannot, processors = refusal(plan) or missing(), workers or _processors()
    if name == "batch":
        if cannot := cannot or failure():
            raise EngineError(cannot)
        return _batch(threads or processors, "asked for", falls_back=False)
    if cannot:
        return _agents(cannot)
    runs = TYPICAL_REPLICATIONS if replications is None else replications
    by_agents = runs * seconds_per_replication(plan) / processors
    if by_agents <= LOAD_SECONDS:
        return _agents("so small a run is done before the batch engine is loaded")
    if not is_compiled() and by_agents <= COMPILE_SECONDS:
        return _agents(
            "the batch engine is not compiled yet, which takes longer; --engine batch does it once"
        )
    if cannot := failure():
        return _agents(cannot)
    return _batch(threads or processors, "the quickest that can run this scenario", falls_back=True)


def at_hand(plan: Plan, wanting: str = "") -> Choice:
    """Take the quickest engine that can run the plan, of those that can begin at once.

    Args:
        plan: what is to be simulated.
        wanting: why the batch engine cannot begin at once; empty if its kernel is loaded.
    """
    from recallsim.engines.compile import missing
    from recallsim.engines.refusals import refusal

    if cannot := refusal(plan) or missing() or wanting:
        return _agents(cannot)
    return Choice("batch", _kept_batch(_processors(), True), "the quickest that can run this scenario")


@cache
def _kept_batch(workers: int, falls_back: bool) -> Simulate:
    """One for all plans, so that they share its rooms."""
    from recallsim.engines.batch import Batch

    return Batch(workers, falls_back)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _agents(why: str) -> Choice:
    from recallsim.engines.agents import simulate

    return Choice("agents", simulate, why)


def _batch(workers: int, why: str, *, falls_back: bool) -> Choice:
    return Choice("batch", _kept_batch(workers, falls_back), why)
