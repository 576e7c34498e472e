"""Where numba is there and cannot compile, or what it compiled cannot be kept."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from recallsim.engines import compile as compiling
from recallsim.engines import machine_code

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "configs" / "office.yaml"
WHY = "the batch engine could not be compiled: Numba needs NumPy 2.2 or less. Got NumPy 9.9."
PATIENCE_OF_NONE = """
import sys
from recallsim.cli import main
from recallsim.engines import choose
choose.LOAD_SECONDS = choose.COMPILE_SECONDS = 0.0
main(sys.argv[1:])
"""
"""The command, for which any run is long enough to compile first."""


@pytest.fixture
def broken(tmp_path):
    """Runs the command in a process whose numba cannot be imported."""
    stub = tmp_path / "path" / "numba"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text(
        "raise ImportError('this will not do:\\nNumba needs NumPy 2.2 or less. Got NumPy 9.9.')\n"
    )
    paths = os.pathsep.join([str(stub.parent), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "RECALLSIM_CACHE": str(tmp_path / "cache")}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", PATIENCE_OF_NONE, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    return run


RUN = ("run", str(OFFICE), "--set", "recipients.count=10", "--replications", "2")


def test_auto_takes_the_agents_where_numba_cannot_compile(broken):
    """The run is done by the agents, and one line, the last of what numba said, tells why."""
    done = broken(*RUN, "--json")
    lines = [line for line in done.stderr.splitlines() if "could not be compiled" in line]
    assert (done.returncode, '"engine": "agents"' in done.stdout, len(lines)) == (0, True, 1)
    assert lines[0].endswith(WHY)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        RUN,
        ("compare", str(ROOT / "configs" / "what-if" / "hold.yaml"), "--replications", "2"),
        ("stress", str(OFFICE), "--recipients", "10"),
        ("sweep", str(OFFICE), "--grid", "sender.notices=[1min, 2min]", "--replications", "2"),
    ],
    ids=lambda command: command[0],
)
def test_batch_is_an_error_where_numba_cannot_compile(broken, command):
    """Asked for by name the engine is missed before any replication begins: one line, and exit code 2."""
    done = broken(*command, "--engine", "batch")
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last.endswith(WHY), "Traceback" in done.stderr) == (2, True, False)
    assert "replication 0" not in done.stderr


def test_a_folder_named_numba_is_no_numba(tmp_path, monkeypatch):
    """An empty folder of that name on the path is said to be none, instead of being asked for its version."""
    (tmp_path / "numba").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert compiling.missing().startswith("the batch engine needs numba, which is not installed")


# --- a cache that cannot be used --------------------------------------------------------------------------------------


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A cache that no folder can be made in, since it is a file; and an empty folder of temporary files."""
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    cache.write_text("no folder")
    temporary.mkdir()
    monkeypatch.setenv("RECALLSIM_CACHE", str(cache))
    monkeypatch.setattr(compiling.tempfile, "tempdir", str(temporary))
    return cache, temporary


needs_owners = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")


@needs_owners
def test_without_a_cache_the_kernel_is_kept_among_temporary_files(places):
    """Where the cache cannot be written to, every process finds the same folder, which is its user's alone."""
    found = compiling.cache_folder("1.0")
    own = places[1] / f"recallsim-{os.getuid()}"
    assert (found.parent, stat.S_IMODE(own.stat().st_mode)) == (own, 0o700)
    machine_code.write(found, "entry", b"code")
    assert machine_code.read(compiling.cache_folder("1.0")) == ("entry", b"code")


@needs_owners
def test_a_folder_that_others_may_write_to_is_not_used(places):
    """Machine code is run, so a folder that somebody else could have filled is passed over."""
    own = places[1] / f"recallsim-{os.getuid()}"
    own.mkdir()
    own.chmod(0o777)
    found = compiling.cache_folder("1.0")
    assert (found.parent, found.is_dir()) == (places[1], True)


def test_a_full_cache_is_passed_over(places, monkeypatch):
    """Where a folder can be made but a kernel has no room, another place is taken before half a minute is lost."""
    places[0].unlink()
    monkeypatch.setattr(compiling, "_can_hold", lambda folder: places[0] not in folder.parents)
    found = compiling.cache_folder("1.0")
    assert places[1] in found.parents


def test_a_kernel_in_a_cache_that_cannot_be_written_to_is_used(places, monkeypatch):
    """One that was compiled before is taken from where it lies, though nothing there can be touched."""
    places[0].unlink()
    kept = compiling.cache_folder("1.0")
    machine_code.write(kept, "entry", b"code")

    def read_only(path, *_):
        raise PermissionError(f"{path} is read-only")

    monkeypatch.setattr(Path, "touch", read_only)
    assert compiling.cache_folder("1.0") == kept


def test_a_process_that_says_nothing_is_quoted_by_its_code(places, monkeypatch):
    """A compiling process that is killed leaves no words; one that cannot be started leaves the system's."""
    monkeypatch.setattr(compiling, "numba_version", lambda: "1.0")
    silent = (sys.executable, "-c", "raise SystemExit(3)")
    monkeypatch.setattr(compiling, "command", lambda folder: silent)
    compiling.failure.cache_clear()
    assert compiling.failure() == "the batch engine could not be compiled: its process ended with 3"
    monkeypatch.setattr(compiling, "command", lambda folder: (str(places[0]),))
    compiling.failure.cache_clear()
    assert compiling.failure().startswith("the batch engine could not be compiled: [Errno")
    compiling.failure.cache_clear()
