"""What commands over designs import: nothing of the extras before they are needed."""

import subprocess
import sys

import pytest

EXTRAS = ("scipy", "SALib", "pandas", "distributed", "dask", "matplotlib")


@pytest.mark.parametrize(
    "call",
    [
        "recallsim.run(text, replications=2, workers=1)",
        "recallsim.sweep(text, grid={'sender.notices': ['1min']}, replications=2, workers=1)",
        "recallsim.best(text + 'what_if: {later: {sender.notices: 1h}}\\n', overrides=['best.first=5'], workers=1)",
    ],
)
def test_extras_are_imported_by_those_who_need_them(v01, call):
    """Neither a run, a grid nor a search imports scipy, SALib, pandas or Dask."""
    code = f"import sys, recallsim; text = sys.stdin.read(); {call}; print([n for n in {EXTRAS} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], input=v01, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
