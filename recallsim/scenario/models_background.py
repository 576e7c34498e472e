"""Foreign mail that a stage serves too."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, shown, suggestion
from recallsim.scenario.models_laws import Law
from recallsim.scenario.values import DURATION_SCHEMA, Duration, Rate, duration


class BackgroundStart(Model):
    """The state the background is in when the message is sent."""

    state: str = Field("empty", description="stationary, empty or warm.")
    warm: Duration = Field(0.0, description="How long the background has run before Send.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, BackgroundStart) or (
            isinstance(value, dict) and (not value or "state" in value)
        ):
            return value
        if isinstance(value, dict) and set(value) == {"warm"}:
            duration(value["warm"])
            return {"state": "warm", "warm": value["warm"]}
        if isinstance(value, str):
            if value in ("stationary", "empty"):
                return {"state": value}
            head, colon, rest = value.partition(":")
            if colon and head.strip() == "warm":
                duration(rest.strip())
                return {"state": "warm", "warm": rest.strip()}
        hint = suggestion(value, ["stationary", "empty", "warm"]) if isinstance(value, str) else ""
        raise Refusal(f"expected stationary, empty or {{warm: 2h}}, found {shown(value)}", hint)


_START_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": ["stationary", "empty"]},
        {"type": "string", "pattern": "^warm:"},
        {
            "type": "object",
            "properties": {"warm": DURATION_SCHEMA},
            "required": ["warm"],
            "additionalProperties": False,
        },
    ]
}


class Background(Model):
    """Foreign mail that a stage serves too; it leaves the model there."""

    rate: Rate = Field(description="Arrivals, a Poisson stream.")
    service: Law | None = Field(None, description="Its service time (default: the stage's).")
    start: Annotated[BackgroundStart, WithJsonSchema(_START_SCHEMA)] = Field(
        default_factory=BackgroundStart,
        description="stationary (exponential, FIFO, no failures, load < 1), empty (default), {warm: 2h}.",
    )
