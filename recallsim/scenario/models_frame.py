"""What frames a scenario: its start, its calendars, its number of replications."""

import re
from difflib import get_close_matches
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, agreement, shown, suggestion
from recallsim.scenario.values import Name, PositiveDuration, Text, counted, integer, number, text

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def weekday(word: str) -> int:
    """The number of a weekday, 0 for Monday."""
    folded = word.strip().capitalize()
    if folded not in WEEKDAYS:
        hint = suggestion(folded[:3], WEEKDAYS)
        raise Refusal(
            f"{shown(word)} is not a weekday; use {', '.join(WEEKDAYS)}", hint if hint[0] == "d" else ""
        )
    return WEEKDAYS.index(folded)


def minutes(word: str, *, end: bool = False) -> int:
    """Minutes from midnight of `HH:MM`; `24:00` only as the end of a day."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", word.strip())
    found = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= found <= (1440 if end else 1439):
        most = "24:00" if end else "23:59"
        raise Refusal(f"{shown(word)} is not a time of day; write it as 08:30, from 00:00 to {most}")
    return found


def zone(value: object) -> str:
    """A time zone that the time zone database knows."""
    found = text(value)
    try:
        ZoneInfo(found)
    except Exception as error:  # the database raises OSError, ValueError and KeyError for odd names
        raise Refusal(f"{shown(found)} is not a time zone", _zone_meant(found)) from error
    return found


def _zone_meant(word: str) -> str:
    """What a name that the time zone database does not know was probably to be: a zone, or the place in one."""
    zones = sorted(available_timezones())
    places = {name.rpartition("/")[2].lower(): name for name in zones}
    hint = suggestion(word, zones)
    if not hint.startswith("did"):
        near = get_close_matches(word.lower().replace(" ", "_"), places, n=1, cutoff=0.8)
        hint = f"did you mean '{places[near[0]]}'?" if near else ""
    return hint or "write one of the time zone database, as Europe/Oslo or UTC"


Zone = Annotated[str, BeforeValidator(zone), WithJsonSchema({"type": "string"})]


class Start(Model):
    """The moment of Send: a weekday and hour, or any moment of a calendar.

    Attributes:
        weekday: 0 (Monday) to 6.
        minutes: From midnight.
        timezone: The sender's time zone.
        any: A calendar: the moment is uniform over its open time, drawn per replication. None: it is fixed.
    """

    weekday: int = 0
    minutes: int = 540
    timezone: Zone = "UTC"
    any: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, Start) or (isinstance(value, dict) and "weekday" in value):
            return value
        if isinstance(value, dict):
            for key in value:
                if key not in ("any", "timezone"):
                    raise Refusal(f"unknown key {shown(key)}", suggestion(str(key), ["any", "timezone"]))
            if value and "any" not in value:
                raise Refusal(
                    "start needs a moment or a calendar", "'Tue 10:40 Europe/Oslo' or {any: office}"
                )
            return value
        parts = value.split() if isinstance(value, str) else []
        if len(parts) not in (2, 3):
            raise Refusal(
                f"expected a weekday and a time of day, found {shown(value)}",
                "'Tue 10:40 Europe/Oslo' or {any: office}",
            )
        found: dict[str, object] = {"weekday": weekday(parts[0]), "minutes": minutes(parts[1])}
        return found | ({"timezone": parts[2]} if len(parts) == 3 else {})


START_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {
            "type": "string",
            "pattern": r"^\s*(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+[0-9]{1,2}:[0-9]{2}(\s+\S+)?\s*$",
        },
        {
            "type": "object",
            "properties": {"any": {"type": "string"}, "timezone": {"type": "string"}},
            "required": ["any"],
            "additionalProperties": False,
        },
    ]
}


def _days(value: object) -> tuple[int, ...]:
    found = text(value)
    if found.strip().lower() == "daily":
        return tuple(range(7))
    days: set[int] = set()
    for part in found.split(","):
        first, dash, last = part.partition("-")
        begin = weekday(first)
        days.add(begin)
        if dash:
            end = weekday(last)
            while begin != end:
                begin = (begin + 1) % 7
                days.add(begin)
    return tuple(sorted(days))


def _from(value: object) -> int:
    return minutes(text(value))


def _to(value: object) -> int:
    return minutes(text(value), end=True)


_DAY_TIME: Final = WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"})


class Opening(Model):
    """Hours of some days of the week, half-open.

    Attributes:
        days: 0 (Monday) to 6.
        from_: Minutes from midnight.
        to: Minutes from midnight; 1440 for `24:00`.
    """

    days: Annotated[
        tuple[int, ...],
        BeforeValidator(_days),
        WithJsonSchema({"type": "string", "description": "Mon-Fri, or Mon,Wed, or daily."}),
    ] = Field(description="Mon-Fri, or Mon,Wed, or daily.")
    from_: Annotated[int, BeforeValidator(_from), _DAY_TIME] = Field(
        alias="from", description="Opens, as 08:00."
    )
    to: Annotated[int, BeforeValidator(_to), _DAY_TIME] = Field(description="Closes, as 16:30 or 24:00.")

    @agreement
    def _forwards(self) -> "Opening":
        if self.to <= self.from_:
            raise Refusal(
                "it closes before it opens", "over midnight, write two entries: until 24:00 and from 00:00"
            )
        return self


def _openings(value: object) -> object:
    if isinstance(value, list | tuple) and not value:
        raise Refusal("a calendar that never opens cannot be used")
    return [value] if isinstance(value, dict | Opening) else value


Calendar = Annotated[tuple[Opening, ...], BeforeValidator(_openings)]


def _positive(value: object) -> float:
    found = number(value)
    if not 0 < found < 1e9:
        raise Refusal(f"{shown(value)} is not above 0")
    return found


def _confidence(value: object) -> float:
    found = number(value)
    if not 0 < found < 1:
        raise Refusal(f"{shown(value)} is not between 0 and 1", "write 0.95" if found > 1 else "")
    return found


Width = Annotated[
    float, BeforeValidator(_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
Confidence = Annotated[
    float,
    BeforeValidator(_confidence),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]
MOST_REPLICATIONS: Final = (1 << 24) - 1
Replicas = Annotated[int, *integer(1, MOST_REPLICATIONS)]


class Target(Model):
    """A half-width that an estimate shall reach."""

    metric: Text = Field("success_rate", description="The metric (default success_rate).")
    group: Text = Field("all", description="The group, or all (default).")
    half_width: Width | None = Field(None, description="Half-width of its interval.")
    relative: Width | None = Field(None, description="Half-width as a share of the estimate.")

    @agreement
    def _one(self) -> "Target":
        if (self.half_width is None) == (self.relative is None):
            raise Refusal("a target takes half_width or relative")
        return self


def _targets(value: object) -> object:
    if value is None:  # a plain number of replications; a file cannot write this, empty values are left out
        return ()
    if isinstance(value, list | tuple):
        if not value:
            raise Refusal("the list of targets is empty")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"expected a half-width or a list of targets, found {shown(value)}", "precision: 0.02")
    return [{"half_width": value}]


_TARGETS_SCHEMA: Final = {
    "type": ["number", "array"],
    "description": "Half-width of success_rate of all, or a list of {metric, group, half_width | relative}.",
    "items": {"type": "object"},
}


class Replications(Model):
    """How many replications are run: a fixed number, or until the targets are met.

    Attributes:
        precision: The targets; empty for a fixed number, which is then both `min` and `max`.
    """

    precision: Annotated[tuple[Target, ...], BeforeValidator(_targets), WithJsonSchema(_TARGETS_SCHEMA)] = (
        Field(
            description="Half-width of success_rate of all, or {metric, group, half_width | relative} items."
        )
    )
    confidence: Confidence = Field(0.95, description="Confidence of every interval (default 0.95).")
    min: Replicas = Field(20, description="Replications before the first look (default 20).")
    max: Replicas = Field(2000, description="Replications at which it ends in any case (default 2000).")
    step: Replicas = Field(20, description="Replications between looks (default 20).")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        value = counted(value)
        if isinstance(value, bool) or not isinstance(value, int | dict | Replications):
            raise Refusal(f"expected a whole number or {{precision: 0.02}}, found {shown(value)}")
        if isinstance(value, int):
            if not 1 <= value <= MOST_REPLICATIONS:
                raise Refusal(f"{shown(value)} is outside 1 to {MOST_REPLICATIONS:,}")
            return {"precision": None, "min": value, "max": value}
        return value

    @agreement
    def _ordered(self) -> "Replications":
        if self.min > self.max:
            raise Refusal(f"min ({self.min}) is above max ({self.max})")
        return self

    @property
    def fixed(self) -> int | None:
        """The fixed number of replications, or None where targets decide."""
        return None if self.precision else self.max


def default_replications() -> Replications:
    """Until the half-width of the success rate is 0.02."""
    return Replications.model_validate({"precision": 0.02})


class Importance(Model):
    """Importance sampling of the reading clock."""

    opened_within: PositiveDuration = Field(
        description="A time after delivery within which an opening of the original is what is rare."
    )
    share: Confidence = Field(
        0.5, description="The probability with which it is drawn to fall within it (default 0.5)."
    )
