"""How long the page takes from a slider's move to the numbers, and a report of a sweep of 10,000 cells.

    python benchmarks/seeing.py [scenario]

The page's way is taken without a browser: the request's question, the simulation, the pictures, the JSON. On the
agents engine the page makes the question smaller, which is printed.
"""

import json
import statistics
import sys
import time

from recallsim.reporting.page.further import page_of, sweep
from recallsim.web.estimating import answer, listed, question
from recallsim.web.views import shown

TIMES = ("10s", "30s", "1min", "2min", "3min", "5min", "7min", "10min", "15min", "20min", "30min", "1h")


def slider(file: str) -> None:
    """Moves the slider of the time to notice, stop by stop."""
    one = listed("0", file)
    base = answer(question(one, {}, full=False), lambda done: True)
    took = []
    for stop in TIMES:
        began = time.perf_counter()
        asked = question(one, {"notices": stop}, full=False)
        found = answer(asked, lambda done: True)
        json.dumps(shown(found, base, None))
        took.append(1000 * (time.perf_counter() - began))
    asked = base.question
    print(f"{asked.plan.count:,} recipients x {asked.replications} replications, {asked.choice.name} engine")
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"slider to numbers: median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, of {len(took)}")


def report_of_a_sweep() -> None:
    """Makes a report page of 100 x 100 cells."""
    rows = [
        {
            "group": "all",
            "metric": "unseen_success_rate",
            "a": a,
            "b": b,
            "mean": (a * b % 97) / 97,
            "low": None,
            "high": None,
        }
        for a in range(100)
        for b in range(100)
    ]
    began = time.perf_counter()
    text = page_of("A sweep", "10,000 cells", [], [sweep(rows, ["a", "b"])], [], ())
    print(f"report of 10,000 cells: {time.perf_counter() - began:.2f} s, {len(text) / 1e6:.2f} MB")


if __name__ == "__main__":
    slider(sys.argv[1] if len(sys.argv) > 1 else "configs/office.yaml")
    report_of_a_sweep()
