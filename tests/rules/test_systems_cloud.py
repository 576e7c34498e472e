"""S2-S9: Exchange Online, a recall that servers carry out, whatever the recipient reads with."""

import pytest
from scenes import automatic, by_checks, by_delay, late, plan_of, play, scene

from recallsim.errors import ScenarioError
from recallsim.scenario import load
from transport.units import format_duration, parse_duration

PROGRAMS = ("outlook-desktop", "outlook-new", "outlook-mac", "web", "mobile", "imap", "pop")
UNREAD = ("succeeded", "deleted_unread")
READ = ("succeeded", "deleted_read")


def cloud(*args: object, policy: dict | None = None, **kwargs: object):
    """A scene under cloud recall; `policy` is what the scenario says of the recall."""
    return play(*args, recall={"system": "exchange-online"} | (policy or {}), **kwargs)


def elsewhere(domain: str, person: dict, kind: str = "web") -> list[dict]:
    """One recipient in another organisation."""
    return [{"name": "them", "count": 1, "organisation": domain, "client": {"kind": kind}, "person": person}]


# --- S2 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.parametrize("offline", [False, True])
def test_s2_removed_whatever_the_program_running_or_not(kind, offline):
    """S2: any program, online or not: the original is gone when the request comes, and nobody is shown the request."""
    client = {"kind": kind} | ({"online": {"hours": "night"}} if offline else {})
    hours = {"night": {"days": "Mon", "from": "02:00", "to": "03:00"}}
    story = cloud(10, by_delay(request=5), client, calendars=hours)
    assert (story.outcome(), story.places()) == (
        (*UNREAD, 10),
        ("removed_by_recall", "removed_by_recall", "not_sent"),
    )
    assert story.of(1, "aware", "seen") == (-1, -1)


@pytest.mark.parametrize(("opens", "seen"), [(35, 36), (45, -1)])
def test_s2_a_device_out_of_touch_shows_it_until_it_syncs(opens, seen):
    """S2: removed at 10 from the mailbox of a device that polls at 1 and 41: read there at 36 it is seen after a success."""
    person = by_delay(original=opens)
    story = cloud(10, person, {"kind": "imap", "sync": {"poll": "40s"}}, latency=late(original=0))
    assert (story.outcome(), story.of(1, "seen", "seen_after_removal")) == (
        (*UNREAD, 10),
        (seen, int(seen > 0)),
    )


@pytest.mark.parametrize("folder", ["Inbox", "Lists", "Deleted Items", "Junk"])
def test_s2_removed_in_any_folder(folder):
    """S2: the original alone was moved, which ends a classic recall (R3); the agent looks everywhere."""
    rules = [{"when": {"has_attachment": True}, "move_to": folder}]
    story = cloud(10, client={"kind": "web"}, rules=rules, message={"attachment": True})
    assert story.outcome() == (*UNREAD, 10)


def test_s2_soft_deleted_by_the_person_is_still_in_the_mailbox():
    """S2, R7.2: Deleted Items are a folder like any other."""
    person = {"deletes": {"share": 1, "unread": True, "after": "5s"}}
    assert cloud(10, person).outcome() == (*UNREAD, 10)


@pytest.mark.parametrize(("opened", "seen", "reason"), [(10, -1, "deleted_unread"), (9, 9, "deleted_read")])
def test_s2_removal_comes_before_a_look_at_the_same_tick(opened, seen, reason):
    """S2: rank PROCESS: who opens it on the tick of the removal finds nothing, a tick earlier everything."""
    for person in (by_delay(original=opened), by_checks(opened)):
        story = cloud(10, person, {"kind": "web"})
        assert (story.outcome(), story.of(1, "seen")) == (("succeeded", reason, 10), seen)


def test_s2_desktops_do_not_process_what_they_never_get():
    """S2: automatic processing has nothing to do: the agent was there before."""
    story = cloud(10, None, automatic(0), policy={"service": "7s"})
    assert (story.outcome(), story.did("processes the request")) == ((*UNREAD, 17), [])


