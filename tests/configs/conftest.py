"""Where the shipped scenarios are."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"


def scenario_files() -> list[Path]:
    """Every scenario that is shipped, by name."""
    return sorted(CONFIGS.rglob("*.yaml"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `shipped` once for each scenario."""
    if "shipped" in metafunc.fixturenames:
        files = scenario_files()
        metafunc.parametrize("shipped", files, ids=[str(file.relative_to(CONFIGS)) for file in files])


@pytest.fixture
def configs() -> Path:
    """The folder of the shipped scenarios."""
    return CONFIGS


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT
