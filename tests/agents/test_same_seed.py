"""Same seed, same trace, byte for byte: here, elsewhere, and whatever the hashes of strings are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from societies import SOCIETIES
from tell import digest

TELL = Path(__file__).parent / "support" / "tell.py"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_same_trace_in_another_process(hash_seed):
    """A process of its own, with hashes of its own, writes the very same events."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, str(TELL), "7"], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == [f"{name} {digest(name, 7)}" for name in SOCIETIES]


def test_the_same_trace_twice_and_another_for_another_seed():
    """Within one process: equal for one seed, different for another."""
    assert digest("checks", 7) == digest("checks", 7) != digest("checks", 8)
