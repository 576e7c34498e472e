"""S10-S13, H1, H2: the other systems by their presets, the administrator, and holding back."""

import pytest
from scenes import automatic, by_delay, late, plan_of, play, scene

from recallsim.errors import ScenarioError
from recallsim.scenario import load
from recallsim.scenario.systems import system_text
from recallsim.scenario.values import RECALL_SYSTEMS

UNREAD = ("succeeded", "deleted_unread")
READ = ("succeeded", "deleted_read")
ALREADY = ("failed", "already_read")
MIN, HOUR, DAY = 60, 3600, 86_400
FETCHING = {"kind": "pop", "sync": {"fetch": "3s"}}
POLLING = {"kind": "imap", "sync": {"poll": "3s"}}

# By preset: the window in seconds (None: no end), whether copies marked read go too, whether a download spoils it.
WINDOWS = {
    "server-window": (None, True, False),
    "zimbra": (30 * MIN, True, False),
    "netease-vip": (15 * DAY, False, True),
    "lark": (DAY, True, False),
    "coremail": (7 * DAY, True, False),
    "qq": (DAY, False, False),
    "alibaba": (30 * DAY, False, True),
    "zoho": (30 * MIN, True, True),
    "groupwise": (None, False, False),
}


def under(system: str, ask: int, *args: object, policy: dict | None = None, **kwargs: object):
    """A scene under a system; the person reads in the browser unless the test says otherwise."""
    args = args or (None, {"kind": "web"})
    return play(ask, *args, recall={"system": system} | (policy or {}), **kwargs)


# --- S11, S12: the servers' own mailboxes, within a window -----------------------------------------------------------


@pytest.mark.parametrize("system", WINDOWS)
def test_s11_s12_within_the_window_and_a_second_later(system):
    """S11, S12: at the end of the documented window it works, a second later it is refused; without one it always does."""
    window = WINDOWS[system][0]
    if window is None:
        assert under(system, 400 * DAY, horizon="401d").outcome() == (*UNREAD, 400 * DAY)
        return
    found = [under(system, ask, horizon=f"{window + 9}s").outcome() for ask in (window, window + 1)]
    assert found == [(*UNREAD, window), ("refused", "too_late", window + 1)]


@pytest.mark.parametrize("system", WINDOWS)
def test_s11_s12_copies_marked_read(system):
    """S11, S12: by preset a copy marked read is removed too, or it stays."""
    story = under(system, 10, by_delay(original=5), {"kind": "web"})
    assert story.outcome() == (*(READ if WINDOWS[system][1] else ALREADY), 10)


@pytest.mark.parametrize("system", WINDOWS)
def test_s11_s12_downloaded_copies(system):
    """S11, S12: what an IMAP program shows is out of reach by preset; what POP fetched is gone from every server."""
    polled, fetched = (under(system, 10, None, client) for client in (POLLING, FETCHING))
    spoilt = ("failed", "out_of_reach", 10)
    assert polled.outcome() == (spoilt if WINDOWS[system][2] else (*UNREAD, 10))
    assert fetched.outcome() == spoilt


@pytest.mark.parametrize(("ask", "outcome"), [(29, UNREAD), (30, ("failed", "out_of_reach"))])
def test_s11_a_download_spoils_from_its_very_tick(ask, outcome):
    """S11: downloaded at 30: the sync of a tick comes before the removal, a tick earlier the copy is there alone."""
    story = under("alibaba", ask, None, {"kind": "imap", "sync": "cached"})
    assert story.outcome() == (*outcome, ask)


@pytest.mark.parametrize("system", [*WINDOWS, "domino"])
def test_s10_s11_s12_other_organisations_are_out_of_reach(system):
    """S10-S12: the same organisation only (Domino: native routing only); nobody outside is shown anything."""
    person = by_delay(request=5)
    groups = [{"name": "out", "count": 1, "organisation": "b.example", "person": person}]
    story = play(10, groups=groups, recall={"system": system})
    assert (story.outcome(), story.of(1, "aware")) == (("failed", "other_organisation", 10), -1)


