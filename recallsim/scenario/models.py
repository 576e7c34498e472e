"""The scenario: everything a person wrote, validated and frozen."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema

from recallsim.scenario.base import Model, Refusal, shown
from recallsim.scenario.meanings import apportion
from recallsim.scenario.models_designs import Best, Sensitivity, Sweep
from recallsim.scenario.models_frame import (
    START_SCHEMA,
    Calendar,
    Importance,
    Replications,
    Start,
    default_replications,
)
from recallsim.scenario.models_observe import Observe
from recallsim.scenario.models_people import Group, Recipients
from recallsim.scenario.models_sender import Message, Organisation, Sender
from recallsim.scenario.models_transport import Transport
from recallsim.scenario.values import (
    FileName,
    Flag,
    Name,
    PositiveDuration,
    SeenLevel,
    Text,
    integer,
    positive_duration,
)

SEED = 20261120


def _clock(value: object) -> float:
    seconds = positive_duration(value)
    if not 1e-6 <= seconds <= 3600:
        raise Refusal(f"{shown(value)} is outside 1us to 1h")
    return seconds


class Scenario(Model):
    """A whole scenario file, with its presets and overrides resolved.

    Attributes:
        what_if: Variants as they were written, by name: path and value.
    """

    schema_: Annotated[int, *integer(1, 1)] = Field(
        1, alias="schema", description="Version of this language (1)."
    )
    name: FileName = Field(
        "scenario", description="Short name; the store is called after it (default: the file's)."
    )
    title: Text = Field("", description="What the scenario is about, in one line.")
    seed: Annotated[int, *integer(0, (1 << 64) - 1)] = Field(SEED, description="Seed of all chance.")
    start: Annotated[Start, WithJsonSchema(START_SCHEMA)] = Field(
        default_factory=Start,
        description="Send's weekday, hour and time zone, or {any: calendar} (Mon 09:00 UTC).",
    )
    horizon: PositiveDuration = Field(
        604_800.0, description="When the observation ends, from Send (default 7d)."
    )
    clock: Annotated[float, BeforeValidator(_clock), WithJsonSchema({"type": "string"})] = Field(
        1e-6, description="Length of a tick (default 1us)."
    )
    replications: Replications = Field(
        default_factory=default_replications,
        description="A number, or {precision: 0.02, …} (default precision 0.02).",
    )
    calendars: dict[Name, Calendar] = Field(default_factory=dict, description="Weekly hours by name.")
    organisation: Organisation = Field(default_factory=Organisation, description="The sender's organisation.")
    message: Message = Field(default_factory=Message, description="The original.")
    sender: Sender = Field(default_factory=Sender, description="The sender and her recall.")
    transport: Transport = Field(default_factory=Transport, description="The servers.")
    seen_level: SeenLevel = Field(
        2,
        description="From which level on a message counts as seen: 1 glimpsed, 2 shown (default), 3 opened, 4 attachment.",
    )
    antithetic: Flag = Field(
        False, description="Replications come in pairs, the second with 1 - u for every u of the first."
    )
    importance: Importance | None = Field(
        None, description="Importance sampling: early openings are drawn more often, and weighted."
    )
    recipients: Recipients = Field(description="Everyone the message goes to.")
    metrics: tuple[Text, ...] = Field((), description="Further metrics, as waited_over:delivery:3min.")
    what_if: dict[Name, dict[str, Any]] = Field(default_factory=dict, description="Variants: path and value.")
    observe: Observe | None = Field(None, description="What the sender has been told by some time.")
    sweep: Sweep = Field(default_factory=Sweep, description="Cells to run over: `recallsim sweep`.")
    sensitivity: Sensitivity = Field(
        default_factory=Sensitivity, description="Ranges whose effects are weighed: `recallsim sensitivity`."
    )
    best: Best = Field(default_factory=Best, description="What makes a variant the best: `recallsim best`.")

    _source: str = PrivateAttr(default="")
    _path: str = PrivateAttr(default="")

    def remember(self, source: str, path: str) -> None:
        """Keep the text and the name of the file that the scenario was read from."""
        object.__setattr__(self, "_source", source)
        object.__setattr__(self, "_path", path)

    @property
    def source(self) -> str:
        """The text of the scenario file."""
        return self._source

    @property
    def path(self) -> str:
        """The file as it was named, or an empty text."""
        return self._path

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of recipients."""
        return self.recipients.groups

    @property
    def count(self) -> int:
        """The number of recipients."""
        if self.recipients.count is not None:
            return self.recipients.count
        return sum(group.count or 0 for group in self.groups)

    def group_sizes(self) -> tuple[int, ...]:
        """The number of recipients of each group: exact, by largest remainder, ties to the earlier group."""
        counts = [group.count for group in self.groups]
        if any(count is not None for count in counts):
            return tuple(count or 0 for count in counts)
        return apportion(self.count, [1.0 if group.share is None else group.share for group in self.groups])

    def is_outside(self, group: Group) -> bool:
        """Whether the group belongs to another organisation than the sender's."""
        return group.organisation is not None and group.organisation != self.organisation.domain

    def zone_of(self, group: Group) -> str:
        """The time zone of a group."""
        return group.timezone or self.start.timezone
