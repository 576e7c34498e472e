"""A recall system in words: who carries the recall out, on what conditions, and the administrator beside it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration, plural
from recallsim.reporting.people import time_words

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.scenario.models_sender import Recall
    from recallsim.scenario.models_system import AdminPurge

_ACROSS = {
    "nobody": "no other organisation lets it in",
    "allow_list": "other organisations only if they allow it",
    "native": "other organisations only by native routing",
}
_ALERTS = {
    "never": "",
    "read_only": "recipients are told if what they had read is removed",
    "always": "recipients are told of every removal",
}


def system_words(recall: "Recall", plan: "Plan") -> Iterator[str]:
    """Says what happens once the sender asks."""
    if recall.executed_by == "client":
        if recall.system == "outlook-2007":
            yield "classic recall as in Outlook 2007: each recipient's own Outlook decides"
        else:
            yield "classic Outlook recall: each recipient's own Outlook decides"
    elif recall.executed_by == "nobody":
        if recall.enabled:
            yield "only the hold before sending; afterwards it is too late"
        else:
            yield "no recall at all"
    else:
        yield from _server_words(recall, plan)
    if recall.looks_every:
        yield f"held messages leave when their queue is looked at, every {duration(recall.looks_every)}"
    if recall.admin_purge is not None:
        yield from _purge_words(recall.admin_purge)


def system_notes(plan: "Plan") -> Iterator[str]:
    """Says what a removal by servers or an administrator leaves, which no number here counts (S2b)."""
    if plan.agent is not None or plan.purge is not None:
        yield (
            "Removed means out of the person's reach: copies on hold, in Recoverable Items, journals and backups are "
            "not considered."
        )


def weight_notes(plan: "Plan") -> Iterator[str]:
    """Says that recipients are counted with weights."""
    if plan.weighted:
        yield (
            "Importance sampling: early openings were drawn more often than they happen, and recipients are counted with "
            "weights that make up for it."
        )


def _server_words(recall: "Recall", plan: "Plan") -> Iterator[str]:
    what = "read or not" if recall.recall_read_messages else "while it is not marked read"
    yield f"{recall.system}: the servers remove the message from the mailbox, {what}; {_ACROSS[recall.across]}"
    if recall.spoiled_by_download:
        yield "what a POP or IMAP program has downloaded is out of reach"
    if recall.max_age_since_delivery is not None:
        yield f"what was delivered more than {duration(recall.max_age_since_delivery)} ago stays"
    if plan.agent is None:
        return
    workers = plural(recall.workers, "worker") if recall.workers else "as many workers as needed"
    each = "at once" if recall.service.is_zero else f"after {time_words(recall.service)} each"
    yield f"{workers} of the recall agent, done {each}"
    if recall.retry:
        until = "" if recall.give_up is None else f" for up to {duration(recall.give_up)}"
        yield f"what is not there is looked for again{until}"
    if _ALERTS[recall.alert_recipients]:
        yield _ALERTS[recall.alert_recipients]


def _purge_words(purge: "AdminPurge") -> Iterator[str]:
    when = "once she notices" if purge.after == "notice" else "wherever the recall fails"
    later = "" if purge.acts.is_zero else f", after {time_words(purge.acts)}"
    what = "read or not" if purge.read_too else "if not marked read"
    along = ", and forwarded copies on their way" if purge.follows_forwards else ""
    yield f"an administrator removes the message {when}{later}, {what}{along}"
