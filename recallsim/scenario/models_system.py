"""What a recall system does, by its policies: the keys that the presets of the systems set, and a scenario may set anew."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from recallsim.scenario.base import Model, Refusal, shown
from recallsim.scenario.models_laws import Law, zero
from recallsim.scenario.values import (
    Across,
    BeforeOriginal,
    ClientKind,
    Duration,
    ExecutedBy,
    FirstReader,
    Flag,
    PositiveDuration,
    ProtectedPolicy,
    PurgeAfter,
    PurgeReach,
    Rate,
    Reaches,
    RecallSystem,
    ReportForm,
    Share,
    Unlimited,
    filled,
)

ALERTS = ("never", "read_only", "always")


def _alert(value: object) -> str:
    if value is True or value is False:
        return "always" if value else "never"
    if isinstance(value, str) and value in ALERTS:
        return value
    raise Refusal(f"expected true, false or read_only, found {shown(value)}")


AlertPolicy = Annotated[
    str,
    BeforeValidator(_alert),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": list(ALERTS)}]}),
]


class AdminPurge(Model):
    """An administrator's removal beside the recall (S13)."""

    after: PurgeAfter = Field(
        "failed_recall", description="What sets it off: notice, or failed_recall (default) at each recipient."
    )
    acts: Law = Field(
        default_factory=zero, description="Time from then until the removal begins (default 0s)."
    )
    reach: PurgeReach = Field(
        "organisation", description="Mailboxes it reaches: organisation (default), or cloud without onprem."
    )
    read_too: Flag = Field(True, description="Copies marked read are removed too (default true).")
    tells: Flag = Field(False, description="The recipient finds a notice (default false).")
    rate: Rate | None = Field(
        None, description="Mailboxes in a given time, as 10/s, one after the other (default: all at once)."
    )


class Policies(Model):
    """The policies of a recall system; what neither its preset nor the scenario sets is as below."""

    executed_by: ExecutedBy = Field(
        "client", description="Who carries a recall out: client (R1-R7), servers (S2-S12) or nobody (H1, H2)."
    )
    enabled: Flag = Field(True, description="Recall is switched on in this system (E2, S4; default true).")
    fallback: RecallSystem | None = Field(
        None, description="System in force where recall is switched off (S4; default: none, E2 refuses)."
    )
    started_from: Annotated[tuple[ClientKind, ...], BeforeValidator(filled)] = Field(
        ("outlook-desktop",), description="Programs that a recall can be started from (E4)."
    )
    protected: ProtectedPolicy = Field(
        "refuse", description="Whether protected messages may be recalled (E3)."
    )
    opened_in_window_required: Flag = Field(True, description="The message must be open in its window (E5).")
    max_age: PositiveDuration | None = Field(
        None, description="Oldest message that may be recalled, later too_old (E6, S4; none)."
    )
    window: Duration | None = Field(
        None,
        description="Time from submission in which a recall may be asked for, later too_late (S11; none).",
    )
    recall_before_original: BeforeOriginal = Field(
        "wait", description="What happens to a request that is there before the original (R7.1)."
    )
    public_folder_first_reader: FirstReader = Field(
        "stays",
        description="Whether the first reader without rights ends the recall in a public folder (R5.3).",
    )
    intercept: Flag = Field(False, description="Servers remove originals that are still under way (S1).")
    max_age_since_delivery: Duration | None = Field(
        None,
        description="Longest time in the mailbox when processed, later too_old_when_processed (S10; none).",
    )
    recall_read_messages: Flag = Field(
        True, description="Servers remove copies marked read too (S3, S10, S11; default true)."
    )
    spoiled_by_download: Flag = Field(
        False, description="A copy that a POP or IMAP program has is out of reach (S11; default false)."
    )
    reaches: Reaches = Field(
        "organisation",
        description="Mailboxes the servers reach: organisation (default), or cloud; onprem is classic then (S6).",
    )
    across: Across = Field(
        "nobody",
        description="Other organisations reached: nobody (default), allow_list (S7) or native routing (S10).",
    )
    alert_recipients: AlertPolicy = Field(
        "never",
        description="Whether recipients are told of a removal: false (default), true, read_only (S5).",
    )
    workers: Unlimited = Field(None, description="Mailboxes worked on side by side (S8; default unlimited).")
    service: Law = Field(
        default_factory=zero, description="Time that an attempt at one mailbox takes (S8; default 0s)."
    )
    failure: Share = Field(0.0, description="Probability that an attempt at a mailbox fails (S8; default 0).")
    retry: tuple[PositiveDuration, ...] = Field(
        (),
        description="Gaps between attempts at one mailbox, the last one repeats (S8; default: one attempt).",
    )
    give_up: PositiveDuration | None = Field(
        None, description="Time after which no further attempt is made (S8; default: none)."
    )
    report: ReportForm = Field(
        "each", description="A report for each recipient (default), or one aggregated page for all (S8)."
    )
    report_opens: Law = Field(
        default_factory=zero, description="Time from asking until the page can be read (S8; default 0s)."
    )
    report_readable: PositiveDuration = Field(
        604_800.0, description="How long the page can be read (S8; default 7d)."
    )
    looks_every: Duration = Field(
        0.0, description="Time between looks at the queue of held messages (H2; default 0s: on the tick)."
    )
    admin_purge: AdminPurge | None = Field(None, description="An administrator removes it too (S13; none).")
