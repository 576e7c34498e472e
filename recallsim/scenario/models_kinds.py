"""Values by kind of message: a bare value, or a mapping from kind (and `default`)."""

from typing import Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from recallsim.scenario.base import KINDS, Model
from recallsim.scenario.models_laws import Law, LawModel, LawOrNever, nothing, zero
from recallsim.scenario.values import Share


def _by_kind(value: object) -> object:
    if isinstance(value, dict) and (not value or any(key in KINDS or key == "default" for key in value)):
        return value
    return value if isinstance(value, ByKind) else {"default": value}


class ByKind(Model):
    """A value per kind of message; a value without kinds is the default of all."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return _by_kind(value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe it as the bare value or a mapping from kind."""
        reference = handler(core_schema)
        written = handler.resolve_ref_schema(reference)
        if "properties" in written:
            mapping = dict(written)
            head: dict[str, Any] = {
                key: mapping.pop(key) for key in ("title", "description") if key in mapping
            }
            bare = {
                k: v
                for k, v in mapping["properties"]["default"].items()
                if k not in ("default", "description", "title")
            }
            bare = bare["anyOf"][0] if "anyOf" in bare and {"type": "null"} in bare["anyOf"] else bare
            written.clear()
            written.update({**head, "anyOf": [bare, mapping]})
        return reference


_OF = "Value for the {}."


class LawByKind(ByKind):
    """A time per kind of message; what is left out takes no time."""

    original: Law | None = Field(None, description=_OF.format("original"))
    request: Law | None = Field(None, description=_OF.format("recall request"))
    replacement: Law | None = Field(None, description=_OF.format("replacement"))
    report: Law | None = Field(None, description=_OF.format("reports to the sender"))
    default: Law = Field(default_factory=zero, description="Value for the kinds that are not named.")

    def of(self, kind: str) -> LawModel:
        """The law of one kind."""
        found: LawModel | None = getattr(self, kind)
        return self.default if found is None else found

    @property
    def is_zero(self) -> bool:
        """No kind takes any time."""
        return all(self.of(kind).is_zero for kind in KINDS)


class Delay(ByKind):
    """The delay after which each kind of message is opened; what is left out is never opened."""

    original: LawOrNever | None = Field(None, description=_OF.format("original"))
    request: LawOrNever | None = Field(None, description=_OF.format("recall request"))
    replacement: LawOrNever | None = Field(None, description=_OF.format("replacement"))
    default: LawOrNever = Field(
        default_factory=nothing, description="Value for the kinds that are not named."
    )

    def of(self, kind: str) -> LawModel:
        """The law of one kind."""
        found: LawModel | None = getattr(self, kind)
        return self.default if found is None else found


class ShareByKind(ByKind):
    """A probability per kind of message; what is left out is 0."""

    original: Share | None = Field(None, description=_OF.format("original"))
    request: Share | None = Field(None, description=_OF.format("recall request"))
    replacement: Share | None = Field(None, description=_OF.format("replacement"))
    report: Share | None = Field(None, description=_OF.format("reports to the sender"))
    default: Share = Field(0.0, description="Value for the kinds that are not named.")

    def of(self, kind: str) -> float:
        """The probability of one kind."""
        found: float | None = getattr(self, kind)
        return self.default if found is None else found


class OpenProbability(ShareByKind):
    """The probability that a handled message is opened; what is left out is 1."""

    default: Share = Field(1.0, description="Value for the kinds that are not named.")
