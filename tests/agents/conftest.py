import sys
from pathlib import Path

# Tests of rules and of agents share one helper, found by its name.
sys.path.insert(0, str(Path(__file__).parents[1] / "rules" / "support"))