# --- S2a -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrives", "decided"), [(0, 10), (10, 10), (11, 70), (70, 70), (71, 370), (370, 370)]
)
def test_s2a_overtaking_heals(arrives, decided):
    """S2a, S8: attempts at 10, 70 and 370: the first that finds the original removes it, if it came on that very tick."""
    policy = {"retry": ["1min", "5min"]}
    story = cloud(10, latency=late(original=arrives), policy=policy)
    assert (story.outcome(), story.of(1, "overtaken")) == ((*UNREAD, decided), int(arrives > 10))


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"person": {"deletes": {"share": 1, "unread": True, "hard": True, "after": "5s"}}}, "not_found"),
        ({"transport": {"link": {"loss": {"original": 1}}}}, "timed_out"),
        ({"latency": late(original=90_000)}, "timed_out"),
        ({"client": {"kind": "pop", "sync": {"fetch": "3s"}}}, "out_of_reach"),
    ],
)
def test_s2a_what_is_not_there_fails_after_a_day_of_attempts(keys, reason):
    """S2a, S8, R6.3: hard-deleted, never come, not come yet, fetched: the last word after 24 h, at 10 + 86,400."""
    story = cloud(10, horizon="2d", **keys)
    assert story.outcome() == ("failed", reason, 86_410)
    assert story.ticks("fails to remove")[:6] == [10, 70, 370, 1270, 4870, 8470]


def test_s2a_still_pending_before_the_day_is_over():
    """S2a, S8: attempts go on, so nothing is decided at the horizon."""
    story = cloud(10, latency=late(original=2000))
    assert (story.outcome(), story.told()) == (("pending", "none", -1), [])


def test_s2a_public_folders_are_not_supported_and_shared_mailboxes_are_users():
    """S2a: a public folder fails (choice), a shared mailbox is treated as a user's, any reader's flag counts."""
    person = by_delay(original=3)
    public = cloud(10, person, mailbox={"kind": "public", "readers": 2})
    shared = cloud(10, person, mailbox={"kind": "shared", "readers": 2})
    assert [story.outcome() for story in (public, shared)] == [
        ("failed", "unsupported_recipient", 10),
        (*READ, 10),
    ]


def test_s2a_no_mail_is_sent_outside():
    """S2a, S7: outside recipients fail in the report and are shown nothing."""
    story = cloud(10, groups=elsewhere("partner.example", by_delay(request=5), "other"))
    assert story.outcome() == ("failed", "tenant_not_allowed", 10)
    assert (story.of(1, "aware"), story.told()) == (-1, [(11, "failure")])


def test_r6_1_a_mailbox_of_ours_on_another_system():
    """R6.1: no agent there; it fails as it does for the classic recall, silently."""
    story = cloud(10, by_delay(request=5), mailbox={"where": "other"})
    assert (story.outcome(), story.of(1, "aware")) == (("failed", "recipient_not_exchange", 10), -1)


# --- S3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "opened", "outcome"),
    [
        ({}, 5, READ),
        ({"recall_read_messages": True}, 5, READ),
        ({"recall_read_messages": False}, 5, ("failed", "already_read")),
        ({"recall_read_messages": False}, 500, UNREAD),
    ],
)
def test_s3_copies_marked_read(policy, opened, outcome):
    """S3: removed by default; with the policy off they stay."""
    story = cloud(10, by_delay(original=opened), {"kind": "web"}, policy=policy)
    assert story.outcome() == (*outcome, 10)


def test_s3_marked_unread_again_counts_as_unread():
    """S3, R4.3: the flag is asked, not the history."""
    person = by_delay(original=3) | {"mark_unread": {"share": 1, "after": "5s"}}
    story = cloud(10, person, {"kind": "web"}, policy={"recall_read_messages": False})
    assert (story.outcome(), story.of(1, "seen")) == ((*UNREAD, 10), 3)


