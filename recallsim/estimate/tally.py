"""The reduction of an observation: a few numbers a replication and group, from which all metrics follow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recallsim.engines.observation import Observation
from recallsim.estimate.bins import (
    CURVE_POINTS,
    LATE,
    PLACES,
    bin_numbers,
    binned,
    curve_times,
    first_ticks,
    grid,
)
from recallsim.estimate.blocks import Blocks, Bools, Ints, ObservationError, blocks
from recallsim.estimate.names import (
    ENDS,
    EXPECTED,
    LEVELS,
    PERCENTS,
    PHASES,
    REASONS,
    STATUSES,
    TOLD,
    WEIGHT,
    kinds_of_mail,
    stage_name,
    tally_names,
)
from recallsim.estimate.shape import PlanLike
from recallsim.estimate.thresholds import JOB_KINDS, over_name, thresholds
from transport.recall.codes import Kind, Place, Reason, SeenPhase, Status, Told

__all__ = ["Blocks", "ObservationError", "Tally", "curve_times", "tally", "tally_names"]

CURVES = ("seen", "decided", "told_first")
"""The moments whose numbers over time are kept, in the order of `Tally.curves`."""

_SUBMITTED = {Kind.ORIGINAL: "released", Kind.REQUEST: "asked", Kind.REPLACEMENT: "replaced"}
_REASON_CODES = max(Reason) + 1

_UNDECIDED: Final = 0xFFFF
"""Above the number of every bin."""

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of consecutive replications.

    Attributes:
        first: number of the first replication.
        values: array [replication, group, name] of the columns `tally_names(plan)`; the last group is all
            recipients. Counts and sums of ticks are whole numbers; NaN stands for a value that does not
            exist (see `names`).
        curves: array [replication, group, 3, 64]: how many recipients had seen the original, were decided,
            had been told about, by each of the `curve_times(plan)`.
    """

    first: int
    values: NDArray[np.float64]
    curves: NDArray[np.int32]


def tally(observation: Observation, plan: PlanLike) -> Tally:
    """Reduces an observation of any number of replications.

    Every replication is reduced by itself, so it does not matter how replications are cut into observations.

    Raises:
        ObservationError: when the observation contradicts itself or the plan.
    """
    columns: dict[str, Rows] = {}
    layout = heavy = blocks(observation, plan)
    if plan.weighted:
        from recallsim.estimate.importance import weights

        heavy = replace(layout, weights=weights(observation, plan))
        columns[WEIGHT] = heavy.sums(np.ones(len(layout.keys), dtype=np.bool_))
    columns["recipients"] = np.tile(np.array(layout.sizes, dtype=np.float64), (layout.replications, 1))
    _outcomes(observation.recipients, heavy, columns)
    if plan.has_replacement:
        _endings(observation.recipients, heavy, columns)
    _exposure(observation.recipients, heavy, plan, columns)
    _times(observation, layout, plan, columns)
    _decisions(observation, layout, columns)
    _stages(observation, layout, plan, columns)
    names = tally_names(plan)
    if names_of_chances := [name for name in names if name in EXPECTED]:
        from recallsim.estimate.expected import expected

        found = expected(observation, plan, layout.replications)
        columns |= {name: found[name] for name in names_of_chances}
    values = np.stack([columns[name] for name in names], axis=2)
    return Tally(layout.first, values, _curves(observation.recipients, layout, plan))


