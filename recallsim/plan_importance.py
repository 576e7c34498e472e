"""Importance sampling of the reading clock: who opens the original after a delay does so early more often.

The law of the delay is tilted: with a share of the probability an opening falls within a short time, as the law has it
there, else anywhere. What an observation counts is weighted for it (`recallsim.estimate.importance`).
"""

from dataclasses import replace
from typing import Final

from agents.records import Group, Reads
from recallsim.scenario.models_frame import Importance
from transport.streams.law_rows import tilted
from transport.streams.laws import CONSTANT, LawRow, sample

LEAST_REACH: Final = 2.0**-52
_HALVINGS: Final = 80


def tilt(groups: tuple[Group, ...], importance: Importance | None) -> tuple[Group, ...]:
    """The groups, with the delays of those who read by delay tilted."""
    if importance is None:
        return groups
    return tuple(_tilted(group, importance) for group in groups)


def _tilted(group: Group, importance: Importance) -> Group:
    device, *others = group.devices
    original, *rest = device.reading.delay or ((),)
    if device.reading.kind is not Reads.DELAY or not original or original[0] <= CONSTANT:
        return group
    reach = probability_within(original, importance.opened_within)
    if not LEAST_REACH <= reach < importance.share:
        return group  # it happens often enough by itself, or never
    delay = (tilted(original, importance.share, reach), *rest)
    device = replace(device, reading=replace(device.reading, delay=delay))
    return replace(group, devices=(device, *others))


def probability_within(law: LawRow, seconds: float) -> float:
    """The probability that a law gives a value up to `seconds`, by halving the uniforms; exact to a float's width."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        if sample(law, 0, middle) <= seconds:
            low = middle
        else:
            high = middle
    return low