def test_s3_the_policy_moves_the_share_marked_read_and_no_unseen_success():
    """S3: on minus off is exactly who had it marked read when processed; unseen success is the same."""
    person = {"reads": {"delay": {"original": {"exponential": {"mean": "60s"}}}}}
    keys = {"person": person, "client": {"kind": "web"}, "count": 300}
    on, off = (
        cloud(30, policy={"recall_read_messages": flag, "service": {"exponential": {"mean": "20s"}}}, **keys)
        for flag in (True, False)
    )
    assert [reason == "deleted_read" for reason in on.all("reason")] == [
        reason == "already_read" for reason in off.all("reason")
    ]
    unseen = [
        [
            status == "succeeded" and seen < 0
            for status, seen in zip(s.all("status"), s.all("seen"), strict=True)
        ]
        for s in (on, off)
    ]
    assert unseen[0] == unseen[1]
    assert 0 < on.all("reason").count("deleted_read") < 300


# --- S4, E1-E7 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "outcome"),
    [
        ({"sender": {"client": "web"}}, (*UNREAD, 10)),
        ({"sender": {"client": "mobile"}}, (*UNREAD, 10)),
        ({"sender": {"client": "imap"}}, ("refused", "client_cannot_recall", 10)),
        ({"sender": {"opened_in": "pane"}}, (*UNREAD, 10)),
        ({"message": {"protected": True}}, (*UNREAD, 10)),
        ({"message": {"protected": True}, "policy": {"protected": "refuse"}}, ("refused", "protected", 10)),
        ({"sender": {"account": "other"}}, ("refused", "sender_not_exchange", 10)),
        ({"sender": {"sent_items": "deleted"}}, ("refused", "not_in_sent_items", 10)),
    ],
)
def test_e1_to_e7_under_cloud_recall(keys, outcome):
    """E1, E3, E4, E5, E7: web and phones may start it, the pane is enough, protection is the policy's."""
    assert cloud(10, **keys).outcome() == outcome


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [(31_536_000, (*UNREAD, 31_536_000)), (31_536_001, ("refused", "too_old", 31_536_001))],
)
def test_s4_a_year_by_default(asked, outcome):
    """S4, E6: 365 days and not a second more."""
    assert cloud(asked, horizon="366d").outcome() == outcome


@pytest.mark.parametrize(
    "keys", [{"policy": {"enabled": False}}, {"organisation": {"recall_enabled": False}}]
)
def test_s4_e2_switched_off_it_falls_back_to_classic(keys):
    """S4, E2: the recipient's Outlook decides; the web cannot start it, and there are reports each."""
    apart = {"rules": [{"when": {"has_attachment": True}, "move_to": "F"}], "message": {"attachment": True}}
    classic = cloud(10, None, automatic(20), **keys)
    assert (classic.outcome(), classic.told()) == ((*UNREAD, 30), [(31, "success")])
    assert cloud(10, None, automatic(20), **apart, **keys).outcome() == ("failed", "different_folders", 30)
    refused = cloud(10, sender={"client": "web"}, **keys)
    assert refused.outcome() == ("refused", "client_cannot_recall", 10)


@pytest.mark.parametrize(("age", "errors"), [("299s", 1), ("5min", 0), ("3650d", 0), ("3651d", 1)])
def test_s4_an_age_out_of_its_range_is_an_error(age, errors):
    """S4: the service takes an age from 5 min to 3,650 days."""
    found = []
    try:
        load(scene(recall={"system": "exchange-online", "max_age": age}))
    except ScenarioError as error:
        found = error.problems
    assert [(p.path, p.what) for p in found] == [
        (
            "sender.recall.max_age",
            f"{format_duration(parse_duration(age))} is outside 5 min to 3,650 days, which Exchange Online takes",
        )
    ] * errors


# --- S5 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alert", "opened", "aware"),
    [(False, 5, -1), (True, 5, 15), (True, 500, 15), ("read_only", 5, 15), ("read_only", 500, -1)],
)
def test_s5_whether_the_recipient_is_told(alert, opened, aware):
    """S5: never, always, or where the removed copy had been read; the notice is opened five seconds after it came."""
    person = by_delay(original=opened, request=5)
    story = cloud(10, person, {"kind": "web"}, policy={"alert_recipients": alert})
    assert (story.of(1, "status", "aware"), story.places()[1]) == (("succeeded", aware), "removed_by_recall")


