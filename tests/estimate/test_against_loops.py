"""Every metric against plain loops over the rows of made-up observations."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recallsim.estimate.estimates import estimate
from recallsim.estimate.tally import CURVES, curve_times, tally, tally_names
from transport.recall.codes import Kind, Place, Reason, SeenPhase, Status, Told

RATES = {
    "success_rate": lambda r: r["status"] == Status.SUCCEEDED,
    "failed_rate": lambda r: r["status"] == Status.FAILED,
    "refused_rate": lambda r: r["status"] == Status.REFUSED,
    "pending_rate": lambda r: r["status"] == Status.PENDING,
    "doomed_rate": lambda r: r["doomed"] == 1,
    "unseen_success_rate": lambda r: r["status"] == Status.SUCCEEDED and r["seen"] < 0,
    "seen_success_rate": lambda r: r["status"] == Status.SUCCEEDED and r["seen"] >= 0,
    "seen_rate": lambda r: r["seen"] >= 0,
    "seen_before_notice_rate": lambda r: r["seen_phase"] == SeenPhase.BEFORE_NOTICE,
    "seen_before_request_rate": lambda r: r["seen_phase"] == SeenPhase.BEFORE_REQUEST,
    "seen_while_processing_rate": lambda r: r["seen_phase"] == SeenPhase.WHILE_PROCESSING,
    "seen_after_processing_rate": lambda r: r["seen_phase"] == SeenPhase.AFTER_PROCESSING,
    "seen_never_processed_rate": lambda r: r["seen_phase"] == SeenPhase.NEVER_PROCESSED,
    "seen_after_removal_rate": lambda r: r["seen_after_removal"] == 1,
    "failed_unseen_rate": lambda r: r["status"] == Status.FAILED and r["seen"] < 0,
    "aware_rate": lambda r: r["aware"] >= 0,
    "aware_unseen_rate": lambda r: r["aware"] >= 0 and r["seen"] < 0,
    "overtaken_rate": lambda r: r["overtaken"] == 1,
    "told_success_rate": lambda r: r["told"] == Told.SUCCESS,
    "told_failure_rate": lambda r: r["told"] == Told.FAILURE,
    "told_bounce_rate": lambda r: r["told"] == Told.BOUNCE,
    "told_success_though_seen_rate": lambda r: r["told"] == Told.SUCCESS and r["seen"] >= 0,
    "replacement_new_only_rate": lambda r: not holds(r, "original") and holds(r, "replacement"),
    "replacement_both_rate": lambda r: holds(r, "original") and holds(r, "replacement"),
    "replacement_old_only_rate": lambda r: holds(r, "original") and not holds(r, "replacement"),
    "replacement_none_rate": lambda r: not holds(r, "original") and not holds(r, "replacement"),
    "replacement_seen_first_rate": lambda r: (
        r["replacement_seen"] >= 0 and not 0 <= r["seen"] <= r["replacement_seen"]
    ),
} | {
    f"reason:{reason.name.lower()}": (lambda r, reason=reason: r["reason"] == reason)
    for reason in Reason
    if reason is not Reason.NONE
}


def holds(row, kind):
    """Whether the person has the copy at the end."""
    return row[f"{kind}_place"] in (Place.PRESENT, Place.FETCHED)


def mean(numbers):
    """The mean, None of nothing."""
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else None


def rows_of(observation, plan):
    """The rows of each replication, with what is known of the replication and of the stages."""
    columns = {name: column.tolist() for name, column in observation.recipients.items()}
    for what, source in (("wait", observation.waits), ("sojourn", observation.sojourns)):
        columns |= {f"{what}{stage},{kind}": column.tolist() for (stage, kind), column in source.items()}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    scalars = {name: column.tolist() for name, column in observation.replications.items()}
    found = []
    for i in range(len(scalars["replication"])):
        mine = {name: column[i] for name, column in scalars.items()}
        found.append((mine, rows[i * plan.count : (i + 1) * plan.count]))
    return found


def decision_quantile(once, rows, percent):
    """The middle of the bin of the smallest time that so many of a hundred do not exceed."""
    waits = [
        max(r["decided"] - once["asked"], 0) if r["decided"] >= 0 <= once["asked"] else math.inf for r in rows
    ]
    tick = sorted(waits)[math.ceil(len(rows) * percent / 100 - 1e-9) - 1]
    if tick == math.inf:
        return None
    shift = max(tick.bit_length() - 6, 0)
    return ((tick >> shift) << shift) + ((1 << shift) - 1) / 2


def one_replication(once, rows, plan, whole):
    """Every metric of one replication and group that is a mean over replications; None where it does not exist."""
    found = {name: mean(bool(holds_for(row)) for row in rows) for name, holds_for in RATES.items()}
    succeeded = sum(r["status"] == Status.SUCCEEDED for r in rows)
    found["all_succeeded"] = float(succeeded == len(rows))
    found["none_saw"] = float(all(r["seen"] < 0 and not r["forwarded_seen"] for r in rows))
    found["success_count:2"] = float(succeeded == 2) if len(rows) >= 2 else "absent"
    found["seen_count"] = sum(r["seen_people"] + r["forwarded_seen"] for r in rows)
    found["forwarded_seen_count"] = sum(r["forwarded_seen"] for r in rows)
    ends = [(r["original_removed"] if r["original_removed"] >= 0 else plan.horizon, r) for r in rows]
    ticks = {
        "exposure_seconds": mean(
            end - r["original_delivered"] if r["original_delivered"] >= 0 else 0 for end, r in ends
        )
    }
    for percent in (50, 90, 99):
        ticks[f"decision_seconds_p{percent}"] = decision_quantile(once, rows, percent)
    for name in ("SUCCEEDED", "FAILED"):
        ticks[f"decision_seconds_mean_{name.lower()}"] = mean(
            max(r["decided"] - once["asked"], 0)
            for r in rows
            if r["status"] == Status[name] and r["decided"] >= 0 <= once["asked"]
        )
    for kind, start in (("original", "released"), ("request", "asked"), ("replacement", "replaced")):
        delays = [r[f"{kind}_delivered"] - once[start] for r in rows if r[f"{kind}_delivered"] >= 0]
        ticks[f"delivery_seconds:{kind}"] = mean(delays)
        ticks[f"last_delivery_seconds:{kind}"] = max(delays, default=None)
    for index, stage in enumerate(plan.stages):
        for what in ("wait", "sojourn"):
            of_kind = {
                kind: [
                    r[f"{what}{index},{int(kind)}"]
                    for r in rows
                    if r.get(f"{what}{index},{int(kind)}", -1) >= 0
                ]
                for kind in list(Kind)[:4]
            }
            mail = [t for kind in list(Kind)[:3] for t in of_kind[kind]]
            ticks[f"{what}_seconds:{stage.name}"] = mean(mail)
            ticks[f"{what}_seconds:{stage.name}:report"] = mean(of_kind[Kind.REPORT])
            if what == "wait":
                found[f"waited_over:{stage.name}:1min"] = mean(t > 120 for t in mail)
                found[f"waited_over:{stage.name}:0s:request"] = mean(t > 0 for t in of_kind[Kind.REQUEST])
        found[f"peak_queue:{stage.name}"] = once[f"peak_queue:{stage.name}"] if whole else "absent"
    return found | {name: None if t is None else t * plan.clock for name, t in ticks.items()}


def over_replications(numbers, is_rate):
    """Mean, ends, number and whether nothing varied, from a list of values that may be None."""
    there = [number for number in numbers if number is not None]
    n = len(there)
    if not n:
        return (None, None, None, 0, False)
    point = statistics.fmean(there)
    if n == 1:
        return (point, None, None, 1, False)
    if len(set(there)) == 1:
        low = 0.05 ** (1 / n) if is_rate and point == 1 else there[0]
        high = 1 - 0.05 ** (1 / n) if is_rate and point == 0 else there[0]
        return (there[0], low, high, n, True)
    low, high = stats.t.interval(0.95, n - 1, point, statistics.stdev(there) / math.sqrt(n))
    return (point, max(low, 0.0), min(high, 1.0) if is_rate else high, n, False)


def numbers(values):
    """The same with NaN for None."""
    return [math.nan if value is None else value for value in values]


ASKED = ("success_count:2", "wait_seconds:first:report", "sojourn_seconds:second:report")
COUNTED = ("waited_over:first:1min", "waited_over:second:60s", "waited_over:second:0s:request")
SPELT = {"waited_over:second:60s": "waited_over:second:1min"}


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=3).filter(lambda sizes: sum(sizes) > 1),
    n=st.integers(1, 9),
    seed=st.integers(0),
)
def test_every_metric_is_what_plain_loops_find(make_plan, at_random, sizes, n, seed):
    """Means, interval ends, numbers of replications and degeneracy agree, for every group and for all."""
    plan = make_plan(*sizes, stages=("first", "second"), metrics=COUNTED)
    observation = at_random(plan, n, seed)
    found = {
        (each.group, each.metric): (each.mean, each.low, each.high, each.replications, each.degenerate)
        for each in estimate(tally(observation, plan).values, plan, metrics=ASKED)
    }
    replications = rows_of(observation, plan)
    blocks = [*plan.groups, type(plan.groups[0])("all", 1, plan.count)]
    compared = 0
    for block in blocks:
        each = [
            one_replication(once, rows[block.first - 1 :][: block.size], plan, block.name == "all")
            for once, rows in replications
            if block.size
        ]
        for name, value in found.items():
            if name[0] != block.name:
                continue
            metric = SPELT.get(name[1], name[1])
            if not block.size:
                assert value == (None, None, None, 0, False)
            elif metric in each[0]:
                is_rate = metric in RATES or metric in ("all_succeeded", "none_saw")
                is_rate = is_rate or metric.startswith(("success_count", "waited_over"))
                of_each = [one[metric] for one in each]
                if metric.startswith("decision_seconds_p") and None in of_each:
                    of_each = []  # beyond the horizon in some replication: the mean does not exist
                expected = over_replications(of_each, is_rate)
                assert value[3:] == expected[3:], name
                assert numbers(value[:3]) == pytest.approx(
                    numbers(expected[:3]), rel=1e-9, abs=1e-9, nan_ok=True
                ), name
                compared += 1
    assert compared >= 40


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 5), min_size=1, max_size=3).filter(any),
    n=st.integers(1, 5),
    seed=st.integers(0),
)
def test_curves_count_what_has_happened_by_then(make_plan, at_random, sizes, n, seed):
    """At each of the 64 times a curve counts the recipients whose moment has come."""
    plan = make_plan(*sizes)
    observation = at_random(plan, n, seed)
    limits = [min(math.floor(t / plan.clock + 0.5), plan.horizon) for t in curve_times(plan)]
    expected = [
        [
            [
                [
                    sum(0 <= row[name] <= limit for row in rows[block.first - 1 :][: block.size])
                    for limit in limits
                ]
                for name in CURVES
            ]
            for block in [*plan.groups, type(plan.groups[0])("all", 1, plan.count)]
        ]
        for _, rows in rows_of(observation, plan)
    ]
    assert tally(observation, plan).curves.tolist() == expected


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(1, 7), seed=st.integers(0))
def test_it_does_not_matter_how_replications_are_cut(make_plan, at_random, cut, seed):
    """Eight replications tallied at once give the very numbers of two parts tallied apart."""
    plan = make_plan(3, 2, stages=("first",), metrics=("waited_over:first:1min",))
    whole = at_random(plan, 8, seed)
    halves = []
    for low, high in ((0, cut), (cut, 8)):
        rows = slice(low * plan.count, high * plan.count)
        halves.append(
            type(whole)(
                {name: column[rows] for name, column in whole.recipients.items()},
                {name: column[low:high] for name, column in whole.replications.items()},
                {key: column[rows] for key, column in whole.waits.items()},
                {key: column[rows] for key, column in whole.sojourns.items()},
            )
        )
    once, apart = tally(whole, plan), [tally(half, plan) for half in halves]
    assert [part.first for part in apart] == [0, cut]
    assert np.concatenate([part.values for part in apart]).tobytes() == once.values.tobytes()
    assert np.concatenate([part.curves for part in apart]).tobytes() == once.curves.tobytes()


def test_the_phases_add_up_to_what_was_seen(make_plan, at_random):
    """In every replication and group the five phases of seeing sum to the number seen, exactly."""
    plan = make_plan(20, 30)
    values = tally(at_random(plan, 40, 1), plan).values
    names = tally_names(plan)
    parts = [
        names.index(f"seen_{phase.name.lower()}") for phase in SeenPhase if phase is not SeenPhase.UNSEEN
    ]
    assert values[:, :, parts].sum(axis=2).tolist() == values[:, :, names.index("seen")].tolist()
