"""Recipients in words: which program they read with, how they come to their mail, what they do with it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration, percent
from recallsim.reporting.plain import plain

if TYPE_CHECKING:
    from recallsim.scenario.models_client import Online
    from recallsim.scenario.models_kinds import Delay
    from recallsim.scenario.models_laws import LawModel
    from recallsim.scenario.models_people import Client, Group, Person, Reads, Rule, Sessions, When

PROGRAMS = {
    "outlook-desktop": "desktop Outlook",
    "outlook-new": "new Outlook for Windows",
    "outlook-mac": "Outlook for Mac",
    "web": "Outlook on the web",
    "mobile": "a phone",
    "imap": "an IMAP program",
    "pop": "a POP program",
    "other": "another program",
}

_ORDERS = {
    "newest": "the newest first",
    "oldest": "the oldest first",
    "random": "in any order",
    "request_first": "a recall request first",
}


def share(value: float) -> str:
    """Writes a share without needless places: "90 %", "12.5 %"."""
    return percent(value, 0 if abs(100 * value - round(100 * value)) < 1e-9 else 1)


def can_process(group: "Group") -> bool:
    """Tells whether anything in this group could ever carry out a classic recall request."""
    devices = [
        (group.client, group.person.reads),
        *((device.client, device.reads) for device in group.devices),
    ]
    return any(
        client.kind == "outlook-desktop" and (client.auto_process > 0 or _opens_requests(reads))
        for client, reads in devices
    )


def _opens_requests(reads: "Reads") -> bool:
    if reads.delay is not None:
        return not reads.delay.of("request").never
    if reads.sessions is not None:
        return reads.sessions.open_probability.of("request") > 0
    return reads.kind != "never"


def group_words(group: "Group", *, outside: bool, lets_in: bool = False) -> Iterator[str]:
    """Gives what there is to say of a group, one statement at a time."""
    if outside and lets_in:
        yield f"in another organisation ({plain(group.organisation or '')}), which lets our recalls in"
    elif outside:
        yield f"in another organisation ({plain(group.organisation or '')}): no recall reaches them"
    elif group.mailbox.where == "other":
        yield "on a mail system that is not Exchange: no recall reaches them"
    if group.mailbox.kind == "shared":
        yield f"shared mailboxes, {group.mailbox.readers} readers each"
    elif group.mailbox.kind == "public":
        rights = share(group.mailbox.rights.full)
        yield f"public folders, {group.mailbox.readers} readers each, {rights} of whom may read all items"
    yield client_words(group.client)
    yield from _person_words(group.person)
    for device in group.devices:
        yield f"also {plain(device.name)}: {client_words(device.client)}; {reading_words(device.reads)}"
    for device in group.delegates:
        yield f"delegate {plain(device.name)}: {client_words(device.client)}; {reading_words(device.reads)}"
    for rule in group.rules:
        yield _rule_words(rule)


def time_words(law: "LawModel") -> str:
    """Writes a law so that it can stand behind "after": "5 min", "a gamma time (shape 2, mean 5 min)"."""
    if law.kind == "mixture":
        return f"a mixed time ({law.words().removeprefix('mixture of ')})"
    kind, comma, rest = law.words().partition(", ")
    if not comma:
        return kind
    return f"{'an' if kind[0] in 'eo' else 'a'} {kind} time ({rest})"


def client_words(client: "Client") -> str:
    """Says which program it is and how it keeps up with the mailbox."""
    words = PROGRAMS[client.kind]
    if client.kind == "outlook-desktop":
        if client.auto_process:
            idle = "at once" if client.idle.is_zero else f"after {time_words(client.idle)}"
            words += (
                f" that processes requests by itself in {share(client.auto_process)} of the cases, {idle}"
            )
        else:
            words += " that never processes requests by itself"
    sync = {
        "push": "",
        "cached": f", in step within {duration(client.sync.every)}",
        "poll": f", looking for mail every {duration(client.sync.every)}",
        "fetch": f", fetching mail every {duration(client.sync.every)}",
    }
    words += sync[client.sync.mode]
    return words + _online_words(client.online)


def _online_words(online: "Online | None") -> str:
    if online is None:
        return ""
    if online.hours is not None:
        return f", running in {plain(online.hours)} hours"
    assert online.up is not None
    assert online.down is not None
    return f", online for {time_words(online.up)}, then offline for {time_words(online.down)}, and so on"


def _person_words(person: "Person") -> Iterator[str]:
    calendar = f", in {plain(person.calendar)} hours" if person.calendar else ""
    yield reading_words(person.reads) + calendar
    if person.never:
        yield f"{share(person.never)} never open anything"
    if person.preview:
        yield f"{share(person.preview.share)} read in the preview pane"
    if person.curiosity:
        yield f"before opening a request, {share(person.curiosity)} look at the original first"
    if person.glimpse:
        yield f"{share(person.glimpse.share)} have notifications that show a line"
    if person.out_of_office:
        away = person.out_of_office
        lasts = "" if away.for_ is None else f" for {duration(away.for_)}"
        yield f"{share(away.share)} are away from {duration(away.from_)} after sending on{lasts}"
    for habit, what in (
        (person.mark_unread, "mark it unread again"),
        (person.moves, "move it to another folder"),
        (person.deletes, "delete it"),
        (person.opens_attachment, "open the attachment"),
        (person.forwards, f"forward it to {person.forwards.to if person.forwards else 0} outside the list"),
    ):
        if habit is not None:
            when = "" if habit.after.is_zero else f" after {time_words(habit.after)}"
            yield f"{share(habit.share)} {what}{when}"


def reading_words(reads: "Reads") -> str:
    """Says how mail comes to be opened."""
    folders = "".join(
        f"; the folder {plain(name)} {clock.gap:g} times as long after"
        for name, clock in reads.folders.items()
    )
    if reads.notified is not None:
        after = "at once" if reads.notified.after.is_zero else f"after {time_words(reads.notified.after)}"
        words = f"opens mail {after} in {share(reads.notified.p)} of the cases when notified, and otherwise "
        return words + _plain_words(reads.notified.otherwise) + folders
    return _plain_words(reads) + folders


def _plain_words(reads: "Reads") -> str:
    if reads.delay is not None:
        return _delay_words(reads.delay)
    if reads.sessions is not None:
        return _session_words(reads.sessions)
    if reads.hazard is not None:
        inside, outside = 1 / reads.hazard.inside if reads.hazard.inside else 0.0, reads.hazard.outside
        words = f"opens mail once in {duration(inside)} in {plain(reads.hazard.calendar)} hours"
        return words + (
            f", once in {duration(1 / outside)} outside them" if outside else ", never outside them"
        )
    return "never opens mail"


def _delay_words(delay: "Delay") -> str:
    kinds = {"original": "the message", "request": "a request", "replacement": "the replacement"}
    laws = {kind: time_words(delay.of(kind)) for kind in kinds}
    if len(set(laws.values())) == 1:
        after = laws["original"]
        return "never opens mail" if after == "never" else f"opens each message after {after}"
    opened = [f"{words} after {laws[kind]}" for kind, words in kinds.items() if laws[kind] != "never"]
    never = "; never opens a request" if laws["request"] == "never" else ""
    return "opens " + ", ".join(opened) + never


def _session_words(sessions: "Sessions") -> str:
    words = f"checks the inbox again after {time_words(sessions.gap)}, {_ORDERS[sessions.order]}"
    chances = {kind: sessions.open_probability.of(kind) for kind in ("original", "request", "replacement")}
    if len(set(chances.values())) == 1:
        if chances["original"] < 1:
            words += f", opening each message with probability {chances['original']:g}"
    else:
        words += ", opening " + ", ".join(f"the {kind} with probability {p:g}" for kind, p in chances.items())
    if sessions.inbox_mail is not None and sessions.inbox_mail.rate:
        words += f", among other mail that comes once in {duration(1 / sessions.inbox_mail.rate)}"
    if sessions.per_session is not None:
        words += f", {sessions.per_session} messages a check"
    if not sessions.handling.is_zero:
        words += f", spending {time_words(sessions.handling)} on each that is opened"
    return words


def _rule_words(rule: "Rule") -> str:
    acts = []
    if rule.move_to is not None:
        acts.append(f"moves to {plain(rule.move_to)}")
    if rule.delete:
        acts.append("deletes")
    if rule.mark_read:
        acts.append("marks read")
    if rule.forward is not None:
        acts.append(f"forwards to {rule.forward} outside the list")
    if rule.stop:
        acts.append("stops there")
    return f"{share(rule.share)} have a rule: {_condition(rule.when)} {' and '.join(acts)}"


def _condition(when: "When") -> str:
    given = {
        key.rstrip("_").replace("_", " "): getattr(when, key)
        for key in type(when).model_fields
        if getattr(when, key) is not None
    }
    if not given:
        return "every message"
    return "mail " + ", ".join(_conditions(given))


def _conditions(given: dict[str, object]) -> Iterator[str]:
    for key, value in given.items():
        if key == "has attachment":
            yield "with an attachment" if value else "without an attachment"
        elif key == "size over" and isinstance(value, int):
            yield f"larger than {value / 1e6:.3g} MB" if value >= 1e5 else f"larger than {value / 1e3:.3g} kB"
        elif key == "subject contains":
            yield f'with "{plain(str(value))}" in its subject'
        elif key == "subject starts":
            yield f'whose subject starts with "{plain(str(value))}"'
        elif key in ("from", "to"):
            yield f"{key} the {plain(str(value))}"
        else:
            yield f"of {key} {plain(str(value))}"
