"""The built wheel holds everything that an installation needs, and nothing of the tests."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import recallsim

pytest.importorskip("hatchling", reason="the build tool stands in requirements.lock; `make test` installs it")

ROOT = Path(__file__).parents[2]
SHIPPED = (".py", ".yaml", ".sql", ".typed", ".html", ".css", ".js", ".LICENSE")


def _package_files() -> set[str]:
    """Every file of the three packages in the source tree."""
    found = set()
    for package in ("transport", "agents", "recallsim"):
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and file.suffix in SHIPPED:
                found.add(file.relative_to(ROOT).as_posix())
    return found | {f"{package}/py.typed" for package in ("transport", "agents", "recallsim")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the source tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_the_packages_whole(wheel: Path) -> None:
    """The wheel holds every module, preset, schema and py.typed of the three packages, and no other package."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == _package_files()
    assert {
        "recallsim/store/schema.sql",
        "recallsim/presets/desk.yaml",
        "recallsim/commands/starter.yaml",
    } <= names


def test_wheel_runs_from_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed into an environment of its own, the command says its version and knows its presets."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=os.name != "nt")
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    answer = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    packages = Path(answer.stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # The dependencies are those of this environment; the package must come from the wheel all the same.
    (packages / "zz_dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    entry = "import sys; from importlib.metadata import entry_points as e; sys.argv = ['recallsim', '--version']; "
    entry += "(p,) = {x.value: x for x in e(group='console_scripts', name='recallsim')}.values(); p.load()()"
    answer = _run(python, "-I", "-c", entry)
    assert answer.stdout.split()[-1] == recallsim.__version__
    script = "import recallsim, transport, agents; from recallsim.scenario import load; print(recallsim.__file__); "
    script += "print(load('recipients: {count: 1, groups: [{name: a, extends: desk.yaml}]}\\n').groups[0].client.kind)"
    answer = _run(python, "-I", "-c", script)
    home, kind = answer.stdout.split()
    assert (Path(home).is_relative_to(packages), kind) == (True, "outlook-desktop")


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    answer = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
    return answer
