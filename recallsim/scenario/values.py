"""The scalars of the scenario language: durations, sizes, rates, shares, counts, words.

Each type is strict and refuses in its own words: a number without a unit says which units there are, `yes` is
not a truth value, `true` is not 1.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from recallsim.scenario.base import KINDS, Refusal, either, shown, suggestion
from transport.errors import UnitError
from transport.units import DURATION_UNITS, SIZE_UNITS, parse_duration, parse_rate, parse_size

_NUMBER: Final = r"[0-9]+(\.[0-9]+)?"
DURATION_PATTERN: Final = rf"^\s*({_NUMBER}\s*(us|ms|s|min|h|d|w)\s*)+$"
DURATION_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": DURATION_PATTERN,
    "description": "A duration such as 90s, 1h 30min or 40 ms.",
}


def _with_unit(value: object, parse: Callable[[str], float], noun: str, units: str, example: str) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refusal(f"expected a {noun}, found {shown(value)}", f"write one like {example}")
    if not isinstance(value, str):
        if value < 0:
            raise Refusal(f"{shown(value)} is negative; a {noun} is 0 or more")
        number = shown(value)
        pair = (f"'{number}/min'", f"'{number}/h'") if noun == "rate" else None
        pair = pair or (
            (f"'{number} kB'", f"'{number} MB'") if noun == "size" else (f"'{number}s'", f"'{number}min'")
        )
        raise Refusal(f"{number} has no unit; use {units}", f"{pair[0]} or {pair[1]}?")
    try:
        return parse(value)
    except UnitError as error:
        raise Refusal(str(error), error.help) from None


def duration(value: object) -> float:
    """Seconds, 0 or more."""
    return _with_unit(value, parse_duration, "duration", DURATION_UNITS, "'90s' or '1h 30min'")


def positive_duration(value: object) -> float:
    """Seconds, more than 0."""
    seconds = duration(value)
    if seconds <= 0:
        raise Refusal(f"{shown(value)} is 0; it must be longer")
    return seconds


def size(value: object) -> int:
    """Bytes."""
    return int(_with_unit(value, parse_size, "size", SIZE_UNITS, "'20 kB' or '2 MB'"))


def rate(value: object) -> float:
    """Events per second, 0 or more."""
    return _with_unit(value, parse_rate, "rate", f"'/' and {DURATION_UNITS}", "'1.6/min' or '1/45min'")


def number(value: object) -> float:
    """A plain number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"expected a number, found {shown(value)}")
    return float(value)


def positive_number(value: object) -> float:
    """A plain number above 0."""
    found = number(value)
    if not 0 < found < float("inf"):
        raise Refusal(f"{shown(value)} is not above 0")
    return found


def natural_number(value: object) -> float:
    """A plain number, 0 or more."""
    found = number(value)
    if not 0 <= found < float("inf"):
        raise Refusal(f"{shown(value)} is negative; it must be 0 or more")
    return found