# --- S6 --------------------------------------------------------------------------------------------------------------


def test_s6_mailboxes_on_premises_keep_the_classic_rules():
    """S6: the same people, one mailbox in the cloud, one on premises: different folders fail there, with a report each."""
    member = {
        "count": 1,
        "client": automatic(20),
        "rules": [{"when": {"has_attachment": True}, "move_to": "F"}],
    }
    groups = [{"name": w, "mailbox": {"where": w}, **member} for w in ("cloud", "onprem")]
    story = cloud(10, groups=groups, message={"attachment": True}, policy={"report_opens": "60s"})
    assert [story.outcome(n) for n in (1, 2)] == [(*UNREAD, 10), ("failed", "different_folders", 30)]
    assert [story.told(n) for n in (1, 2)] == [[(70, "success")], [(31, "failure")]]


def test_s6_mailboxes_that_process_no_recalls():
    """S6: `recall_processing: false` fails at once; as a share it is that of the recipients."""
    off = cloud(10, mailbox={"recall_processing": False})
    assert off.outcome() == ("failed", "disabled_for_mailbox", 10)
    some = cloud(10, mailbox={"recall_processing": 0.75}, count=400).all("reason")
    assert 70 < some.count("disabled_for_mailbox") < 130
    assert set(some) == {"disabled_for_mailbox", "deleted_unread"}


# --- S7 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allows", "outcome"),
    [
        (None, ("failed", "tenant_not_allowed", 10)),
        ([], ("failed", "tenant_not_allowed", 10)),
        (["other.example"], ("failed", "tenant_not_allowed", 10)),
        (["a.example", "other.example"], (*READ, 10)),
    ],
)
def test_s7_another_tenant_lets_us_in_by_its_own_list(allows, outcome):
    """S7: silently failed, unless the receiving tenant names the sending one; then as internal."""
    tenants = {} if allows is None else {"b.example": {"allows_recall_from": allows}}
    story = cloud(
        10,
        organisation={"domain": "a.example", "tenants": tenants},
        groups=elsewhere("b.example", by_delay(original=5, request=5)),
    )
    assert (story.outcome(), story.of(1, "aware")) == (outcome, -1)


@pytest.mark.parametrize(
    ("allows", "outcome"), [([], ("failed", "tenant_not_allowed", 10)), (["a.example"], (*UNREAD, 30))]
)
def test_s7_a_tenants_mailbox_on_premises_is_as_internal(allows, outcome):
    """S7 with S6: let in, its mailbox on premises keeps the classic rules as ours do; not let in, it fails silently."""
    where = {"mailbox": {"where": "onprem"}, "client": automatic(20)}
    story = cloud(
        10,
        organisation={"domain": "a.example", "tenants": {"b.example": {"allows_recall_from": allows}}},
        groups=[{"name": "them", "count": 1, "organisation": "b.example", **where}],
        policy={"reaches": "cloud"},
    )
    assert story.outcome() == outcome


# --- S8 --------------------------------------------------------------------------------------------------------------


def test_s8_workers_and_service_time():
    """S8: two workers, 4 s a mailbox: five mailboxes are done at 14, 14, 18, 18, 22."""
    story = cloud(10, count=5, policy={"workers": 2, "service": "4s"})
    assert sorted(story.all("decided")) == [14, 14, 18, 18, 22]


def test_s8_the_line_has_an_order_of_its_own():
    """S8: who comes at one tick stands by a uniform, so that neither numbers nor groups are served first."""
    story = cloud(10, count=60, policy={"workers": 1, "service": "1s"})
    order = story.all("decided")
    assert sorted(order) == list(range(11, 71))
    assert order != sorted(order)
    assert 25 < sum(order[:30]) / 30 - 10 < 36


