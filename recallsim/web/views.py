"""What the page shows of an answer: pictures, tables and words, made by the same functions as the report."""

import dataclasses
import shlex
from typing import Any

from recallsim.estimate.estimates import Estimate
from recallsim.estimate.intervals import Interval
from recallsim.reporting.numbers import cell, finite, plural
from recallsim.reporting.page.sections import ENDINGS, endings, remaining
from recallsim.reporting.pictures.bars import Stack, stacked
from recallsim.reporting.pictures.curves import Curve, table
from recallsim.reporting.pictures.svg import Picture
from recallsim.reporting.plain import UNICODE, plain
from recallsim.result import Result
from recallsim.web.controls import brought
from recallsim.web.estimating import Answer
from recallsim.web.simulating import FOLLOWED

SHOWN = (
    ("unseen_success_rate", "recalled unseen"),
    ("seen_rate", "saw the message"),
    ("success_rate", "recalled, seen or not"),
    ("failed_rate", "recall failed"),
    ("refused_rate", "refused"),
    ("pending_rate", "still open at the end"),
    ("told_success_rate", "reported to the sender as recalled"),
    ("aware_rate", "noticed the recall"),
    ("seen_count", "people who saw it, on average"),
    ("decision_seconds_p50", "half are decided after"),
)
"""The rows of the page's table of numbers."""


def numbers(answer: Answer, base: Answer, pinned: Answer | None = None) -> dict[str, Any]:
    """Gives what the page shows first of an answer beside the base and what was pinned: estimates and words.

    Args:
        answer: to the sliders as they stand.
        base: to the scenario as it is.
        pinned: to the sliders as they stood when somebody pinned them.
    """
    columns = [("now", answer), ("base", base), *([("pinned", pinned)] if pinned is not None else [])]
    result, asked = answer.result, answer.question
    return {
        "sentence": result.sentence(),
        "note": asked.note,
        "brought": brought(asked.listed.scenario, asked.scenario, asked.settings),
        "engine": asked.choice.name,
        "why": asked.choice.why,
        "seconds": round(answer.seconds, 4),
        "size": f"{plural(result.count, 'recipient')}, {plural(result.replications, 'replication')}",
        "fingerprint": result.fingerprint,
        "columns": [name for name, _ in columns],
        "rows": [
            {"metric": metric, "label": label, "cells": [_cell(each.result, metric) for _, each in columns]}
            for metric, label in SHOWN
            if any(_found(each.result, metric) is not None for _, each in columns)
        ],
        "estimates": {metric: _numbers(result, metric) for metric, _ in SHOWN},
    }


def shown(answer: Answer, base: Answer, pinned: Answer | None = None) -> dict[str, Any]:
    """Gives all that the page shows of an answer: the numbers, and what takes longer to make."""
    evidence = answer.result.evidence
    return numbers(answer, base, pinned) | {
        "curves": _curves(answer, base, pinned),
        "pictures": [_picture(each) for each in _pictures(answer, base, pinned)],
        "command": plain(shlex.join(("recallsim", *(evidence.command if evidence else ()))), 10_000),
    }


def so_far_of(found: Interval) -> str:
    """Writes the estimate of an answer that is not complete yet."""
    written = cell(
        Estimate("", "all", FOLLOWED, found.mean, found.low, found.high, found.replications), UNICODE
    )
    return f"{written.middle} {written.spread}".strip()


def _found(result: Result, metric: str) -> Estimate | None:
    """Gives an estimate; a moment of decision has no meaning where every request is refused on the spot."""
    refused = result.find("refused_rate")
    if metric.startswith("decision_seconds") and refused is not None and refused.mean == 1.0:
        return None
    return result.find(metric)


def _cell(result: Result, metric: str) -> dict[str, str]:
    found = _found(result, metric)
    written = None if found is None else cell(found, UNICODE)
    return {"number": written.middle if written else "", "spread": written.spread if written else ""}


def _numbers(result: Result, metric: str) -> dict[str, float | None] | None:
    found = result.find(metric)
    if found is None:
        return None
    return {"mean": finite(found.mean), "low": finite(found.low), "high": finite(found.high)}


def _pictures(answer: Answer, base: Answer, pinned: Answer | None) -> list[Picture]:
    found = [_endings(answer, base, pinned)]
    if len(answer.result.groups) > 1:
        found.append(dataclasses.replace(endings(answer.result), title="Group by group"))
    return found


def _endings(answer: Answer, base: Answer, pinned: Answer | None) -> Picture:
    stacks = []
    for name, each in (("now", answer), ("base", base), ("pinned", pinned)):
        if each is not None:
            stacks.append(Stack(name, _shares(each.result), f"{each.result.count:,}"))
    words = (
        "Bars of shares of all recipients: the sliders as they stand, and the scenario as it is. "
        f"{answer.result.sentence()}"
    )
    return stacked("compared", "How the recall ends", words, [part for _, part in ENDINGS], stacks)


def _shares(result: Result) -> tuple[float, ...]:
    found = (result.find(metric) for metric, _ in ENDINGS)
    return tuple((finite(each.mean) or 0.0) if each is not None else 0.0 for each in found)


def _curves(answer: Answer, base: Answer, pinned: Answer | None) -> dict[str, Any]:
    """Gives the curves as numbers, those behind first, and their table, in which those behind come last."""
    beside = [
        (look, each) for look, each in (("base", base), ("pinned", pinned)) if each and each is not answer
    ]
    behind = [
        (look, [curve._replace(low=(), high=()) for curve in _left(each, f", {look}")])
        for look, each in beside
    ]
    front = _left(answer, "")
    headers, rows = table([*front, *(curve for _, curves in behind for curve in curves)])
    return {
        "seconds": front[0].seconds,
        "lines": [
            {"label": each.label, "look": look, "mean": each.mean, "low": each.low, "high": each.high}
            for look, curves in (*behind, ("now", front))
            for each in curves
        ],
        "headers": headers,
        "rows": rows,
    }


def _left(answer: Answer, of: str) -> list[Curve]:
    evidence = answer.result.evidence
    assert evidence is not None
    level = answer.result.confidence
    return [
        remaining(f"{label}{of}", evidence.trajectory(what, confidence=level))
        for what, label in (("seen", "not yet seen"), ("decided", "recall not yet decided"))
    ]


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "key": picture.key,
        "title": picture.title,
        "words": picture.words,
        "svg": picture.svg,
        "headers": picture.headers,
        "rows": picture.rows,
    }