def share(value: object) -> float:
    """A share or probability from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        percent = isinstance(value, str) and re.fullmatch(r"\s*[0-9]+(\.[0-9]+)?\s*%\s*", value)
        hint = (
            f"write {float(value.strip().rstrip('%')) / 100:g}" if percent and isinstance(value, str) else ""
        )
        raise Refusal(f"expected a number from 0 to 1, found {shown(value)}", hint)
    if not 0 <= value <= 1:
        raise Refusal(
            f"{shown(value)} is outside 0 to 1", f"write {value / 100:g}?" if 1 < value <= 100 else ""
        )
    return float(value)


def share_or_flag(value: object) -> float:
    """A share, or `true` for 1 and `false` for 0."""
    return float(value) if isinstance(value, bool) else share(value)


def flag(value: object) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false", "1": "true", "0": "false"}
        hint = meant.get(str(value).lower())
        raise Refusal(
            f"expected true or false, found {shown(value)}", f"did you mean {hint}?" if hint else ""
        )
    return value


def counted(value: object) -> object:
    """The value, as a whole number where it is one in another notation: 1e3 is a float in YAML."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole(least: int, most: int, value: object) -> int:
    """A whole number from `least` to `most`, also as 1e3."""
    value = counted(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(f"expected a whole number, found {shown(value)}")
    if not least <= value <= most:
        raise Refusal(f"{shown(value)} is outside {least} to {most:,}")
    return value


def unlimited(value: object) -> int | None:
    """A whole number from 1, or `unlimited` (None)."""
    if value is None or value == "unlimited":
        return None
    if isinstance(value, str):
        raise Refusal(
            f"expected a whole number or unlimited, found {shown(value)}", suggestion(value, ["unlimited"])
        )
    return whole(1, 1_000_000_000, value)


def text(value: object) -> str:
    """A text on one line."""
    if not isinstance(value, str):
        hint = f'put it in quotes: "{value}"' if isinstance(value, int | float) else ""
        raise Refusal(f"expected a text, found {shown(value)}", hint)
    if len(value) > 1000:
        raise Refusal(f"the text has {len(value):,} characters; at most 1,000 are taken")
    if not value.isprintable():
        raise Refusal("the text holds line breaks or control characters")
    return value


def times(value: object) -> float:
    """How many times as long: `5x`."""
    found = re.fullmatch(rf"\s*({_NUMBER})\s*x\s*", value) if isinstance(value, str) else None
    if found is None or float(found[1]) <= 0:
        raise Refusal(f"expected a multiple such as 5x, found {shown(value)}", "5x is five times as long")
    return float(found[1])


def filled(value: object) -> object:
    """A list with at least one item."""
    if not isinstance(value, list | tuple):
        raise Refusal(f"expected a list, found {shown(value)}")
    if not value:
        raise Refusal("the list is empty")
    return value


def name(value: object) -> str:
    """A name that a path can use: no dots, no slashes, not a number, not `*`."""
    found = text(value)
    if not re.fullmatch(r"\w[\w+ -]{0,79}", found) or found != found.strip() or found.isdigit():
        raise Refusal(
            f"{shown(value)} cannot be a name",
            "letters, digits, spaces, '-', '+' and '_' make a name, 80 at most; not a number alone",
        )
    return found


def file_name(value: object) -> str:
    """A name that a file can bear: no slashes, no leading dot."""
    found = text(value)
    if not re.fullmatch(r"[\w][\w+. -]{0,79}", found) or found != found.strip():
        raise Refusal(
            f"{shown(value)} cannot be a name",
            "letters, digits, spaces, '.', '-', '+' and '_' make a name, 80 at most",
        )
    return found


def word(choices: Sequence[str], value: object) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in choices:
        hint = suggestion(value, choices) if isinstance(value, str) else ""
        raise Refusal(
            f"expected {either(choices)}, found {shown(value)}", hint if hint.startswith("did") else ""
        )
    return value


def _number_schema(minimum: float, maximum: float | None = None) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "number", "minimum": minimum} | ({} if maximum is None else {"maximum": maximum})
    )


Duration = Annotated[float, BeforeValidator(duration), WithJsonSchema(DURATION_SCHEMA)]
PositiveDuration = Annotated[float, BeforeValidator(positive_duration), WithJsonSchema(DURATION_SCHEMA)]
Size = Annotated[
    int,
    BeforeValidator(size),
    WithJsonSchema({"type": "string", "description": "A size such as 20 kB, 2 MB or 1 MiB."}),
]
Rate = Annotated[
    float,
    BeforeValidator(rate),
    WithJsonSchema({"type": "string", "description": "A rate such as 1.6/min or 1/45min."}),
]
Share = Annotated[float, BeforeValidator(share), _number_schema(0, 1)]
ShareOrFlag = Annotated[
    float,
    BeforeValidator(share_or_flag),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "boolean"}]}),
]
PositiveNumber = Annotated[
    float, BeforeValidator(positive_number), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
NaturalNumber = Annotated[float, BeforeValidator(natural_number), _number_schema(0)]
Flag = Annotated[bool, BeforeValidator(flag), WithJsonSchema({"type": "boolean"})]
Unlimited = Annotated[
    int | None,
    BeforeValidator(unlimited),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"const": "unlimited"}]}),
]
Text = Annotated[str, BeforeValidator(text), WithJsonSchema({"type": "string"})]
Name = Annotated[str, BeforeValidator(name), WithJsonSchema({"type": "string"})]
FileName = Annotated[str, BeforeValidator(file_name), WithJsonSchema({"type": "string"})]


