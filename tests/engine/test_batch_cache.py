"""A changed source never meets a kernel that was compiled from another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recallsim.engines import compile as compiling
from recallsim.engines import machine_code, sources

ROOT = Path(__file__).parents[2]


def test_the_folder_depends_on_every_source(monkeypatch, tmp_path):
    """One byte more in any file that the kernel is made of gives another folder."""
    before = compiling.digest("1.0", "a processor")
    others = set()
    for path in sources.files():
        copy = tmp_path / path.name
        shutil.copyfile(path, copy)
        copy.write_bytes(copy.read_bytes() + b"\n")
        changed = [copy if each == path else each for each in sources.files()]
        with monkeypatch.context() as patch:
            patch.setattr(sources, "files", lambda files=changed: files)
            others.add(compiling.digest("1.0", "a processor"))
    assert before not in others
    assert len(others) == len(sources.files())


def test_the_folder_depends_on_numba_and_processor():
    """Another numba or another processor has a folder of its own."""
    found = {compiling.digest(v, c) for v in ("1.0", "1.1") for c in ("one", "two")}
    assert len(found) == 4


def test_the_sources_are_all_that_the_kernel_calls():
    """Every module that a compiled function comes from is among the sources."""
    functions = (*sources.basement_functions(), *sources.kernel_functions())
    called = {function.__module__ for function in functions}
    called |= {f"recallsim.engines.{name}" for name in sources.KERNEL}
    files = {Path(sys.modules[name].__file__) for name in called}
    assert files - set(sources.files()) == set()


def test_old_folders_are_dropped(monkeypatch, tmp_path):
    """The cache keeps the folders that were used last."""
    monkeypatch.setenv("RECALLSIM_CACHE", str(tmp_path))
    for number in range(6):
        folder = tmp_path / "recallsim" / f"kernel-{number}"
        folder.mkdir(parents=True)
        os.utime(folder, (number, number))
    made = compiling.cache_folder("1.0")
    kept = sorted(folder.name for folder in (tmp_path / "recallsim").iterdir())
    assert kept == sorted(["kernel-3", "kernel-4", "kernel-5", made.name])


def test_half_a_file_is_no_kernel(tmp_path):
    """What was written is read back; a file that is cut short, or changed, is taken for none."""
    assert machine_code.read(tmp_path) is None
    machine_code.write(tmp_path, "entry", b"code\nmore")
    assert machine_code.read(tmp_path) == ("entry", b"code\nmore")
    whole = (tmp_path / machine_code.NAME).read_bytes()
    for wrong in (b"", whole[:20], whole[:-1], whole + b"x"):
        (tmp_path / machine_code.NAME).write_bytes(wrong)
        assert machine_code.read(tmp_path) is None


def test_a_kernel_is_loaded_without_numba():
    """Once it is compiled, a run of the batch engine imports llvmlite and leaves numba alone."""
    pytest.importorskip("numba", reason="the batch engine needs numba")
    compiling.kernel()
    run = "import sys; from recallsim.engines.compile import kernel; kernel(); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


MUTATE = """
import sys
from pathlib import Path
from recallsim.engines.batch import simulate
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
plan = draw_up(load(sys.argv[1], ["recipients.count=40"]))
print(sorted(simulate(plan, 1, 0, 1).recipients["reason"].tolist()))
"""


@pytest.mark.prove
@pytest.mark.timeout(1200)  # it compiles the kernel twice
def test_a_changed_rule_is_compiled_anew(tmp_path):
    """A copy of the house whose table of decisions was edited after a run gives the edited table's answers."""
    pytest.importorskip("numba", reason="the batch engine needs numba")
    for package in ("transport", "agents", "recallsim"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "RECALLSIM_CACHE": str(tmp_path / "cache")}

    def run():
        scenario = str(ROOT / "tests" / "validation" / "scenarios" / "v01.yaml")
        command = [sys.executable, "-c", MUTATE, scenario]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, check=True, text=True
        )
        return done.stdout

    before = run()
    assert "2" in before
    table = tmp_path / "transport" / "recall" / "decide.py"
    text = table.read_text(encoding="utf-8")
    changed = text.replace(
        "    if facts.read:\n        return Verdict(FAILED, ALREADY_READ)  # R1.2",
        "    if False:\n        return Verdict(FAILED, ALREADY_READ)  #",
        1,
    )
    assert changed != text
    table.write_text(changed, encoding="utf-8")
    assert "2" not in run()