def test_s8_one_draw_for_all_mailboxes():
    """S8: `per: message` gives the agent one service time for everybody."""
    law = {"exponential": {"mean": "60s"}, "per": "message"}
    assert len(set(cloud(10, count=20, policy={"service": law}).all("decided"))) == 1


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        ({"retry": ["30s"], "give_up": "100s"}, ("failed", "timed_out", 110)),
        ({"retry": [], "failure": 1}, ("failed", "timed_out", 10)),
        ({"retry": ["30s"], "give_up": "90s", "service": "5s"}, ("failed", "timed_out", 100)),
    ],
)
def test_s8_failed_attempts_time_out(policy, outcome):
    """S8: attempts that fail are made again after the gaps, until the next would come too late."""
    assert cloud(10, policy={"failure": 1} | policy).outcome() == outcome


def test_s8_an_attempt_that_failed_by_chance_is_made_again():
    """S8: with failing attempts in four of ten, everybody is reached in the end, at multiples of the gap."""
    story = cloud(10, count=200, policy={"failure": 0.4, "retry": ["10s"], "give_up": "900s"})
    assert set(story.all("status")) == {"succeeded"}
    later = [tick for tick in story.all("decided") if tick > 10]
    assert 50 < len(later) < 110
    assert {tick % 10 for tick in later} == {0}


def test_s8_a_request_that_bounced_never_reaches_the_agent():
    """R7.5: the servers give the request up before the agent has it."""
    story = cloud(10, transport={"delivery": {"failure": {"request": 1}}})
    assert (story.outcome(), story.of(1, "told")) == (("failed", "request_not_delivered", 10), "bounce")


def test_s8_one_report_for_all_is_told_from_when_it_opens():
    """S8: nothing before the page opens at 70; what is decided later is told on the next tick, up to seven days."""
    policy = {"report_opens": "60s", "retry": ["100s"], "give_up": "7d"}
    groups = [
        {"name": "there", "count": 1},
        {"name": "gone", "count": 1, "person": {"deletes": {"share": 1, "unread": True, "hard": True}}},
    ]
    story = cloud(10, groups=groups, policy=policy, horizon="8d")
    assert story.outcome(2) == ("failed", "not_found", 604_810)
    assert [story.told(n) for n in (1, 2)] == [[(70, "success")], [(604_811, "failure")]]
    shorter = cloud(10, groups=groups, policy=policy | {"report_readable": "6d"}, horizon="8d")
    assert [shorter.told(n) for n in (1, 2)] == [[(70, "success")], []]


def test_s8_r9_2_r9_3_nobody_is_told_who_did_not_ask_or_whose_group_keeps_silent():
    """S8, R9.2, R9.3: *tell me* off; a group without report redirection."""
    off = cloud(10, policy={"tell_me": False})
    silent = cloud(10, reports_to="none")
    assert [(s.of(1, "status"), s.told()) for s in (off, silent)] == [("succeeded", [])] * 2


def test_s8_a_seen_success_is_told_as_a_success():
    """S3, section 5: removed after it was read: the report says succeeded."""
    story = cloud(10, by_delay(original=5), {"kind": "web"})
    assert story.of(1, "status", "told", "seen", "seen_phase") == ("succeeded", "success", 5, "before_notice")


def test_s3_pending_with_a_read_copy_is_not_doomed():
    """S3, section 5: the flag dooms a recall only where it would stop it."""
    person, slow = by_delay(original=5), {"service": "5000s"}
    doomed = [
        cloud(10, person, {"kind": "web"}, policy=slow | {"recall_read_messages": flag}).of(1, "doomed")
        for flag in (True, False)
    ]
    assert doomed == [0, 1]


# --- S9 --------------------------------------------------------------------------------------------------------------


def stripping(monkeypatch, numbers=(1,)):
    """Let a hop strip the request on its way to some recipients."""
    from agents.post_office import PostOffice

    live = PostOffice._live

    async def stripped(self):
        for number in numbers:
            self.effects.request_stripped(number)
        await live(self)

    monkeypatch.setattr(PostOffice, "_live", stripped)


def test_s9_a_stripped_request_never_reaches_the_agent(monkeypatch):
    """S9: pending, `stripped_on_path`, however long one waits; the next mailbox is none the worse."""
    stripping(monkeypatch)
    story = cloud(10, by_delay(request=5), count=2, horizon="3d")
    assert [story.outcome(n) for n in (1, 2)] == [("pending", "stripped_on_path", -1), (*UNREAD, 10)]
    assert (story.of(1, "aware"), story.told()) == (-1, [])