@pytest.mark.parametrize("system", [*WINDOWS, "domino"])
def test_s10_s11_s12_public_folders_and_what_is_not_there(system):
    """S2a for the others: public folders fail; there is one attempt, and an original that is not there is not found."""
    public = under(system, 10, mailbox={"kind": "public"})
    early = under(system, 10, latency=late(original=50))
    lost = under(system, 10, transport={"link": {"loss": {"original": 1}}})
    assert [s.outcome() for s in (public, early, lost)] == [
        ("failed", "unsupported_recipient", 10),
        ("failed", "not_found", 10),
        ("failed", "not_delivered", 10),
    ]


def test_s11_a_file_may_set_its_own_window():
    """S11: the policies of a preset are keys that a scenario may set anew."""
    policy = {"window": "9s", "recall_read_messages": False}
    assert under("zimbra", 10, policy=policy).outcome() == ("refused", "too_late", 10)
    assert under("server-window", 9, policy=policy).outcome() == (*UNREAD, 9)


def test_s11_the_window_runs_from_the_submission():
    """S11, H1: a hold does not count."""
    found = [
        under("zimbra", 30 * MIN + ask, sender={"hold": "50s"}, horizon="1h").outcome()[:2]
        for ask in (50, 51)
    ]
    assert found == [UNREAD, ("refused", "too_late")]


def test_s11_lark_has_one_report_the_others_one_each():
    """S11: reports come singly through the servers, or stand on one page."""
    for system, told in (("zimbra", 16), ("lark", 11)):
        assert under(system, 10, latency=late(report=5)).told() == [(told, "success")]


@pytest.mark.parametrize("system", [*WINDOWS, "domino", "exchange-online"])
def test_r8_replacement_in_each(system):
    """R8: new only, whichever system removed the old one."""
    story = under(system, 10, policy={"replace": {"compose": "5s"}})
    assert story.places() == ("removed_by_recall", "removed_by_recall", "present")


# --- S10: Domino -----------------------------------------------------------------------------------------------------


def test_s10_unread_only_or_read_and_unread():
    """S10: the policy says which."""
    for policy, outcome in (({}, ALREADY), ({"recall_read_messages": True}, READ)):
        story = under("domino", 10, by_delay(original=5), {"kind": "web"}, policy=policy)
        assert story.outcome() == (*outcome, 10)


@pytest.mark.parametrize(
    ("delivered", "processed", "outcome"),
    [
        (5, 14 * DAY + 5, UNREAD),
        (5, 14 * DAY + 6, ("failed", "too_old_when_processed")),
        (50, 14 * DAY + 50, UNREAD),
    ],
)
def test_s10_age_since_delivery_is_checked_when_processed(delivered, processed, outcome):
    """S10: fourteen days after delivery, at the recipient's server, whenever the sender asked."""
    slow = late(original=delivered, request=processed - 10)
    story = under("domino", 10, latency=slow, horizon="30d")
    assert story.outcome() == (*outcome, processed)


@pytest.mark.parametrize(
    ("limit", "outcome"), [("30s", UNREAD), ("29s", ("failed", "too_old_when_processed"))]
)
def test_s10_the_age_limit_is_open_to_every_system(limit, outcome):
    """S10: classic too: processed 30 s after delivery."""
    story = play(10, None, automatic(20), recall={"max_age_since_delivery": limit})
    assert story.outcome() == (*outcome, 30)
    cloud = under("exchange-online", 30, policy={"max_age_since_delivery": limit})
    assert cloud.outcome() == (*outcome, 30)