def integer(least: int, most: int) -> Any:
    """The annotations of a whole number from `least` to `most`."""

    def check(value: object) -> int:
        return whole(least, most, value)

    return (
        BeforeValidator(check),
        WithJsonSchema({"type": "integer", "minimum": least, "maximum": most}),
    )


def _choice(choices: Sequence[str]) -> Any:
    def check(value: object) -> str:
        return word(choices, value)

    return BeforeValidator(check), WithJsonSchema({"enum": list(choices)})


Count = Annotated[int, *integer(1, 10_000_000)]
Audience = Annotated[int, *integer(1, 1_000_000_000)]
OrderOfReading = Annotated[str, *_choice(("newest", "oldest", "random", "request_first"))]
Times = Annotated[
    float, BeforeValidator(times), WithJsonSchema({"type": "string", "pattern": rf"^\s*{_NUMBER}\s*x\s*$"})
]
SeenLevel = Annotated[int, *integer(1, 4)]
While = Annotated[str, *_choice(("always", "online", "open"))]
OnlineStart = Annotated[str, *_choice(("stationary", "up", "down"))]
Phase = Annotated[str, *_choice(("stationary", "fresh"))]
Of = Annotated[str, *_choice(("original", "request", "any"))]
KindName = Annotated[str, *_choice(KINDS)]
Per = Annotated[str, *_choice(("recipient", "message"))]
StagePer = Annotated[str, *_choice(("message", "batch", "recipient"))]
FaultWord = Annotated[str, *_choice(("reject", "defer", "disconnect", "rate_limit", "delay"))]
Tnef = Annotated[str, *_choice(("kept", "stripped"))]
ReportLanes = Annotated[str, *_choice(("own", "shared"))]
Account = Annotated[str, *_choice(("exchange", "outlook.com", "other"))]
ClientKind = Annotated[
    str,
    *_choice(("outlook-desktop", "outlook-new", "outlook-mac", "web", "mobile", "imap", "pop", "other")),
]
OpenedIn = Annotated[str, *_choice(("window", "pane"))]
SentItems = Annotated[str, *_choice(("kept", "moved", "deleted", "unsaved"))]
RECALL_SYSTEMS: Final = (
    "outlook",
    "outlook-2007",
    "exchange-online",
    "domino",
    "groupwise",
    "server-window",
    "zimbra",
    "netease-vip",
    "lark",
    "coremail",
    "qq",
    "alibaba",
    "zoho",
    "undo-send",
    "undo-send-gmail",
    "undo-send-outlook",
    "undo-send-apple",
    "undo-send-proton",
    "deferred-queue",
    "mdaemon",
    "none",
)
"""Each stands for `recallsim/presets/systems/<name>.yaml`."""
RecallSystem = Annotated[str, *_choice(RECALL_SYSTEMS)]
ExecutedBy = Annotated[str, *_choice(("client", "servers", "nobody"))]
Reaches = Annotated[str, *_choice(("organisation", "cloud"))]
Across = Annotated[str, *_choice(("nobody", "allow_list", "native"))]
ReportForm = Annotated[str, *_choice(("each", "aggregated"))]
PurgeAfter = Annotated[str, *_choice(("notice", "failed_recall"))]
PurgeReach = Annotated[str, *_choice(("organisation", "cloud"))]
Routing = Annotated[str, *_choice(("internet", "native"))]
BeforeOriginal = Annotated[
    str, *_choice(("wait", "drop_on_arrival", "drop_on_processing", "delete_on_delivery"))
]
ProtectedPolicy = Annotated[str, *_choice(("refuse", "allow"))]
FirstReader = Annotated[str, *_choice(("stays", "decides"))]
Importance = Annotated[str, *_choice(("low", "normal", "high"))]
SentTo = Annotated[str, *_choice(("list", "people"))]
RulesRun = Annotated[str, *_choice(("server", "client"))]
MailboxWhere = Annotated[str, *_choice(("cloud", "onprem", "other"))]
MailboxKind = Annotated[str, *_choice(("user", "shared", "public"))]
ReportsTo = Annotated[str, *_choice(("originator", "none"))]
FromWhom = Annotated[str, *_choice(("sender",))]
SensitivityMethod = Annotated[str, *_choice(("morris", "sobol"))]
