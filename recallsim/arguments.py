"""What a caller may ask of a scenario, checked once, for all commands and public functions alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from recallsim.errors import RecallsimError

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.estimate.stopping import Rule, Target
    from recallsim.running.progress import Progress
    from recallsim.scenario import Scenario

DEFAULT_STORE: Final = Path("results")
"""The folder in which a run is kept under its scenario's name."""

_COUNTED_WHILE_RUNNING: Final = ("waited_over:", "expected_")


class RequestError(RecallsimError, ValueError):
    """Something asked of a scenario that it cannot give: a metric or a group that it has not."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is asked of a scenario.

    Attributes:
        replications: how many replications; None: as the scenario says.
        precision: the half-width to reach instead, or None.
        seed: the seed; None: the scenario's.
        engine: which engine simulates.
        workers: how many processes; None: one for each processor.
        overrides: texts such as `"sender.notices=5min"`.
        variant: the name of a `what_if` variant, or None.
        metrics: further metrics to estimate.
        store: where replications are kept; None: nowhere; `DEFAULT_STORE`: in there, by the scenario's name.
        record: `"recipients"` or None.
        progress: whether a progress bar is shown.
        dask: the address of a Dask scheduler, or `local`; None: processes of this machine.
    """

    replications: int | None = None
    precision: float | None = None
    seed: int | None = None
    engine: str = "auto"
    workers: int | None = None
    overrides: Sequence[str] = ()
    variant: str | None = None
    metrics: Sequence[str] = ()
    store: Path | None = None
    record: str | None = None
    progress: bool = False
    dask: str | None = None

    def checked(self) -> "Arguments":
        """Makes sure that what a program hands over is of the right kind; the command line has its own ways.

        Raises:
            RequestError: it is not.
        """
        for name, number, most in (
            ("replications", self.replications, 2**24),
            ("workers", self.workers, 1024),
        ):
            if number is not None and not (is_whole(number) and 1 <= number <= most):
                raise RequestError(f"{name} is {number!r}; it must be a whole number from 1 to {most:,}")
        if self.seed is not None and not is_whole(self.seed):
            raise RequestError(f"the seed is {self.seed!r}; it must be a whole number")
        precision: object = self.precision
        if precision is not None and not (isinstance(precision, int | float) and 0 < precision <= 1):
            raise RequestError(f"precision is {precision!r}; it must be a half-width above 0 and at most 1")
        for name, texts in (("overrides", self.overrides), ("metrics", self.metrics)):
            check_texts(name, texts)
        if self.replications is not None and precision is not None:
            raise RequestError("give replications or precision, not both: one says how many, one how exact")
        if self.record not in (None, "recipients"):
            raise RequestError(f"record is {self.record!r}; it is 'recipients' or None")
        return self


def bar_for(asked: Arguments, name: str, store: Path | None) -> "Progress | None":
    """The progress bar that was asked for, or None."""
    if not asked.progress:
        return None
    from recallsim.reporting.bar import Bar

    return Bar(name, store)


def check_texts(name: str, texts: object) -> None:
    """Makes sure that texts are texts.

    Raises:
        RequestError: they are not.
    """
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise RequestError(f"{name} is {texts!r}; it must be a list of texts")
    for text in texts:
        if not isinstance(text, str):
            raise RequestError(f"{name} holds {text!r}; each must be a text")


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_source(scenario: object) -> None:
    """Makes sure that a scenario is given in one of its three forms.

    Raises:
        RequestError: it is not.
    """
    from recallsim.scenario import Scenario

    if not isinstance(scenario, str | Path | Scenario):
        found = type(scenario).__name__
        raise RequestError(
            f"the scenario is of type {found}; give a file, the text of one, or what load() gave"
        )


def loaded(
    source: "str | Path | Scenario", overrides: Sequence[str] = (), variant: str | None = None
) -> "Scenario":
    """Loads a scenario unless it is one; a loaded one takes neither overrides nor a variant any more."""
    from recallsim.scenario import Scenario, load

    if not isinstance(source, Scenario):
        return load(source, overrides, variant)
    if overrides or variant:
        raise RequestError("overrides and variants are applied while loading: give them to load()")
    return source


