"""The reduction of an observation: a few numbers a replication and group, from which all metrics follow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recallsim.engines.observation import Observation
from recallsim.estimate.bins import CURVE_POINTS, binned, curve_ticks, curve_times
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
_HELD_BY_PERSON = (Place.PRESENT.value, Place.FETCHED.value)
_REASON_CODES = max(Reason) + 1

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
    layout = heavy = blocks(observation, plan)
    if plan.weighted:
        from recallsim.estimate.importance import weights

        heavy = replace(layout, weights=weights(observation, plan))
    columns: dict[str, Rows] = {}
    columns["recipients"] = np.tile(np.array(layout.sizes, dtype=np.float64), (layout.replications, 1))
    _outcomes(observation.recipients, heavy, columns)
    if plan.has_replacement:
        _endings(observation.recipients, heavy, columns)
    _exposure(observation.recipients, heavy, plan, columns)
    _times(observation, layout, plan, columns)
    _decisions(observation, layout, columns)
    _stages(observation, layout, plan, columns)
    if names_of_chances := [name for name in tally_names(plan) if name in EXPECTED]:
        from recallsim.estimate.expected import expected

        found = expected(observation, plan, layout.replications)
        columns |= {name: found[name] for name in names_of_chances}
    values = np.stack([columns[name] for name in tally_names(plan)], axis=2)
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
    return np.isin(place, _HELD_BY_PERSON)


def _exposure(table: Mapping[str, Ints], layout: Blocks, plan: PlanLike, columns: dict[str, Rows]) -> None:
    delivered, removed = table["original_delivered"], table["original_removed"]
    reach = np.where(removed >= 0, removed, plan.horizon) - delivered
    columns["exposure_ticks"] = layout.sums(np.where(delivered >= 0, reach, 0))


def _times(observation: Observation, layout: Blocks, plan: PlanLike, columns: dict[str, Rows]) -> None:
    table = observation.recipients
    for kind in kinds_of_mail(plan):
        name = kind.name.lower()
        arrived = table[f"{name}_delivered"]
        there = arrived >= 0
        submitted = layout.spread(observation.replications[_SUBMITTED[kind]])
        if bool((there & (submitted < 0)).any()):
            raise ObservationError(f"a {name} was delivered in a replication in which none was submitted")
        under_way = np.where(there, arrived - submitted, -1)
        columns[f"delivered:{name}"] = layout.sums(there)
        columns[f"delivery_ticks:{name}"] = layout.sums(np.where(there, under_way, 0))
        columns[f"last_delivery_ticks:{name}"] = layout.largest(under_way)


def waits_for_decision(observation: Observation, layout: Blocks) -> tuple[Bools, Ints]:
    """Who was decided after the request, and how many ticks after it."""
    table = observation.recipients
    asked = layout.spread(observation.replications["asked"])
    decided = (table["decided"] >= 0) & (asked >= 0)
    return decided, np.where(decided, np.maximum(table["decided"] - asked, 0), 0)


def _decisions(observation: Observation, layout: Blocks, columns: dict[str, Rows]) -> None:
    table = observation.recipients
    decided, waited = waits_for_decision(observation, layout)
    for ending, code in (("succeeded", Status.SUCCEEDED), ("failed", Status.FAILED)):
        counted = decided & (table["status"] == code)
        columns[f"decided_{ending}"] = layout.sums(counted)
        columns[f"decision_ticks_{ending}"] = layout.sums(np.where(counted, waited, 0))

    never = np.int64(np.iinfo(np.int64).max)
    ordered = np.where(decided, waited, never).reshape(layout.replications, -1)
    found = {percent: np.full((layout.replications, layout.rows), np.nan) for percent in PERCENTS}
    for row, start, end in layout.slices():
        ranks = {percent: -(-(end - start) * percent // 100) - 1 for percent in PERCENTS}
        parted = np.partition(ordered[:, start:end], sorted(set(ranks.values())), axis=1)
        for percent, rank in ranks.items():
            ticks = parted[:, rank]
            found[percent][:, row] = np.where(
                ticks < never, binned(np.where(ticks < never, ticks, 0)), np.nan
            )
    columns |= {f"decision_p{percent}_ticks": rows for percent, rows in found.items()}


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
                there = None if ticks is None else ticks >= 0
                columns[stage_name(number, stage.name, kind)] = (
                    nothing if there is None else layout.sums(there)
                )
                columns[stage_name(total, stage.name, kind)] = (
                    nothing if ticks is None else layout.sums(np.maximum(ticks, 0))
                )
            waits = observation.waits.get((index, kind))
            for (at, of, ticks_over), name in over.items():
                if at == index and of == kind:
                    columns[name] = nothing if waits is None else layout.sums(waits > ticks_over)
        peak = np.full((layout.replications, layout.rows), np.nan)
        peak[:, -1] = observation.replications[f"peak_queue:{stage.name}"]
        columns[f"peak_queue:{stage.name}"] = peak


def _curves(table: Mapping[str, Ints], layout: Blocks, plan: PlanLike) -> NDArray[np.int32]:
    moments = curve_ticks(plan)
    curves = np.empty((layout.replications, layout.rows, len(CURVES), CURVE_POINTS), dtype=np.int32)
    groups = layout.rows - 1
    for number, name in enumerate(CURVES):
        happened = np.flatnonzero(table[name] >= 0)
        points = np.searchsorted(moments, table[name][happened])
        if points.size and int(points.max()) == CURVE_POINTS:
            late = table[name][happened[int(points.argmax())]]
            raise ObservationError(
                f"the column {name!r} holds tick {late}, after the horizon at {plan.horizon}"
            )
        cells = layout.keys[happened] * CURVE_POINTS + points
        steps = np.bincount(cells, minlength=layout.replications * groups * CURVE_POINTS)
        rising = np.cumsum(steps.reshape(layout.replications, groups, CURVE_POINTS), axis=2)
        curves[:, :-1, number] = rising
        curves[:, -1, number] = rising.sum(axis=1)
    return curves
