"""The recall half of the plan: the sender, the recall agent, its report, and the administrator."""

from collections.abc import Sequence
from typing import Final

from agents.policy import AgentPlan, Alert, PurgePlan, ReportPlan
from agents.records import EarlyRequest, Group, SenderPlan
from recallsim.plan_transport import ticks_in
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_people import Group as GroupModel

ACROSS: Final = ("nobody", "allow_list", "native")
"""By the numbers of `ReachFacts.across`."""


def sender_of(scenario: Scenario) -> SenderPlan:
    """The sender's part of the plan."""
    clock, sender, recall = scenario.clock, scenario.sender, scenario.sender.recall
    replace = recall.replace
    enabled = recall.enabled and scenario.organisation.recall_enabled
    return SenderPlan(
        hold=ticks_in(sender.hold, clock),
        notices=sender.notices.row,
        acts=sender.acts.row,
        account_on_exchange=sender.account == "exchange",
        enabled=enabled or recall.fallback is not None,
        protected=scenario.message.protected and recall.protected == "refuse",
        client_can_recall=sender.client in recall.started_from,
        opened=sender.opened_in == "window" or not recall.opened_in_window_required,
        max_age=_ticks_or_none(recall.max_age, clock),
        in_sent_items=sender.sent_items == "kept",
        recallable=recall.executed_by != "nobody" or not recall.enabled,
        tells=recall.tell_me,
        early_request=EarlyRequest[recall.recall_before_original.upper()],
        intercept=recall.intercept,
        first_reader_decides=recall.public_folder_first_reader == "decides",
        compose=None if replace is None else replace.compose.row,
        abandon=0.0 if replace is None else replace.abandon,
        correction=None if sender.correction is None else sender.correction.compose.row,
        window=_ticks_or_none(recall.window, clock),
        looks_every=ticks_in(recall.looks_every, clock),
        max_age_since_delivery=_ticks_or_none(recall.max_age_since_delivery, clock),
    )


def _ticks_or_none(seconds: float | None, clock: float) -> int:
    """Ticks, -1 where there is no limit."""
    return -1 if seconds is None else ticks_in(seconds, clock)


# --- the recall agent ------------------------------------------------------------------------------------------------


def is_at_server(scenario: Scenario, group: GroupModel) -> bool:
    """Whether the recall agent takes the requests of a group; on premises it may be out of reach (S6)."""
    recall = scenario.sender.recall
    if recall.executed_by != "servers":
        return False
    inside = not scenario.is_outside(group) or lets_in(scenario, group)
    return not (recall.reaches == "cloud" and inside and group.mailbox.where == "onprem")


def keeps_classic_rules(scenario: Scenario, group: GroupModel) -> bool:
    """Whether a desktop Outlook of a group can process requests: at home, or let in beyond the agent (S7, S6)."""
    if group.client.kind == "other" or group.mailbox.where == "other" or is_at_server(scenario, group):
        return False
    by_servers = scenario.sender.recall.executed_by == "servers"
    return not scenario.is_outside(group) or (by_servers and lets_in(scenario, group))


def lets_in(scenario: Scenario, group: GroupModel) -> bool:
    """Whether another organisation executes recalls of the sender's (S7, S10)."""
    tenant = scenario.organisation.tenants.get(group.organisation or "")
    if tenant is None or scenario.sender.recall.across == "nobody":
        return False
    if scenario.sender.recall.across == "native":
        return tenant.routing == "native"
    return scenario.organisation.domain in tenant.allows_recall_from


def agent_of(scenario: Scenario, groups: Sequence[Group]) -> AgentPlan | None:
    """The recall agent, if any group is served by one."""
    if not any(group.at_server for group in groups):
        return None
    clock, recall = scenario.clock, scenario.sender.recall
    return AgentPlan(
        workers=recall.workers or 0,
        service=recall.service.row,
        shared=recall.service.per == "message",
        failure=recall.failure,
        gaps=tuple(max(ticks_in(gap, clock), 1) for gap in recall.retry),
        give_up=_ticks_or_none(recall.give_up, clock),
        across=ACROSS.index(recall.across),
        reads_too=recall.recall_read_messages,
        spoils=recall.spoiled_by_download,
        max_age=_ticks_or_none(recall.max_age_since_delivery, clock),
        alerts=Alert[recall.alert_recipients.upper()],
    )


def report_of(scenario: Scenario) -> ReportPlan | None:
    """The aggregated report, where the system has one and the sender wants to be told (S8)."""
    recall = scenario.sender.recall
    if recall.report != "aggregated" or recall.executed_by != "servers" or not recall.tell_me:
        return None
    return ReportPlan(recall.report_opens.row, ticks_in(recall.report_readable, scenario.clock))


# --- the administrator -----------------------------------------------------------------------------------------------


def is_purgeable(scenario: Scenario, group: GroupModel) -> bool:
    """Whether the administrator's tool reaches the mailboxes of a group (S13)."""
    purge = scenario.sender.recall.admin_purge
    if purge is None or scenario.is_outside(group):
        return False
    if group.client.kind == "other" or group.mailbox.where == "other":
        return False  # on another mail system (R6.1)
    return purge.reach == "organisation" or group.mailbox.where == "cloud"


def purge_of(scenario: Scenario) -> PurgePlan | None:
    """The administrator's removal, if there is one."""
    purge = scenario.sender.recall.admin_purge
    if purge is None:
        return None
    return PurgePlan(
        on_notice=purge.after == "notice",
        acts=purge.acts.row,
        gap=0.0 if not purge.rate else 1.0 / (purge.rate * scenario.clock),
        read_too=purge.read_too,
        follows_forwards=purge.follows_forwards,
        tells=purge.tells,
    )
