"""What metrics and reasons are called in plain words; the order in which they are shown."""

from typing import NamedTuple

from recallsim.reporting.plain import plain


class Row(NamedTuple):
    """One line of the table of estimates."""

    metric: str
    label: str
    depth: int = 0
    always: bool = False  # shown even where nothing of the kind ever happened
    alone: str = ""  # what to call it in a list of things that never happened; empty: not worth a word


class Section(NamedTuple):
    """Lines of the table that answer one question."""

    title: str
    rows: tuple[Row, ...]


SECTIONS = (
    Section(
        "What became of the recall",
        (
            Row("success_rate", "succeeded", always=True),
            Row("unseen_success_rate", "and nobody had seen it", 1, always=True),
            Row(
                "seen_success_rate",
                "although seen",
                1,
                alone="a recall that succeeded although the message had been seen",
            ),
            Row("failed_rate", "failed", always=True),
            Row("failed_unseen_rate", "although unseen", 1),
            Row("refused_rate", "refused at the start", alone="a refusal"),
            Row("pending_rate", "still open at the end", alone="a recall still open at the end"),
            Row("doomed_rate", "bound to fail (read)", 1),
            Row("overtaken_rate", "recall overtook the message", alone="a recall that overtook its message"),
        ),
    ),
    Section(
        "Who saw the message",
        (
            Row("seen_rate", "saw it", always=True),
            Row("seen_before_notice_rate", "before the sender noticed", 1),
            Row("seen_before_request_rate", "before the sender asked", 1),
            Row("seen_while_processing_rate", "before it was decided", 1),
            Row("seen_after_processing_rate", "after it was decided", 1),
            Row("seen_never_processed_rate", "and it never was decided", 1),
            Row("seen_after_removal_rate", "first after removal (offline)"),
            Row("glimpsed_only_rate", "only a line in a notification"),
            Row("attachment_opened_rate", "opened the attachment"),
            Row("aware_rate", "noticed the recall"),
            Row("aware_unseen_rate", "without having seen it", 1),
        ),
    ),
    Section(
        "What the sender is told",
        (
            Row("told_success_rate", "success"),
            Row("told_success_though_seen_rate", "although seen", 1),
            Row("told_failure_rate", "failure"),
            Row("told_bounce_rate", "not delivered (bounce)", alone="a bounce to the sender"),
        ),
    ),
    Section(
        "What the recipient ends with",
        (
            Row("replacement_new_only_rate", "the new message only"),
            Row("replacement_both_rate", "both messages"),
            Row("replacement_old_only_rate", "the old message only"),
            Row("replacement_none_rate", "neither"),
            Row("replacement_seen_first_rate", "saw the new one first"),
        ),
    ),
    Section(
        "How long it took",
        (
            Row("exposure_seconds", "within reach, mean"),
            Row("decision_seconds_p50", "decided after asking, half"),
            Row("decision_seconds_p90", "90 % of recipients", 1),
            Row("decision_seconds_p99", "99 % of recipients", 1),
            Row("decision_seconds_mean_succeeded", "mean where it succeeded", 1),
            Row("decision_seconds_mean_failed", "mean where it failed", 1),
        ),
    ),
    Section(
        "Of all replications",
        (
            Row("none_saw", "nobody at all saw it", alone="a replication in which nobody saw it"),
            Row("all_succeeded", "every recall succeeded"),
        ),
    ),
)

_ALONE = {
    "unseen_success_rate": "recalled unseen",
    "seen_success_rate": "recalled, but seen",
    "success_rate": "succeeded",
    "seen_rate": "saw the message",
}
"""What metrics are called where no line above says the rest."""

SEEN_COUNTS = (
    ("seen_count", "on average"),
    ("seen_count_p50", "half: at most"),
    ("seen_count_p90", "90 %: at most"),
    ("seen_count_p99", "99 %: at most"),
    ("forwarded_seen_count", "of them by forwarding"),
)
DELIVERIES = (("delivery_seconds", "delivered after"), ("last_delivery_seconds", "the last one after"))
SERVERS = (
    ("wait_seconds", "waited"),
    ("sojourn_seconds", "waited and served"),
    ("peak_queue", "longest queue"),
)
LIKENESS = (
    ("icc", "correlation within a replication (icc)"),
    ("design_effect", "design effect"),
    ("success_variance", "variance of the success rate"),
)


class Cause(NamedTuple):
    """A reason code in plain words."""

    status: str
    words: str


CAUSES = {
    "deleted_unread": Cause("succeeded", "the copy, marked unread, was deleted"),
    "intercepted": Cause("succeeded", "taken out of the servers' queues before delivery"),
    "held": Cause("succeeded", "stopped during the hold, before it was sent at all"),
    "already_read": Cause("failed", "the copy was marked read when the recall came to it"),
    "different_folders": Cause("failed", "message and recall lay in different folders"),
    "not_found": Cause("failed", "the message was no longer in the mailbox"),
    "not_delivered": Cause("failed", "the message itself never got there"),
    "request_not_delivered": Cause("failed", "the recall request bounced or was lost"),
    "other_organisation": Cause("failed", "the mailbox belongs to another organisation"),
    "recipient_not_exchange": Cause("failed", "the mailbox is on another mail system"),
    "no_permission": Cause("failed", "the reader may not remove items from the folder"),
    "out_of_reach": Cause("failed", "the copy had been fetched off the server"),
    "deleted_read": Cause("succeeded", "the copy, marked read, was removed all the same"),
    "purged": Cause("succeeded", "an administrator removed it"),
    "timed_out": Cause("failed", "the servers looked for the message in vain until they gave up"),
    "disabled_for_mailbox": Cause("failed", "recalls are not processed in the mailbox"),
    "tenant_not_allowed": Cause("failed", "the other organisation does not let our recalls in"),
    "unsupported_recipient": Cause("failed", "the servers cannot recall from a public folder"),
    "too_old_when_processed": Cause(
        "failed", "the message had lain there too long when the recall came to it"
    ),
    "refused_by_recipient": Cause("failed", "the recipient refuses recalls"),
    "stripped_on_path": Cause("pending", "a server on the way made an ordinary mail of the request"),
    "sender_not_exchange": Cause("refused", "the sender's account is not on the Exchange system"),
    "disabled_for_organisation": Cause("refused", "recall is switched off for the organisation"),
    "protected": Cause("refused", "the message is rights-protected"),
    "client_cannot_recall": Cause("refused", "the sender's mail program cannot recall"),
    "not_opened": Cause("refused", "the message was not opened in a window of its own"),
    "too_old": Cause("refused", "the message is older than the policy allows"),
    "not_in_sent_items": Cause("refused", "the message is not in Sent Items"),
    "too_late": Cause("refused", "the hold, or the window of the recall, was over"),
    "none": Cause("pending", "no one and nothing has handled the recall yet"),
}

STATUS_TITLES = {
    "failed": "Why it failed",
    "refused": "Why it was refused",
    "pending": "Why it is still open",
    "succeeded": "How it succeeded",
}

KINDS = {
    "original": "the message",
    "request": "the recall request",
    "replacement": "the replacement",
    "report": "the reports back",
}


def label_of(metric: str) -> str:
    """Gives what a metric is called in words; one unknown here stands for itself."""
    rows = {row.metric: row.label for section in SECTIONS for row in section.rows}
    return _ALONE.get(metric) or rows.get(metric) or plain(metric, 60)


def cause_of(code: str) -> Cause:
    """Gives the words of a reason code; a code unknown here stands for itself."""
    return CAUSES.get(code) or Cause("failed", code.replace("_", " "))
