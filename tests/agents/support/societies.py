"""Societies whose actors meet in many ways: the plans that both forms of an actor must live through alike."""

from pathlib import Path

from scenes import automatic, by_checks, by_delay, plan_of, scene, text_of

from agents.records import Plan
from recallsim.engines.observation import Observation
from recallsim.plan import draw_up
from recallsim.scenario import load

OFFICE = Path(__file__).parents[3] / "configs" / "office.yaml"


def columns(observation: Observation) -> list[dict[object, list[int]]]:
    """An observation as plain lists."""
    kinds = (observation.recipients, observation.replications, observation.waits, observation.sojourns)
    return [{name: column.tolist() for name, column in kind.items()} for kind in kinds]


def soon(mean: int) -> dict:
    return {"exponential": {"mean": f"{mean}s"}}


def office() -> Plan:
    """The worked example with fewer people and a shorter end, to the microsecond."""
    return draw_up(load(OFFICE, {"recipients.count": 60, "horizon": "1d"}))


def cycles() -> Plan:
    """People who mark unread without end, at two devices, beside an idle worker; minutes collide often."""
    person = {
        "reads": {"delay": {"default": soon(300)}},
        "mark_unread": {"share": 0.8, "after": soon(120), "repeat": "unlimited", "of": "any"},
    }
    phone = {"name": "phone", "client": {"kind": "mobile"}, "reads": {"delay": {"default": soon(200)}}}
    return plan_of(
        scene(
            900,
            person,
            automatic() | {"idle": soon(600)},
            clock="1min",
            count=20,
            devices=[phone],
            horizon="2h",
            latency=soon(60),
        )
    )


def checks() -> Plan:
    """Checks at a desk and on a phone, with panes, curiosity, moves and deletions, by cached sync and poll."""
    person = by_checks(1)["reads"]["sessions"] | {
        "gap": soon(40),
        "phase": "stationary",
        "order": "random",
        "handling": soon(5),
        "open_probability": 0.5,
    }
    habits = {
        "preview": {"share": 0.5, "of": "any"},
        "curiosity": 0.5,
        "moves": {"share": 0.2, "after": soon(30), "to": "Done", "of": "any"},
        "deletes": {"share": 0.2, "after": soon(30)},
        "mark_unread": {"share": 0.4, "after": soon(20), "repeat": 3},
    }
    phone = {
        "name": "phone",
        "client": {"kind": "mobile", "sync": {"poll": "20s"}},
        "reads": {"sessions": person | {"order": "newest"}},
    }
    client = automatic() | {"idle": soon(30), "sync": "cached", "marks_read": {"after": "3s"}}
    return plan_of(
        scene(
            60, {"reads": {"sessions": person}} | habits, client, count=25, devices=[phone], latency=soon(20)
        )
    )


def servers() -> Plan:
    """Foreign mail, outages, retries, interception and shared lanes."""
    transport = {
        "submission": {"service": "1s"},
        "categorizer": {"workers": 1, "batch": 7, "service": soon(2)},
        "delivery": {
            "workers": 2, "service": soon(2), "failure": 0.2, "retry": {"gaps": ["5s", "9s"], "jitter": 0.3, "attempts": 5},
            "background": {"rate": "0.5/s", "start": "empty"},
        },
        "outages": [{"stage": "delivery", "from": "10s", "for": "15s"}, {"stage": "categorizer", "from": "31s", "for": "5s"}],
        "link": {"latency": soon(5), "loss": 0.05},
        "reports": "shared",
    }  # fmt: skip
    recall = {"intercept": True, "replace": {"compose": soon(30)}}
    return plan_of(
        scene(
            30, by_delay(original=60, request=40), automatic(15), count=30, transport=transport, recall=recall
        )
    )


