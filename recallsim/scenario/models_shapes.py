"""The parameters of each distribution, as the scenario file writes them."""

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, shown
from recallsim.scenario.values import (
    Duration,
    NaturalNumber,
    PositiveDuration,
    PositiveNumber,
    Text,
    duration,
    filled,
    share,
)
from transport.units import format_duration

QUANTILES = "{0: 0s, 0.5: 3min, 0.9: 1h, 1: 8h}"
"""How quantiles are written, for messages."""


def _in_order(**times: float) -> None:
    for (name, time), (following, later) in pairwise(times.items()):
        if time > later:
            found = f"{format_duration(time)} and {format_duration(later)}"
            raise Refusal(f"{name} must not be above {following}; found {found}")


class Uniform(Model):
    """Every time from `low` to `high` is equally likely."""

    low: Duration = Field(description="Shortest time.")
    high: Duration = Field(description="Longest time.")

    @model_validator(mode="after")
    def _ascending(self) -> "Uniform":
        _in_order(low=self.low, high=self.high)
        return self


class Exponential(Model):
    """Memoryless waiting."""

    mean: PositiveDuration = Field(description="Mean time.")


class Lognormal(Model):
    """A normal law of the logarithm, by median and sigma or by mean and cv."""

    median: PositiveDuration | None = Field(None, description="Median time; with sigma.")
    sigma: NaturalNumber | None = Field(None, description="Standard deviation of the natural logarithm.")
    mean: PositiveDuration | None = Field(None, description="Mean time; with cv.")
    cv: NaturalNumber | None = Field(None, description="Coefficient of variation.")

    @model_validator(mode="after")
    def _one_pair(self) -> "Lognormal":
        given = {key for key in ("median", "sigma", "mean", "cv") if getattr(self, key) is not None}
        if given not in ({"median", "sigma"}, {"mean", "cv"}):
            raise Refusal("a lognormal takes either median and sigma or mean and cv")
        return self


class Weibull(Model):
    """A Weibull law."""

    shape: PositiveNumber = Field(description="Shape; below 1 the tail is long.")
    scale: PositiveDuration = Field(description="Time by which 63.2 % have happened.")


class Gamma(Model):
    """A gamma law, by shape and scale or by shape and mean."""

    shape: PositiveNumber = Field(description="Shape.")
    scale: PositiveDuration | None = Field(None, description="Scale: mean divided by shape.")
    mean: PositiveDuration | None = Field(None, description="Mean time.")

    @model_validator(mode="after")
    def _one_pair(self) -> "Gamma":
        if (self.scale is None) == (self.mean is None):
            raise Refusal("a gamma takes shape and either scale or mean")
        return self


class Lomax(Model):
    """A Pareto law that begins at 0."""

    shape: PositiveNumber = Field(description="Tail exponent; the mean is infinite up to 1.")
    scale: PositiveDuration = Field(description="Scale.")


class Triangular(Model):
    """A triangular law."""

    low: Duration = Field(description="Shortest time.")
    mode: Duration = Field(description="Most likely time.")
    high: Duration = Field(description="Longest time.")

    @model_validator(mode="after")
    def _ascending(self) -> "Triangular":
        _in_order(low=self.low, mode=self.mode, high=self.high)
        return self


def _quantiles(value: object) -> object:
    if not isinstance(value, dict):
        return value
    pairs = []
    for key, time in value.items():
        try:
            pairs.append((float(key), time))
        except ValueError:
            raise Refusal(f"{shown(key)} is not a probability", f"write {QUANTILES}") from None
    return pairs


def _whole(pairs: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    found = sorted(probability for probability, _ in pairs)
    if found and (found[0] != 0 or found[-1] != 1):
        what = f"quantiles must reach from probability 0 to 1; found {found[0]:g} to {found[-1]:g}"
        raise Refusal(what, f"write {QUANTILES}")
    return pairs


def _pair(value: object) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Refusal(f"expected a pair of probability and time, found {shown(value)}", "[0.5, 3min]")
    return share(value[0]), duration(value[1])


Pair = Annotated[
    tuple[float, float],
    BeforeValidator(_pair),
    WithJsonSchema({"type": "array", "minItems": 2, "maxItems": 2}),
]


class Empirical(Model):
    """Measured times: samples, or quantiles joined by straight lines; inline or in a text file."""

    samples: Annotated[tuple[Duration, ...], BeforeValidator(filled)] | None = Field(
        None, description="Measured times."
    )
    quantiles: Annotated[tuple[Pair, ...], BeforeValidator(_quantiles), AfterValidator(_whole)] | None = (
        Field(
            None,
            description=f"Probability and time, from 0 to 1, as {QUANTILES} or [[0, 0s], [0.5, 3min], [1, 8h]].",
            json_schema_extra={"type": ["object", "array"]},
        )
    )
    file: Text | None = Field(
        None, description="A text file beside the scenario: a time on each line, or `probability, time`."
    )

    @model_validator(mode="after")
    def _one_source(self) -> "Empirical":
        if self.file is not None:
            raise Refusal("a file of samples is read when a scenario is loaded from a file")
        if (self.samples is None) == (self.quantiles is None):
            raise Refusal("an empirical law takes one of samples, quantiles or file")
        return self