@pytest.mark.parametrize(
    ("hop", "outcome"), [({}, ("pending", "stripped_on_path", -1)), ({"exempt": ["request"]}, (*UNREAD, 10))]
)
def test_s9_a_filter_hop_before_a_cloud_mailbox(hop, outcome):
    """S9: behind a filter that strips requests the agent never hears of it, unless requests go round the filter."""
    transport = {
        "hops": [{"name": "filter", "tnef": "stripped"} | hop],
        "routes": [{"groups": ["them"], "hops": ["filter"]}],
    }
    story = cloud(10, by_delay(request=5), transport=transport)
    assert (story.outcome(), story.of(1, "aware", "request_place")) == (outcome, (-1, "removed_by_recall"))


def test_s9_a_stripped_classic_request_is_an_ordinary_mail():
    """S9: shown and read like any mail, processed by nobody, automatically or by hand."""
    transport = {
        "hops": [{"name": "filter", "tnef": "stripped"}],
        "routes": [{"groups": ["them"], "hops": ["filter"]}],
    }
    for client in (automatic(20), {}):
        story = play(10, by_delay(request=30), client, transport=transport)
        assert story.outcome() == ("pending", "stripped_on_path", -1)
        assert (story.places()[1], story.of(1, "aware")) == ("present", 40)


# --- together with the rest ------------------------------------------------------------------------------------------


def test_r8_the_replacement_arrives_whatever_the_agent_does():
    """R8: new only, where the agent removed the old one; both, where it may not."""
    policy = {"replace": {"compose": "20s"}}
    removed = cloud(10, policy=policy)
    kept = cloud(10, by_delay(original=5), policy=policy | {"recall_read_messages": False})
    assert [s.places()[::2] for s in (removed, kept)] == [
        ("removed_by_recall", "present"),
        ("present", "present"),
    ]
    assert removed.of(1, "replacement_delivered") == 30


def test_h1_a_hold_and_then_the_cloud():
    """H1, S2: within the hold nothing left; afterwards the configured recall follows."""
    held, late_one = (cloud(ask, sender={"hold": "30s"}) for ask in (30, 31))
    assert [s.outcome() for s in (held, late_one)] == [("succeeded", "held", 30), (*UNREAD, 31)]


def test_s1_interception_and_the_agent():
    """S1, S2: what the servers still hold is intercepted, the rest is the agent's."""
    stages = [{"name": "delivery", "per": "recipient", "workers": 1, "service": "15s"}]
    story = cloud(20, count=3, policy={"intercept": True}, transport={"stages": stages})
    assert sorted(story.all("reason")) == ["deleted_unread", "intercepted", "intercepted"]


def test_s1_an_interception_stands_on_the_page():
    """S1, S8: with an aggregated report the sender reads of an interception when the page opens, a minute after the asking."""
    stages = [{"name": "delivery", "per": "recipient", "service": {"original": "50s", "default": "0s"}}]
    policy = {"intercept": True, "report_opens": "60s"}
    story = cloud(20, policy=policy, transport={"stages": stages})
    assert (story.outcome(), story.told()) == (("succeeded", "intercepted", 20), [(80, "success")])


def test_a_policy_changes_nobodys_draws():
    """S2: cloud and classic meet the same people: who had seen it before anybody asked is the same."""
    person = {"reads": {"delay": {"original": {"exponential": {"mean": "60s"}}}}}
    stories = [
        play(30, person, {"kind": "web"}, count=200, recall={"system": system})
        for system in ("outlook", "exchange-online", "domino", "none")
    ]
    before = [[seen for seen in story.all("seen") if 0 <= seen < 30] for story in stories]
    assert before == [before[0]] * 4
    assert before[0]


def test_systems_without_an_agent_have_none_in_their_plan():
    """Nothing of the agent is built where nobody needs it."""
    plans = [plan_of(scene(recall={"system": system})) for system in ("outlook", "exchange-online")]
    assert [plan.agent is None for plan in plans] == [True, False]