def folders() -> Plan:
    """Public folders and shared mailboxes with several readers, hours, a phone that is offline at times."""
    calendars = {
        "h": [
            {"days": "Mon", "from": "09:00", "to": "09:03"},
            {"days": "Mon", "from": "09:05", "to": "09:30"},
        ]
    }
    person = {"reads": {"delay": {"default": soon(100)}}, "mark_unread": {"share": 0.5, "after": soon(20)}}
    groups = [
        {
            "name": "public",
            "count": 8,
            "mailbox": {"kind": "public", "readers": 3, "rights": {"full": 0.5}},
            "person": person,
        },
        {"name": "shared", "count": 8, "mailbox": {"kind": "shared", "readers": 3}, "person": person},
        {
            "name": "hours",
            "count": 8,
            "client": automatic(40, online={"hours": "h"}),
            "person": by_checks(50, hours="h"),
        },
    ]
    return plan_of(scene(100, groups=groups, calendars=calendars, latency=soon(10), horizon="2000s"))


def systems() -> Plan:
    """A recall agent with two workers that fails at times, classic mailboxes beside it, an administrator behind both."""
    person = {
        "reads": {"delay": {"default": soon(60)}},
        "deletes": {"share": 0.3, "hard": True, "after": soon(20)},
    }
    phone = {"name": "phone", "client": {"kind": "mobile", "sync": {"poll": "20s"}}, "reads": person["reads"]}
    member = {"count": 10, "client": automatic(15), "person": person, "devices": [phone]}
    groups = [
        {"name": "cloud", **member},
        {"name": "onprem", "mailbox": {"where": "onprem"}, **member},
        {"name": "off", "mailbox": {"recall_processing": 0.5}, **member},
        {"name": "out", "organisation": "b.example", "count": 5, "person": person},
    ]
    recall = {
        "system": "exchange-online",
        "workers": 2,
        "service": soon(4),
        "failure": 0.3,
        "retry": ["10s", "30s"],
        "give_up": "5min",
        "alert_recipients": True,
        "report_opens": "30s",
        "recall_read_messages": False,
        "admin_purge": {"acts": "20s", "rate": "12/min", "tells": True},
        "replace": {"compose": soon(30)},
    }
    return plan_of(scene(30, groups=groups, recall=recall, latency=soon(10)))


def laptops() -> Plan:
    """Devices that are offline in turns, cached or polling, where people move, mark, delete and forward."""
    sessions = by_checks(1)["reads"]["sessions"] | {
        "gap": soon(60),
        "open_probability": 0.6,
        "order": "random",
    }
    person = {
        "reads": {"sessions": sessions},
        "while": "online",
        "mark_unread": {"share": 0.6, "after": soon(50), "repeat": "unlimited", "of": "any"},
        "moves": {"share": 0.3, "after": soon(60), "to": "Done", "of": "any"},
        "deletes": {"share": 0.3, "after": soon(60), "hard": True, "of": "any"},
        "forwards": {"share": 0.5, "after": soon(20), "to": 2},
    }
    phone = {
        "name": "phone",
        "client": {"kind": "mobile", "online": {"up": soon(100), "down": soon(50)}},
        "reads": {"delay": {"default": soon(150)}},
    }
    tablet = {
        "name": "tablet",
        "client": {"kind": "mobile", "sync": {"poll": "90s"}},
        "reads": {"delay": {"default": soon(200)}},
    }
    client = automatic() | {"idle": soon(40), "sync": "cached", "online": {"up": soon(200), "down": soon(90)}}
    return plan_of(
        scene(90, person, client, count=25, devices=[phone, tablet], latency=soon(20), horizon="2000s")
    )


