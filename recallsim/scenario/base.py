"""What all models of the scenario language share: frozen, no unknown keys, refusals with a suggestion."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from difflib import get_close_matches
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

KINDS = ("original", "request", "replacement", "report")


class Model(BaseModel):
    """A mapping of the scenario file; its attributes are the keys (`from_`, `for_`, `class_`, `schema_`)."""

    model_config = ConfigDict(
        defer_build=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        protected_namespaces=(),
        serialize_by_alias=True,
    )


class Refusal(ValueError):  # noqa: N818
    """A value that the language does not take, with what to do about it in `help`."""

    def __init__(self, what: str, suggestion: str = "") -> None:
        super().__init__(what)
        self.help = suggestion
        self.between = False
        """It is about keys that do not go together; each by itself could be read."""


M = TypeVar("M", bound=Model)

TOLERATED: ContextVar[frozenset[str]] = ContextVar("TOLERATED", default=frozenset())
"""Refusals by agreements that were reported, so that the rest of the scenario may be looked at."""


def agreement(check: Callable[[M], M]) -> Any:
    """Decorates a check that keys of one mapping go together; it raises Refusal where they do not."""

    @wraps(check)
    def checked(model: M) -> M:
        try:
            return check(model)
        except Refusal as refusal:
            if str(refusal) in TOLERATED.get():
                return model
            refusal.between = True
            raise

    return model_validator(mode="after")(checked)


def shown(value: object) -> str:
    """A value as a message quotes it: short, on one line, mappings and lists by their kind."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return "nothing"
    text = str(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return repr(text) if isinstance(value, str) else text


def either(words: Iterable[str]) -> str:
    """The words as a choice: `a, b or c`."""
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` where a known word is close to this one, else the list of known words."""
    words = list(known)
    folded = {other.lower(): other for other in words}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{folded[close[0]]}'?"
    return f"known: {', '.join(words)}" if words else ""
