import sys
from pathlib import Path

# The checker, and the strategy of random scenarios, are shared by several files.
sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "support"))