def test_s10_the_owner_may_refuse():
    """S10: a share of owners refuse recalls, and the sender is told of a failure."""
    story = under("domino", 10, mailbox={"refuses_recall": 1})
    assert (story.outcome(), story.of(1, "told")) == (("failed", "refused_by_recipient", 10), "failure")
    some = under("domino", 10, mailbox={"refuses_recall": 0.25}, count=400).all("reason")
    assert 70 < some.count("refused_by_recipient") < 130


@pytest.mark.parametrize(
    ("routing", "outcome"), [("native", UNREAD), ("internet", ("failed", "other_organisation"))]
)
def test_s10_across_domains_by_native_routing(routing, outcome):
    """S10: another organisation executes it if its mail is routed natively."""
    groups = [{"name": "out", "count": 1, "organisation": "b.example"}]
    organisation = {"domain": "a.example", "tenants": {"b.example": {"routing": routing}}}
    story = play(10, groups=groups, organisation=organisation, recall={"system": "domino"})
    assert story.outcome() == (*outcome, 10)


# --- S13: the administrator ------------------------------------------------------------------------------------------


def purged(
    purge: dict,
    *args: object,
    system: str = "outlook",
    ask: int = 10,
    policy: dict | None = None,
    **kwargs: object,
):
    """A scene with an administrator beside the recall."""
    recall = {"system": system, "admin_purge": purge} | (policy or {})
    return play(ask, *args, recall=recall, **kwargs)


@pytest.mark.parametrize("system", RECALL_SYSTEMS)
def test_s13_beside_every_system(system):
    """S13: fifty seconds after the notice what the system has not removed by then is purged; its own removal stands."""
    acts = {"hold": "0s", "acts": "30s"}
    story = purged(
        {"after": "notice", "acts": "50s"}, None, {"kind": "web"}, system=system, sender=acts, horizon="500s"
    )
    if plan_of(scene(recall={"system": system})).agent is not None:
        assert (story.outcome(), story.places()[0]) == ((*UNREAD, 40), "removed_by_recall")
    elif system in ("deferred-queue", "mdaemon") and story.of(1, "reason") == "held":
        assert story.outcome() == ("succeeded", "held", 40)  # it had not left yet
    else:
        assert (story.outcome(), story.of(1, "original_removed")) == (("succeeded", "purged", 60), 60)
        assert story.places()[0] == "removed_by_admin"


def test_s13_after_the_failed_recall():
    """S13: the recall fails at 30, the administrator is done 50 s later; a recall that is open is left alone."""
    failed = purged({"acts": "50s"}, by_delay(original=5), automatic(20))
    pending = purged({"acts": "50s"}, by_delay(original=5), {"kind": "web"})
    assert [s.outcome() for s in (failed, pending)] == [("succeeded", "purged", 80), ("pending", "none", -1)]
    assert failed.told() == [(31, "failure")]


def test_s13_after_a_refusal():
    """S13: a refused recall has failed as well."""
    assert purged({}, sender={"account": "other"}).outcome() == ("succeeded", "purged", 10)


@pytest.mark.parametrize(
    ("read_too", "outcome"), [(True, ("succeeded", "purged", 60)), (False, ("failed", "already_read", 30))]
)
def test_s13_read_copies(read_too, outcome):
    """S13: what was read is removed too, or is left."""
    purge = {"read_too": read_too, "acts": "30s"}
    assert purged(purge, by_delay(original=5), automatic(20)).outcome() == outcome


@pytest.mark.parametrize(("follows", "seen"), [(False, 2), (True, 1)])
def test_s13_forwarded_copies_on_their_way(follows, seen):
    """S13: forwarded at 14 and at 59: what arrives after the mailbox was gone through at 60 is seen unless it is followed."""
    person = by_delay(original=5) | {"forwards": {"share": 1, "after": "4s"}}
    person |= {"mark_unread": {"share": 1, "after": "40s", "repeat": 1}}
    purge = {"acts": "50s", "after": "notice", "follows_forwards": follows}
    story = purged(purge, person, {"kind": "web"}, transport={"link": {"latency": {"original": "5s"}}})
    assert (story.outcome(), story.of(1, "forwarded", "forwarded_seen")) == (
        ("succeeded", "purged", 60),
        (2, seen),
    )


