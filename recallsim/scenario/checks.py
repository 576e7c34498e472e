"""What no single value shows: names that must exist, sums that must come out, fine enough clocks."""

from collections.abc import Iterator

from recallsim.scenario.base import shown, suggestion
from recallsim.scenario.checks_designs import design_findings
from recallsim.scenario.checks_metrics import metric_findings
from recallsim.scenario.checks_sender import sender_findings
from recallsim.scenario.checks_transport import transport_findings
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_client import Client, Online
from recallsim.scenario.models_observe import Observe
from recallsim.scenario.models_people import Group, Reads, Sessions
from transport.streams.residuals import length_biased, mean_of
from transport.units import format_duration

__all__ = ["Finding", "findings"]

_MOST_TICKS = 1 << 59
_GROUPS: Location = ("recipients", "groups")


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Everything that is wrong between the values of a scenario."""
    yield from _frame(scenario)
    yield from _shares(scenario)
    yield from _names(scenario)
    for index, group in enumerate(scenario.groups):
        yield from _group(scenario, group, (*_GROUPS, index))
    yield from sender_findings(scenario)
    yield from transport_findings(scenario)
    yield from metric_findings(scenario)
    yield from design_findings(scenario)


def _frame(scenario: Scenario) -> Iterator[Finding]:
    ticks = scenario.horizon / scenario.clock
    if ticks > _MOST_TICKS:
        yield Finding(
            ("horizon",),
            f"{_long(scenario.horizon)} is too long; with a clock of {format_duration(scenario.clock)} "
            f"the longest horizon is {_long(_MOST_TICKS * scenario.clock)}",
            "take a coarser clock",
            (("clock",),),
        )
    elif ticks < 1:
        yield Finding(("horizon",), "the horizon is shorter than one tick of the clock", "", (("clock",),))
    if scenario.observe is not None:
        yield from _observe(scenario, scenario.observe)
    yield from _calendar(scenario, scenario.start.any, ("start", "any"))


def _observe(scenario: Scenario, observe: Observe) -> Iterator[Finding]:
    if observe.at > scenario.horizon:
        what = f"{format_duration(observe.at)} is after the horizon ({format_duration(scenario.horizon)})"
        yield Finding(("observe", "at"), what, "", (("horizon",),))
    elif observe.at < scenario.clock:
        yield Finding(("observe", "at"), "it is shorter than one tick of the clock", "", (("clock",),))
    if not scenario.sender.recall.tell_me and (observe.reports.success or observe.reports.failure):
        what = "the sender did not ask to be told, so no success and no failure is reported to her"
        yield Finding(("observe", "reports"), what, "sender.recall.tell_me: true", (("sender", "recall"),))


def _long(seconds: float) -> str:
    years = seconds / 31_557_600
    return f"some {float(f'{years:.3g}'):,.0f} years" if years >= 10 else format_duration(seconds)


def _calendar(scenario: Scenario, name: str | None, location: Location) -> Iterator[Finding]:
    if name is not None and name not in scenario.calendars:
        known = list(scenario.calendars)
        hint = (
            suggestion(name, known)
            if known
            else "calendars: {office: {days: Mon-Fri, from: 08:00, to: 16:30}}"
        )
        yield Finding(
            location, f"there is no calendar {shown(name)}", hint, (("calendars", ""), ("calendars", name))
        )


def _shares(scenario: Scenario) -> Iterator[Finding]:
    groups, count = scenario.groups, scenario.recipients.count
    counted = [group.count is not None for group in groups]
    shared = [group.share is not None for group in groups]
    parts: list[Location] = [(*_GROUPS, ""), ("recipients", "count")]
    parts += [(*_GROUPS, index, key) for index in range(len(groups)) for key in ("share", "count")]
    for index, both in enumerate(zip(counted, shared, strict=True)):
        if all(both):
            yield Finding(
                (*_GROUPS, index), "a group has either a share or a count", "", tuple(parts), apart=True
            )
            return
    for location, what, hint in _sums(groups, counted, shared, count):
        is_count = location == ("recipients",)  # of which no share says anything
        needs = tuple(part for part in parts if not (is_count and part[-1] == "share"))
        yield Finding(location, what, hint, needs, apart=True)


def _sums(
    groups: tuple[Group, ...], counted: list[bool], shared: list[bool], count: int | None
) -> Iterator[tuple[Location, str, str]]:
    if any(counted):
        total = sum(group.count or 0 for group in groups)
        if not all(counted):
            yield (*_GROUPS, counted.index(False)), "the other groups have a count; this one has none", ""
        elif count is not None and total != count:
            what = f"the counts add up to {total:,}, not to the {count:,} of recipients.count"
            yield _GROUPS, what, "leave recipients.count out?"
        return
    if count is None:
        yield ("recipients",), "the key 'count' is missing", "write the number of recipients"
    if len(groups) == 1 and not any(shared):
        return
    if not all(shared):
        yield (*_GROUPS, shared.index(False)), "the group has neither a share nor a count", "write share: 0.5"
        return
    wanted = sum(group.share or 0.0 for group in groups)
    if abs(wanted - 1) > 1e-9:
        yield _GROUPS, f"the shares add up to {wanted:.10g}, not to 1", _difference(wanted)


def _difference(total: float) -> str:
    return f"{abs(1 - total):.10g} {'is missing' if total < 1 else 'is too much'}"


def _names(scenario: Scenario) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, group in enumerate(scenario.groups):
        if group.name in seen:
            what = f"the name {shown(group.name)} is taken by the group number {seen[group.name]}"
            yield Finding((*_GROUPS, index, "name"), what, "groups need names of their own")
        elif group.name == "all" and len(scenario.groups) > 1:
            what = "'all' means every group in the results; with several groups none can be called so"
            yield Finding((*_GROUPS, index, "name"), what, "choose another name")
        seen.setdefault(group.name, index)


def _group(scenario: Scenario, group: Group, at: Location) -> Iterator[Finding]:
    yield from _client(scenario, group.client, (*at, "client"))
    yield from _calendar(scenario, group.person.hours, (*at, "person", "hours"))
    yield from _reads(scenario, group.person.reads, (*at, "person", "reads"))
    names: set[str] = set()
    if group.delegates and group.mailbox.kind != "user":
        what = f"a {group.mailbox.kind} mailbox has readers, not delegates"
        yield Finding((*at, "delegates"), what, "write mailbox: {readers: 3}", ((*at, "mailbox"),))
    if group.devices and group.mailbox.kind != "user":
        what = f"the readers of a {group.mailbox.kind} mailbox have one device each"
        yield Finding((*at, "devices"), what, "leave devices out?", ((*at, "mailbox"),))
    further = [("devices", index, device) for index, device in enumerate(group.devices)]
    further += [("delegates", index, device) for index, device in enumerate(group.delegates)]
    for key, index, device in further:
        inside = (*at, key, index)
        yield from _client(scenario, device.client, (*inside, "client"))
        yield from _reads(scenario, device.reads, (*inside, "reads"))
        if device.client.rules_run == "client":
            what = "inbox rules run at the servers or at the first program of a mailbox, not at a further one"
            yield Finding(
                (*inside, "client", "rules_run"), what, "write rules_run: client in the group's client?"
            )
        if device.name in names:
            yield Finding((*inside, "name"), f"another device is called {shown(device.name)} already")
        names.add(device.name)
    if group.mailbox.kind != "public" and group.mailbox.rights.full < 1:
        what = f"rights are asked for in public folders (R5); whoever reads a {group.mailbox.kind} mailbox has them all"
        yield Finding((*at, "mailbox", "rights"), what, "write kind: public", ((*at, "mailbox"),))
    if group.mailbox.kind == "user" and group.mailbox.readers > 1:
        what = f"a mailbox of kind user has one reader, not {group.mailbox.readers}"
        yield Finding(
            (*at, "mailbox", "readers"), what, "write kind: shared or kind: public", ((*at, "mailbox"),)
        )


def _client(scenario: Scenario, client: Client, at: Location) -> Iterator[Finding]:
    if client.online is not None:
        yield from _online(scenario, client.online, (*at, "online"))
    if client.sync.mode == "fetch" and client.kind != "pop":
        what = f"only pop fetches; {client.kind} has push, cached or poll"
        yield Finding((*at, "sync"), what, "write {poll: 15min}?", ((*at, "kind"),))
    if client.sync.mode in ("poll", "fetch") and client.sync.every < scenario.clock:
        what = "the period is shorter than one tick of the clock"
        yield Finding((*at, "sync"), what, "", (("clock",),))


def _online(scenario: Scenario, online: Online, at: Location) -> Iterator[Finding]:
    yield from _calendar(scenario, online.hours, (*at, "hours"))
    for key, law in (("up", online.up), ("down", online.down)):
        if law is None:
            continue
        if mean_of(law.row) < scenario.clock:
            yield Finding((*at, key), "it must be longer than a tick of the clock", "", (("clock",),))
        elif online.start in (None, "stationary"):
            try:
                length_biased(law.row)
            except ValueError as error:
                yield Finding(
                    (*at, key), f"no stationary start: {error}", "write start: up", ((*at, "start"),)
                )


def _reads(scenario: Scenario, reads: Reads, at: Location) -> Iterator[Finding]:
    yield from _calendar(scenario, reads.hours, (*at, "hours"))
    if reads.notified is not None:
        yield from _reads(scenario, reads.notified.otherwise, (*at, "notified", "otherwise"))
    if reads.folders and reads.plain.kind == "never":
        what = "there is no delay, gap or rate that a folder could make longer"
        yield Finding((*at, "folders"), what, "", ((*at, ""),))
    if reads.hazard is not None:
        yield from _calendar(scenario, reads.hazard.calendar, (*at, "hazard", "calendar"))
    if reads.sessions is not None:
        yield from _calendar(scenario, reads.sessions.hours, (*at, "sessions", "hours"))
        yield from _gap(scenario, reads.sessions, (*at, "sessions", "gap"))


def _gap(scenario: Scenario, sessions: Sessions, at: Location) -> Iterator[Finding]:
    row = sessions.gap.row
    if mean_of(row) < scenario.clock:
        yield Finding(at, "the gap between checks must be longer than a tick of the clock", "", (("clock",),))
    elif sessions.phase == "stationary":
        try:
            length_biased(row)
        except ValueError as error:
            yield Finding(
                at, f"no stationary first gap: {error}", "write phase: fresh", ((*at[:-1], "phase"),)
            )
