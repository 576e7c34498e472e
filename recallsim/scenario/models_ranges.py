"""What a path takes in an experiment: listed values, or a range with steps or without."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, shown, suggestion
from recallsim.scenario.quantities import Measured, Quantity, quantity, written
from recallsim.scenario.values import Flag, integer, number

MOST_LEVELS: Final = 10_000
_KEYS: Final = ("from", "to", "step", "factor", "steps", "log", "whole")
_SLACK: Final = 1e-9
_ANY: Final = {"description": "A number, or a quantity with its unit."}


def _end(value: object) -> object:
    quantity(value)
    return value


def _factor(value: object) -> float:
    found = number(value)
    if not 1 < found < 1e9:
        raise Refusal(f"{shown(value)} is not above 1")
    return found


End = Annotated[Any, BeforeValidator(_end), WithJsonSchema(_ANY)]


class Range(Model):
    """Values from one end to the other: counted by steps, or taken anywhere between.

    Attributes:
        from_: The lower end, as written.
        to: The upper end.
        step: What is added from one value to the next.
        factor: What one value is multiplied by to give the next.
        steps: How many values there are, both ends included.
        log: Values lie evenly on a logarithmic scale.
        whole: Values are whole numbers.
    """

    from_: End = Field(alias="from", description="The lower end.")
    to: End = Field(description="The upper end.")
    step: Annotated[Any, BeforeValidator(_end), WithJsonSchema(_ANY)] = Field(
        None, description="Added from one value to the next."
    )
    factor: Annotated[float, BeforeValidator(_factor)] | None = Field(
        None, description="Each value is this many times the one before."
    )
    steps: Annotated[int, *integer(2, MOST_LEVELS)] | None = Field(
        None, description="So many values, both ends included."
    )
    log: Flag = Field(False, description="Evenly on a logarithmic scale.")
    whole: Flag = Field(False, description="Whole numbers only.")

    @model_validator(mode="after")
    def _fits(self) -> "Range":
        low, high = self.low, self.high
        if low.measured is not high.measured:
            raise Refusal(f"it goes from {low.measured.value} to {high.measured.value}")
        if low.value >= high.value:
            raise Refusal(f"it ends at {shown(self.to)}, which is not above {shown(self.from_)}")
        given = [key for key in ("step", "factor", "steps") if getattr(self, key) is not None]
        if len(given) > 1:
            raise Refusal(f"{' and '.join(given)} exclude each other", "step adds, factor multiplies")
        if (self.log or self.factor is not None) and low.value <= 0:
            raise Refusal(f"a logarithmic scale cannot begin at {shown(self.from_)}", "begin above 0")
        if self.step is not None:
            step = quantity(self.step)
            if step.measured is not low.measured:
                raise Refusal(f"step is {step.measured.value}, the ends are {low.measured.value}")
            if step.value <= 0 or (high.value - low.value) / step.value > MOST_LEVELS:
                raise Refusal(
                    f"step is {shown(self.step)}; it must be above 0 and give at most {MOST_LEVELS:,} values"
                )
            if self.log:
                raise Refusal("step adds; on a logarithmic scale write factor or steps", "factor: 2")
        if self.whole and low.measured not in (Measured.NUMBER, Measured.SIZE):
            raise Refusal(f"whole is for plain numbers; the ends are {low.measured.value}")
        return self

    @property
    def low(self) -> Quantity:
        """The lower end."""
        return quantity(self.from_)

    @property
    def high(self) -> Quantity:
        """The upper end."""
        return quantity(self.to)

    @property
    def counted(self) -> bool:
        """Whether the range says which values it has, not only between which ends they lie."""
        return self.step is not None or self.factor is not None or self.steps is not None

    def _written(self, value: float, *, whole: bool) -> int | float | str:
        return written(value, self.low.measured, whole=whole or self.whole)

    def values(self) -> list[int | float | str]:
        """The values of a counted range, in order, as a scenario writes them; a value met twice counts once."""
        low, high = self.low.value, self.high.value
        whole = self.low.whole and self.high.whole and self.step is not None and quantity(self.step).whole
        if self.step is not None:
            step = quantity(self.step).value
            found = [low + i * step for i in range(int((high - low) / step + _SLACK) + 1)]
        elif self.factor is not None:
            found = [low * self.factor**i for i in range(int(math.log(high / low, self.factor) + _SLACK) + 1)]
        else:
            found = [self._between(i / ((self.steps or 2) - 1)) for i in range(self.steps or 2)]
        return list(dict.fromkeys(self._written(value, whole=whole) for value in found))

    def _between(self, u: float) -> float:
        low, high = self.low.value, self.high.value
        if self.log:
            return math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
        return low + u * (high - low)

    def at(self, u: float) -> int | float | str:
        """The value at a share `u` (0 to 1) of the way, as a scenario writes it."""
        if self.whole:
            low, high = self.low.value, self.high.value + 1.0
            found = math.exp(math.log(low) + u * math.log(high / low)) if self.log else low + u * (high - low)
            return self._written(float(min(math.floor(found), self.high.value)), whole=True)
        return self._written(self._between(u), whole=False)


Axis = tuple[Any, ...] | Range
"""What a path takes: listed values, or a range."""


def axis_of(value: object) -> Axis:
    """The axis that a value of a scenario describes.

    Raises:
        Refusal: It describes none.
    """
    if isinstance(value, Range | tuple):
        return value
    if isinstance(value, list):
        return tuple(value)  # an empty one is reported with the place of the values
    if isinstance(value, dict):
        for key in value:
            if key not in _KEYS:
                raise Refusal(f"unknown key {shown(key)}", suggestion(str(key), _KEYS))
        for key in ("from", "to"):
            if key not in value:
                raise Refusal(f"a range needs {key}", "{from: 1min, to: 1h, steps: 5}")
        return _range(value)
    raise Refusal(f"expected a list of values or a range, found {shown(value)}", "[1min, 5min]")


def _range(value: dict[str, object]) -> Range:
    try:
        return Range.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        refusal = first.get("ctx", {}).get("error")
        where = f"{first['loc'][0]}: " if first["loc"] else ""
        said = f"{where}{refusal or first['msg']}"
        raise Refusal(said, getattr(refusal, "help", "")) from None


def _counted(value: object) -> Axis:
    found = axis_of(value)
    if isinstance(found, Range) and not found.counted:
        raise Refusal("a range of a grid says which values it has", "add steps: 5, step: 1min or factor: 2")
    return found


def _open(value: object) -> Axis:
    found = axis_of(value)
    if isinstance(found, Range) and found.counted:
        raise Refusal("values are drawn from the whole range here, so it takes no step, factor or steps")
    return found


def _reach(value: object) -> Axis:
    found = _open(value)
    if isinstance(found, tuple) and len(found) < 2:
        raise Refusal("what is varied needs two values at least")
    return found


_RANGE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "from": {"type": ["number", "string"], "description": "The lower end."},
        "to": {"type": ["number", "string"], "description": "The upper end."},
        "step": {"type": ["number", "string"], "description": "Added from one value to the next."},
        "factor": {"type": "number", "description": "Each value is this many times the one before."},
        "steps": {"type": "integer", "minimum": 2, "description": "So many values, both ends included."},
        "log": {"type": "boolean", "description": "Evenly on a logarithmic scale."},
        "whole": {"type": "boolean", "description": "Whole numbers only."},
    },
    "required": ["from", "to"],
    "additionalProperties": False,
}
AXIS_SCHEMA: Final[dict[str, Any]] = {"anyOf": [{"type": "array", "items": {}}, _RANGE_SCHEMA]}

Counted = Annotated[Any, BeforeValidator(_counted), WithJsonSchema(AXIS_SCHEMA)]
Open = Annotated[Any, BeforeValidator(_open), WithJsonSchema(AXIS_SCHEMA)]
Reach = Annotated[Any, BeforeValidator(_reach), WithJsonSchema(AXIS_SCHEMA)]


def paths_of(key: str) -> tuple[str, ...]:
    """The paths that a key of an axis names: one, or several with commas between, which take tuples."""
    return tuple(part.strip() for part in key.split(","))


def rows_of(key: str, axis: Axis) -> Iterator[tuple[tuple[str, Any], ...]]:
    """The settings that an axis goes through: a path and a value each, several for tuples.

    Raises:
        Refusal: A value is not a tuple of the right length.
    """
    paths = paths_of(key)
    for value in axis.values() if isinstance(axis, Range) else axis:
        if len(paths) == 1:
            yield ((paths[0], value),)
            continue
        if not isinstance(value, list | tuple) or len(value) != len(paths):
            raise Refusal(
                f"expected a list of {len(paths)} values, one for each path, found {_length(value)}",
                f"[{', '.join(paths)}] take one list for each cell",
            )
        yield tuple(zip(paths, value, strict=True))


def _length(value: object) -> str:
    return f"a list of {len(value)}" if isinstance(value, list | tuple) else shown(value)