def test_s13_reach():
    """S13: the organisation's mailboxes, or those in the cloud only; never another organisation's."""
    member = {"count": 1, "client": {"kind": "web"}}
    groups = [
        {"name": "cloud", **member},
        {"name": "onprem", "mailbox": {"where": "onprem"}, **member},
        {"name": "out", "organisation": "b.example", **member},
    ]
    found = [
        purged({"after": "notice", "reach": reach}, groups=groups).all("original_place")
        for reach in ("organisation", "cloud")
    ]
    gone = "removed_by_admin"
    assert found == [[gone, gone, "present"], [gone, "present", "present"]]


def test_s13_one_mailbox_after_the_other():
    """S13: at ten a minute the mailboxes are done 6 s apart, in an order of their own."""
    story = purged({"after": "notice", "acts": "20s", "rate": "10/min"}, None, {"kind": "web"}, count=30)
    assert sorted(story.all("decided")) == [30 + 6 * k for k in range(1, 31)]
    assert story.all("decided") != sorted(story.all("decided"))


@pytest.mark.parametrize("after", ["notice", "failed_recall"])
def test_s13_mailboxes_out_of_reach_take_no_time(after):
    """S13: at ten a minute only the two mailboxes within reach are gone through, not the five of another organisation."""
    member = {"client": {"kind": "outlook-desktop", "auto_process": 1}, "person": by_delay(original=5)}
    groups = [
        {"name": "out", "organisation": "b.example", "count": 5, **member},
        {"name": "in", "count": 2, **member},
    ]
    story = purged({"after": after, "acts": "20s", "rate": "10/min"}, groups=groups)
    assert sorted(story.all("decided")) == [10] * 5 + [36, 42]


@pytest.mark.parametrize(("tells", "aware"), [(False, -1), (True, 65)])
def test_s13_whether_the_recipient_is_told(tells, aware):
    """S13: a notice is found where nothing of the recall was; opened five seconds later."""
    purge = {"after": "notice", "acts": "50s", "tells": tells}
    assert purged(purge, by_delay(request=5), system="none").of(1, "aware") == aware


def test_s13_a_request_after_the_notice_adds_nothing():
    """S13: purged at 60 with a notice that is opened at 65; the request that comes at 110 is dropped, the notice says it all."""
    purge = {"after": "notice", "acts": "50s", "tells": True}
    story = purged(purge, by_delay(request=5), latency=late(request=100))
    assert (story.outcome(), story.of(1, "aware", "request_delivered")) == (
        ("succeeded", "purged", 60),
        (65, 110),
    )
    assert story.places() == ("removed_by_admin", "removed_by_recall", "not_sent")
    assert story.ticks("opens", message="notice") == [65]
    assert story.ticks("drop the request after the notice") == [110]


def test_s13_a_notice_after_a_request_that_was_dropped():
    """S13, R7.1: the early request was dropped at 10, shown to nobody; the purge at 60 leaves a notice, opened at 65."""
    purge = {"acts": "50s", "tells": True}
    policy = {"recall_before_original": "drop_on_arrival"}
    story = purged(purge, by_delay(request=5), policy=policy, latency=late(original=30))
    assert (story.outcome(), story.of(1, "aware")) == (("succeeded", "purged", 60), 65)


@pytest.mark.parametrize(
    "keys",
    [
        {"latency": late(original=100)},
        {"client": FETCHING},
        {"person": {"deletes": {"share": 1, "unread": True, "hard": True}}},
    ],
)
def test_s13_what_is_not_there_is_not_purged(keys):
    """S13: a copy that is under way, fetched or gone: the administrator finds nothing, and does not come again."""
    story = purged({"after": "notice", "acts": "50s"}, system="none", **keys)
    assert story.outcome() == ("refused", "disabled_for_organisation", 10)


