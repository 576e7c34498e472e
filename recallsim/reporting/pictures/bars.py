"""Bars: how it ended, group by group; and single values, each with its interval."""

from collections.abc import Sequence
from typing import NamedTuple

from recallsim.reporting.numbers import percent
from recallsim.reporting.pictures.axes import Scale, percent_mark, round_steps
from recallsim.reporting.pictures.svg import (
    WIDTH,
    Picture,
    cut,
    drawing,
    extent,
    line,
    number,
    rectangle,
    text,
)

_LABEL = 140.0
_BAR, _GAP = 22.0, 10.0
MOST_BARS = 40
"""So many bars are drawn; the table has them all."""


class Part(NamedTuple):
    """A kind of ending that all bars share: its colour, and what it is called."""

    colour: str
    label: str


class Stack(NamedTuple):
    """One bar: its label and a share for each part; together they are at most 1."""

    label: str
    shares: tuple[float, ...]
    size: str = ""


class Measured(NamedTuple):
    """A value with its interval, where there is one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    group: str = ""


def stacked(key: str, title: str, words: str, parts: Sequence[Part], stacks: Sequence[Stack]) -> Picture:
    """Draws a bar of shares for each stack, with a legend and the share in every piece that has room."""
    used = [at for at in range(len(parts)) if any(stack.shares[at] > 0 for stack in stacks)]
    shown = stacks[:MOST_BARS]
    body: list[str] = []
    top, x = 8.0, _LABEL
    for at in used:
        wide = 34 + extent(parts[at].label)
        if x + wide > WIDTH and x > _LABEL:
            top, x = top + 20, _LABEL
        body.append(rectangle(x, top, 12, 12, f"fill-{parts[at].colour}"))
        body.append(text(parts[at].label, x + 18, top + 10.5, "small"))
        x += wide
    top += 28
    scale = Scale(0.0, 1.0, _LABEL, WIDTH - 24)
    bottom = top + len(shown) * (_BAR + _GAP)
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        body.append(line(scale.at(value), top - 4, scale.at(value), bottom, "grid"))
        body.append(text(percent_mark(value), scale.at(value), bottom + 14, "soft small", "middle"))
    for row, stack in enumerate(shown):
        body += _stack(stack, parts, scale, top + row * (_BAR + _GAP))
    rows = tuple((stack.label, stack.size, *(percent(stack.shares[at]) for at in used)) for stack in stacks)
    headers = ("Group", "Recipients", *(parts[at].label for at in used))
    left_out = len(stacks) - len(shown)
    note = f"{left_out} more groups are in the table." if left_out else ""
    svg = drawing(key, title, words, bottom + 22, body)
    return Picture(key, title, words, svg, headers, rows, note)


def _stack(stack: Stack, parts: Sequence[Part], scale: Scale, y: float) -> list[str]:
    drawn = [text(cut(stack.label, _LABEL - 12), _LABEL - 8, y + _BAR / 2 + 4, "", "end")]
    begin = 0.0
    for part, share in zip(parts, stack.shares, strict=True):
        if share <= 0:
            continue
        x, wide = scale.at(begin), scale.at(begin + share) - scale.at(begin)
        told = f"{stack.label}: {percent(share)} {part.label}"
        drawn.append(rectangle(x, y, wide, _BAR, f"fill-{part.colour} edge", told))
        written = percent(share, 0)
        if wide > extent(written) + 8:
            drawn.append(text(written, x + wide / 2, y + _BAR / 2 + 4, f"small on-{part.colour}", "middle"))
        begin += share
    return drawn


def measured(
    key: str,
    title: str,
    words: str,
    bars: Sequence[Measured],
    *,
    axis: str,
    rate: bool = True,
    headers: tuple[str, str] = ("", "value"),
    ends: bool = False,
) -> Picture:
    """Draws a bar from 0 for each value, with its interval: reasons, or how much each input matters.

    Args:
        key, title, words: as of any picture.
        bars: in the order in which they are drawn.
        axis: what the values are.
        rate: whether they are shares.
        headers: of the labels and the values in the table.
        ends: whether of a label that is too long the end is kept, as suits a path.
    """
    shown = bars[:MOST_BARS]
    top, label = 6.0, 230.0
    reach = [value for bar in bars for value in (bar.value, bar.low, bar.high) if value is not None]
    low, high = min(0.0, *reach, 0.0), max(0.0, *reach, 1e-9)
    low -= 0.15 * (high - low) if low < 0.0 else 0.0  # room for the number of a bar to the left
    scale = Scale(low, high, label, WIDTH - 64)
    bottom = top + len(shown) * (_BAR + _GAP)
    write = percent if rate else number
    body: list[str] = []
    for value in round_steps(low, high, 5):
        body.append(line(scale.at(value), top, scale.at(value), bottom, "grid"))
        mark = percent_mark(value) if rate else f"{value:.4g}"
        body.append(text(mark, scale.at(value), bottom + 14, "soft small", "middle"))
    for row, bar in enumerate(shown):
        y = top + row * (_BAR + _GAP) + 3
        begin, end = sorted((scale.at(0.0), scale.at(bar.value)))
        colour = {"failed": "failed", "refused": "refused", "pending": "open", "second": "seen"}.get(
            bar.group, "unseen"
        )
        body.append(text(cut(bar.label, label - 14, end=ends), label - 8, y + _BAR / 2 + 4, "", "end"))
        body.append(
            rectangle(
                begin, y, max(end - begin, 1), _BAR - 4, f"fill-{colour}", f"{bar.label}: {write(bar.value)}"
            )
        )
        if bar.low is not None and bar.high is not None:
            body.append(line(scale.at(bar.low), y + 9, scale.at(bar.high), y + 9, "whisker"))
        if bar.value < 0.0:
            place = scale.at(min(bar.value, bar.low if bar.low is not None else bar.value)) - 6
        else:
            place = scale.at(max(bar.value, bar.high if bar.high is not None else bar.value)) + 6
        body.append(text(write(bar.value), place, y + 13, "small", "end" if bar.value < 0.0 else "start"))
    body.append(line(scale.at(0.0), top, scale.at(0.0), bottom, "axis"))
    body.append(text(axis, (label + WIDTH - 64) / 2, bottom + 31, "soft small", "middle"))
    spread = any(end is not None for bar in bars for end in (bar.low, bar.high))
    rows = tuple(
        (
            bar.label,
            write(bar.value),
            *("" if end is None else write(end) for end in (bar.low, bar.high) if spread),
        )
        for bar in bars
    )
    left_out = len(bars) - len(shown)
    note = f"{left_out} more are in the table." if left_out else ""
    svg = drawing(key, title, words, bottom + 38, body)
    return Picture(key, title, words, svg, (*headers, *(("low", "high") if spread else ())), rows, note)
