"""A small scenario to change, and how its errors read."""

import textwrap
from pathlib import Path

import pytest

from recallsim.errors import ScenarioError
from recallsim.scenario import load

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")


@pytest.fixture
def small():
    """The text of a scenario with two groups."""
    return SMALL


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write files into the working folder; gives the name of the first."""
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, text in files.items():
            content = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
            (tmp_path / f"{name}.yaml").write_bytes(content)
        return f"{next(iter(files))}.yaml"

    return write


@pytest.fixture
def complaint():
    """Load what cannot be loaded; gives the message."""

    def load_and_fail(source, *overrides, variant=None):
        with pytest.raises(ScenarioError) as error:
            load(source, overrides, variant)
        return str(error.value)

    return load_and_fail
