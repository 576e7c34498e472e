"""What ought to help does, and by how much: sooner notice, reading order, automatic processing."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenarios import plan_of
from relations import QUIET, SEED, with_groups

from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.recall.codes import Status

ROOT = Path(__file__).parents[2]
MOMENTS = ("0s", "1min", "5min", "20min", "2h")
TIMES = st.sampled_from(
    ["0s", "2min", {"exponential": {"mean": "10min"}}, {"lognormal": {"median": "8min", "sigma": 1.5}}]
)


def succeeded(tree, notices, replications=2):
    """By recipient: whether the recall succeeds, and whether the content was seen by then or ever."""
    found = simulate(
        plan_of({**tree, "sender": {**tree["sender"], "notices": notices}}), SEED, 0, replications
    )
    return found.recipients["status"] == Status.SUCCEEDED, found.recipients["seen"] >= 0


@st.composite
def patient_scenarios(draw):
    """Scenarios in which sooner cannot be worse.

    Whoever reads does so after delays of their own or at a rate; nobody marks unread; no message comes back into a folder
    that it has left; an early request waits; nothing voids an idle wait (no checks, no hours of the program); no outage
    and no lane for special kinds. Then the request is processed no later if it is asked for sooner, and what has not been
    read by then is not read before.
    """
    groups = []
    for number in range(draw(st.integers(1, 2))):
        delay = {"delay": {"original": draw(TIMES), "request": draw(TIMES)}}
        rate = {"hazard": {"calendar": "office", "inside": "1/20min", "outside": "1/3h"}}
        person = {
            "reads": draw(st.sampled_from([delay, delay, rate])),
            "curiosity": draw(st.sampled_from([0, 0.4])),
        }
        if draw(st.booleans()):
            person["preview"] = {"share": 0.5}
        if draw(st.booleans()):
            person["moves"] = {"share": 0.5, "after": "5min", "to": "Later"}
        if draw(st.booleans()):
            person["deletes"] = {
                "share": 0.5,
                "after": "9min",
                "unread": draw(st.booleans()),
                "hard": draw(st.booleans()),
            }
        client = {"kind": "outlook-desktop", "auto_process": draw(st.sampled_from([0, 0.5, 1]))}
        client["idle"] = draw(TIMES)
        client["sync"] = draw(st.sampled_from(["push", "cached", {"poll": "7min"}]))
        client["marks_read"] = draw(st.sampled_from(["never", {"after": "1min"}]))
        rules = draw(st.sampled_from([[], [{"share": 0.5, "when": {"to": "list"}, "move_to": "Lists"}]]))
        rules = rules + draw(
            st.sampled_from([[], [{"share": 0.3, "when": {"has_attachment": True}, "move_to": "Files"}]])
        )
        groups.append({"name": f"g{number}", "count": 12, "client": client, "person": person, "rules": rules})
    stage = {"service": {"exponential": {"mean": "20s"}}, "workers": draw(st.sampled_from([1, 3]))}
    if draw(st.booleans()):
        stage |= {
            "failure": 0.2,
            "retry": {"gaps": ["1min", "4min"], "attempts": 4, "jitter": 0.3},
            "workers": "unlimited",
        }
    return {
        "name": "patient",
        "clock": draw(st.sampled_from(["1us", "1s"])),
        "start": "Tue 14:30",
        "horizon": "4d",
        "calendars": {"office": {"days": "Mon-Fri", "from": "08:00", "to": "16:30"}},
        "message": {"to": "list", "attachment": True},
        "sender": {"acts": "30s"},
        "transport": {"delivery": stage, "link": {"latency": draw(TIMES)}},
        "recipients": {"groups": groups},
    }  # fmt: skip


@settings(QUIET, max_examples=40)
@given(patient_scenarios())
def test_sooner_is_never_worse_for_anybody(tree):
    """Recipient by recipient, whom a later recall saves (and saves unseen) an earlier one saves too."""
    found = [succeeded(tree, notices) for notices in MOMENTS]
    for (sooner, seen), (later, seen_later) in pairwise(found):
        assert not np.any(later & ~sooner)
        assert not np.any(later & ~seen_later & ~(sooner & ~seen))


def test_where_the_flag_may_be_cleared_sooner_can_be_worse():
    """R4.3: read at 1 min and unread again at 10 min, the message is lost to a recall at 5 min, not in the minute
    before it is opened once more."""
    person = {"reads": {"delay": {"original": "1min", "request": "never"}}, "mark_unread": {"after": "9min"}}
    groups = [{"name": "g", "count": 3, "client": {"auto_process": 1}, "person": person}]
    tree = with_groups({"name": "again", "clock": "1s", "horizon": "30min", "sender": {}}, groups)
    assert [succeeded(tree, notices, 1)[0].tolist() for notices in ("30s", "5min", "630s")] == [
        [True] * 3,
        [False] * 3,
        [True] * 3,
    ]


def test_random_order_is_the_mean_of_newest_and_oldest():
    """Both unread when a check begins: newest first saves, oldest first loses, random order is one fair toss each."""
    found = {}
    for order in ("newest", "oldest", "random"):
        sessions = {"gap": {"exponential": {"mean": "45min"}}, "order": order, "phase": "fresh"}
        groups = [{"name": "g", "count": 3000, "person": {"reads": {"sessions": sessions}}}]
        tree = with_groups({"name": "toss", "clock": "1s", "horizon": "1d", "sender": {}}, groups)
        found[order] = succeeded(tree, "5min")[0]
    newest, oldest, tossed = found["newest"], found["oldest"], found["random"]
    assert not np.any(oldest & ~newest)
    assert not np.any(oldest & ~tossed)
    assert not np.any(tossed & ~newest)
    undecided = newest & ~oldest
    n, heads = int(undecided.sum()), int((tossed & undecided).sum())
    assert n > 4000
    assert abs(heads - n / 2) / math.sqrt(n / 4) <= 4.4


def test_automatic_processing_is_worth_five_points():
    """A small office: everybody's desktop Outlook processing automatically, against nobody's, is worth 5 points at least."""
    shares = []
    for auto in (0, 1):
        desks = [f"recipients.groups.{name}.client.auto_process={auto}" for name in ("desk", "desk+phone")]
        plan = draw_up(load(ROOT / "configs" / "office.yaml", ["recipients.count=200", *desks]))
        status = simulate(plan, SEED, 0, 8).recipients["status"].reshape(8, plan.count)
        shares.append((status == Status.SUCCEEDED).mean(axis=1))
    by_hand, automatic = shares
    difference = automatic - by_hand
    assert difference.mean() - 2.365 * difference.std(ddof=1) / math.sqrt(8) >= 0.05
