"""What relations between runs are made of: columns, traces, and changed scenarios."""

import re
from typing import Any

from hypothesis import HealthCheck, settings

from recallsim.engines.agents import simulate, trace

SEED = 20261120
QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def columns_of(plan: Any, replication: int = 0, *, first: int | None = None) -> dict[str, list[int]]:
    """Every column of one replication, of its first recipients."""
    found = simulate(plan, SEED, replication, 1)
    cut = slice(first)
    columns = {name: column.tolist()[cut] for name, column in found.recipients.items()}
    for name, passages in (("wait", found.waits), ("sojourn", found.sojourns)):
        columns |= {f"{name} {key}": column.tolist()[cut] for key, column in passages.items()}
    columns |= {name: c.tolist() for name, c in found.replications.items() if "peak_queue" not in name}
    return columns


def events_of(plan: Any, replication: int = 0, *, first: int | None = None) -> list[tuple]:
    """The trace of one replication, of its first recipients."""
    events = trace(plan, SEED, replication)[0]
    return [tuple(e) for e in events if first is None or e.facts.get("recipient", 0) <= first]


def with_groups(tree: dict, groups: list[dict]) -> dict:
    """The scenario with other groups."""
    return tree | {"recipients": {"groups": groups}}


def slowed(value: Any) -> Any:
    """The tree with every duration doubled and every rate halved, the cached timer's 30 s and the tick among them."""
    if isinstance(value, dict):
        return {key: slowed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [slowed(each) for each in value]
    if not isinstance(value, str):
        return value
    if value == "cached":
        return "cached:60s"
    rate = re.fullmatch(r"([\d.]+)/(\w+)", value)
    if rate:
        return f"{float(rate[1]) / 2:g}/{rate[2]}"
    return re.sub(r"(\d+)(us|ms|s|min|h|d)\b", lambda found: f"{2 * int(found[1])}{found[2]}", value)
