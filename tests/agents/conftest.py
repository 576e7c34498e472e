import sys
from pathlib import Path

# Tests of rules and of agents share one helper, found by its name; the other loops live beside these tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "rules" / "support"))
sys.path.insert(0, str(Path(__file__).parent / "support"))