def _outcomes(table: Mapping[str, Ints], layout: Blocks, columns: dict[str, Rows]) -> None:
    seen, aware = table["seen"] >= 0, table["aware"] >= 0
    phases = layout.by_code(table["seen_phase"], len(SeenPhase), "seen_phase")
    if not np.array_equal(seen, table["seen_phase"] != SeenPhase.UNSEEN):
        where = int(np.flatnonzero(seen != (table["seen_phase"] != SeenPhase.UNSEEN))[0])
        raise ObservationError(
            f"row {where} was first shown the original at tick {table['seen'][where]}, "
            f"yet its phase is {SeenPhase(table['seen_phase'][where]).name.lower()}"
        )
    columns |= {name: phases[phase] for phase, name in PHASES.items()}
    columns["seen"] = phases[1:].sum(axis=0)

    status = layout.by_code(table["status"] * 2 + seen, 2 * len(Status), "status, twice, and seen")
    columns |= {name: status[2 * code] + status[2 * code + 1] for code, name in STATUSES.items()}
    columns["unseen_success"] = status[2 * Status.SUCCEEDED]
    columns["seen_success"] = status[2 * Status.SUCCEEDED + 1]
    columns["failed_unseen"] = status[2 * Status.FAILED]

    told = layout.by_code(table["told"] * 2 + seen, 2 * len(Told), "told, twice, and seen")
    columns |= {name: told[2 * code] + told[2 * code + 1] for code, name in enumerate(TOLD)}
    columns["told_success_though_seen"] = told[2 * Told.SUCCESS + 1]

    reasons = layout.by_code(table["reason"], _REASON_CODES, "reason")
    columns |= {name: reasons[code] for code, name in REASONS.items()}
    levels = layout.by_code(table["seen_level"], len(LEVELS), "seen_level")
    columns |= {name: levels[code] for code, name in enumerate(LEVELS)}
    columns["seen_people"] = layout.sums(table["seen_people"] + table["forwarded_seen"])
    columns["forwarded_seen"] = layout.sums(table["forwarded_seen"])
    columns["aware"] = layout.sums(aware)
    columns["aware_unseen"] = layout.sums(aware & ~seen)
    for name in ("doomed", "seen_after_removal", "overtaken", "reports_contradict"):
        columns[name] = layout.sums(table[name] != 0)


def _endings(table: Mapping[str, Ints], layout: Blocks, columns: dict[str, Rows]) -> None:
    old, new = _with_person(table["original_place"]), _with_person(table["replacement_place"])
    ends = layout.by_code(old + 2 * new.astype(np.int64), len(ENDS), "replacement_place")
    columns |= {f"replacement_{name}": ends[code] for code, name in enumerate(ENDS)}
    new_seen, old_seen = table["replacement_seen"], table["seen"]
    columns["replacement_seen_first"] = layout.sums(
        (new_seen >= 0) & ((old_seen < 0) | (new_seen < old_seen))
    )


def _with_person(place: Ints) -> Bools:
    held: Bools = (place == Place.PRESENT) | (place == Place.FETCHED)
    return held


def _exposure(table: Mapping[str, Ints], layout: Blocks, plan: PlanLike, columns: dict[str, Rows]) -> None:
    delivered, removed = table["original_delivered"], table["original_removed"]
    # -1, never, is beyond every horizon as a number without sign.
    until = np.minimum(removed.view(np.uint64), np.uint64(plan.horizon)).view(np.int64)
    columns["exposure_ticks"] = layout.sums((until - delivered) * (delivered >= 0))


def _times(observation: Observation, layout: Blocks, plan: PlanLike, columns: dict[str, Rows]) -> None:
    table = observation.recipients
    for kind in kinds_of_mail(plan):
        name = kind.name.lower()
        arrived = table[f"{name}_delivered"]
        there, _ = layout.ticks(arrived)
        submitted = observation.replications[_SUBMITTED[kind]]
        if bool((there[submitted < 0] > 0).any()):
            raise ObservationError(f"a {name} was delivered in a replication in which none was submitted")
        under_way = layout.since(submitted, arrived)
        columns[f"delivered:{name}"] = there
        columns[f"delivery_ticks:{name}"] = layout.sums(np.maximum(under_way, 0))
        columns[f"last_delivery_ticks:{name}"] = np.where(there > 0, layout.largest(under_way), np.nan)


