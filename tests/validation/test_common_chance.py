"""Common random numbers, against exact values: five minutes or eight in case V01."""

import math
from pathlib import Path

import recallsim

V01 = (Path(__file__).parent / "scenarios" / "v01.yaml").read_text(encoding="utf-8")
TEXT = V01 + "replications: 100\nwhat_if: {later: {sender.notices: 8min}}\n"


def test_common_random_numbers_need_far_fewer_replications():
    """Asked after 8 minutes instead of 5: the exact difference, at a fifth of the replications or fewer."""
    made = recallsim.compare(TEXT, overrides=["recipients.count=100"], workers=1, seed=20261120)
    found = made.difference("later", "success_rate").difference
    exact = [math.exp(-d / 60) / (1 + 2 / 60) / (1 + 10 / 60) for d in (5, 8)]
    assert abs(found.interval.mean - (exact[1] - exact[0])) < 4.4 * found.interval.error
    assert found.independent >= 5 * made.replications
