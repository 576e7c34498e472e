"""Why a recall ended as it did where original and request do not both come, or come the wrong way round (R7, R6.2)."""

import pytest

from recallsim.engines.agents import trace
from recallsim.plan import draw_up
from recallsim.reporting.timeline import ends
from recallsim.reporting.why import why
from recallsim.scenario import load

SCENARIO = """
name: corner
clock: 1s
horizon: 2h
sender: {notices: 5min, acts: 0s, recall: {system: outlook}}
transport: {link: {latency: {original: 0s, default: 2s}}}
recipients:
  count: 1
  groups:
    - name: desk
      client: {kind: outlook-desktop, auto_process: 1, idle: 2min}
      person: {reads: {delay: {original: 30min, request: 40min, replacement: 50min}}}
"""
LATE = "transport.link.latency={original: 20min, default: 2s}"
TOO_LATE = "transport.link.latency={original: 4h, default: 2s}"
LOST = "transport.link.loss={original: 1}"
ALL_LOST = "transport.link.loss={original: 1, request: 1}"
NO_REQUEST = "transport.link.latency={request: 4h, default: 0s}"
WEB = "recipients.groups.desk.client={kind: web}"
NOBODY = "recipients.groups.desk.client.auto_process=0"
UNOPENED = "recipients.groups.desk.person.reads.delay.request=never"
SIX_MINUTES = "recipients.groups.desk.person.reads.delay.request=6min"
NOT_YET = "the message had not come yet"
NEVER = "the message itself never got there"
WAITED = "Still open at the end (R7.1). The request waited for its message, which had not come."
UNPROCESSED = "Still open at the end (R7.4). Nothing had processed the request: there is no time limit."
ORDINARY = (
    "Still open at the end (R6.2). No program of this recipient can carry out a request, so that it stays a "
    "message among others."
)
AT_07 = " The request was processed automatically at +0:07:02.000; it lay in the Inbox, and the message was not there."
AT_11 = (
    " The request was processed by hand at +0:11:02.000; it lay in the Inbox, and the message was not there."
)


def early(policy):
    return f"sender.recall.recall_before_original={policy}"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        # The original comes, later than the decision.
        ((LATE, early("drop_on_arrival")), f"The recall failed at +0:05:02.000 (R7.1): {NOT_YET}."),
        ((LATE, early("drop_on_processing")), f"The recall failed at +0:07:02.000 (R7.1): {NOT_YET}.{AT_07}"),
        (
            (LATE, early("drop_on_processing"), NOBODY, SIX_MINUTES),
            f"The recall failed at +0:11:02.000 (R7.1): {NOT_YET}.{AT_11}",
        ),
        (
            (LATE, early("delete_on_delivery")),
            "The recall succeeded at +0:20:00.000 (R7.1): the copy, marked unread, was deleted.",
        ),
        # It is still on its way at the end.
        ((TOO_LATE, early("drop_on_arrival")), f"The recall failed at +0:05:02.000 (R7.1): {NOT_YET}."),
        ((TOO_LATE, early("wait")), WAITED),
        ((TOO_LATE, early("delete_on_delivery"), NOBODY, SIX_MINUTES), WAITED),
        ((TOO_LATE, early("drop_on_processing"), NOBODY, UNOPENED), UNPROCESSED),
        ((TOO_LATE, WEB), ORDINARY),
        # It never comes, and there is nothing to wait for.
        ((LOST, early("wait")), f"The recall failed at +0:07:02.000 (R7.3): {NEVER}.{AT_07}"),
        ((LOST, early("wait"), NOBODY, UNOPENED), UNPROCESSED),
        ((LOST, early("delete_on_delivery"), NOBODY, UNOPENED), UNPROCESSED),
        ((LOST, WEB), ORDINARY),
        ((ALL_LOST,), f"The recall failed at +0:05:00.000 (R7.3): {NEVER}."),
        # The request is still on its way.
        ((NO_REQUEST,), "Still open at the end (R7.4). The request had not arrived."),
        ((NO_REQUEST, WEB), "Still open at the end (R7.4). The request had not arrived."),
    ],
)
def test_why_where_one_of_the_two_is_missing(settings, words):
    """R7.1 is for requests that come before their original, R7.3 for originals that never do, R7.4 for requests that lie."""
    scenario = load(SCENARIO, settings)
    plan = draw_up(scenario)
    events, observation = trace(plan, 1, 0, 1)
    end = next(ends(observation.recipients, ["desk"], plan.clock))
    assert why(end, events, plan, "outlook").words == words


def test_an_original_that_came_and_went_is_no_early_request():
    """R7.3: in a public folder a reader without rights tries before the original comes; it is gone when another decides."""
    scenario = load(SCENARIO, [LATE, early("drop_on_processing")])
    plan = draw_up(scenario)
    events, observation = trace(plan, 1, 0, 1)
    end = next(ends(observation.recipients, ["desk"], plan.clock))
    processed = next(event for event in events if event.event == "processes the request")
    again = [*events, processed._replace(tick=5_000)]
    assert (why(end, events, plan, "outlook").rule, why(end, again, plan, "outlook").rule) == ("R7.1", "R7.3")
