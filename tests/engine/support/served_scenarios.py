"""Random scenarios in which servers carry the recall out, or an administrator removes what a recall leaves."""

from typing import Any

from hypothesis import strategies as st
from random_scenarios import PURGE, RECALL, TIMES, classic, maybe, record, transports

POLICIES = record(
    system=st.sampled_from(
        ["exchange-online"] * 3 + ["domino", "groupwise", "lark", "server-window", "zimbra", "alibaba"]
    ),
    reaches=st.sampled_from([None, "cloud", "organisation"]),
    across=st.sampled_from([None, "nobody", "allow_list", "native"]),
    recall_read_messages=maybe(st.booleans()),
    spoiled_by_download=maybe(st.booleans()),
    alert_recipients=st.sampled_from([None, False, True, "read_only"]),
    max_age_since_delivery=st.sampled_from([None, None, "20min"]),
    service=TIMES,
    workers=st.sampled_from(["unlimited", 1, 1, 3]),
    failure=st.sampled_from([0, 0, 0.3, 1]),
    retry=st.sampled_from([None, [], ["1min", "5min"], ["7min"]]),
    give_up=st.sampled_from([None, "10min", "2h"]),
    report=st.sampled_from([None, "each", "aggregated"]),
    report_opens=TIMES,
    report_readable=st.sampled_from([None, "5min", "1h"]),
    admin_purge=maybe(PURGE),
)
TENANT = record(
    allows_recall_from=st.sampled_from([None, ["contoso.example"]]), routing=st.sampled_from([None, "native"])
)


@st.composite
def served(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario under some system of servers, or a classic one with an administrator beside it."""
    scenario = draw(classic())
    recall = draw(POLICIES) | {key: value for key, value in draw(RECALL).items() if key != "admin_purge"}
    if draw(st.integers(0, 4)) == 0:
        recall = scenario["sender"]["recall"] | {"admin_purge": draw(PURGE)}
    for group in scenario["recipients"]["groups"]:
        mailbox = group.setdefault("mailbox", {})
        if draw(st.integers(0, 3)) == 0:
            mailbox["recall_processing"] = draw(st.sampled_from([False, 0.5]))
        if draw(st.integers(0, 3)) == 0:
            mailbox["refuses_recall"] = 0.5
    hold = draw(st.sampled_from(["0s", "0s", "1s"]))
    return scenario | {
        "organisation": {"domain": "contoso.example", "tenants": {"partner.example": draw(TENANT)}},
        "sender": scenario["sender"] | {"recall": recall, "hold": hold},
    }


TICKS = st.sampled_from(["0s", "1min", "3min", {"exponential": {"mean": "2min"}}])
CLIENTS = st.sampled_from(
    [
        {"kind": "pop", "sync": {"fetch": "9min"}},
        {"kind": "imap", "sync": {"poll": "4min"}},
        {"kind": "outlook-desktop", "sync": "cached"},
        {"kind": "mobile", "online": {"hours": "office"}},
        {"kind": "web"},
    ]
)


@st.composite
def crowds(draw: st.DrawFn) -> dict[str, Any]:
    """A crowd before few workers, in which people fetch and delete for good what the agent is still to look for."""
    groups = []
    for number in range(draw(st.integers(1, 3))):
        delays = {"original": draw(TICKS), "request": draw(TICKS), "replacement": "1min"}
        deletes = {"share": draw(st.sampled_from([0, 0.5, 1])), "after": draw(TICKS), "hard": True}
        group = {
            "name": f"g{number}",
            "count": draw(st.integers(5, 40)),
            "client": draw(CLIENTS),
            "person": {"reads": {"delay": delays}, "deletes": deletes | {"of": "original"}},
            "mailbox": draw(st.sampled_from([{}, {"where": "onprem"}, {"recall_processing": 0.5}])),
        }
        if draw(st.integers(0, 4)) == 0:
            group |= {"client": {"sync": "cached"}, "mailbox": {"kind": "shared", "readers": 2}}
        groups.append(group)
    recall = {
        "system": "exchange-online",
        "reaches": "cloud",
        "workers": draw(st.sampled_from([1, 2, 5, "unlimited"])),
        "service": draw(TICKS),
        "failure": draw(st.sampled_from([0, 0.3])),
        "retry": draw(st.sampled_from([[], ["1min", "2min"], ["5min"]])),
        "give_up": draw(st.sampled_from(["10min", "1h"])),
        "recall_read_messages": draw(st.booleans()),
        "alert_recipients": draw(st.sampled_from([True, "read_only", False])),
        "report_opens": draw(TICKS),
        "report_readable": draw(st.sampled_from(["2min", "1h"])),
    }
    if draw(st.booleans()):
        recall["admin_purge"] = draw(PURGE) | {"rate": draw(st.sampled_from(["2/min", "1/s"]))}
    stages = [{"name": "s", "per": "recipient", "service": draw(TICKS), "workers": draw(st.integers(1, 9))}]
    latency = {"original": draw(TICKS), "request": draw(TICKS)}
    return {
        "name": "crowd",
        "clock": draw(st.sampled_from(["1s", "10s", "1min"])),
        "start": draw(st.sampled_from(["Tue 10:40", "Fri 16:25"])),
        "horizon": draw(st.sampled_from(["2h", "6h"])),
        "calendars": {"office": {"days": "Mon-Fri", "from": "08:00", "to": "16:30"}},
        "sender": {"notices": draw(TICKS), "acts": draw(TICKS), "recall": recall},
        "transport": {
            "stages": stages[: draw(st.integers(0, 1))],
            "link": {"latency": latency, "loss": draw(st.sampled_from([0, 0.2]))},
        },
        "recipients": {"groups": groups},
    }


@st.composite
def troubled(draw: st.DrawFn) -> dict[str, Any]:
    """Either of them with whatever may befall mail on its way: hops that strip requests, lists, faults, duplicates."""
    scenario = draw(st.one_of(served(), crowds()))
    transport = draw(transports(names=[group["name"] for group in scenario["recipients"]["groups"]]))
    transport.pop("reports", None)
    return scenario | {"transport": transport}
