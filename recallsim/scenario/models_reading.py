"""How mail comes to be opened: delays, checks of the inbox, rates."""

from pydantic import Field, model_validator

from recallsim.scenario.base import Model, Refusal, shown, suggestion
from recallsim.scenario.models_kinds import Delay, OpenProbability
from recallsim.scenario.models_laws import Law, zero
from recallsim.scenario.values import Name, OrderOfReading, Phase, Rate, Share, Text, Times, Unlimited, While

WHILE = (
    "When delays, gaps and rates run: always, while the program is online, or while the calendar of hours is open "
    "(default: open where hours are given, else always)."
)


def check_while(word: str | None, calendar: str | None) -> None:
    """Refuse a `while` that contradicts the hours.

    Raises:
        Refusal: it does.
    """
    if word == "always" and calendar is not None:
        raise Refusal(
            "while: always says that hours do not matter, but hours are given", "leave one of them out"
        )


class InboxMail(Model):
    """Other mail that comes into the inbox and takes its turn in the checks."""

    rate: Rate = Field(description="How much of it arrives, at random moments.")
    handling: Law | None = Field(None, description="Time spent on each (default: as for other messages).")


class Sessions(Model):
    """Checks of the inbox."""

    gap: Law = Field(description="Time from the end of a check to the next.")
    per_session: Unlimited = Field(None, description="Messages handled in one check (default unlimited).")
    open_probability: OpenProbability = Field(
        default_factory=OpenProbability,
        description="Probability that a handled message is opened (default 1).",
    )
    handling: Law = Field(
        default_factory=zero, description="Time spent on each message that is opened (default 0s)."
    )
    order: OrderOfReading = Field("newest", description="newest (default), oldest, random or request_first.")
    phase: Phase = Field("stationary", description="The first gap: a stationary residual (default) or fresh.")
    hours: Name | None = Field(None, description="The calendar in which gaps run.")
    inbox_mail: InboxMail | None = Field(None, description="Other mail in the inbox (default: none).")


class Hazard(Model):
    """An opening rate that changes over the week."""

    calendar: Name = Field(description="The calendar.")
    inside: Rate = Field(description="Rate while it is open.")
    outside: Rate = Field(description="Rate while it is closed.")


class FolderClock(Model):
    """A folder that is looked into less often, or more, than the inbox."""

    gap: Times = Field(description="How many times as long delays and gaps are there, as 5x.")


class Notified(Model):
    """Mail whose notification makes people open it, or not."""

    p: Share = Field(description="Probability that somebody reacts to the notification.")
    after: Law = Field(
        default_factory=zero, description="Time from the notification to the opening (default 0s)."
    )
    otherwise: "Reads" = Field(
        default_factory=lambda: Reads(),
        description="How mail is read that nobody reacted to (default never).",
    )


KINDS_OF_READING = ("delay", "sessions", "hazard", "notified")


class Reads(Model):
    """How mail comes to be opened: one of delay, sessions, hazard, notified; or never."""

    delay: Delay | None = Field(None, description="Each message is opened after a delay of its own.")
    sessions: Sessions | None = Field(None, description="The inbox is checked from time to time.")
    hazard: Hazard | None = Field(None, description="Mail is opened at a rate that follows a calendar.")
    notified: Notified | None = Field(None, description="Some react to the notification at once.")
    folders: dict[Text, FolderClock] = Field(
        default_factory=dict,
        description="Folders with a clock of their own; Deleted Items is looked into only so (R7.6).",
    )
    hours: Name | None = Field(None, description="The calendar in which delays and gaps run.")
    while_: While | None = Field(None, alias="while", description=WHILE)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if value == "never":
            return {}
        if isinstance(value, Reads | dict):
            return value
        if isinstance(value, str) and value in KINDS_OF_READING:
            hint = f"a kind comes with what it needs, as {{delay: 10min}}; {value!r} is the kind alone"
        else:
            hint = suggestion(value, ["never", *KINDS_OF_READING]) if isinstance(value, str) else ""
        raise Refusal(
            f"expected never or one of delay, sessions, hazard and notified, found {shown(value)}", hint
        )

    @model_validator(mode="after")
    def _one_kind(self) -> "Reads":
        kinds = [key for key in KINDS_OF_READING if getattr(self, key) is not None]
        if len(kinds) > 1:
            raise Refusal(f"expected one kind of reading, found {' and '.join(kinds)}")
        if not kinds and self.model_fields_set:
            raise Refusal("expected one of delay, sessions, hazard and notified", "or reads: never")
        if self.notified is not None:
            inner = self.notified.otherwise
            if inner.notified is not None:
                raise Refusal("what is read otherwise cannot be notified again", "otherwise: {sessions: …}")
            beside = [key for key in ("hours", "while_", "folders") if getattr(inner, key)]
            if beside:
                key = beside[0].rstrip("_")
                raise Refusal(
                    f"{key} stands beside notified, not inside otherwise", f"move {key} two levels up"
                )
        if self.hazard is not None and self.hours is not None:
            raise Refusal("a hazard has a calendar of its own; hours cannot stand beside it")
        check_while(self.while_, self.calendar)
        return self

    @property
    def kind(self) -> str:
        """`delay`, `sessions`, `hazard`, `notified` or `never`."""
        for key in KINDS_OF_READING:
            if getattr(self, key) is not None:
                return key
        return "never"

    @property
    def plain(self) -> "Reads":
        """How mail is read that no notification makes people open."""
        return self if self.notified is None else self.notified.otherwise

    @property
    def calendar(self) -> str | None:
        """The calendar named beside or inside the kind, if any."""
        sessions = self.plain.sessions
        return self.hours or (sessions.hours if sessions is not None else None)
