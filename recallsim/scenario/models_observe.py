"""What the sender has been told so far: what `recallsim infer` starts from."""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, agreement, shown
from recallsim.scenario.values import PositiveDuration, counted, integer

_MOST: Final = 10_000_000
Number = Annotated[int, *integer(0, _MOST)]


def _between(value: object) -> object:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Refusal(f"expected the least and the most, found {shown(value)}", "between: [LEAST, MOST]")
    return tuple(value)


_BETWEEN_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 2,
    "maxItems": 2,
}


class Reported(Model):
    """How many recipients the sender has a report of."""

    between: Annotated[tuple[Number, Number], BeforeValidator(_between), WithJsonSchema(_BETWEEN_SCHEMA)] = (
        Field(description="The least and the most that agree with what was counted, both included.")
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        value = counted(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return {"between": (value, value)}
        return value

    @agreement
    def _ordered(self) -> "Reported":
        if self.between[0] > self.between[1]:
            raise Refusal(f"the least ({self.between[0]}) is above the most ({self.between[1]})")
        return self


class Reports(Model):
    """The reports that the sender has by then: of each recipient the last one counts."""

    success: Reported | None = Field(None, description="Recipients of whom success was reported.")
    failure: Reported | None = Field(None, description="Recipients of whom failure was reported.")
    bounce: Reported | None = Field(None, description="Recipients of whom a bounce came back.")

    @agreement
    def _something(self) -> "Reports":
        if self.success is None and self.failure is None and self.bounce is None:
            raise Refusal("no kind of report is named", "success: {between: [LEAST, MOST]}")
        return self


class Observe(Model):
    """What the sender knows at some time after Send."""

    at: PositiveDuration = Field(description="When she counts her reports, from Send.")
    reports: Reports = Field(description="What she has counted.")
    exceeding: tuple[Number, ...] = Field(
        (), description="Numbers of people: how likely have more than so many seen it (default: chosen)."
    )