def test_s13_purged_before_anybody_asked():
    """S13: noticed at 10, purged at 12, asked at 40: nothing is left to recall, and the request changes nothing."""
    purge = {"after": "notice", "acts": "2s"}
    story = purged(purge, by_delay(request=5), automatic(0), sender={"acts": "30s"})
    assert (story.outcome(), story.told()) == (("succeeded", "purged", 12), [])
    refused = purged(purge, sender={"acts": "30s", "account": "other"})
    assert refused.outcome() == ("succeeded", "purged", 12)


def test_s13_within_a_tick_recalls_come_first():
    """S13: recall agent and administrator on one tick: the recall succeeded, nothing is left to purge."""
    story = purged({"after": "notice"}, None, {"kind": "web"}, system="exchange-online")
    assert (story.outcome(), story.places()[0]) == ((*UNREAD, 10), "removed_by_recall")


# --- H1: undo send ---------------------------------------------------------------------------------------------------

HOLDS = {"undo-send-gmail": 5, "undo-send-outlook": 10, "undo-send-apple": 10, "undo-send-proton": 10}


@pytest.mark.parametrize("system", HOLDS)
def test_h1_the_holds_of_the_presets(system):
    """H1: asked on the last tick of the hold it is held, a tick later it is too late."""
    hold = HOLDS[system]
    found = [under(system, ask).outcome() for ask in (hold, hold + 1)]
    assert found == [("succeeded", "held", hold), ("refused", "too_late", hold + 1)]


@pytest.mark.parametrize(
    ("system", "hold"),
    [("undo-send-gmail", 30), ("undo-send-apple", 30), ("undo-send-proton", 20), ("undo-send-outlook", 7200)],
)
def test_h1_a_hold_that_the_user_sets(system, hold):
    """H1: the longest holds that can be set."""
    sender = {"hold": f"{hold}s"}
    found = [under(system, ask, sender=sender, horizon="1d").outcome()[1] for ask in (hold, hold + 1)]
    assert found == ["held", "too_late"]


def test_h1_a_hold_and_each_recall_combine():
    """H1: held within the hold under every system; afterwards what the system does."""
    for system in RECALL_SYSTEMS:
        keys = {"sender": {"hold": "60s"}, "policy": {"looks_every": "0s"}}
        held = under(system, 60, **keys)
        assert (held.outcome(), held.places()[0]) == (("succeeded", "held", 60), "held"), system


# --- H2: the deferred queue ------------------------------------------------------------------------------------------


def test_h2_the_queue_is_looked_at_once_a_minute():
    """H2: released at the first look at or after the hold: up to a minute late, uniformly."""
    sender = {"hold": "120s"}
    released = [
        under("deferred-queue", 900, sender=sender, replication=n).moment("released") for n in range(60)
    ]
    assert (min(released) >= 120, max(released) < 180) == (True, True)
    assert len(set(released)) > 10
    assert 140 < sum(released) / 60 < 160


def test_h2_held_until_it_is_really_released():
    """H2, H1: asking at the release is still in time, a tick later it is not."""
    sender = {"hold": "120s"}
    released = under("deferred-queue", 900, sender=sender).moment("released")
    found = [under("deferred-queue", ask, sender=sender).outcome() for ask in (released, released + 1)]
    assert found == [("succeeded", "held", released), ("refused", "too_late", released + 1)]


def test_h2_a_queue_without_a_hold_holds_to_the_next_look():
    """H2: 0 min leaves the wait for the look."""
    released = [
        under("deferred-queue", 900, sender={"hold": "0s"}, replication=n).moment("released")
        for n in range(20)
    ]
    assert 0 <= min(released) < max(released) < 60


