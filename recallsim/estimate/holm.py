"""Holm's correction: p-values of several comparisons, such that one false alarm among all stays unlikely.

S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979) 65-70. It needs
no independence, and is never weaker than Bonferroni's.
"""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusts p-values for their number, in the order in which they come.

    A comparison whose adjusted value is at most a is significant at level a for the whole family.
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda each: p_values[each])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = largest
    return tuple(adjusted)
