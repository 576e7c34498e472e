"""The program that a mailbox is read with."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from recallsim.scenario.base import Model, Refusal, agreement, shown, suggestion
from recallsim.scenario.models_laws import Law, zero
from recallsim.scenario.values import (
    DURATION_SCHEMA,
    ClientKind,
    Name,
    OnlineStart,
    RulesRun,
    Share,
    duration,
    positive_duration,
)

CACHED_TIMER = 30.0
"""Seconds from the first unsynced change to the sync of a cached client (model.md 3)."""


class Sync(Model):
    """How a device learns of what is in the mailbox.

    Attributes:
        mode: push, cached, poll or fetch.
        every: Seconds: the cached timer, or the period of poll and fetch; 0 for push.
    """

    mode: str = "push"
    every: float = 0.0

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, Sync) or (isinstance(value, dict) and (not value or "mode" in value)):
            return value
        pair: tuple[object, object] = (value, None)
        if isinstance(value, dict) and len(value) == 1:
            pair = next(iter(value.items()))
        elif isinstance(value, str):
            head, colon, rest = value.partition(":")
            pair = (head.strip(), rest.strip()) if colon else (value, None)
        mode, time = pair
        if mode == "push" and time is None:
            return {"mode": "push", "every": 0.0}
        if mode == "cached":
            return {"mode": "cached", "every": CACHED_TIMER if time is None else duration(time)}
        if mode in ("poll", "fetch"):
            if time is None:
                raise Refusal(f"{mode} needs a period", f"{{{mode}: 15min}}")
            return {"mode": mode, "every": positive_duration(time)}
        hint = suggestion(str(mode), ["push", "cached", "poll", "fetch"]) if isinstance(mode, str) else ""
        raise Refusal(
            f"expected push, cached, {{poll: 15min}} or {{fetch: 15min}}, found {shown(value)}",
            hint if hint.startswith("did") else "",
        )


class MarksRead(Model):
    """When the reading pane sets the flag (recall.md 0).

    Attributes:
        mode: on_leave, never or after.
        after: Seconds, for `after`.
    """

    mode: str = "on_leave"
    after: float = 0.0

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, MarksRead) or (isinstance(value, dict) and (not value or "mode" in value)):
            return value
        if value in ("on_leave", "never"):
            return {"mode": value}
        if isinstance(value, dict) and set(value) == {"after"}:
            return {"mode": "after", "after": duration(value["after"])}
        hint = suggestion(value, ["on_leave", "never", "after"]) if isinstance(value, str) else ""
        raise Refusal(
            f"expected on_leave, never or {{after: 5s}}, found {shown(value)}",
            hint if hint.startswith("did") else "",
        )


def _one_key(key: str, extra: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {key: extra}, "required": [key], "additionalProperties": False}


_SYNC_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": ["push", "cached"]},
        {"type": "string", "pattern": "^(cached|poll|fetch):"},
        *[_one_key(mode, DURATION_SCHEMA) for mode in ("cached", "poll", "fetch")],
    ]
}
_MARKS_SCHEMA: dict[str, Any] = {
    "anyOf": [{"enum": ["on_leave", "never"]}, _one_key("after", DURATION_SCHEMA)]
}


class Online(Model):
    """When the client runs and is connected: within a calendar, or in turns that are drawn."""

    hours: Name | None = Field(None, description="A calendar; outside it the client is off.")
    up: Law | None = Field(None, description="Length of each time online.")
    down: Law | None = Field(None, description="Length of each time offline.")
    start: OnlineStart | None = Field(
        None,
        description="At Send: stationary, at a random moment of the turns (default), or up or down has just begun.",
    )

    @agreement
    def _one_way(self) -> "Online":
        turns = [key for key in ("up", "down") if getattr(self, key) is not None]
        if self.hours is not None and (turns or self.start is not None):
            raise Refusal("expected either hours, or up and down", f"leave {(turns or ['start'])[0]} out?")
        if self.hours is None and len(turns) < 2:
            raise Refusal("expected hours, or both up and down", "{hours: office}, or {up: 2h, down: 30min}")
        return self


class Client(Model):
    """The program that a mailbox is read with."""

    kind: ClientKind = Field(
        "outlook-desktop", description="The program; only outlook-desktop executes requests."
    )
    auto_process: Share = Field(0.0, description="Share in which requests are processed automatically (R1).")
    idle: Law = Field(
        default_factory=zero, description="The wait of the idle worker before it processes (default 0s)."
    )
    sync: Annotated[Sync, WithJsonSchema(_SYNC_SCHEMA)] = Field(
        default_factory=Sync,
        description="push (default), cached (30s), {cached: d}, {poll: d} or, for pop, {fetch: d}.",
    )
    marks_read: Annotated[MarksRead, WithJsonSchema(_MARKS_SCHEMA)] = Field(
        default_factory=MarksRead,
        description="When the pane sets the flag: on_leave (default), never, {after: 5s}.",
    )
    online: Online | None = Field(None, description="When it runs (default: always).")
    rules_run: RulesRun = Field("server", description="Where the rules run: server (default) or client.")
