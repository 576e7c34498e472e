"""Comparing two observations, column by column."""

import numpy as np

from agents.records import Plan
from recallsim.engines import agents, kernel
from recallsim.engines.batch import simulate
from recallsim.engines.observation import Observation
from recallsim.engines.refusals import refusal

SEED = 20261120
TABLES = ("recipients", "replications", "waits", "sojourns")


def differences(one: Observation, other: Observation) -> list[str]:
    """Every column in which two observations differ, with the first row that does."""
    found = []
    for table in TABLES:
        a, b = getattr(one, table), getattr(other, table)
        found += [f"{table}: {name} is in one only" for name in sorted(map(str, set(a) ^ set(b)))]
        for name in set(a) & set(b):
            if not np.array_equal(a[name], b[name]):
                row = int(np.flatnonzero(a[name] != b[name])[0])
                found.append(f"{table}: {name}[{row}] is {a[name][row]} and {b[name][row]}")
    return sorted(found)


def both(plan: Plan, replications: int = 2) -> tuple[Observation, Observation]:
    """What the agents and the batch engine saw of a plan that is not refused."""
    assert refusal(plan) == ""
    return agents.simulate(plan, SEED, 0, replications), simulate(plan, SEED, 0, replications)


class Rows:
    """An array of two dimensions that gives Python's ints."""

    def __init__(self, array):
        self.rows = [row.data for row in array]

    def __getitem__(self, at):
        return self.rows[at[0]][at[1]] if isinstance(at, tuple) else self.rows[at]

    def __setitem__(self, at, value):
        self.rows[at[0]][at[1]] = value


def interpreted(*arguments):
    """The kernel as plain Python; its arrays give Python's ints, which do not overflow."""
    views = {1: lambda array: array.data, 2: Rows}
    return kernel.replicate(*(views[a.ndim](a) if isinstance(a, np.ndarray) else a for a in arguments))
