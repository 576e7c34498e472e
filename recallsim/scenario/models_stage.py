"""A stage of the servers, and a hop that some recipients' mail takes besides."""

from pydantic import Field, model_validator

from recallsim.scenario.base import KINDS, Model, Refusal, shown, suggestion
from recallsim.scenario.models_background import Background
from recallsim.scenario.models_kinds import LawByKind, LimitByKind, NoticeByKind, ShareByKind
from recallsim.scenario.models_laws import LawModel
from recallsim.scenario.models_obstacles import Greylist, Kinds, Limit
from recallsim.scenario.models_retry import RetryByKind
from recallsim.scenario.values import Count, Name, StagePer, Tnef, Unlimited

_PER = {"submission": "message", "categorizer": "batch"}
_COARSENESS = {"message": 0, "batch": 1, "recipient": 2}


class Discipline(Model):
    """Who goes next: first come first served, or some kinds before the others (no pre-emption)."""

    priority: Kinds = Field(
        (), description="Kinds that go first, in this order; none means first come, first served."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if value == "fifo":
            return {}
        if isinstance(value, dict | Discipline):
            return value
        hint = suggestion(value, ["fifo", "priority"]) if isinstance(value, str) else ""
        raise Refusal(f"expected fifo or {{priority: [kinds]}}, found {shown(value)}", hint)


class Stage(Model):
    """A queueing place of the servers."""

    name: Name = Field("", description="Its name; given by the key for submission, categorizer and delivery.")
    per: StagePer | None = Field(
        None,
        description="One job: message (default for submission), batch (categorizer) or recipient (others).",
    )
    batch: Count = Field(
        1000, description="Envelope recipients in one job of a stage per batch (default 1000)."
    )
    workers: Unlimited = Field(None, description="Servers working side by side (default unlimited).")
    service: LawByKind = Field(
        default_factory=LawByKind, description="Service time, may be by kind (default 0s)."
    )
    kinds: Kinds = Field(KINDS, description="Kinds that pass here; others bypass it (default all).")
    discipline: Discipline = Field(
        default_factory=Discipline, description="fifo (default) or {priority: [kinds]}."
    )
    failure: ShareByKind = Field(
        default_factory=ShareByKind,
        description="Probability that an attempt fails, may be by kind (default 0).",
    )
    retry: RetryByKind = Field(
        default_factory=RetryByKind,
        description="Gaps between attempts, may be by kind (default: the first failure bounces).",
    )
    give_up: LimitByKind = Field(
        default_factory=LimitByKind,
        description="Time after entry at which the message bounces, may be by kind (default: none).",
    )
    delay_notice: NoticeByKind = Field(
        default_factory=NoticeByKind,
        description="Time here after which the sender gets a notice of delay, may be by kind; it decides nothing.",
    )
    limit: Limit = Field(default_factory=Limit, description="Its own limits (default: none).")
    greylist: Greylist | None = Field(None, description="The servers behind it greylist, as greylist: 300s.")
    background: Background | None = Field(None, description="Foreign mail served here too.")

    @property
    def grain(self) -> str:
        """What one job is: `message`, `batch` or `recipient`."""
        return self.per or _PER.get(self.name, "recipient")

    @property
    def at_once(self) -> int | None:
        """Jobs served at the same time at most; None for no limit."""
        bounds = [bound for bound in (self.workers, self.limit.connections) if bound is not None]
        return min(bounds, default=None)

    @property
    def background_service(self) -> LawModel:
        """The service time of the background."""
        if self.background is not None and self.background.service is not None:
            return self.background.service
        return self.service.default


class Hop(Stage):
    """A stage that only the mail of some recipients takes: a third party's filter, a gateway."""

    tnef: Tnef = Field(
        "kept", description="kept (default), or stripped: a request is an ordinary mail from here on (S9)."
    )
    exempt: Kinds = Field((), description="Kinds that go round it (default none).")


def coarseness(stage: Stage) -> int:
    """0 per message, 1 per batch, 2 per recipient: never falls along the passage."""
    return _COARSENESS[stage.grain]
