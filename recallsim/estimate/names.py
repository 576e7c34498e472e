"""What a tally holds: the names of its columns.

Counts are of recipients unless the name says otherwise, sums of times are in ticks; both add up over
recipients. A column that starts with `last_`, `peak_` or `decision_p` is the final value of one replication,
NaN where there is none.
"""

from typing import Final

from recallsim.estimate.shape import PlanLike
from recallsim.estimate.thresholds import JOB_KINDS, MAIL_KINDS, over_name, thresholds
from transport.recall.codes import Kind, Reason, SeenPhase, Status

STATUSES: Final = {status: status.name.lower() for status in Status}
REASONS: Final = {reason: f"reason:{reason.name.lower()}" for reason in Reason if reason is not Reason.NONE}
PHASES: Final = {phase: f"seen_{phase.name.lower()}" for phase in SeenPhase if phase is not SeenPhase.UNSEEN}
LEVELS: Final = ("level_none", "level_glimpsed", "level_shown", "level_opened", "level_attachment")
TOLD: Final = ("told_nothing", "told_success", "told_failure", "told_bounce")
ENDS: Final = ("none", "old_only", "new_only", "both")
"""What the person ends with, numbered old + 2 * new."""
PERCENTS: Final = (50, 90, 99)
"""The quantiles that are reported."""

EXPECTED: Final = ("expected_failed", "expected_succeeded")
"""Sums of chances instead of counts; only where they are asked for (see `expected`)."""

WEIGHT: Final = "weight"
"""The sum of the weights of recipients, where they have some."""

FLAGS: Final = (
    "doomed",
    "seen",
    "unseen_success",
    "seen_success",
    "failed_unseen",
    "seen_after_removal",
    "aware",
    "aware_unseen",
    "overtaken",
    "told_success_though_seen",
    "reports_contradict",
)


def kinds_of_mail(plan: PlanLike) -> tuple[Kind, ...]:
    """The kinds of mail to recipients that the plan's scenario can send."""
    return MAIL_KINDS if plan.has_replacement else MAIL_KINDS[:2]


def stage_name(quantity: str, stage: str, kind: Kind) -> str:
    """The name of a column about the jobs of one kind in one stage."""
    return f"{quantity}:{stage}:{kind.name.lower()}"


def tally_names(plan: PlanLike) -> tuple[str, ...]:
    """The columns of the plan's tallies, in order."""
    names = [
        "recipients",
        *STATUSES.values(),
        *REASONS.values(),
        *FLAGS,
        *PHASES.values(),
        *LEVELS,
        "seen_people",
        "forwarded_seen",
    ]
    names += TOLD
    if plan.has_replacement:
        names += [f"replacement_{end}" for end in ENDS]
        names.append("replacement_seen_first")
    names.append("exposure_ticks")
    for kind in kinds_of_mail(plan):
        kind_name = kind.name.lower()
        names += [f"delivered:{kind_name}", f"delivery_ticks:{kind_name}", f"last_delivery_ticks:{kind_name}"]
    for ending in ("succeeded", "failed"):
        names += [f"decided_{ending}", f"decision_ticks_{ending}"]
    names += [f"decision_p{percent}_ticks" for percent in PERCENTS]
    for stage in plan.stages:
        for kind in JOB_KINDS:
            names += [
                stage_name(part, stage.name, kind)
                for part in ("jobs", "wait_ticks", "served", "sojourn_ticks")
            ]
        names.append(f"peak_queue:{stage.name}")
    asked = {
        over_name(plan.stages[each.stage].name, each.ticks, kind): None
        for each in thresholds(plan)
        for kind in each.kinds
    }
    chances = EXPECTED if any(f"{name}_rate" in plan.metrics for name in EXPECTED) else ()
    return (*names, *asked, *chances, *((WEIGHT,) if plan.weighted else ()))
