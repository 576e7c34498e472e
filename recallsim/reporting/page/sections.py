"""The pictures of one result: which ones it has, from which numbers, and what they say."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration, finite, percent, plural
from recallsim.reporting.pictures.bars import Measured, Part, Stack, measured, stacked
from recallsim.reporting.pictures.curves import STYLES, Bin, Curve, against_time, over_time
from recallsim.reporting.pictures.svg import Picture
from recallsim.reporting.plain import plain
from recallsim.reporting.words import cause_of

if TYPE_CHECKING:
    from recallsim.evidence import Evidence, Trajectory
    from recallsim.result import Result

ENDINGS = (
    ("unseen_success_rate", Part("unseen", "recalled unseen")),
    ("seen_success_rate", Part("seen", "recalled, but seen")),
    ("failed_rate", Part("failed", "failed")),
    ("refused_rate", Part("refused", "refused")),
    ("pending_rate", Part("open", "still open")),
)
"""How a recall ends: metrics that add up to everybody, and how their pieces look."""

AXIS = "after the press of Send"
_DOTS = 500  # with more replications the dots would hide the means


def pictures(result: "Result") -> Iterator[Picture]:
    """Gives the pictures of a result, those first that answer most."""
    if not result.estimates:
        return
    yield endings(result)
    evidence = result.evidence
    if evidence is not None and len(evidence.curves):
        yield survival(result, evidence)
        if len(result.groups) > 1:
            yield unseen_by_group(result, evidence)
        yield from _noticed(result, evidence)
        yield from _reports(result, evidence)
    yield from _reasons(result)


def endings(result: "Result") -> Picture:
    """Gives the bars of how it ended, for all and for each group."""
    sizes = {group.name: group.size for group in result.groups} | {"all": result.count}
    names = ["all", *(group.name for group in result.groups if group.name != "all")]
    stacks = []
    for name in names:
        found = [result.find(metric, name) for metric, _ in ENDINGS]
        shares = tuple((finite(each.mean) or 0.0) if each is not None else 0.0 for each in found)
        if any(shares):
            stacks.append(Stack(plain(name, 60), shares, f"{sizes[name]:,}"))
    told = ", ".join(
        f"{percent(share)} {part.label}"
        for share, (_, part) in zip(stacks[0].shares, ENDINGS, strict=True)
        if share > 0
    )
    words = f"A bar of shares for each group. Of all recipients: {told}."
    return stacked("endings", "How the recall ended", words, [part for _, part in ENDINGS], stacks)


def survival(result: "Result", evidence: "Evidence") -> Picture:
    """Gives the curves of who had not yet seen it, and of whose recall was not yet decided."""
    level = result.confidence
    curves = [
        remaining("not yet seen", evidence.trajectory("seen", confidence=level)),
        remaining("recall not yet decided", evidence.trajectory("decided", confidence=level)),
    ]
    unseen, undecided = curves
    words = (
        f"Shares of all recipients over time. {percent(unseen.mean[-1])} had not seen the message after "
        f"{duration(unseen.seconds[-1])}; the recall of {percent(undecided.mean[-1])} was not decided by then."
    )
    return over_time("survival", "Unseen, and undecided, over time", words, curves, AXIS)


def unseen_by_group(result: "Result", evidence: "Evidence") -> Picture:
    """Gives one curve for each group, the largest groups first where there are many."""
    groups = sorted(result.groups, key=lambda group: -group.size)[:STYLES]
    kept = [group for group in result.groups if group in groups and group.size]
    curves = [
        remaining(
            plain(group.name, 30), evidence.trajectory("seen", group.name, confidence=result.confidence)
        )
        for group in kept
    ]
    ends = ", ".join(f"{curve.label} {percent(curve.mean[-1])}" for curve in curves)
    which = "" if len(kept) == len(result.groups) else f" The {len(kept)} largest groups."
    words = f"The share that had not seen the message, over time; at the end: {ends}.{which}"
    return over_time("unseen", "Not yet seen, by group", words, curves, AXIS)


def remaining(label: str, trajectory: "Trajectory") -> Curve:
    """Turns a share that grows into the share that is left."""
    return Curve(
        label,
        trajectory.seconds,
        tuple(1.0 - value for value in trajectory.mean),
        tuple(1.0 - value for value in trajectory.high),
        tuple(1.0 - value for value in trajectory.low),
    )


def _noticed(result: "Result", evidence: "Evidence") -> Iterator[Picture]:
    found = evidence.bins(result.seed, result.confidence)
    if len(found) < 2:
        return
    bins = [Bin(*each) for each in found]
    times = evidence.noticings(result.seed)
    dots = [(each.seconds, each.success) for each in times if each.seconds is not None]
    never = sum(each.seconds is None for each in times)
    left = f" {plural(never, 'replication')} in which the sender never noticed are left out." if never else ""
    words = (
        f"Where the sender noticed within {duration(bins[0].latest)}, {percent(bins[0].mean)} of the recalls "
        f"succeeded; where it took {duration(bins[-1].earliest)} or more, {percent(bins[-1].mean)}."
        f"{left} Each dot is a replication; the line joins the means of like times."
    )
    shown = dots if len(dots) <= _DOTS else []
    title = "Success against the time to notice"
    yield against_time("noticed", title, words, bins, shown, "the sender noticed after")


def _reports(result: "Result", evidence: "Evidence") -> Iterator[Picture]:
    told = evidence.trajectory("told", confidence=result.confidence)
    if not any(told.mean):
        return
    heard = Curve("the sender had heard of", told.seconds, told.mean, told.low, told.high)
    decided = evidence.trajectory("decided", confidence=result.confidence)
    truth = Curve("decided in truth", decided.seconds, decided.mean, decided.low, decided.high)
    words = (
        f"The share of recipients of whom the sender had received a report or a bounce: {percent(told.mean[-1])} "
        f"at the end. The recall of {percent(decided.mean[-1])} was decided by then."
    )
    yield over_time("reports", "Reports received over time", words, [heard, truth], AXIS)


def _reasons(result: "Result") -> Iterator[Picture]:
    bars = []
    for each in result.estimates:
        if each.group == "all" and each.metric.startswith("reason:") and finite(each.mean):
            cause = cause_of(each.metric.removeprefix("reason:"))
            code = plain(each.metric.removeprefix("reason:"), 60)
            bars.append(Measured(code, each.mean or 0.0, finite(each.low), finite(each.high), cause.status))
    if not bars:
        return
    bars.sort(key=lambda bar: -bar.value)
    first = bars[0]
    words = (
        f"The reasons that the recalls ended with, in shares of all recipients. Most often: {first.label}, "
        f"{percent(first.value)}: {cause_of(first.label).words}."
    )
    picture = measured(
        "reasons", "Why it ended so", words, bars, axis="share of all recipients", headers=("reason", "share")
    )
    yield picture
