"""Random scenarios as hypothesis strategies: small, short, and as varied as the language."""

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from recallsim.plan import draw_up
from recallsim.scenario.loading import load

QUIET = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"""The same examples on every machine, however long they take."""

SHARES = st.sampled_from([0, 0.25, 0.5, 0.9, 1])
KINDS = ("original", "request", "replacement", "report")
MOMENTS = st.sampled_from(["0s", "1min", "4min", "20min", "3h"])
TIMES = st.one_of(
    MOMENTS,
    st.builds(lambda mean: {"exponential": {"mean": mean}}, st.sampled_from(["1min", "10min", "2h"])),
    st.just({"uniform": {"low": "0s", "high": "30min"}}),
    st.just({"lognormal": {"median": "5min", "sigma": 1.5}}),
)
GAPS = st.sampled_from(["1min", "5min", {"exponential": {"mean": "15min"}}, {"exponential": {"mean": "3h"}}])
OF = st.sampled_from(["original", "request", "any"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The strategy's value, or None for a key that is left out."""
    return st.one_of(st.none(), strategy)


def record(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping without the keys that drew None."""
    return st.fixed_dictionaries(keys).map(
        lambda found: {key: value for key, value in found.items() if value is not None}
    )


def by_kind(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The strategy's value, or a mapping to such values from some kinds, and perhaps `default`."""
    kinds = st.sampled_from(["original", "request", "replacement", "default"])
    return st.one_of(strategy, st.dictionaries(kinds, strategy, min_size=1, max_size=3))


DELAY = st.builds(
    lambda a, b, c: {"delay": {"original": a, "request": b, "replacement": c}}, TIMES, TIMES, TIMES
)
SESSIONS = record(
    gap=GAPS,
    order=st.sampled_from(["newest", "oldest", "random", "request_first"]),
    per_session=st.sampled_from([None, 1, 2]),
    open_probability=maybe(SHARES),
    handling=maybe(st.sampled_from(["0s", "1min"])),
    phase=st.sampled_from([None, "fresh"]),
    inbox_mail=st.sampled_from([None, None, {"rate": "1/20min"}, {"rate": "1/10min", "handling": "2min"}]),
).map(lambda sessions: {"sessions": sessions})
HAZARD = st.builds(
    lambda a, b: {"hazard": {"calendar": "office", "inside": a, "outside": b}},
    st.sampled_from(["1/10min", "1/2h", "0/h"]),
    st.sampled_from(["1/h", "0/h"]),
)
PLAIN = st.one_of(DELAY, SESSIONS, HAZARD)
NOTIFIED = st.builds(
    lambda p, after, otherwise: {"notified": {"p": p, "after": after, "otherwise": otherwise}},
    SHARES,
    TIMES,
    st.one_of(PLAIN, st.just("never")),
)
FOLDERS = st.sampled_from(
    [{"Lists": {"gap": "2x"}}, {"Deleted Items": {"gap": "3x"}, "Later": {"gap": "0.5x"}}]
)
READS = st.one_of(
    PLAIN,
    PLAIN,
    NOTIFIED,
    st.builds(lambda reads, folders: reads | {"folders": folders}, PLAIN, FOLDERS),
    st.just("never"),
)
ONLINE = st.one_of(
    st.just({"hours": "office"}),
    st.builds(
        lambda up, down, start: {"up": up, "down": down, "start": start},
        st.sampled_from(["7min", {"exponential": {"mean": "20min"}}]),
        st.sampled_from(["3min", {"exponential": {"mean": "1h"}}]),
        st.sampled_from(["stationary", "up", "down"]),
    ),
)
CLIENT = record(
    kind=st.sampled_from(["outlook-desktop"] * 4 + ["outlook-new", "web", "mobile", "imap", "other"]),
    auto_process=maybe(SHARES),
    idle=maybe(TIMES),
    sync=maybe(st.sampled_from(["push", "cached", {"poll": "7min"}])),
    marks_read=st.sampled_from([None, "never", {"after": "1min"}]),
    online=st.one_of(st.none(), st.none(), ONLINE),
    rules_run=st.sampled_from([None, "client"]),
)
FURTHER = CLIENT.map(lambda client: {key: value for key, value in client.items() if key != "rules_run"})
POP = st.just({"kind": "pop", "sync": {"fetch": "9min"}})
PERSON = record(
    reads=READS,
    never=maybe(SHARES),
    preview=maybe(record(share=SHARES, of=OF)),
    curiosity=maybe(SHARES),
    mark_unread=maybe(record(share=SHARES, after=TIMES, repeat=st.sampled_from([1, 3, "unlimited"]), of=OF)),
    moves=maybe(record(share=SHARES, after=TIMES, to=st.sampled_from(["Later", "Inbox"]), of=OF)),
    deletes=maybe(record(share=SHARES, after=TIMES, unread=st.booleans(), hard=st.booleans(), of=OF)),
    glimpse=maybe(record(share=SHARES, of=OF)),
    opens_attachment=maybe(record(share=SHARES, after=TIMES)),
    out_of_office=st.sampled_from([None, None, {"share": 0.5, "from": "10min", "for": "3h"}, {"share": 0.3}]),
    forwards=maybe(record(share=SHARES, after=TIMES, to=st.sampled_from([1, 3]))),
).flatmap(lambda person: st.sampled_from([person, person, person | {"while": "online"}]))
RULES = st.lists(
    st.builds(
        lambda share, when, what: {"share": share, "when": when, **what},
        SHARES,
        st.sampled_from([{}, {"to": "list"}, {"has_attachment": True}, {"subject_starts": "Recall:"}]),
        st.sampled_from(
            [{"move_to": "Lists"}, {"delete": True}, {"mark_read": True}, {"stop": True}, {"forward": 2}]
        ),
    ),
    max_size=2,
)
MAILBOX = st.sampled_from(
    [
        None,
        {"kind": "shared", "readers": 3},
        {"kind": "public", "readers": 3, "rights": {"full": 0.5}},
        {"kind": "user", "where": "onprem"},
        {"where": "other"},
    ]
)
DEVICES = st.lists(
    st.builds(
        lambda client, reads: {"name": "second", "client": client, "reads": reads},
        st.one_of(FURTHER, POP),
        READS,
    ),
    max_size=1,
)


@st.composite
def groups(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to three groups."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        group = {
            "name": f"g{number}",
            "count": draw(st.integers(1, 12)),
            "client": draw(CLIENT),
            "person": draw(PERSON),
        }
        mailbox = draw(MAILBOX)
        group |= {} if mailbox is None else {"mailbox": mailbox}
        if mailbox is None and draw(st.booleans()):
            group[draw(st.sampled_from(["devices", "delegates"]))] = draw(DEVICES)
        if draw(st.booleans()):
            group["rules"] = draw(RULES)
        if draw(st.integers(0, 5)) == 5:
            group["organisation"] = "partner.example"
        found.append(group)
    return found


SCHEDULES = st.sampled_from(
    [
        ["1min", "5min"],
        {"backoff": {"first": "1min", "factor": 2, "jitter": 0}, "attempts": 4},
        {"gaps": ["3min"], "jitter": 0.5, "attempts": 3},
    ]
)


@st.composite
def stage(draw: st.DrawFn, name: str, per: str, finite: bool) -> dict[str, Any]:
    """A stage; with `finite` perhaps with few workers, background and priorities."""
    found: dict[str, Any] = {"name": name, "per": per, "service": draw(TIMES)}
    if per == "batch":
        found["batch"] = draw(st.sampled_from([1, 4, 1000]))
    if draw(st.booleans()):
        found["kinds"] = draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
    if draw(st.booleans()):
        found["failure"] = draw(st.sampled_from([0.2, 0.7, {"request": 0.5}, 1]))
        found["retry"] = draw(by_kind(SCHEDULES))
        if draw(st.booleans()):
            found["give_up"] = draw(by_kind(st.sampled_from(["10min", "2h"])))
    if finite and draw(st.booleans()):
        found["workers"] = draw(st.sampled_from([1, 2, 5]))
        if draw(st.booleans()):
            found["discipline"] = {
                "priority": draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
            }
        if draw(st.booleans()):
            found["background"] = {
                "rate": "6/h",
                "service": {"exponential": {"mean": "5min"}},
                "start": "warm:1h",
            }
            if "failure" not in found and "discipline" not in found and draw(st.booleans()):
                found["background"]["start"] = "stationary"
    return found


LONE_FAULT = st.one_of(
    st.fixed_dictionaries({"fault": st.sampled_from(["reject", "defer", "disconnect"])}),
    st.builds(lambda by: {"fault": "delay", "by": by}, by_kind(TIMES)),
)
FAULT = st.one_of(LONE_FAULT, st.just({"fault": "rate_limit", "rate": "1/20s"}))
WINDOW = record(odds=maybe(by_kind(SHARES)), **{"from": maybe(MOMENTS), "for": maybe(st.just("1h"))})
MODERATION = record(
    moderators=st.sampled_from([1, 3]),
    reads=TIMES,
    approve=maybe(SHARES),
    moderate_recall=maybe(st.booleans()),
    expires=maybe(by_kind(st.sampled_from(["5min", "2h"]))),
)


@st.composite
def obstacles(draw: st.DrawFn, stage: dict[str, Any], finite: bool) -> dict[str, Any]:
    """What an obstructed stage has besides."""
    found: dict[str, Any] = {}
    if draw(st.booleans()) and stage["per"] == "recipient":
        found["greylist"] = draw(
            st.one_of(
                st.just("5min"),
                record(
                    delay=maybe(by_kind(st.sampled_from(["1min", "7min"]))),
                    window=maybe(by_kind(st.sampled_from(["20min", "10min"]))),
                    known=maybe(by_kind(SHARES)),
                ),
            )
        )
    if draw(st.booleans()):
        found["delay_notice"] = draw(by_kind(st.sampled_from(["1min", "10min", "2h"])))
    if finite and draw(st.booleans()):
        found["limit"] = {"connections": draw(st.sampled_from([1, 3])), "rate": "1/40s"}
        if stage.get("background", {}).get("start") == "stationary":
            stage["background"]["start"] = "warm:1h"
    return found


@st.composite
def detours(draw: st.DrawFn, names: list[str], stages: list[dict[str, Any]], finite: bool) -> dict[str, Any]:
    """Hops and routes, lists and moderators, faults: for the groups of these names."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        kinds = st.lists(st.sampled_from(KINDS), max_size=2, unique=True)
        found["hops"] = [
            {
                "name": "hop",
                "service": draw(TIMES),
                "tnef": draw(st.sampled_from(["kept", "stripped"])),
                "exempt": draw(kinds),
            }
        ]
        alone = [stage["name"] for stage in stages if stage["per"] == "recipient"]
        found["routes"] = [{"groups": names[:1], "hops": ["hop"], "bypass": alone[: draw(st.integers(0, 1))]}]
    if draw(st.booleans()):
        on_list = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        found["lists"] = [{"name": "list", "members": on_list, "moderation": draw(MODERATION)}]
    named = [stage["name"] for stage in (*stages, *found.get("hops", ()))]
    if named and draw(st.booleans()):
        found["faults"] = [
            {"stage": draw(st.sampled_from(named)), **draw(FAULT if finite else LONE_FAULT), **draw(WINDOW)}
            for _ in range(draw(st.integers(1, 2)))
        ]
    return found


@st.composite
def transports(
    draw: st.DrawFn, *, finite: bool = True, names: list[str] | None = None, troubles: bool = True
) -> dict[str, Any]:
    """Up to three stages in tandem, a link, outages; with `troubles` and the groups' names all that may befall mail."""
    grains = draw(
        st.sampled_from([[], ["recipient"], ["message", "recipient"], ["message", "batch", "recipient"]])
    )
    stages = [draw(stage(f"s{number}", per, finite)) for number, per in enumerate(grains)]
    latency = draw(st.one_of(TIMES, st.fixed_dictionaries({"original": TIMES, "request": TIMES})))
    found: dict[str, Any] = {
        "stages": stages,
        "link": {"latency": latency, "loss": draw(st.sampled_from([0, 0, 0.3]))},
    }
    if troubles and draw(st.booleans()):
        for each in stages:
            each |= draw(obstacles(each, finite))
        found["link"]["duplicate"] = draw(st.sampled_from([0, 0.4, {"request": 1}]))
        found |= draw(detours(names, stages, finite)) if names else {}
    if stages and draw(st.booleans()):
        which = draw(st.integers(0, len(stages) - 1))
        found["outages"] = [{"stage": f"s{which}", "from": draw(MOMENTS), "for": "30min"}]
    if finite and draw(st.booleans()):
        found["reports"] = "shared"
    return found


PURGE = record(
    after=st.sampled_from(["notice", "failed_recall"]),
    acts=TIMES,
    reach=st.sampled_from(["organisation", "cloud"]),
    read_too=st.booleans(),
    tells=st.booleans(),
    rate=st.sampled_from([None, "6/min"]),
)
SYSTEMS = (
    {"system": "outlook"},
    {"system": "outlook"},
    {"system": "exchange-online", "reaches": "cloud", "report_opens": "5min"},
    {"system": "exchange-online", "recall_read_messages": False, "alert_recipients": True, "failure": 0.3},
    {"system": "domino", "max_age_since_delivery": "20min"},
    {"system": "alibaba", "window": "30min"},
    {"system": "mdaemon", "executed_by": "servers"},
    {"system": "none"},
)
RECALL = record(
    replace=maybe(record(compose=TIMES, abandon=maybe(SHARES), attachment=maybe(st.booleans()))),
    tell_me=st.booleans(),
    recall_before_original=st.sampled_from(
        ["wait", "drop_on_arrival", "drop_on_processing", "delete_on_delivery"]
    ),
    public_folder_first_reader=st.sampled_from([None, "decides"]),
    intercept=st.booleans(),
    admin_purge=maybe(PURGE),
)


@st.composite
def recalls(draw: st.DrawFn, *, finite: bool) -> dict[str, Any]:
    """A recall under some system; without `finite` its agent and its administrator keep nobody waiting."""
    recall, system = draw(RECALL), draw(st.sampled_from(SYSTEMS))
    workers = draw(st.sampled_from([1, 3])) if finite else "unlimited"
    if not finite and "admin_purge" in recall:
        recall["admin_purge"].pop("rate", None)
    return recall | {"workers": workers, "service": draw(TIMES)} | system


@st.composite
def scenarios(draw: st.DrawFn, *, finite: bool = True) -> dict[str, Any]:
    """A scenario as a tree; without `finite` recipients share no workers, so that nobody delays anybody."""
    members = draw(groups())
    return {
        "name": "random",
        "clock": draw(st.sampled_from(["1us", "1s", "1min"])),
        "start": draw(st.sampled_from(["Tue 10:40", "Fri 16:45", {"any": "office"}])),
        "horizon": draw(st.sampled_from(["1h", "1d"])),
        "calendars": {"office": {"days": "Mon-Fri", "from": "08:00", "to": "16:30"}},
        "seen_level": draw(st.sampled_from([2, 2, 2, 1, 3, 4])),
        "message": {"attachment": draw(st.booleans()), "to": "list"},
        "sender": {
            "hold": draw(st.sampled_from(["0s", "0s", "10min"])),
            "notices": draw(TIMES),
            "acts": draw(MOMENTS),
            "recall": draw(recalls(finite=finite)),
        },
        "transport": draw(transports(finite=finite, names=[group["name"] for group in members])),
        "recipients": {"groups": members},
    }


def plan_of(scenario: dict[str, Any]) -> Any:
    """The plan of a scenario that stands as a tree."""
    return draw_up(load(json.dumps(scenario, indent=1)))


@st.composite
def classic(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario within what the batch engine does: the classic recall, among whatever people."""
    scenario = draw(scenarios())
    recall = {key: value for key, value in draw(RECALL).items() if key != "admin_purge"}
    transport = draw(transports(troubles=False))
    transport.pop("reports", None)
    return scenario | {
        "sender": scenario["sender"] | {"recall": recall},
        "transport": transport,
    }


@st.composite
def queueing(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario whose stages only queue, one recipient a job, reports perhaps among them."""
    scenario = draw(classic())
    stages = []
    for number in range(draw(st.integers(1, 3))):
        found: dict[str, Any] = {"name": f"s{number}", "per": "recipient", "service": draw(TIMES)}
        workers = draw(st.sampled_from([None, 1, 2, 5, 25]))
        found |= {} if workers is None else {"workers": workers}
        if draw(st.booleans()):
            found["kinds"] = draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
        stages.append(found)
    transport = {"stages": stages, "link": scenario["transport"]["link"]}
    if draw(st.booleans()):
        transport["reports"] = "shared"
    scenario["sender"]["recall"].pop("intercept", None)
    return scenario | {"transport": transport}


@st.composite
def tailed(draw: st.DrawFn) -> dict[str, Any]:
    """A classic scenario whose last stages queue, each recipient's mail by itself, and may fail; before them anything."""
    scenario = draw(classic())
    stages = [
        draw(stage(f"s{number}", per, True))
        for number, per in enumerate(
            draw(st.sampled_from([[], ["message"], ["message", "batch"], ["recipient"]]))
        )
    ]
    for number in range(draw(st.integers(0, 3))):
        found = draw(stage(f"t{number}", "recipient", False))
        workers = draw(st.sampled_from([None, 1, 2, 5, 25]))
        stages.append(found | ({} if workers is None else {"workers": workers}))
    transport = {"stages": stages, "link": scenario["transport"]["link"]}
    if draw(st.booleans()):
        names = [group["name"] for group in scenario["recipients"]["groups"]]
        transport["lists"] = [{"name": "list", "members": names[:1]}]
    scenario["sender"]["recall"].pop("intercept", None)
    if draw(st.integers(0, 3)) == 3:
        scenario["sender"]["recall"] = draw(recalls(finite=True))
        scenario["sender"]["recall"].pop("admin_purge", None)
        scenario["sender"]["recall"].pop("intercept", None)
    return scenario | {"transport": transport}


@st.composite
def troubled(draw: st.DrawFn) -> dict[str, Any]:
    """A classic scenario with all that may befall mail on its way, but reports in lanes of their own."""
    scenario = draw(classic())
    names = [group["name"] for group in scenario["recipients"]["groups"]]
    transport = draw(transports(names=names))
    transport.pop("reports", None)
    return scenario | {"transport": transport}


def made_constant(transport: dict[str, Any]) -> dict[str, Any]:
    """The transport with constant laws, a few whole minutes each, so that on a coarse clock nearly everything is a tie."""
    constants = {"service": "1min", "by": "2min", "latency": "1min", "reads": "4min"}

    def constant(value: Any) -> Any:
        if isinstance(value, list):
            return [constant(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: constants.get(key, constant(each)) for key, each in value.items()}

    made = {key: constant(value) for key, value in transport.items()}
    for each in made["stages"]:
        each |= {"limit": {"rate": "1/min"}} if "limit" in each else {}
        if "background" in each:
            each["background"]["start"] = "warm:1h"
    return made


def constant(tree: Any, ticks: str) -> Any:
    """A scenario with that time in place of every law that varies."""
    if isinstance(tree, list):
        return [constant(each, ticks) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if set(tree) & {"exponential", "uniform", "lognormal"}:
        return ticks
    return {key: constant(value, ticks) for key, value in tree.items()}
