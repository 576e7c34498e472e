"""`recallsim new`: which files it writes, and what it calls the scenario in them."""

import pytest

from recallsim.scenario import load


@pytest.mark.parametrize(
    ("file", "name", "typed"),
    [
        ("my.yaml", "my", "my.yaml"),
        ("a b.yaml", "a b", "'a b.yaml'"),
        ("007.yaml", "007", "007.yaml"),
        ("a%b.yaml", "a-b", "a%b.yaml"),
        ("null.yaml", "null", "null.yaml"),
    ],
)
def test_the_scenario_bears_the_name_of_its_file(here, file, name, typed):
    """Two starters never share a store, and the commands that are named can be copied."""
    done = here("new", file)
    assert done.out.startswith(f"Wrote {file}. Next: recallsim check ")
    assert done.out.endswith(f"then recallsim run {typed}\n")
    assert load(here.folder / file).name == name


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("-", "a scenario is a file, not standard output; name one, as my.yaml"),
        ("x.sqlite", "x.sqlite would be taken for a store; name a file that ends with .yaml"),
        ("sub/x.yaml", "there is no folder sub; make it, or name another"),
    ],
)
def test_what_is_no_file_for_a_scenario_is_refused(here, file, what):
    """It says why, and writes nothing."""
    done = here("new", file)
    assert (done.code, done.err.splitlines()[-1], list(here.folder.iterdir())) == (2, f"Error: {what}", [])
