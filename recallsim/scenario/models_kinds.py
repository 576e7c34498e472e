"""Values by kind of message: a bare value, or a mapping from kind (and `default`)."""

from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticOmit

from recallsim.scenario.base import KINDS, Model, Refusal
from recallsim.scenario.models_laws import Law, LawModel, LawOrNever, nothing, zero
from recallsim.scenario.values import PositiveDuration, Share


def names_kinds(value: object) -> bool:
    """Whether a value is a mapping with a kind of message, or `default`, among its keys."""
    return isinstance(value, dict) and any(key in KINDS or key == "default" for key in value)


class _Hidden:
    """Keeps a key out of the JSON Schema."""

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        raise PydanticOmit


def unused(why: str) -> tuple[Any, ...]:
    """The annotations of a kind that a value by kind has no use for: whoever names it is told why."""

    def refuse(_value: object) -> None:
        raise Refusal(why, "leave report out")

    return BeforeValidator(refuse), _Hidden()


class ByKind(Model):
    """A value per kind of message; a value without kinds is the default of all."""

    of_mappings: ClassVar[bool] = True
    """A value may itself be a mapping, as a law is; where none may, every mapping is one from kind."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, ByKind) or names_kinds(value) or value == {}:
            return value
        return value if isinstance(value, dict) and not cls.of_mappings else {"default": value}

    @property
    def named(self) -> tuple[str, ...]:
        """The kinds that have a value of their own."""
        return tuple(kind for kind in KINDS if getattr(self, kind, None) is not None)

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

    of_mappings: ClassVar[bool] = False
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

    report: Annotated[None, *unused("reports go to the sender; recipients have none to open")] = None
    default: Share = Field(1.0, description="Value for the kinds that are not named.")


class Brief(ByKind):
    """Values by kind that are written out as the bare value where no kind has one of its own."""

    @model_serializer(mode="wrap")
    def _brief(self, write: SerializerFunctionWrapHandler) -> Any:
        written = write(self)
        return written if self.named else written["default"]


class DurationByKind(Brief):
    """A time above 0 per kind of message."""

    of_mappings: ClassVar[bool] = False
    original: PositiveDuration | None = Field(None, description=_OF.format("original"))
    request: PositiveDuration | None = Field(None, description=_OF.format("recall request"))
    replacement: PositiveDuration | None = Field(None, description=_OF.format("replacement"))
    report: PositiveDuration | None = Field(None, description=_OF.format("reports to the sender"))
    default: PositiveDuration = Field(description="Value for the kinds that are not named.")

    def of(self, kind: str) -> float:
        """The time of one kind, in seconds."""
        found: float | None = getattr(self, kind)
        return self.default if found is None else found


class LimitByKind(Brief):
    """A time above 0 per kind of message, at which something ends or begins; what is left out has none."""

    of_mappings: ClassVar[bool] = False
    original: PositiveDuration | None = Field(None, description=_OF.format("original"))
    request: PositiveDuration | None = Field(None, description=_OF.format("recall request"))
    replacement: PositiveDuration | None = Field(None, description=_OF.format("replacement"))
    report: PositiveDuration | None = Field(None, description=_OF.format("reports to the sender"))
    default: PositiveDuration | None = Field(
        None, description="Value for the kinds that are not named (default: none)."
    )

    def of(self, kind: str) -> float | None:
        """The time of one kind, in seconds; None for none."""
        found: float | None = getattr(self, kind)
        return self.default if found is None else found


class NoticeByKind(LimitByKind):
    """The time after which the sender is told that a message is late; what is left out has none."""

    report: Annotated[None, *unused("the sender gets no notice of a report that is late")] = None
