import sys
import tempfile
from pathlib import Path

import pytest

# Worker processes inherit sys.path and find the stand-ins by it, however pytest was started.
sys.path.insert(0, str(Path(__file__).parent / "support"))


@pytest.fixture
def unprivileged():
    """A folder that an ordinary user may look into, as no folder of pytest's own is where that is root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
