"""The lock files hold names, versions and hashes of all that the package asks for, and no addresses."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _locked(lock: str) -> dict[str, list[str]]:
    """By name: the lines of its pins, joined with their hashes."""
    found: dict[str, list[str]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            found.setdefault(_name(line), []).append(line)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_versions_with_hashes(lock: str) -> None:
    """Every line pins one version exactly and gives its hashes."""
    loose = [
        line
        for lines in _locked(lock).values()
        for line in lines
        if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock: str) -> None:
    """No line names where a package comes from."""
    assert (
        re.findall(r"\w+://|--(?:extra-)?index-url|--find-links", (ROOT / lock).read_text(encoding="utf-8"))
        == []
    )


@pytest.mark.parametrize(
    ("lock", "groups"),
    [(LOCKS[0], ("batch", "web")), (LOCKS[1], ("batch", "dask", "designs", "parquet", "png", "web", "dev"))],
)
def test_lock_holds_every_requirement(lock: str, groups: tuple[str, ...]) -> None:
    """Every requirement that pyproject.toml names is locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"]]
    for group in groups:
        asked += project["optional-dependencies"][group]
    own = {"recallsim"}  # the extra of developers takes the others in
    assert [name for name in map(_name, asked) if name not in {*own, *_locked(lock)}] == []


def test_both_locks_agree() -> None:
    """What both locks hold, they hold in the same version."""
    first, second = (_locked(lock) for lock in LOCKS)
    assert {name: first[name] for name in first.keys() & second.keys()} == {
        name: second[name] for name in first.keys() & second.keys()
    }


def test_no_machine_is_named() -> None:
    """The documents, scenarios and build files name no folder of a particular machine."""
    files = [
        ROOT / "Makefile",
        ROOT / ".ci" / "run",
        *ROOT.glob("*.md"),
        *ROOT.glob("*.toml"),
        *ROOT.glob("*.lock"),
    ]
    files += [*(ROOT / "docs").rglob("*.md"), *(ROOT / "configs").rglob("*.*")]
    found = [
        file.name
        for file in files
        if re.search(r"/(?:home|Users|work|tmp|opt)/", file.read_text(encoding="utf-8"))
    ]
    assert found == []
