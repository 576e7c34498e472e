"""Scenarios in which much happens at few mailboxes: most features on, several devices, everybody reads."""

from hypothesis import strategies as st
from random_scenarios import GAPS, MAILBOX, OF, RULES, maybe, recalls, record, transports

SOON = st.sampled_from(["0s", "0s", "1min", "2min", "4min", {"exponential": {"mean": "5min"}}])
HALVES = st.sampled_from([0, 0.5, 1])
SYNC = st.sampled_from([None, "push", "cached", "cached:3min", {"poll": "7min"}])
DESKTOP = record(
    kind=st.just("outlook-desktop"),
    auto_process=maybe(HALVES),
    idle=maybe(SOON),
    sync=SYNC,
    marks_read=st.sampled_from([None, "never", {"after": "1min"}]),
    online=st.sampled_from([None, None, None, {"hours": "office"}]),
    rules_run=st.sampled_from([None, None, "client"]),
)
OTHERS = record(kind=st.sampled_from(["web", "mobile", "imap", "outlook-new", "outlook-mac"]), sync=SYNC)
POP = st.just({"kind": "pop", "sync": {"fetch": "9min"}})
DELAY = st.builds(
    lambda a, b, c: {"delay": {"original": a, "request": b, "replacement": c}}, SOON, SOON, SOON
)
SESSIONS = record(
    gap=GAPS,
    order=st.sampled_from(["newest", "oldest", "random", "request_first"]),
    per_session=st.sampled_from([None, None, 1]),
    open_probability=st.sampled_from([None, 0.5]),
    handling=st.sampled_from([None, "1min", "3min"]),
    phase=st.sampled_from([None, "fresh"]),
).map(lambda sessions: {"sessions": sessions})
READS = st.one_of(DELAY, SESSIONS)


def habit(**more: st.SearchStrategy) -> st.SearchStrategy:
    """Something that many do soon after they have opened a message."""
    return maybe(record(share=st.sampled_from([0.5, 1]), after=SOON, of=OF, **more))


PERSON = record(
    reads=READS,
    preview=habit().map(lambda found: found and {"share": found["share"], "of": found["of"]}),
    curiosity=maybe(HALVES),
    mark_unread=habit(repeat=st.sampled_from([1, 3, "unlimited"])),
    moves=habit(to=st.sampled_from(["Later", "Inbox"])),
    deletes=habit(unread=st.booleans(), hard=st.booleans()),
)
FURTHER = DESKTOP.map(lambda client: {key: value for key, value in client.items() if key != "rules_run"})
DEVICE = st.builds(
    lambda client, reads, share: {"client": client, "reads": reads, "preview": {"share": share}},
    st.one_of(FURTHER, OTHERS, POP),
    READS,
    HALVES,
)


@st.composite
def busy_scenarios(draw: st.DrawFn, *, finite: bool = True) -> dict:
    """A scenario as a tree; without `finite` nobody's mail delays anybody else's."""
    groups = []
    for number in range(draw(st.integers(1, 2))):
        group = {"name": f"g{number}", "count": draw(st.integers(1, 6)), "person": draw(PERSON)}
        group["client"] = draw(st.one_of(DESKTOP, DESKTOP, OTHERS))
        mailbox = draw(st.one_of(st.none(), st.none(), MAILBOX))
        if mailbox is not None:
            group["mailbox"] = mailbox
        elif draw(st.booleans()):
            devices = draw(st.lists(DEVICE, min_size=1, max_size=2))
            group["devices"] = [{"name": f"d{k}"} | device for k, device in enumerate(devices)]
        if draw(st.booleans()):
            group["rules"] = draw(RULES)
        groups.append(group)
    quick = {"link": {"latency": draw(SOON), "loss": draw(st.sampled_from([0, 0, 0.2]))}}
    return {
        "name": "busy",
        "clock": draw(st.sampled_from(["1s", "1min"])),
        "start": draw(st.sampled_from(["Tue 10:40", "Fri 16:15"])),
        "horizon": draw(st.sampled_from(["1h", "4h"])),
        "calendars": {"office": {"days": "Mon-Fri", "from": "08:00", "to": "16:30"}},
        "message": {"attachment": draw(st.booleans()), "to": "list"},
        "sender": {
            "hold": draw(st.sampled_from(["0s", "0s", "0s", "2min"])),
            "notices": draw(SOON),
            "acts": draw(SOON),
            "recall": draw(recalls(finite=finite)),
        },
        "transport": draw(st.one_of(st.just(quick), st.just(quick), transports(finite=finite))),
        "recipients": {"groups": groups},
    }
