import sys
from pathlib import Path

# Random scenarios are shared with the tests of the engine and of histories.
for room in ("metamorphic", "history", "engine"):
    sys.path.insert(0, str(Path(__file__).parents[1] / room / "support"))
