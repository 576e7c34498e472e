"""The JSON Schema of the scenario file, for editors."""

from typing import Any, Final

from recallsim.scenario.extending import preset_names
from recallsim.scenario.models import Scenario
from recallsim.scenario.values import DURATION_SCHEMA

_EXTENDABLE: Final = ("Transport", "Stage", "Hop", "Group", "Person")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the scenario language, each key described with unit, default and rule."""
    schema = Scenario.model_json_schema()
    definitions = schema["$defs"]
    for definition in (schema, *(definitions[name] for name in _EXTENDABLE)):
        definition["properties"] = {"extends": _extends(), **definition["properties"]}
    _tidy(schema)
    _mend(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "recallsim scenario",
        "description": "A message, its sender, the servers and the recipients.",
    }


def _extends() -> dict[str, Any]:
    name = {"anyOf": [{"enum": preset_names()}, {"type": "string"}]}
    return {
        "title": "Extends",
        "description": "A file beside this one, a preset, or a list of them; what stands here lies over it.",
        "anyOf": [name, {"type": "array", "items": name}],
    }


def _tidy(part: Any) -> None:
    """Take out what only Python needs: null for what may be left out, and defaults that repeat it."""
    if isinstance(part, dict):
        default = part.get("default")
        if "default" in part and (
            default is None or (part.get("type") == "string" and not isinstance(default, str))
        ):
            del part["default"]
        options = part.get("anyOf")
        if isinstance(options, list) and {"type": "null"} in options:
            rest = [option for option in options if option != {"type": "null"}]
            if len(rest) == 1 and not (rest[0].keys() & part.keys()):
                del part["anyOf"]
                part.update(rest[0])
            else:
                part["anyOf"] = rest
        for value in part.values():
            _tidy(value)
    elif isinstance(part, list):
        for value in part:
            _tidy(value)


def _mend(schema: dict[str, Any]) -> None:
    """Write down the short forms that the validators take."""
    definitions = schema["$defs"]
    openings = {
        "anyOf": [{"$ref": "#/$defs/Opening"}, {"type": "array", "items": {"$ref": "#/$defs/Opening"}}]
    }
    schema["properties"]["calendars"]["additionalProperties"] = openings
    durations = definitions["Retry"]["properties"]["gaps"]
    _or(definitions, "Retry", {k: v for k, v in durations.items() if k in ("type", "items")})
    _or(definitions, "Greylist", DURATION_SCHEMA)
    _or(definitions, "Discipline", {"const": "fifo"})
    _or(definitions, "Reads", {"const": "never"})
    _or(definitions, "Replications", {"type": "integer", "minimum": 1})
    schema["properties"]["what_if"]["additionalProperties"] = {"type": "object"}
    for definition in definitions.values():
        for part in (definition, *definition.get("anyOf", ())):
            part.get("properties", {}).pop("_", None)


def _or(definitions: dict[str, Any], name: str, short: dict[str, Any]) -> None:
    full = definitions[name]
    head = {key: full.pop(key) for key in ("title", "description") if key in full}
    definitions[name] = {**head, "anyOf": [short, full]}
