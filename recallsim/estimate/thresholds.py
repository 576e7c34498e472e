"""The parametrised question "which share of the jobs waited longer than …", read from its name."""

import math
from dataclasses import dataclass
from typing import Final

from recallsim.estimate.shape import PlanLike
from transport.recall.codes import Kind

MAIL_KINDS: Final = (Kind.ORIGINAL, Kind.REQUEST, Kind.REPLACEMENT)
"""The kinds that travel to recipients; a stage's metrics without a kind take these together."""

JOB_KINDS: Final = (*MAIL_KINDS, Kind.REPORT)
"""The kinds whose passage through a stage is recorded."""

PREFIX: Final = "waited_over"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A wait in one stage that jobs of some kinds are held against.

    Attributes:
        stage: index into plan.stages.
        ticks: jobs that waited more than this are counted.
        kinds: the kinds that are counted together.
    """

    stage: int
    ticks: int
    kinds: tuple[Kind, ...]


def over_name(stage: str, ticks: int, kind: Kind) -> str:
    """The name under which a tally counts the jobs of `kind` that waited more than `ticks` in `stage`."""
    return f"over:{stage}:{ticks}:{kind.name.lower()}"


def stage_index(stage: str, metric: str, plan: PlanLike) -> int:
    """The place of a stage in the plan.

    Raises:
        ValueError: when the plan has no stage of that name.
    """
    names = [each.name for each in plan.stages]
    if stage in names:
        return names.index(stage)
    there = f"its stages are {', '.join(names)}" if names else "it has no stages"
    raise ValueError(f"{metric}: the scenario has no stage {stage!r}{_closest(stage, names)}; {there}")


def kinds_named(kind: str | None, metric: str) -> tuple[Kind, ...]:
    """The kinds that the last part of a metric's name stands for; all kinds of mail where it is left out.

    Raises:
        ValueError: when there is no such kind.
    """
    if kind is None:
        return MAIL_KINDS
    names = [each.name.lower() for each in JOB_KINDS]
    if kind in names:
        return (JOB_KINDS[names.index(kind)],)
    raise ValueError(
        f"{metric}: no message is a {kind!r}{_closest(kind, names)}; the kinds are {', '.join(names)}"
    )


def threshold(metric: str, plan: PlanLike) -> Threshold:
    """Reads `waited_over:<stage>:<duration>[:<kind>]`.

    Raises:
        ValueError: when a part is missing, too much or unknown.
    """
    from transport.units import parse_duration

    parts = metric.split(":")
    if parts[0] != PREFIX or not 3 <= len(parts) <= 4:
        raise ValueError(
            f"{metric}: write waited_over:<stage>:<duration> or waited_over:<stage>:<duration>:<kind>, "
            f"such as waited_over:delivery:3min:request"
        )
    index = stage_index(parts[1], metric, plan)
    try:
        seconds = parse_duration(parts[2])
    except ValueError as error:
        raise ValueError(f"{metric}: {error}") from error
    kinds = kinds_named(parts[3] if len(parts) == 4 else None, metric)
    return Threshold(index, math.floor(seconds / plan.clock + 0.5), kinds)


def thresholds(plan: PlanLike) -> tuple[Threshold, ...]:
    """What the plan's own metrics ask to be counted while tallying."""
    return tuple(threshold(metric, plan) for metric in plan.metrics if metric.split(":")[0] == PREFIX)


def _closest(word: str, words: list[str]) -> str:
    from difflib import get_close_matches

    found = get_close_matches(word, words, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
