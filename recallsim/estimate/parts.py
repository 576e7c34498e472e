"""The tally of one replication from those of its parts.

Counts and sums add up, the last of something is the greatest, and quantiles follow from a histogram, since a quantile is
kept as the middle of its bin (bins.py), and bins follow one another as ticks do. So it is the tally of the whole; only sums
that leave 2^53 are rounded once a part.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recallsim.engines.observation import Observation
from recallsim.estimate.bins import binned
from recallsim.estimate.blocks import blocks
from recallsim.estimate.names import PERCENTS, tally_names
from recallsim.estimate.shape import PlanLike
from recallsim.estimate.tally import Tally, tally, waits_for_decision

GREATEST = ("last_delivery_ticks:", "peak_queue:")
"""Columns that begin so are the greatest of the parts; those of quantiles come from the histograms, all others add up."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is kept of some recipients of one replication.

    Attributes:
        tally: of these recipients.
        waits: for each row of the tally, how many of them waited so long for the decision, by the bin's middle.
    """

    tally: Tally
    waits: tuple[Counter[float], ...]


def tally_part(observation: Observation, plan: PlanLike) -> Part:
    """Reduce some recipients of one replication; `plan` is that of these recipients alone."""
    layout = blocks(observation, plan)
    decided, waited = waits_for_decision(observation, layout)
    bins = binned(np.where(decided, waited, 0))
    waits: list[Counter[float]] = [Counter() for _ in range(layout.rows)]
    for row, start, end in layout.slices():
        values, counts = np.unique(bins[start:end][decided[start:end]], return_counts=True)
        waits[row] = Counter(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    return Part(tally(observation, plan), tuple(waits))


def joined(parts: Iterable[Part], plan: PlanLike) -> Tally:
    """The tally of the whole replication."""
    names = tally_names(plan)
    greatest = np.array([name.startswith(GREATEST) for name in names])
    whole: Tally | None = None
    waits: list[Counter[float]] = []
    for part in parts:
        if whole is None:
            whole, waits = part.tally, [Counter(each) for each in part.waits]
            continue
        sums, tops = whole.values + part.tally.values, np.fmax(whole.values, part.tally.values)
        whole = Tally(whole.first, np.where(greatest, tops, sums), whole.curves + part.tally.curves)
        for mine, more in zip(waits, part.waits, strict=True):
            mine.update(more)
    if whole is None:
        raise AssertionError("a replication without parts")
    for percent in PERCENTS:
        at = names.index(f"decision_p{percent}_ticks")
        for row, size in enumerate((*(group.size for group in plan.groups), plan.count)):
            whole.values[0, row, at] = _quantile(waits[row], size, percent)
    return whole


def _quantile(waits: Counter[float], size: int, percent: int) -> float:
    """What that share of all recipients waited at most; NaN where fewer were decided."""
    rank = -(-size * percent // 100) - 1
    values = np.array(sorted(waits))
    below: NDArray[np.int64] = np.cumsum([waits[value] for value in values.tolist()], dtype=np.int64)
    at = int(np.searchsorted(below, rank, side="right"))
    return float(values[at]) if size and at < len(values) else float("nan")
