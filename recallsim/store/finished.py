"""A finished run as a store holds it, read back for a report; nothing in the file is changed."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from recallsim.store.connection import connected, corrupt
from recallsim.store.errors import StoreError
from recallsim.store.realloop import run_in_real_loop
from recallsim.store.rows import CURVE_POINTS, CURVES, Curves, EstimateRow, GroupSpan

_RUN: Final = "run, fingerprint, seed, name, title, scenario, canonical, version, clock, horizon, recipients, curve_times"

READ_TOGETHER: Final = 500
"""So many rows of curves are in memory as text at a time."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run of a store, with its estimates and the replications that they rest on.

    Attributes:
        fingerprint, seed, name, title, source, canonical, version, clock, horizon: as in the table `run`.
        groups: in the order of the plan, `all` being the last.
        curve_times: the times of the curves, in seconds.
        estimates: as the run left them.
        confidence: of their intervals.
        curves: of the replications from 0 on: [n, groups, 3, 64].
        successes: recipients whose recall succeeded, one a replication.
    """

    fingerprint: str
    seed: int
    name: str
    title: str
    source: str
    canonical: dict[str, Any]
    version: str
    clock: float
    horizon: int
    groups: tuple[GroupSpan, ...]
    curve_times: tuple[float, ...]
    estimates: tuple[EstimateRow, ...]
    confidence: float
    curves: Curves
    successes: tuple[int, ...]


def read_run(path: Path, seed: int | None = None) -> StoredRun:
    """Reads the only run of a store, or the one with a seed.

    Raises:
        StoreError: the file cannot be used, has no such run, or several; the message names them.
    """
    return run_in_real_loop(_read(path, seed))


async def _read(path: Path, seed: int | None) -> StoredRun:
    async with connected(path, create=False) as connection:
        if await connection.empty():
            raise StoreError(f"{path}: the store is empty. Give the file that a run has named.")
        runs = await connection.rows(f"select {_RUN} from run order by run")
        run, *head = _chosen(path, runs, seed)
        groups = await connection.rows(
            "select name, first_recipient, size from recipient_group where run = ? order by group_number",
            (run,),
        )
        estimates = await connection.rows(
            "select variant, group_name, metric, mean, low, high, replications, degenerate, confidence "
            "from estimate where run = ?",
            (run,),
        )
        if not estimates:
            raise StoreError(
                f"{path}: the run was stopped before its end and has no estimates yet. "
                "Give its command again: it goes on where it was."
            )
        counted = max(row[6] for row in estimates)
        # As text, and as lists of numbers, the curves take ten times the memory of the array.
        curves = np.empty((counted * len(groups), len(CURVES), CURVE_POINTS), dtype=np.int32)
        successes: list[int] = []
        tallies = connection.stream(
            f"select succeeded, {', '.join(CURVES)} from tally where run = ? and replication < ? "
            "order by replication, group_number",
            (run, counted),
            many=READ_TOGETHER,
        )
        found = 0
        async with aclosing(tallies):
            async for succeeded, *cells in tallies:
                if found < len(curves):
                    curves[found] = [json.loads(cell) for cell in cells]
                found += 1
                if found % len(groups) == 0:
                    successes.append(int(succeeded))
    if found != len(curves):
        raise corrupt(path, f"{found} tallies for {counted} replications of {len(groups)} groups")
    fingerprint, of_seed, name, title, source, canonical, version, clock, horizon, _, times = head
    return StoredRun(
        fingerprint=fingerprint,
        seed=int(of_seed),
        name=name,
        title=title,
        source=source,
        canonical=json.loads(canonical),
        version=version,
        clock=clock,
        horizon=horizon,
        groups=tuple(GroupSpan(*group) for group in groups),
        curve_times=tuple(json.loads(times)),
        estimates=tuple(_estimate(row) for row in estimates),
        confidence=float(estimates[0][8]),
        curves=curves.reshape(counted, len(groups), len(CURVES), CURVE_POINTS),
        successes=tuple(successes),
    )


def _estimate(row: Any) -> EstimateRow:
    variant, group, metric, mean, low, high, replications, degenerate, _ = row
    return EstimateRow(variant, group, metric, mean, low, high, replications, bool(degenerate))


def _chosen(path: Path, runs: Sequence[Any], seed: int | None) -> Any:
    if seed is not None:
        for run in runs:
            if run[2] == str(seed):
                return run
    if seed is None and len(runs) == 1:
        return runs[0]
    seeds = ", ".join(run[2] for run in runs)
    if seed is None:
        raise StoreError(f"{path}: the store holds {len(runs)} runs. Choose one with --seed: {seeds}.")
    raise StoreError(f"{path}: there is no run with seed {seed}; there are: {seeds}.")
