"""The metrics there are: what each is made of, and what it may be called.

Shares are of every recipient of the group, the refused, bounced and outside ones included. A mean is taken
within each replication that has something to take it of, then over those replications.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from recallsim.estimate.names import EXPECTED, PERCENTS, PHASES, REASONS, STATUSES, kinds_of_mail, stage_name
from recallsim.estimate.shape import PlanLike
from recallsim.estimate.thresholds import PREFIX, kinds_named, over_name, stage_index, threshold, thresholds
from transport.recall.codes import Kind, Status


class Form(Enum):
    """How a metric follows from the columns of a tally."""

    SHARE = auto()
    """Recipients counted, of all recipients: the mean over replications."""
    COUNT = auto()
    """A number counted: the mean over replications."""
    EVENT = auto()
    """The share of replications in which a count is exactly `parameter` (-1: every recipient)."""
    RATIO = auto()
    """One sum of columns over another, in every replication that has any of the latter."""
    FINAL = auto()
    """A value that a replication ends with, or not."""
    QUANTILE = auto()
    """The smallest count that a share of `parameter` of the replications does not exceed."""
    VARIANCE = auto()
    """The variance over replications of the share that succeeded."""
    ICC = auto()
    """How alike the recipients of one replication fare (intraclass correlation)."""
    DESIGN_EFFECT = auto()
    """What that likeness multiplies the variance of independent recipients by."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of one plan.

    Attributes:
        name: what it is called.
        form: how it is computed.
        top: the columns that are added up and counted.
        bottom: the columns that a RATIO divides by.
        ticks: the result is a time, given in seconds.
        rate: the result lies between 0 and 1.
        parameter: see `Form`.
        least: groups with fewer recipients have no such metric.
        whole: it concerns all recipients together and no group.
        whole_or_none: without a value in every replication it has none at all.
    """

    name: str
    form: Form
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    ticks: bool = False
    rate: bool = False
    parameter: float = 0.0
    least: int = 0
    whole: bool = False
    whole_or_none: bool = False


def metric_names(plan: PlanLike) -> tuple[str, ...]:
    """The metrics that are always reported, in order; the reasons that occur join them (`reason:<code>`)."""
    return tuple(metric.name for metric in always(plan))


def check_metric(name: str, plan: PlanLike) -> None:
    """Makes sure that a metric can be asked for.

    Raises:
        ValueError: when there is no such metric, or not in this scenario; the text says what there is.
    """
    find_metric(name, plan)


def always(plan: PlanLike) -> tuple[Metric, ...]:
    """The metrics that come without being asked for, reasons apart."""
    return (*_rates(plan), *_others(plan))


def reasons() -> tuple[Metric, ...]:
    """The metric of every reason; those that occurred are reported."""
    return tuple(_share(name, name) for name in REASONS.values())


def find_metric(name: str, plan: PlanLike) -> Metric:
    """Looks a metric up, parametrised ones included.

    Raises:
        ValueError: as `check_metric`.
    """
    for metric in (*always(plan), *reasons()):
        if metric.name == name:
            return metric
    parts = name.split(":")
    if plan.weighted and (parts[0] == "success_count" or parts[-1] == "report"):
        raise ValueError(_no_weight(name))
    if parts[0] == PREFIX:
        return _over(name, plan)
    if name in EXPECTED_RATES:
        return _expected(name, plan)
    if parts[0] == "success_count":
        return _success_count(name, parts, plan)
    if parts[0] in ("wait_seconds", "sojourn_seconds") and 2 <= len(parts) <= 3:
        index = stage_index(parts[1], name, plan)
        return _passage(name, plan, index, kinds_named(parts[2] if len(parts) == 3 else None, name))
    if parts[0] == "peak_queue" and len(parts) == 2:
        stage_index(parts[1], name, plan)
    raise ValueError(_no_such(name, plan))


def counted(metric: Metric, plan: PlanLike) -> Metric:
    """Makes sure that the plan's tallies hold what a metric needs.

    Raises:
        ValueError: for a threshold that was not named before the replications were run.
    """
    if metric.name.split(":")[0] == PREFIX:
        there = {
            over_name(plan.stages[t.stage].name, t.ticks, kind) for t in thresholds(plan) for kind in t.kinds
        }
        if not there.issuperset(metric.top):
            raise ValueError(
                f"{metric.name}: such waits were not counted while the replications ran; "
                f"name it under `metrics:` and run them anew"
            )
    if metric.name in EXPECTED_RATES and not any(name in plan.metrics for name in EXPECTED_RATES):
        raise ValueError(
            f"{metric.name}: chances were not summed while the replications ran; "
            f"name it under `metrics:` and run them anew"
        )
    return metric


def _share(name: str, column: str) -> Metric:
    return Metric(name, Form.SHARE, (column,), rate=True)


def _rates(plan: PlanLike) -> Iterator[Metric]:
    yield _share("success_rate", STATUSES[Status.SUCCEEDED])
    for status in (Status.FAILED, Status.REFUSED, Status.PENDING):
        yield _share(f"{STATUSES[status]}_rate", STATUSES[status])
    for column in ("doomed", "unseen_success", "seen_success", "seen", *PHASES.values()):
        yield _share(f"{column}_rate", column)
    told = _TOLD if plan.tells else ("told_bounce",)
    replaced = _REPLACED if plan.has_replacement else ()
    for column in (*_ALONE, *told, *replaced):
        yield _share(f"{column}_rate", column)
    if plan.glimpses:
        yield _share("glimpsed_only_rate", "level_glimpsed")
    if plan.opens_attachments:
        yield _share("attachment_opened_rate", "level_attachment")


_ALONE: Final = ("seen_after_removal", "failed_unseen", "aware", "aware_unseen", "overtaken")
_TOLD: Final = ("told_success", "told_failure", "told_bounce", "told_success_though_seen")
_REPLACED: Final = tuple(
    f"replacement_{end}" for end in ("new_only", "both", "old_only", "none", "seen_first")
)


def _others(plan: PlanLike) -> Iterator[Metric]:
    if plan.weighted:
        yield from _weighted(plan)
        return
    yield Metric("all_succeeded", Form.EVENT, ("succeeded",), rate=True, parameter=-1.0, least=1)
    yield Metric("none_saw", Form.EVENT, ("seen", "forwarded_seen"), rate=True, least=1)
    yield Metric("seen_count", Form.COUNT, ("seen_people",))
    if not plan.antithetic:
        for percent in PERCENTS:
            yield Metric(f"seen_count_p{percent}", Form.QUANTILE, ("seen_people",), parameter=percent / 100.0)
    if plan.forwards:
        yield Metric("forwarded_seen_count", Form.COUNT, ("forwarded_seen",))
    yield _exposure()
    for percent in PERCENTS:
        name, column = f"decision_seconds_p{percent}", f"decision_p{percent}_ticks"
        yield Metric(name, Form.FINAL, (column,), ticks=True, whole_or_none=True)
    for ending in ("succeeded", "failed"):
        top, bottom = (f"decision_ticks_{ending}",), (f"decided_{ending}",)
        yield Metric(f"decision_seconds_mean_{ending}", Form.RATIO, top, bottom, ticks=True)
    yield from _passages(plan)
    if plan.antithetic:
        return
    yield Metric("success_variance", Form.VARIANCE, ("succeeded",))
    yield Metric("icc", Form.ICC, ("succeeded",), least=2)
    yield Metric("design_effect", Form.DESIGN_EFFECT, ("succeeded",), least=2)


def _weighted(plan: PlanLike) -> Iterator[Metric]:
    """What has an unbiased estimate where recipients have weights: sums over them, and what no opening changes."""
    yield Metric("seen_count", Form.COUNT, ("seen_people",))
    if plan.forwards:
        yield Metric("forwarded_seen_count", Form.COUNT, ("forwarded_seen",))
    yield _exposure()
    yield from _passages(plan)


def _exposure() -> Metric:
    return Metric("exposure_seconds", Form.RATIO, ("exposure_ticks",), ("recipients",), ticks=True)


def _passages(plan: PlanLike) -> Iterator[Metric]:
    """How long the mail was under way, as a whole and at each stage."""
    for kind in kinds_of_mail(plan):
        of = kind.name.lower()
        top, bottom = (f"delivery_ticks:{of}",), (f"delivered:{of}",)
        yield Metric(f"delivery_seconds:{of}", Form.RATIO, top, bottom, ticks=True)
        yield Metric(f"last_delivery_seconds:{of}", Form.FINAL, (f"last_delivery_ticks:{of}",), ticks=True)
    for index, stage in enumerate(plan.stages):
        for quantity in ("wait_seconds", "sojourn_seconds"):
            name = f"{quantity}:{stage.name}"
            yield _passage(name, plan, index, kinds_named(None, name))
        peak = f"peak_queue:{stage.name}"
        yield Metric(peak, Form.FINAL, (peak,), whole=True)


def _passage(name: str, plan: PlanLike, index: int, kinds: tuple[Kind, ...]) -> Metric:
    total, number = ("wait_ticks", "jobs") if name.startswith("wait") else ("sojourn_ticks", "served")
    stage = plan.stages[index].name
    top = tuple(stage_name(total, stage, kind) for kind in kinds)
    return Metric(name, Form.RATIO, top, tuple(stage_name(number, stage, kind) for kind in kinds), ticks=True)


def _over(name: str, plan: PlanLike) -> Metric:
    asked = threshold(name, plan)
    stage = plan.stages[asked.stage].name
    top = tuple(over_name(stage, asked.ticks, kind) for kind in asked.kinds)
    return Metric(
        name, Form.RATIO, top, tuple(stage_name("jobs", stage, kind) for kind in asked.kinds), rate=True
    )


EXPECTED_RATES: Final = tuple(f"{name}_rate" for name in EXPECTED)
"""Rates by conditional Monte Carlo; asked for by name, since not every plan has them."""


def _expected(name: str, plan: PlanLike) -> Metric:
    from recallsim.estimate.expected import refusal

    why = refusal(plan)
    if why:
        raise ValueError(
            f"{name} is exact only where the original is opened after a delay and nothing else hangs on it; {why}"
        )
    return Metric(name, Form.RATIO, (name.removesuffix("_rate"),), ("recipients",), rate=True)


def _success_count(name: str, parts: list[str], plan: PlanLike) -> Metric:
    text = parts[1] if len(parts) == 2 else ""
    if not (text.isascii() and text.isdecimal()) or int(text) > plan.count:
        raise ValueError(
            f"{name}: write success_count:<k>, k being a whole number of recipients from 0 to {plan.count}"
        )
    return Metric(name, Form.EVENT, ("succeeded",), rate=True, parameter=float(text), least=max(1, int(text)))


def _no_weight(name: str) -> str:
    return f"the metric {name!r} is no sum over recipients, which alone have weights (importance): run it without importance"


_OF_INDEPENDENT: Final = (Form.QUANTILE, Form.VARIANCE, Form.ICC, Form.DESIGN_EFFECT)
"""Forms about how replications are spread, not about their mean."""

_NEAR: Final = 5
_ALIKE: Final = 0.85  # a slip of the pen is at least as alike as this
_LIST: Final = "`recallsim run SCENARIO --replications 1 --json` prints the names of all"

_ONLY_WITH: Final = {
    "told_": "the sender did not ask to be told (tell_me is off)",
    "replacement_": "the scenario sends no replacement",
    "delivery_seconds:replacement": "the scenario sends no replacement",
    "last_delivery_seconds:replacement": "the scenario sends no replacement",
    "forwarded_": "nobody forwards anything in the scenario",
    "glimpsed_": "no notification shows a line",
    "attachment_": "nobody opens an attachment in the scenario",
}


def _no_such(name: str, plan: PlanLike) -> str:
    if name in _everything(plan):
        if plan.weighted:
            return _no_weight(name)
        if plan.antithetic and find_metric(name, _full(plan)).form in _OF_INDEPENDENT:
            return f"the metric {name!r} takes replications as independent, which antithetic pairs are not (antithetic)"
        for start, because in _ONLY_WITH.items():
            if name.startswith(start):
                return f"the metric {name!r} has no meaning here: {because}"
    from difflib import get_close_matches

    known = [*metric_names(plan), *(metric.name for metric in reasons())]
    known += ["success_count:<k>", f"{PREFIX}:<stage>:<duration>"]
    found = get_close_matches(name, known, 1, _ALIKE) or get_close_matches(name, known, _NEAR, 0.4)
    if len(found) == 1:
        return f"there is no metric {name!r}; did you mean {found[0]!r}?"
    near = f"near names are {', '.join(found)}; " if found else ""
    return f"there is no metric {name!r}; {near}{_LIST}"


@dataclass(frozen=True, slots=True)
class _Fullest:
    """A plan like another in which every metric has a meaning."""

    clock: float
    horizon: int
    count: int
    groups: tuple[()]
    stages: tuple[()]
    metrics: tuple[()]
    has_replacement: bool
    tells: bool
    forwards: bool
    glimpses: bool
    opens_attachments: bool
    antithetic: bool = False
    weighted: bool = False


def _full(plan: PlanLike) -> _Fullest:
    return _Fullest(plan.clock, plan.horizon, plan.count, (), (), (), True, True, True, True, True)


def _everything(plan: PlanLike) -> tuple[str, ...]:
    return metric_names(_full(plan))
