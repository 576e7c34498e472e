"""Which engine runs a plan, and why."""

from collections.abc import Callable
from typing import Final, NamedTuple

from agents.records import Plan
from recallsim.engines.observation import Observation

Simulate = Callable[[Plan, int, int, int], Observation]
ENGINES: Final = ("agents", "auto")


class Choice(NamedTuple):
    """An engine: its name, its function, and why it was taken."""

    name: str
    simulate: Simulate
    why: str


def choose(name: str, plan: Plan) -> Choice:
    """Take the engine called `name`; `auto` takes the quickest one that can run the plan.

    Raises:
        ValueError: there is no such engine.
    """
    from recallsim.engines.agents import simulate

    if name not in ENGINES:
        raise ValueError(f"there is no engine {name!r}; the engines are {', '.join(ENGINES)}")
    why = "asked for" if name == "agents" else "the only engine there is"
    return Choice("agents", simulate, why)
