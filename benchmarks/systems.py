"""The comparison of all recall systems: the same people on the same day, and only the system differs.

    make systems                                        # 40 replications of each
    .venv/bin/python benchmarks/systems.py --replications 200 exchange-online outlook

prints the rows of a Markdown table, one for each file of configs/systems (or those named): the shares of recipients whose
recall succeeded, who lost the message unseen, who saw it, of whom the sender is told a success although they saw it, and
whose recall was refused; in brackets half the 95 % interval where replications differ.
"""

import argparse
import sys
from pathlib import Path

import recallsim
from recallsim.result import Result

FOLDER = Path(__file__).parents[1] / "configs" / "systems"
ORDER = (
    "outlook-2007",
    "outlook",
    "exchange-online",
    "hybrid",
    "cross-tenant",
    "domino",
    "groupwise",
    "zimbra",
    "netease-vip",
    "lark",
    "coremail",
    "qq",
    "alibaba",
    "zoho",
    "admin-purge",
    "undo-send-gmail",
    "undo-send-outlook",
    "undo-send-apple",
    "undo-send-proton",
    "mdaemon",
    "none",
)
COLUMNS = (
    ("succeeded", "success_rate"),
    ("unseen", "unseen_success_rate"),
    ("saw it", "seen_rate"),
    ("told success though seen", "told_success_though_seen_rate"),
    ("refused", "refused_rate"),
)


def row(name: str, result: Result) -> str:
    """One line of the table."""
    return f"| `{name}` | " + " | ".join(cell(result, metric) for _, metric in COLUMNS) + " |"


def cell(result: Result, metric: str) -> str:
    """A share in percent with half its interval; a dash where the metric has no meaning."""
    found = result.find(metric)
    if found is None or found.mean is None:
        return "–"
    text = f"{100 * found.mean:.1f} %"
    if found.degenerate or found.low is None or found.high is None:
        return text
    half = 50 * (found.high - found.low)
    return text if half < 0.05 else f"{text} (± {half:.1f})"


def main() -> None:
    """Print the table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "systems", nargs="*", default=ORDER, metavar="SYSTEM", help="as configs/systems/SYSTEM.yaml"
    )
    parser.add_argument("--replications", type=int, default=40, help="of each (40)")
    parser.add_argument("--workers", type=int, default=None, help="processes (one for each processor)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="as recallsim run --set"
    )
    asked = parser.parse_args()
    print("| system | " + " | ".join(title for title, _ in COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name in asked.systems:
        file = FOLDER / f"{name}.yaml"
        if not file.is_file():
            sys.exit(f"there is no {file}; the systems are {', '.join(ORDER)}")
        result = recallsim.run(
            file, replications=asked.replications, workers=asked.workers, overrides=asked.set
        )
        print(row(name, result), flush=True)


if __name__ == "__main__":
    main()
