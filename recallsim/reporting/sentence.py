"""The answer in plain words: how many lost the message unseen, how many saw it, what the sender hears."""

from typing import TYPE_CHECKING

from recallsim.reporting.numbers import count, finite, percent
from recallsim.reporting.words import cause_of

if TYPE_CHECKING:
    from recallsim.result import Result

_NOTICEABLE = 0.0005  # shares below this are not worth a clause


def sentence(result: "Result") -> str:
    """Says in plain words what a result means, for one recipient as for many."""
    if not result.replications or finite(_mean(result, "unseen_success_rate")) is None:
        return "No replication was completed, so there is nothing to say yet."
    parts = [_lost(result), _saw(result), _neither(result), _refused(result), _told(result)]
    return " ".join(part for part in parts if part)


def _mean(result: "Result", metric: str) -> float | None:
    found = result.find(metric)
    return finite(found.mean) if found else None


def _share(result: "Result", metric: str) -> float:
    return _mean(result, metric) or 0.0


def _lost(result: "Result") -> str:
    found = result.estimate("unseen_success_rate")
    mean, low, high = finite(found.mean) or 0.0, finite(found.low), finite(found.high)
    interval = ""
    if low is not None and high is not None and low != high:
        places = 1 if high - low >= 0.002 else 2
        interval = (
            f", {100 * result.confidence:g} % interval {percent(low, places)[:-2]} to {percent(high, places)}"
        )
    if result.count == 1:
        share = f"{percent(mean)} of the replications" + (f" ({interval[2:]})" if interval else "")
        return f"The one recipient lost the message without having seen it in {share}."
    lost = f"on average {count(mean * result.count)} ({percent(mean)}{interval})"
    return f"Of {count(result.count)} recipients, {lost} lost the message without having seen it."


def _saw(result: "Result") -> str:
    seen, although = _share(result, "seen_rate"), _share(result, "seen_success_rate")
    if seen < _NOTICEABLE:
        return "Next to nobody saw it." if seen else "Nobody saw it."
    who = _people(result, seen)
    if although < _NOTICEABLE:
        return f"{who} saw it."
    return f"{who} saw it, {_number(result, although)} of them although the recall succeeded."


def _neither(result: "Result") -> str:
    rest = 1.0 - _share(result, "unseen_success_rate") - _share(result, "seen_rate")
    if rest < _NOTICEABLE:
        return ""
    never = _share(result, "reason:not_delivered")
    because = f", {_number(result, never)} of them because it never arrived" if never >= _NOTICEABLE else ""
    return f"{_people(result, rest)} neither saw it nor had it recalled by the end{because}."


def _refused(result: "Result") -> str:
    refused = _share(result, "refused_rate")
    if refused < _NOTICEABLE:
        return ""
    codes = [
        each.metric.removeprefix("reason:")
        for each in sorted(result.estimates, key=lambda each: -(finite(each.mean) or 0.0))
        if each.group == "all" and each.metric.startswith("reason:") and finite(each.mean)
    ]
    words = next((cause_of(code).words for code in codes if cause_of(code).status == "refused"), "")
    share = "" if refused > 1 - _NOTICEABLE else f" in {percent(refused)} of the replications"
    return f"The recall was refused{share}" + (f": {words}." if words else ".")


def _told(result: "Result") -> str:
    if result.find("told_success_rate") is None:
        return ""
    success, failure = _share(result, "told_success_rate"), _share(result, "told_failure_rate")
    bounce = _share(result, "told_bounce_rate")
    silent = max(0.0, 1.0 - success - failure - bounce)
    if silent > 1 - _NOTICEABLE:
        return "The sender is told nothing."
    news = [(success, "success"), (failure, "failure"), (bounce, "a bounce"), (silent, "nothing at all")]
    told = [f"{word} for {_number(result, share)}" for share, word in news if share >= _NOTICEABLE]
    return "The sender is told " + (", ".join(told[:-1]) + " and " if told[:-1] else "") + told[-1] + "."


def _people(result: "Result", share: float) -> str:
    if result.count == 1:
        return f"In {percent(share)} the recipient"
    return f"{count(share * result.count)} ({percent(share)})"


def _number(result: "Result", share: float) -> str:
    return percent(share) if result.count == 1 else count(share * result.count)
