import sys
from pathlib import Path

# The bench on which relays are tried is shared by several files here.
sys.path.insert(0, str(Path(__file__).parent / "support"))
