"""The JSON Schema that editors complete keys from."""

import json
import re
from importlib.resources import files

import pytest
import yaml

from recallsim.scenario import json_schema
from recallsim.scenario.extending import preset_names
from recallsim.scenario.systems import system_text
from recallsim.scenario.values import RECALL_SYSTEMS

PRESETS = files("recallsim").joinpath("presets")

SCHEMA = json_schema()
OF_STAGES = [name for name in preset_names() if name.startswith(("retry", "greylisting", "filter"))]


def complaints(schema, value, path=""):
    """What a value breaks of the part of JSON Schema that is used here."""
    if "$ref" in schema:
        yield from complaints(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], value, path)
    if "anyOf" in schema and all(list(complaints(option, value, path)) for option in schema["anyOf"]):
        yield f"{path}: none of the alternatives"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not in {schema['enum']}"
    if "const" in schema and (
        value != schema["const"] or isinstance(value, bool) != isinstance(schema["const"], bool)
    ):
        yield f"{path}: not {schema['const']}"
    kinds = schema.get("type", [])
    python = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
    }
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(
        isinstance(value, python[kind]) and not (isinstance(value, bool) and kind != "boolean")
        for kind in kinds
    ):
        yield f"{path}: not {kinds}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: {value!r} does not match"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: out of range"
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for key, inner in value.items():
            if key in known:
                yield from complaints(known[key], inner, f"{path}.{key}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}: unknown key {key}"
            elif isinstance(schema.get("additionalProperties"), dict):
                yield from complaints(schema["additionalProperties"], inner, f"{path}.{key}")
        yield from (f"{path}: {key} is missing" for key in schema.get("required", ()) if key not in value)
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
            yield f"{path}: {len(value)} keys"
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from complaints(schema["items"], item, f"{path}.{index}")


@pytest.mark.parametrize("name", preset_names())
def test_shipped_presets_fit_the_schema(name):
    """Each preset fits the part of the schema that it extends."""
    part = "Transport" if name.startswith("exchange") else "Hop" if name in OF_STAGES else "Group"
    schema = {key: value for key, value in SCHEMA["$defs"][part].items() if key != "required"}
    assert list(complaints(schema, yaml.safe_load(PRESETS.joinpath(name).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("name", RECALL_SYSTEMS)
def test_presets_of_systems_fit_the_schema(name):
    """The preset of each recall system fits the part of the schema that describes a sender."""
    assert list(complaints(SCHEMA["$defs"]["Sender"], yaml.safe_load(system_text(name)))) == []


def test_scenarios_fit_the_schema(small):
    """A scenario that loads fits the schema; the starter does too."""
    starter = files("recallsim.commands").joinpath("starter.yaml").read_text(encoding="utf-8")
    assert [list(complaints(SCHEMA, yaml.safe_load(text))) for text in (small, starter)] == [[], []]


def test_the_schema_refuses_what_the_language_refuses(small):
    """Unknown keys, times without units and words that are not offered break the schema."""
    scenario = yaml.safe_load(small)
    scenario["sender"]["hold"] = 3
    scenario["sender"]["nots"] = "1s"
    scenario["recipients"]["groups"][0]["client"]["kind"] = "wob"
    observed = sorted(complaints(SCHEMA, scenario))
    assert [line.split(":")[0] for line in observed] == [
        ".recipients.groups.0.client.kind",
        ".sender.hold",
        ".sender",
    ]


def keys_of(part):
    """Every mapping of properties in the schema."""
    if isinstance(part, dict):
        yield from part.get("properties", {}).items() if isinstance(part.get("properties"), dict) else ()
        for value in part.values():
            yield from keys_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from keys_of(value)


def test_every_key_is_described():
    """Each key says what it is, by itself or by what it refers to."""
    bare = [
        key
        for key, value in keys_of({"$defs": SCHEMA["$defs"], "properties": SCHEMA["properties"]})
        if not (value.get("description") or "$ref" in value)
        and key not in ("any", "timezone", "warm", "cached", "poll", "fetch", "after")
    ]
    assert bare == []


def test_the_schema_is_plain_json():
    """The schema can be written and read again unchanged."""
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
