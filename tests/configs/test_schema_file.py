"""The schema that editors read, and the documented list of keys, are those of the program."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recallsim.scenario import json_schema


def test_schema_file_is_current(configs: Path) -> None:
    """configs/recallsim.schema.json is what `recallsim schema` prints; `make schema` renews it."""
    written = (configs / "recallsim.schema.json").read_text(encoding="utf-8")
    assert written == json.dumps(json_schema(), indent=2) + "\n"


def test_documented_keys_are_those_of_the_schema(root: Path) -> None:
    """docs/scenario.md lists every key of every mapping of the language, and no other."""
    text = (root / "docs" / "scenario.md").read_text(encoding="utf-8")
    assert _documented(text) == _of_schema(json_schema())


def _documented(text: str) -> dict[str, set[str]]:
    """By mapping: the keys in the first column of the table below its heading `### … (Mapping)`."""
    found: dict[str, set[str]] = {}
    keys: set[str] = set()
    for line in text.splitlines():
        heading = re.match(r"###? .*\((\w+)\)$", line)
        if heading:
            keys = found.setdefault(heading[1], set())
        row = re.match(r"\| `([^`]+)` \|", line)
        if row:
            keys.add(row[1])
    return {name: keys for name, keys in found.items() if keys}


def _of_schema(schema: dict[str, Any]) -> dict[str, set[str]]:
    parts = {"Scenario": schema, **schema["$defs"]}
    return {name: keys for name, part in parts.items() if (keys := set(_keys(part)))}


def _keys(part: dict[str, Any]) -> Iterator[str]:
    yield from part.get("properties", ())
    for option in part.get("anyOf", ()):
        yield from option.get("properties", ())
