import sys
from pathlib import Path

# Worker processes inherit sys.path and find the stand-ins by it, however pytest was started.
sys.path.insert(0, str(Path(__file__).parent / "support"))
