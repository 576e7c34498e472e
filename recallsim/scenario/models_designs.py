"""What experiments vary and look for: sweeps, the ranges of a sensitivity analysis, what makes a variant best."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from recallsim.scenario.aims import Aim, aim
from recallsim.scenario.base import Model, Refusal, agreement, shown
from recallsim.scenario.models_frame import Confidence
from recallsim.scenario.models_ranges import AXIS_SCHEMA, Axis, Counted, Open, Reach
from recallsim.scenario.values import PositiveNumber, SensitivityMethod, Text, counted, filled, integer


def _sampled_power(value: object) -> int:
    value = counted(value)
    found: int = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if not 2 <= found <= 65_536 or found & (found - 1):
        raise Refusal(
            f"{shown(value)} is not a power of two from 2 to 65,536", "Sobol points balance in 8, 16, 32 …"
        )
    return found


class LatinHypercube(Model):
    """A Latin hypercube: so many points, evenly spread along every path."""

    samples: Annotated[int, *integer(1, 65_536)] = Field(description="How many points.")
    over: dict[str, Open] = Field(description="Path: its range, or the list of its values.")


class SobolPoints(Model):
    """Scrambled Sobol points: evenly spread in all paths together."""

    samples: Annotated[int, BeforeValidator(_sampled_power), WithJsonSchema({"type": "integer"})] = Field(
        description="How many points, a power of two."
    )
    over: dict[str, Open] = Field(description="Path: its range, or the list of its values.")


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _zipped(value: object) -> object:
    return (value,) if isinstance(value, dict) else value


_ZIP_SCHEMA: Final = WithJsonSchema(
    {
        "description": "Paths whose values go in step; or a list of such mappings.",
        "anyOf": [
            {"type": "object", "additionalProperties": AXIS_SCHEMA},
            {"type": "array", "items": {"type": "object", "additionalProperties": AXIS_SCHEMA}},
        ],
    }
)


class Sweep(Model):
    """Cells to run over: every combination of what stands here."""

    grid: dict[str, Counted] = Field(
        default_factory=dict, description="Path: the values that it takes, each with each of the others."
    )
    zip: Annotated[tuple[dict[str, Counted], ...], BeforeValidator(_zipped), _ZIP_SCHEMA] = Field(
        (), description="Paths whose values go in step; or a list of such mappings."
    )
    lhs: LatinHypercube | None = Field(None, description="Points of a Latin hypercube.")
    sobol: SobolPoints | None = Field(None, description="Points of a scrambled Sobol sequence.")
    constraint: Annotated[
        tuple[Text, ...],
        BeforeValidator(_texts),
        WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
    ] = Field((), description="What must hold for a cell, as sender.hold < sender.notices; or a list.")
    repeat: Annotated[int, *integer(1, 1000)] = Field(
        1, description="How many times each cell is run: with the seed, the seed after it, and so on."
    )

    @property
    def empty(self) -> bool:
        """Whether nothing is varied."""
        return not (self.grid or self.zip or self.lhs or self.sobol)

    def parts(self) -> Iterator[tuple[tuple[str, ...], Mapping[str, Axis]]]:
        """Every mapping from path to axis, with where it stands below `sweep`."""
        yield ("grid",), self.grid
        for index, group in enumerate(self.zip):
            yield ("zip", *((str(index),) if len(self.zip) > 1 else ())), group
        if self.lhs is not None:
            yield ("lhs", "over"), self.lhs.over
        if self.sobol is not None:
            yield ("sobol", "over"), self.sobol.over


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else filled(value)


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]


class Sensitivity(Model):
    """An analysis of which parameter carries the result."""

    method: SensitivityMethod = Field(
        "morris", description="morris: screening by few runs; sobol: shares of the variance by many."
    )
    over: dict[str, Reach] = Field(
        default_factory=dict, description="Path: the range it is varied over, or the list of its values."
    )
    metrics: Texts = Field(
        ("unseen_success_rate",), description="What is weighed, of all recipients (unseen_success_rate)."
    )
    trajectories: Annotated[int, *integer(2, 10_000)] = Field(
        10, description="morris: walks through the ranges, each one run more than there are paths."
    )
    levels: Annotated[int, *integer(2, 1000)] = Field(
        4, description="morris: levels of each range, an even number."
    )
    samples: Annotated[int, BeforeValidator(_sampled_power), WithJsonSchema({"type": "integer"})] = Field(
        64, description="sobol: base points, a power of two; each takes two runs more than there are paths."
    )
    replications: Annotated[int, *integer(1, 1 << 20)] = Field(
        20, description="Replications of each run, the same chance in all."
    )

    @agreement
    def _even(self) -> "Sensitivity":
        if self.levels % 2:
            raise Refusal(f"levels is {self.levels}; Morris's walks need an even number", "4 or 6")
        return self


def _aim(value: object) -> Aim:
    if isinstance(value, Aim):
        return value
    if not isinstance(value, str):
        raise Refusal(f"expected what is looked for, found {shown(value)}", "most unseen successes")
    return aim(value)


class Best(Model):
    """What makes a variant the best, and how surely it is to be found."""

    objective: Annotated[Aim, BeforeValidator(_aim), WithJsonSchema({"type": "string"})] = Field(
        Aim("most unseen successes", "unseen_success_rate"),
        description="As: most unseen successes with at most 30s added delay.",
    )
    among: Annotated[tuple[Text, ...], BeforeValidator(filled)] = Field(
        (), description="The variants that compete, base being the scenario itself (all of them)."
    )
    indifference: PositiveNumber = Field(
        0.01, description="The smallest difference worth finding, in the objective's unit."
    )
    tolerance: PositiveNumber = Field(
        0.05, description="How far from a limit either answer is right, as a share of the limit."
    )
    confidence: Confidence = Field(0.95, description="Probability of a right selection (default 0.95).")
    first: Annotated[int, *integer(5, 100_000)] = Field(
        20, description="Replications of each before any goes."
    )
    max: Annotated[int, *integer(5, 1 << 24)] = Field(
        5000, description="The most replications of each; at these the search ends unsettled."
    )
    budget: Annotated[int, *integer(10, 1 << 30)] | None = Field(
        None, description="So many replications of all together, spent by OCBA; instead of the guarantee."
    )
