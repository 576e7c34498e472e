"""What the keys of the scenario language take: the models, and the types, at places and by name."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from recallsim.scenario.models import Scenario
from recallsim.scenario.models_kinds import ByKind


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model by the keys that are written."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def model_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model of the mapping at a location of the scenario, or None where there is none."""
    model: type[BaseModel] | None = Scenario
    for segment in location:
        if isinstance(segment, int):
            continue
        if model is None:
            return None
        fields = fields_of(model)
        if segment in fields:
            model = next(models_in(fields[segment].annotation), None)
    return model


def _keys_by_kind(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    seen.add(model)
    for key, field in fields_of(model).items():
        for inner in models_in(field.annotation):
            if issubclass(inner, ByKind):
                yield key
            if inner not in seen:
                yield from _keys_by_kind(inner, seen)


KEYS_BY_KIND: Final = frozenset(_keys_by_kind(Scenario, set()))
"""Keys whose value may be given by kind of message."""


def type_at(location: tuple[int | str, ...]) -> Any:
    """The annotated type of the value at a location of the scenario; None where there is none to be found."""
    found: Any = Scenario
    for segment in location:
        if isinstance(segment, int):
            found = _item_of(found)
            continue
        field = fields_of(next(models_in(found), BaseModel)).get(segment)
        if field is not None:
            found = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return found


def _item_of(annotation: Any) -> Any:
    """The type of an item of a list, wherever the list is written in a type; None if it is none."""
    if get_origin(annotation) in (tuple, list):
        return get_args(annotation)[0]
    items = (_item_of(inner) for inner in get_args(annotation))
    return next((item for item in items if item is not None), None)


_NEUTRAL: Final[tuple[Any, ...]] = ("stand-in", 1, "1h", "1/h", "1 kB", "5x", "Mon", "24:00", "23:00")


def stand_in(annotation: Any) -> Any:
    """A value that a type takes, in the place of one that is missing; None where none is known.

    A mapping comes empty: the keys that it needs are missing in their turn.
    """
    if annotation is None or annotation is Any:
        return None
    adapter = TypeAdapter(annotation)
    words = adapter.json_schema().get("enum", ())
    for value in (*words, *_NEUTRAL, *([each] for each in _NEUTRAL)):
        with suppress(ValidationError):
            adapter.validate_python(value)
            return value
    if next(models_in(annotation), None) is None:
        return None
    return {} if _item_of(annotation) is None else [{}]
