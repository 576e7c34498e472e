"""What is looked for among variants, in a few words: `most unseen successes with at most 30s added delay`.

    most | least  METRIC [of GROUP]  [with  at most | at least  VALUE METRIC [of GROUP]  [and …]]

A metric goes by its own name (`unseen_success_rate`, `delivery_seconds:original`) or by one of the spoken names
below; `added` before it means how far it lies above the base's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from recallsim.scenario.base import Refusal, shown, suggestion
from recallsim.scenario.quantities import Measured, quantity

DELAY: Final = "delay"
"""The time from Send to delivery of the original: the hold, and `delivery_seconds:original`."""

SPOKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unseen successes": "unseen_success_rate",
        "seen successes": "seen_success_rate",
        "successes": "success_rate",
        "failures": "failed_rate",
        "pending": "pending_rate",
        "seen": "seen_rate",
        "aware": "aware_rate",
        "aware unseen": "aware_unseen_rate",
        "told successes though seen": "told_success_though_seen_rate",
        "exposure": "exposure_seconds",
        "readers": "seen_count",
        "delay": DELAY,
    }
)
_HELP: Final = "most unseen successes with at most 30s added delay"
_VALUE: Final = (
    r"(?:[0-9][0-9.]*\s*%|[0-9][0-9.]*(?:\s*(?:us|ms|s|min|h|d|w)\b)?(?:\s+[0-9.]+\s*(?:us|ms|s|min|h)\b)*)"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound that a variant has to keep.

    Attributes:
        metric: the metric's name, or `DELAY`.
        group: whose.
        value: the bound, in the metric's unit.
        at_most: whether it is an upper one.
        added: whether the metric is counted from the base's.
        text: as it was written.
    """

    metric: str
    group: str
    value: float
    at_most: bool
    added: bool
    text: str


@dataclass(frozen=True, slots=True)
class Aim:
    """What is looked for.

    Attributes:
        text: as it was written.
        metric: of the objective.
        group: whose.
        most: whether the most or the least of it is best.
        limits: what has to be kept.
    """

    text: str
    metric: str
    group: str = "all"
    most: bool = True
    limits: tuple[Limit, ...] = ()


def aim(text: str) -> Aim:
    """Read what is looked for.

    Raises:
        Refusal: It is not written so; the message says what was found.
    """
    words = " ".join(text.split())
    objective, with_, rest = words.partition(" with ")
    match = re.fullmatch(r"(most|least|fewest|highest|lowest) (.+)", objective)
    if match is None:
        raise Refusal(f"expected most or least and a metric, found {shown(objective)}", _HELP)
    metric, group = _named(match[2])
    if metric == DELAY:
        raise Refusal("delay is for limits only", _HELP)
    limits = tuple(_limit(part) for part in re.split(r" and (?=at )", rest)) if with_ else ()
    return Aim(words, metric, group, match[1] in ("most", "highest"), limits)


def _limit(text: str) -> Limit:
    match = re.fullmatch(rf"at (most|least) ({_VALUE}) (added )?(.+)", text)
    if match is None:
        raise Refusal(f"expected at most or at least, a value and a metric, found {shown(text)}", _HELP)
    metric, group = _named(match[4])
    value = match[2]
    if value.endswith("%"):
        found = float(value.rstrip("% ")) / 100.0
    else:
        number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", value)
        measured = quantity(float(value) if number else value)
        seconds = metric == DELAY or "_seconds" in metric
        if seconds is not (measured.measured is Measured.DURATION) and measured.value:
            expected = "a duration such as 30s" if seconds else "a plain number"
            raise Refusal(f"{shown(text)}: {metric} is limited by {expected}", _HELP)
        found = measured.value
    return Limit(metric, group, found, match[1] == "most", match[3] is not None, text)


def _named(text: str) -> tuple[str, str]:
    """The metric and the group of `METRIC [of GROUP]`."""
    spoken, _, group = text.partition(" of ")
    if spoken in SPOKEN:
        return SPOKEN[spoken], group or "all"
    if " " in spoken or not re.fullmatch(r"[\w:.+-]+", spoken):
        raise Refusal(f"there is no metric called {shown(spoken)}", suggestion(spoken, SPOKEN))
    return spoken, group or "all"
