"""What makes two scenarios the same: their canonical form and the sources of the model."""

import functools
import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from recallsim.scenario.models import Scenario

_BESIDES: Final = frozenset(
    {
        *("schema_", "name", "title", "seed", "replications"),
        *("metrics", "what_if", "observe", "sweep", "sensitivity", "best"),
    }
)
"""Keys that change neither what happens nor its chances."""

# The whole of `scenario`: whatever reads a scenario's words has its part in what they come to mean.
_SOURCES: Final = (
    ("transport", ""),
    ("agents", ""),
    ("recallsim", "plan.py"),
    ("recallsim", "plan_importance.py"),
    ("recallsim", "plan_names.py"),
    ("recallsim", "plan_people.py"),
    ("recallsim", "plan_recall.py"),
    ("recallsim", "plan_transport.py"),
    ("recallsim", "engines"),
    ("recallsim", "estimate/bins.py"),
    ("recallsim", "estimate/blocks.py"),
    ("recallsim", "estimate/expected.py"),
    ("recallsim", "estimate/importance.py"),
    ("recallsim", "estimate/names.py"),
    ("recallsim", "estimate/shape.py"),
    ("recallsim", "estimate/tally.py"),
    ("recallsim", "estimate/thresholds.py"),
    ("recallsim", "scenario"),
)


def canonical(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as plain data, every default written out, without what changes no result."""
    data: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude=set(_BESIDES))
    return data


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 (hexadecimal) of the canonical scenario and of the model's sources."""
    text = json.dumps(canonical(scenario), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{text}\n{sources_digest()}".encode("ascii")).hexdigest()


def scenario_differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """The paths at which two canonical scenarios differ, sorted."""
    return sorted(_differences(a, b, ""))


def _differences(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() | b.keys():
            inner = f"{path}.{key}" if path else str(key)
            if key not in a or key not in b:
                yield inner
            else:
                yield from _differences(a[key], b[key], inner)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _differences(left, right, f"{path}.{_item(left, right, index)}")
    elif a != b or isinstance(a, bool) != isinstance(b, bool):
        yield path


def _item(left: Any, right: Any, index: int) -> str:
    named = isinstance(left, dict) and isinstance(right, dict) and left.get("name") == right.get("name")
    return str(left["name"]) if named and left.get("name") else str(index)


@functools.cache
def sources_digest() -> str:
    """SHA-256 of the sources that decide what a scenario's results are, whatever their line ends."""
    digest = hashlib.sha256()
    for package, inside in _SOURCES:
        root = files(package)
        start = root.joinpath(inside) if inside else root
        for name, source in sorted(_python_files(start, f"{package}/{inside}".rstrip("/"))):
            digest.update(f"{name}\n".encode())
            digest.update(hashlib.sha256(source.read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()


def _python_files(place: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    if place.is_file():
        yield name, place
    elif place.is_dir():
        for item in place.iterdir():
            if item.is_dir() or item.name.endswith(".py"):
                yield from _python_files(item, f"{name}/{item.name}")
