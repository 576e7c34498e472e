"""Histories of real runs, put into the checker's words: the only place that knows both sides."""

import json

from history import Terms, Violation, check, events_of
from history.reading import Addressee, Device, ServerTerms

from recallsim.engines.agents import trace
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.recall.codes import Place, Reason, SeenPhase, Status, Told

WORDS = {"status": Status, "reason": Reason, "seen_phase": SeenPhase, "told": Told} | {
    f"{kind}_place": Place for kind in ("original", "request", "replacement")
}


def terms_of(scenario):
    """The terms that a scenario sets, read from what its author wrote."""
    recall, addressees = scenario.sender.recall, []
    for group, size in zip(scenario.groups, scenario.group_sizes(), strict=True):
        several = len(group.devices) + len(group.delegates) > 0 or group.mailbox.readers > 1
        shares = several and group.mailbox.kind != "public"
        at_server, purgeable = _at_server(scenario, group), _purgeable(scenario, group)
        owners = [(0, group.client, group.person.reads)]
        owners += [(0, device.client, device.reads) for device in group.devices]
        owners += [(k, each.client, each.reads) for k, each in enumerate(group.delegates, start=1)]
        addressee = Addressee(
            internal=not scenario.is_outside(group),
            exchange="other" not in (group.client.kind, group.mailbox.where),
            mailbox=group.mailbox.kind,
            devices=tuple(_device(*owner, at_server or purgeable or shares) for owner in owners),
            reported=group.reports_to == "originator"
            and all(
                each.reports_to == "originator"
                for each in scenario.transport.lists
                if group.name in each.members
            ),
            at_server=at_server,
            lets_in=_lets_in(scenario, group),
            processing=float(group.mailbox.recall_processing),
            refuses=group.mailbox.refuses_recall,
        )
        addressees += [addressee] * size
    purge = recall.admin_purge
    servers = ServerTerms(
        reads_too=recall.recall_read_messages,
        spoils=recall.spoiled_by_download,
        across=recall.across,
        retries=bool(recall.retry),
        failure=recall.failure > 0,
        purges_read=purge is None or purge.read_too,
        alerts=recall.alert_recipients != "never" or (purge is not None and purge.tells),
    )
    oldest = recall.max_age_since_delivery
    return Terms(
        horizon=round(scenario.horizon / scenario.clock),
        addressees=tuple(addressees),
        tell_me=recall.tell_me,
        early=recall.recall_before_original,
        intercept=recall.intercept,
        seen_level=scenario.seen_level,
        first_reader_decides=recall.public_folder_first_reader == "decides",
        max_age=-1 if oldest is None else round(oldest / scenario.clock),
        servers=servers,
    )


def _device(reader, client, reads, somebody_could_tell):
    """A program, and whether it lags behind a mailbox that somebody else looks into too."""
    mode, clocks = client.sync.mode, {name.lower().replace(" ", "_") for name in reads.folders}
    lags = mode in ("cached", "poll") or (mode == "push" and client.online is not None)
    return Device(
        executes=client.kind == "outlook-desktop",
        automatic=client.auto_process > 0,
        sync=mode,
        level=2 if client.kind == "mobile" else 3,
        downloads=client.kind in ("pop", "imap"),
        left_alone=tuple(name for name in ("deleted_items", "junk") if name not in clocks),
        lags=lags and somebody_could_tell,
        reader=reader,
    )


def _at_server(scenario, group) -> bool:
    """S2, S6: whether the servers take the requests to a group."""
    recall = scenario.sender.recall
    within = not scenario.is_outside(group) or _lets_in(scenario, group)
    beyond = recall.reaches == "cloud" and group.mailbox.where == "onprem" and within
    return recall.executed_by == "servers" and not beyond


def _purgeable(scenario, group) -> bool:
    """S13: whether the administrator's tool reaches a group."""
    purge = scenario.sender.recall.admin_purge
    if purge is None or scenario.is_outside(group) or "other" in (group.client.kind, group.mailbox.where):
        return False
    return purge.reach == "organisation" or group.mailbox.where == "cloud"


def _lets_in(scenario, group) -> bool:
    """S7, S10: whether another organisation lets the sender's recalls in, and this system's at all."""
    if scenario.sender.recall.executed_by != "servers" or scenario.sender.recall.across == "nobody":
        return False
    tenant = scenario.organisation.tenants.get(group.organisation or "")
    if tenant is None:
        return False
    if scenario.sender.recall.across == "native":
        return tenant.routing == "native"
    return scenario.organisation.domain in tenant.allows_recall_from


def ends_of(observation):
    """What an observation of one replication says of each recipient, codes as words."""
    columns = {name: column.tolist() for name, column in observation.recipients.items()}
    for name, codes in WORDS.items():
        columns[name] = [codes(value).name.lower() for value in columns[name]]
    names = [name for name in columns if name not in ("replication", "group")]
    return [
        dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True)
    ]


def history_of(scenario, seed, replication=0):
    """The whole history of one replication: events, terms, ends, the sender's moments."""
    events, observation = trace(draw_up(scenario), seed, replication)
    moments = {name: int(observation.replications[name][0]) for name in ("noticed", "asked")}
    return events_of(events), terms_of(scenario), ends_of(observation), moments


def violations_of(scenario, seed, replication=0) -> list[Violation]:
    """What the checker has to say of one replication."""
    return check(*history_of(scenario, seed, replication))


def scenario_of(tree):
    """A scenario that stands as a tree."""
    return load(json.dumps(tree, indent=1))