def test_h2_afterwards_local_mailboxes_if_the_option_is_on():
    """H2: MDaemon's option removes it from local mailboxes, read or not; other organisations' are out of reach."""
    groups = [
        {"name": "in", "count": 1, "person": by_delay(original=5)},
        {"name": "out", "count": 1, "organisation": "b.example"},
    ]
    off, on = (
        play(900, groups=groups, recall={"system": "mdaemon"} | policy)
        for policy in ({}, {"executed_by": "servers"})
    )
    assert [off.outcome(n)[:2] for n in (1, 2)] == [("refused", "too_late")] * 2
    assert [on.outcome(n)[:2] for n in (1, 2)] == [READ, ("failed", "other_organisation")]


@pytest.mark.parametrize("system", ["mdaemon", "deferred-queue"])
def test_h2_more_than_a_quarter_of_an_hour_is_an_error(system):
    """H2: 0 to 15 min."""
    fine = scene(sender={"hold": "15min", "recall": {"system": system}})
    assert load(fine).sender.hold == 900
    with pytest.raises(
        ScenarioError, match=r"16 ?min is longer than 15 min, the longest of a deferred queue"
    ):
        load(fine.replace("15min", "16min"))


# --- none, and the presets themselves --------------------------------------------------------------------------------


def test_e2_without_any_system_a_correction_follows():
    """E2: refused as switched off; the correction follows when it is written, the replacement never."""
    story = under("none", 10, policy={"replace": {}}, sender={"correction": {"compose": "9s"}})
    assert (story.outcome(), story.places()) == (
        ("refused", "disabled_for_organisation", 10),
        ("present", "not_sent", "present"),
    )
    assert (story.moment("replaced"), under("none", 10).moment("replaced")) == (19, 10)


@pytest.mark.parametrize("system", [*WINDOWS, "domino"])
def test_e2_switched_off_without_an_older_system_is_a_refusal(system):
    """E2, S4: only Exchange Online has the classic recall to fall back to."""
    for keys in ({"policy": {"enabled": False}}, {"organisation": {"recall_enabled": False}}):
        assert under(system, 10, **keys).outcome() == ("refused", "disabled_for_organisation", 10)


def test_s1_no_system_intercepts_as_shipped():
    """S1: off in every preset."""
    recalls = [load(scene(recall={"system": system})).sender.recall for system in RECALL_SYSTEMS]
    assert [recall.intercept for recall in recalls] == [False] * len(RECALL_SYSTEMS)


@pytest.mark.parametrize("system", RECALL_SYSTEMS)
def test_every_system_has_a_preset_that_says_where_its_numbers_are_from(system):
    """Each name stands for a file of the package whose every number has a comment."""
    text = system_text(system)
    bare = [
        line for line in text.splitlines() if any(c.isdigit() for c in line.split("#")[0]) and "#" not in line
    ]
    assert [line for line in bare if "compose: 0s" not in line and "looks_every: 1min" not in line] == []
    assert text.startswith("#")
    assert plan_of(scene(recall={"system": system})).count == 1


def test_what_the_scenario_says_wins_over_the_preset():
    """A hold, a policy or a program of the scenario's own replaces that of the system."""
    text = scene(sender={"hold": "7s"}, recall={"system": "undo-send-gmail", "looks_every": "3s"})
    sender = load(text).sender
    assert (sender.hold, sender.recall.looks_every, sender.recall.executed_by) == (7.0, 3.0, "nobody")


def test_a_variant_may_name_another_system():
    """The preset follows the system that a variant or --set names; policies of the old preset do not stay."""
    text = scene(recall={"system": "alibaba"})
    base, cloud = (
        load(text).sender.recall,
        load(text, {"sender.recall.system": "exchange-online"}).sender.recall,
    )
    assert (base.window, base.spoiled_by_download, base.report) == (30 * DAY, True, "each")
    assert (cloud.window, cloud.spoiled_by_download, cloud.report) == (None, False, "aggregated")