def waits_for_decision(observation: Observation, layout: Blocks) -> tuple[Bools, Ints]:
    """Who was decided after the request, and how many ticks after it."""
    table = observation.recipients
    asked, decided = observation.replications["asked"], table["decided"]
    waited = np.maximum(layout.since(asked, decided), 0)
    return ((decided >= 0).reshape(len(asked), -1) & (asked >= 0)[:, None]).ravel(), waited


def _decisions(observation: Observation, layout: Blocks, columns: dict[str, Rows]) -> None:
    table = observation.recipients
    decided, waited = waits_for_decision(observation, layout)
    for ending, code in (("succeeded", Status.SUCCEEDED), ("failed", Status.FAILED)):
        counted = decided & (table["status"] == code)
        columns[f"decided_{ending}"] = layout.sums(counted)
        columns[f"decision_ticks_{ending}"] = layout.sums(waited * counted)

    # All bits are set for those who are undecided, so that they come last; numbers so short are sorted by radix.
    numbers = bin_numbers(waited).astype(np.uint16) | (decided.astype(np.uint16) - np.uint16(1))
    bins = numbers.reshape(layout.replications, -1)
    reached = np.full((len(PERCENTS), layout.replications, layout.rows), _UNDECIDED, dtype=np.uint16)
    for row, start, end in layout.slices():
        ordered = np.sort(bins[:, start:end], axis=1, kind="stable")
        reached[:, :, row] = ordered[:, [-(-(end - start) * percent // 100) - 1 for percent in PERCENTS]].T
    exists = reached < _UNDECIDED
    middles = binned(first_ticks(np.where(exists, reached, 0).astype(np.int64)))
    quantiles = np.where(exists, middles, np.nan)
    columns |= {f"decision_p{percent}_ticks": quantiles[at] for at, percent in enumerate(PERCENTS)}


def _stages(observation: Observation, layout: Blocks, plan: PlanLike, columns: dict[str, Rows]) -> None:
    nothing = np.zeros((layout.replications, layout.rows))
    over = {
        (each.stage, kind, each.ticks): over_name(plan.stages[each.stage].name, each.ticks, kind)
        for each in thresholds(plan)
        for kind in each.kinds
    }
    for index, stage in enumerate(plan.stages):
        for kind in JOB_KINDS:
            sources = (
                ("jobs", "wait_ticks", observation.waits),
                ("served", "sojourn_ticks", observation.sojourns),
            )
            for number, total, source in sources:
                ticks = source.get((index, kind))
                there, sums = (nothing, nothing) if ticks is None else layout.ticks(ticks)
                columns[stage_name(number, stage.name, kind)] = there
                columns[stage_name(total, stage.name, kind)] = sums
            waits = observation.waits.get((index, kind))
            for (at, of, ticks_over), name in over.items():
                if at == index and of == kind:
                    columns[name] = nothing if waits is None else layout.sums(waits > ticks_over)
        peak = np.full((layout.replications, layout.rows), np.nan)
        peak[:, -1] = observation.replications[f"peak_queue:{stage.name}"]
        columns[f"peak_queue:{stage.name}"] = peak


def _curves(table: Mapping[str, Ints], layout: Blocks, plan: PlanLike) -> NDArray[np.int32]:
    curves = np.empty((layout.replications, layout.rows, len(CURVES), CURVE_POINTS), dtype=np.int32)
    groups, moments = layout.rows - 1, grid(plan)
    keys = layout.keys * PLACES
    for number, name in enumerate(CURVES):
        found = np.bincount(
            keys + moments.places(table[name]), minlength=layout.replications * groups * PLACES
        )
        steps = found.reshape(layout.replications, groups, PLACES)
        if steps[:, :, LATE].any():
            raise ObservationError(
                f"the column {name!r} holds tick {table[name].max()}, after the horizon at {plan.horizon}"
            )
        rising = np.cumsum(steps[:, :, :CURVE_POINTS], axis=2)
        curves[:, :-1, number] = rising
        curves[:, -1, number] = rising.sum(axis=1)
    return curves
