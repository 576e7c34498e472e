"""Which scenarios `recallsim serve` offers."""

import click
import pytest

from recallsim.commands.serve_command import _listed
from recallsim.errors import ScenarioError

BROKEN = "recipients: {count: many}\nhorizon: 1 fortnight\n"


@pytest.fixture
def folder(tmp_path, monkeypatch, file):
    """A folder to serve from, with a scenario and a broken one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_bytes(file.read_bytes())
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    return tmp_path


def test_a_broken_scenario_is_named_with_its_first_error(folder, capsys):
    """Of those that lie about, what is no scenario is left out: a line each on standard error."""
    found = _listed(())
    assert [one.file for one in found.values()] == ["good.yaml"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("left out: broken.yaml:1:13: error: recipients: ")


def test_a_broken_scenario_that_is_asked_for_is_an_error(folder):
    """What was named is not left out."""
    with pytest.raises(ScenarioError):
        _listed(("good.yaml", "broken.yaml"))


def test_nothing_but_broken_scenarios_is_an_error(folder, capsys):
    """They are named all the same."""
    (folder / "good.yaml").unlink()
    with pytest.raises(click.UsageError):
        _listed(())
    assert capsys.readouterr().err.startswith("left out: broken.yaml:")
