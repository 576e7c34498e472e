"""The seeded bugs still fit the sources."""

import importlib.util
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("run.py")
ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("mutants_run", SOURCE)
_run = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _run
_spec.loader.exec_module(_run)
ALL = _run.mutants()


@pytest.mark.parametrize("mutant", ALL, ids=[mutant.name for mutant in ALL])
def test_a_seeded_bug_fits_the_sources(mutant):
    """Its text stands in its file exactly once, it changes something, and the tests that should catch it exist."""
    missing = [name for name in mutant.tests if not (ROOT / name.partition("::")[0]).exists()]
    assert (mutant.fault(), missing, mutant.tests != []) == ("", [], True)


def test_the_sources_with_a_seeded_bug_still_compile():
    """A bug is a wrong program, not a broken one."""
    for mutant in ALL:
        text = (ROOT / mutant.file).read_text(encoding="utf-8").replace(mutant.old, mutant.new)
        compile(text, mutant.name, "exec")


def test_names_are_unique():
    """Two bugs under one name could not be told apart."""
    names = [mutant.name for mutant in ALL]
    assert len(names) == len(set(names)) >= 14


def test_what_no_longer_fits_is_said(tmp_path):
    """A bug whose text is gone, or stands there twice, or changes nothing, says so."""
    (tmp_path / "x.py").write_text("a = 1\nb = 1\n")
    made = [_run.Mutant("m", file, old, new, []) for file, old, new in (
        ("y.py", "a", "b"), ("x.py", "1", "2"), ("x.py", "c", "d"), ("x.py", "a", "a"), ("x.py", "a", "c"),
    )]  # fmt: skip
    assert [mutant.fault(tmp_path) for mutant in made] == [
        "there is no y.py",
        "its text stands in x.py 2 times, not once",
        "its text stands in x.py 0 times, not once",
        "it changes nothing",
        "",
    ]
