import sys
from pathlib import Path

# The strategy of random scenarios is shared by several files here.
sys.path.insert(0, str(Path(__file__).parent / "support"))