def seed_of(scenario: "Scenario", seed: int | None) -> int:
    """Gives the seed in force: the one asked for, else the scenario's."""
    if seed is None:
        return scenario.seed
    if not 0 <= seed < 2**64:
        raise RequestError(f"the seed is {seed}; it must be from 0 to 2^64-1")
    return seed


def with_metrics(scenario: "Scenario", metrics: Sequence[str]) -> "Scenario":
    """Adds the metrics that must be counted while replications run; the others can be taken afterwards."""
    counted = [name for name in metrics if name.startswith(_COUNTED_WHILE_RUNNING)]
    new = [name for name in counted if name not in scenario.metrics]
    return scenario.model_copy(update={"metrics": (*scenario.metrics, *new)}) if new else scenario


def rule_for(scenario: "Scenario", replications: int | None, precision: float | None) -> "Rule":
    """Gives the rule that ends the run: what was asked for, else what the scenario says."""
    rule = _rule(scenario, replications, precision)
    if scenario.antithetic:
        for name, number in (("min", rule.minimum), ("max", rule.maximum), ("step", rule.step)):
            if number % 2 and not (name == "step" and rule.is_fixed):
                what = "replications" if rule.is_fixed else f"replications.{name}"
                raise RequestError(
                    f"{what} is {number}; antithetic replications come in pairs, so give an even number"
                )
    return rule


def check_weights(scenario: "Scenario", plan: "Plan", record: str | None) -> None:
    """Makes sure that recipients have exact weights where importance sampling is asked for.

    Raises:
        RequestError: they have not; the message names what is in the way.
    """
    if scenario.importance is None:
        return
    from recallsim.estimate.importance import refusal

    if why := refusal(plan):
        raise RequestError(f"importance: weights of recipients are not exact here: {why}")
    if record is not None:
        raise RequestError(
            "importance: recipients have weights, and rows of them would not tell; leave --record out"
        )


def check_independent(scenario: "Scenario", what: str) -> None:
    """Makes sure that a scenario's replications are independent and its recipients alike, where only those will do.

    Raises:
        RequestError: they are not.
    """
    if scenario.importance is not None:
        raise RequestError(f"importance: {what} knows no weights of recipients; run does")
    if scenario.antithetic:
        raise RequestError(
            f"antithetic: {what} takes replications as independent, which antithetic pairs are not; run and sweep know them"
        )


def _rule(scenario: "Scenario", replications: int | None, precision: float | None) -> "Rule":
    from recallsim.estimate.stopping import Rule, Target

    asked = scenario.replications
    if replications is not None:
        return Rule((), asked.confidence, replications, replications)
    if precision is not None:
        defaults = type(asked).model_fields
        least = defaults["min"].default if asked.fixed else asked.min
        most = defaults["max"].default if asked.fixed else asked.max
        return Rule((Target(half_width=precision),), asked.confidence, least, most, asked.step)
    targets = tuple(
        Target(
            target.metric,
            target.group,
            target.half_width or target.relative or 0.0,
            target.relative is not None,
        )
        for target in asked.precision
    )
    return Rule(targets, asked.confidence, asked.min, asked.max, asked.step)


def check_metrics(rule: "Rule", plan: "Plan", metrics: Sequence[str]) -> None:
    """Makes sure that a plan has every metric that is asked for or aimed at.

    Raises:
        RequestError: it has not; the message says what there is.
    """
    from recallsim.estimate.catalogue import check_metric

    try:
        for name in metrics:
            check_metric(name, plan)
        rule.check(plan)
    except ValueError as error:
        raise RequestError(str(error)) from None


def goal_of(rule: "Rule") -> str:
    """Says in words what precision a rule aims at; empty where it aims at none."""
    return "" if rule.is_fixed else " and ".join(_goal(target) for target in rule.targets)


def _goal(target: "Target") -> str:
    from recallsim.reporting.numbers import Measure, duration, measure_of

    whose = f"{target.metric} of {target.group}"
    if target.relative:
        return f"{whose} to within {100 * target.half_width:g} % of its value"
    measure = measure_of(target.metric)
    if measure is Measure.RATE:
        return f"{whose} to within {100 * target.half_width:g} points"
    size = duration(target.half_width) if measure is Measure.SECONDS else f"{target.half_width:g}"
    return f"{whose} to within {size}"
