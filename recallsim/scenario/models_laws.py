"""Distributions of times: what the scenario file may write, and the row of numbers that it stands for."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from recallsim.scenario.base import Model, Refusal, either, shown
from recallsim.scenario.models_shapes import (
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Lomax,
    Triangular,
    Uniform,
    Weibull,
)
from recallsim.scenario.values import (
    DURATION_SCHEMA,
    Duration,
    Per,
    PositiveNumber,
    filled,
)
from transport.streams import law_rows
from transport.units import format_duration

LawRow = tuple[float, ...]

LAW_KINDS = (
    "constant",
    "uniform",
    "exponential",
    "lognormal",
    "weibull",
    "gamma",
    "lomax",
    "triangular",
    "empirical",
    "mixture",
    "never",
)


class LawModel(Model):
    """A distribution of times: exactly one of its kinds, or a bare duration.

    Attributes:
        per: `recipient` (each draws its own) or `message` (one draw that all recipients share).
    """

    constant: Duration | None = Field(None, description="Always this time.")
    uniform: Uniform | None = Field(None, description="Uniform between low and high.")
    exponential: Exponential | None = Field(None, description="Exponential with this mean.")
    lognormal: Lognormal | None = Field(None, description="Lognormal: median and sigma, or mean and cv.")
    weibull: Weibull | None = Field(None, description="Weibull: shape and scale.")
    gamma: Gamma | None = Field(None, description="Gamma: shape and scale, or shape and mean.")
    lomax: Lomax | None = Field(None, description="Lomax (Pareto from 0): shape and scale.")
    triangular: Triangular | None = Field(None, description="Triangular: low, mode, high.")
    empirical: Empirical | None = Field(None, description="Samples or quantiles.")
    mixture: "Annotated[tuple[Component, ...], BeforeValidator(filled)] | None" = Field(
        None, description="A choice among laws by weight."
    )
    never: Literal[True] | None = Field(None, description="It does not happen.")
    per: Per = Field(
        "recipient", description="One draw per recipient, or one per message (default recipient)."
    )

    _row: LawRow = PrivateAttr(default=())

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, LawModel | dict):
            return value
        if value == "never":
            return {"never": True}
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return {"constant": value}
        raise Refusal(
            f"expected a duration or a distribution, found {shown(value)}",
            "'90s' or {lognormal: {median: 5min, sigma: 1}}",
        )

    @model_validator(mode="after")
    def _build(self) -> "LawModel":
        kinds = self.kinds()
        if len(kinds) != 1:
            found = "none" if not kinds else either(kinds).replace(" or ", " and ")
            raise Refusal(f"expected one distribution, found {found}", f"known: {', '.join(LAW_KINDS)}")
        try:
            row = self._make(kinds[0])
        except ValueError as error:
            raise Refusal(f"{kinds[0]}: {error}") from None
        object.__setattr__(self, "_row", row)
        return self

    def kinds(self) -> list[str]:
        """The kinds that are set; a valid law has one."""
        return [kind for kind in LAW_KINDS if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        """The kind's name."""
        return self.kinds()[0]

    @property
    def row(self) -> LawRow:
        """The law as `transport.streams` takes it, in seconds."""
        return self._row

    @property
    def is_zero(self) -> bool:
        """It always gives 0."""
        return self.constant == 0.0

    @property
    def has_never(self) -> bool:
        """It may give *never*."""
        return self.never is True or any(part.has_never for part in self.mixture or ())

    def _make(self, kind: str) -> LawRow:
        if self.constant is not None:
            return law_rows.constant(self.constant)
        if self.uniform is not None:
            return law_rows.uniform(self.uniform.low, self.uniform.high)
        if self.exponential is not None:
            return law_rows.exponential(self.exponential.mean)
        if self.lognormal is not None:
            law = self.lognormal
            if law.median is not None and law.sigma is not None:
                return law_rows.lognormal(law.median, law.sigma)
            assert law.mean is not None
            assert law.cv is not None
            return law_rows.lognormal_mean_cv(law.mean, law.cv)
        if self.weibull is not None:
            return law_rows.weibull(self.weibull.shape, self.weibull.scale)
        if self.gamma is not None:
            scale = self.gamma.scale
            if scale is None:
                assert self.gamma.mean is not None
                scale = self.gamma.mean / self.gamma.shape
            return law_rows.gamma(self.gamma.shape, scale)
        if self.lomax is not None:
            return law_rows.lomax(self.lomax.shape, self.lomax.scale)
        if self.triangular is not None:
            return law_rows.triangular(self.triangular.low, self.triangular.mode, self.triangular.high)
        if self.empirical is not None:
            if self.empirical.samples is not None:
                return law_rows.empirical(self.empirical.samples)
            return law_rows.empirical_quantiles(self.empirical.quantiles or ())
        if self.mixture is not None:
            return law_rows.mixture([(part.weight, part.row) for part in self.mixture])
        return law_rows.never()

    def words(self) -> str:
        """The law as a person says it: `lognormal, median 2 s, sigma 1`."""
        return self._words() + (", one draw for all recipients" if self.per == "message" else "")

    def _words(self) -> str:
        if self.constant is not None:
            return format_duration(self.constant)
        if self.never is not None:
            return "never"
        if self.mixture is not None:
            total = sum(part.weight for part in self.mixture)
            parts = [f"{100 * part.weight / total:.3g} % {part._words()}" for part in self.mixture]
            return f"mixture of {'; '.join(parts)}"
        if self.empirical is not None:
            if self.empirical.samples is not None:
                return f"empirical, {len(self.empirical.samples)} samples"
            return f"empirical, {len(self.empirical.quantiles or ())} quantiles"
        if self.uniform is not None:
            return f"uniform, {format_duration(self.uniform.low)} to {format_duration(self.uniform.high)}"
        law = getattr(self, self.kind)
        parts = []
        for key in type(law).model_fields:
            value = getattr(law, key)
            if value is not None:
                plain = key in ("sigma", "cv", "shape")
                parts.append(f"{key} {value:g}" if plain else f"{key} {format_duration(value)}")
        return f"{self.kind}, {', '.join(parts)}"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe a law as a bare duration, `never` or a mapping."""
        written = handler.resolve_ref_schema(handler(core_schema))
        if "properties" not in written:
            return written
        mapping = dict(written)
        title, description = mapping.pop("title", "Law"), mapping.pop("description", "")
        count = 2 if cls is Component else 1
        mapping |= {"minProperties": count, "maxProperties": count + (0 if cls is Component else 1)}
        written.clear()
        if cls is Component:
            written.update({"title": title, "description": description, **mapping})
        else:
            written.update(
                {
                    "title": title,
                    "description": description,
                    "anyOf": [DURATION_SCHEMA, {"const": "never"}, mapping],
                }
            )
        return handler(core_schema) if "$ref" in handler(core_schema) else written


class Component(LawModel):
    """One law of a mixture, with its weight."""

    weight: PositiveNumber = Field(description="Weight; the weights of a mixture add up to 1.")

    @model_validator(mode="after")
    def _no_sharing(self) -> "Component":
        if "per" in self.model_fields_set:
            raise Refusal("per stands beside mixture, not in its components")
        return self


def _happens(law: LawModel) -> LawModel:
    if law.has_never:
        raise Refusal("never cannot stand here")
    return law


Law = Annotated[LawModel, AfterValidator(_happens)]
"""A time that comes to an end."""

LawOrNever = LawModel
"""A time that may be *never*."""


def law(value: object) -> LawModel:
    """The law that a scenario file would write like this."""
    return LawModel.model_validate(value)


def zero() -> LawModel:
    """The law of no time at all."""
    return law("0s")


def nothing() -> LawModel:
    """The law of what does not happen."""
    return law("never")


LawModel.model_rebuild()
