"""Print the digest of a society's trace; run as a program of its own by the tests."""

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "rules" / "support"))

from scenes import traced
from societies import SOCIETIES


def digest(name: str, seed: int) -> str:
    """SHA-256 over every event of one replication, as written."""
    events, _ = traced(SOCIETIES[name](), seed, 0)
    return hashlib.sha256("\n".join(map(repr, events)).encode()).hexdigest()


if __name__ == "__main__":
    for name in SOCIETIES:
        print(name, digest(name, int(sys.argv[1])))