def busy() -> Plan:
    """Inboxes with other mail, folders with clocks of their own, notifications, absences and delegates."""
    sessions = by_checks(1)["reads"]["sessions"] | {
        "gap": soon(40), "phase": "stationary", "order": "random", "handling": soon(5), "per_session": 3,
        "inbox_mail": {"rate": "1/20s"},
    }  # fmt: skip
    folders = {"Deleted Items": {"gap": "2x"}, "Lists": {"gap": "1.5x"}}
    person = {
        "reads": {
            "notified": {"p": 0.3, "after": soon(10), "otherwise": {"sessions": sessions}},
            "folders": folders,
        },
        "glimpse": {"share": 0.5},
        "opens_attachment": {"share": 0.5, "after": soon(10)},
        "out_of_office": {"share": 0.3, "from": "30s", "for": "200s"},
        "mark_unread": {"share": 0.4, "after": soon(30), "repeat": 3, "of": "any"},
        "deletes": {"share": 0.5, "after": soon(60), "of": "request", "unread": True},
    }
    assistant = {
        "name": "assistant",
        "client": {"kind": "outlook-desktop", "sync": "cached"},
        "reads": {"delay": {"default": soon(150)}, "folders": folders},
    }
    rules = [{"share": 0.4, "when": {"to": "list"}, "move_to": "Lists"}]
    client = automatic() | {"idle": soon(40)}
    return plan_of(
        scene(
            60,
            person,
            client,
            count=25,
            delegates=[assistant],
            rules=rules,
            latency=soon(20),
            message={"attachment": True},
        )
    )


def delays(early: str = "drop_on_arrival", clock: str = "1s", *, fails: bool = False) -> Plan:
    """People of whom there is little to know: one program, and each message opened once after a delay, if ever.

    Args:
        early: what becomes of a request that comes before its original.
        clock: the tick.
        fails: whether originals are tried again, and given up while requests come.
    """
    trouble = {"failure": {"original": 0.4}, "retry": ["90s"], "give_up": "170s"} if fails else {}
    rules = [
        {"share": 0.3, "when": {"to": "list"}, "move_to": "Lists"},
        {"share": 0.2, "when": {"to": "list"}, "mark_read": True, "stop": True},
        {"share": 0.3, "when": {"to": "list"}, "delete": True},
    ]
    moved = [{"share": 0.4, "when": {"has_attachment": True}, "move_to": "Files"}]
    quick, slow = {"delay": soon(200)}, {"delay": {"original": soon(500), "request": "60s"}}
    groups = [
        {"name": "desk", "person": {"reads": quick}, "rules": moved, "client": automatic()},
        {"name": "idle", "person": {"reads": slow}, "client": {"auto_process": 0.5, "idle": soon(100)}},
        {"name": "lists", "person": {"reads": quick, "never": 0.2}, "rules": rules},
        {"name": "away", "person": {"reads": "never"}, "client": {"auto_process": 0.7, "idle": "0s"}},
        {"name": "phone", "person": {"reads": quick}, "client": {"kind": "mobile"}},
        {"name": "guest", "person": {"reads": quick}, "organisation": "elsewhere.example", "client": automatic()},
        {"name": "quiet", "person": {"reads": quick}, "client": automatic(), "reports_to": "none"},
        {"name": "clerk", "person": {"reads": {"delay": soon(300), "hours": "hours"}}, "client": automatic()},
    ]  # fmt: skip
    return plan_of(
        text_of(
            name="delays",
            clock=clock,
            start="Mon 11:50",
            horizon="1500s",
            calendars={"hours": {"days": "Mon-Fri", "from": "11:53", "to": "17:00"}},
            message={"attachment": True},
            sender={
                "notices": "100s",
                "acts": "0s",
                "recall": {
                    "recall_before_original": early,
                    "max_age_since_delivery": "400s",
                    "replace": {"compose": "30s"},
                },
            },
            transport={
                "reports": "shared",
                "delivery": {"workers": 2, "service": soon(1)} | trouble,
                "link": {"latency": {"default": soon(60)}, "loss": {"original": 0.1}},
            },
            recipients={"groups": [{**group, "count": 20} for group in groups]},
        )
    )


SOCIETIES = {
    each.__name__: each for each in (office, cycles, checks, servers, folders, systems, laptops, busy, delays)
}
