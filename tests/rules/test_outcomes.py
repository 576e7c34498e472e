"""Section 5: what is told of one recipient: seen and when, exposure, awareness, replacement, reports, places. And R8, R9, H1."""

import pytest
from scenes import automatic, by_delay, late, play

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
PENDING = ("pending", "none", -1)
AROUND = (-1, 0, 1)

# The sender notices at 20, asks at 40; the request is processed at 60.
SENDER = {"sender": {"acts": "20s"}}


@pytest.mark.parametrize(
    ("opened", "phase"),
    [
        (0, "before_notice"),
        (19, "before_notice"),
        (20, "before_request"),
        (39, "before_request"),
        (40, "while_processing"),
        (59, "while_processing"),
        (60, "after_processing"),
        (500, "after_processing"),
    ],
)
def test_section_5_seen_is_split_at_notice_request_and_processing(opened, phase):
    """Section 5: the phase of the first sight, at each boundary; on the boundary the sender was quicker."""
    apart = [{"when": {"has_attachment": True}, "move_to": "Files"}]
    story = play(
        20, by_delay(original=opened), automatic(20), rules=apart, message={"attachment": True}, **SENDER
    )
    assert (story.outcome()[1], story.of(1, "seen", "seen_phase")) == ("different_folders", (opened, phase))


def test_section_5_seen_but_never_processed():
    """Section 5: seen after the ask, pending at the horizon; unseen otherwise."""
    phases = [
        play(20, person, {"kind": "web"}, **SENDER).of(1, "seen_phase")
        for person in (by_delay(original=50), None)
    ]
    assert phases == ["never_processed", "unseen"]


def test_section_5_the_phases_add_up_to_seen():
    """Section 5: every recipient who has seen it has exactly one phase, and nobody else has one."""
    client = automatic(0) | {"idle": {"exponential": {"mean": "60s"}}}
    person = {"reads": {"delay": {"original": {"exponential": {"mean": "60s"}}}}}
    apart = [{"share": 0.5, "when": {"has_attachment": True}, "move_to": "Files"}]
    story = play(20, person, client, count=500, rules=apart, message={"attachment": True}, **SENDER)
    seen, phases = story.all("seen"), story.all("seen_phase")
    assert [tick >= 0 for tick in seen] == [phase != "unseen" for phase in phases]
    assert len(set(phases)) == 5


def test_section_5_a_seen_success_is_told_as_a_success():
    """Section 5, R4.3: read, marked unread, deleted: the sender hears of a success; the content is known."""
    person = by_delay(original=15) | {"mark_unread": {"share": 1, "after": "5s"}}
    story = play(20, person, automatic(8))
    assert story.of(1, "status", "told", "seen", "reports_contradict") == ("succeeded", "success", 15, 0)


@pytest.mark.parametrize(
    ("keys", "removed", "place"),
    [
        ({"client": automatic(20)}, 30, "removed_by_recall"),
        ({"person": by_delay(original=5)}, -1, "present"),
        (
            {"person": {"deletes": {"share": 1, "unread": True, "hard": True, "after": "7s"}}},
            7,
            "removed_by_person",
        ),
        ({"person": {"deletes": {"share": 1, "unread": True, "after": "7s"}}}, -1, "present"),
    ],
)
def test_section_5_exposure_ends_when_the_copy_leaves_the_persons_reach(keys, removed, place):
    """Section 5: by whoever's hand; Deleted Items are within reach."""
    assert play(10, **keys).of(1, "original_removed", "original_place") == (removed, place)


def test_section_5_doomed_is_pending_and_marked_read():
    """Section 5, 0: pending at the horizon with a copy marked read then; unread again, it is not."""
    unread = by_delay(original=500) | {"mark_unread": {"share": 1, "after": "400s"}}
    persons = [by_delay(original=5), None, unread]
    assert [play(10, person).of(1, "status", "doomed") for person in persons] == [
        ("pending", 1), ("pending", 0), ("pending", 0),
    ]  # fmt: skip
    assert play(10, by_delay(original=5), automatic(0)).of(1, "status", "doomed") == ("failed", 0)


@pytest.mark.parametrize(
    ("person", "client", "aware"),
    [
        (by_delay(request=5), {}, 15),  # the request
        (by_delay(request=5) | {"preview": {"share": 1, "of": "request"}}, {}, 15),  # its preview
        (by_delay(request=30), automatic(20), 40),  # the notice that it became
        (by_delay(request=5), {"kind": "web"}, 15),  # an ordinary mail
        (by_delay(original=5), automatic(20), -1),  # nobody opened anything of it
        (None, automatic(20), -1),
    ],
)
def test_section_5_aware_is_who_was_shown_a_trace(person, client, aware):
    """Section 5: request, notice or ordinary mail, in whatever way it was shown."""
    assert play(10, person, client).of(1, "aware") == aware


def test_section_5_overtaken():
    """Section 5: the request was delivered while the original was under way; not when that was lost before."""
    assert play(0, latency=late(original=5)).of(1, "overtaken") == 1
    assert play(0, latency=late(request=5)).of(1, "overtaken") == 0
    assert play(0, transport={"link": {"loss": {"original": 1}}}).of(1, "overtaken") == 0


# --- R8 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "places", "first"),
    [
        ({"client": automatic(20)}, ("removed_by_recall", "present"), "new"),
        (
            {"person": by_delay(original=5, replacement=30), "client": automatic(20)},
            ("present", "present"),
            "old",
        ),
        ({"person": by_delay(original=60, replacement=30), "client": {}}, ("present", "present"), "new"),
        ({"recall": {}}, ("present", "not_sent"), "none"),
        ({"client": automatic(20), "recall": {}}, ("removed_by_recall", "not_sent"), "none"),
        ({"recall": {"replace": {"abandon": 1}}}, ("present", "not_sent"), "none"),
        ({"transport": {"link": {"loss": {"replacement": 1}}}}, ("present", "lost"), "none"),
    ],
)
def test_r8_what_the_person_ends_with(keys, places, first):
    """R8, section 5: new only, both, old only, none; and which of both was seen first."""
    keys = {"person": by_delay(replacement=30), "recall": {"replace": {}}} | keys
    story = play(10, **keys)
    assert (story.places()[0], story.places()[2]) == places
    old, new = story.of(1, "seen", "replacement_seen")
    seen = {"old": old, "new": new}
    shown = [name for name in ("old", "new") if seen[name] >= 0]
    assert (min(shown, key=lambda name: seen[name]) if shown else "none") == first


def test_r8_the_replacement_follows_after_it_is_written():
    """R8: submitted `compose` after asking, whatever becomes of the recall; 0 means together."""
    for client in (automatic(0), {}):
        for compose in (0, 7):
            story = play(10, None, client, recall={"replace": {"compose": f"{compose}s"}}, latency="2s")
            assert (story.moment("replaced"), story.of(1, "replacement_delivered")) == (
                10 + compose,
                12 + compose,
            )


def test_r8_abandoned_in_a_share_of_replications():
    """R8: a share `abandon` never sends it, for all recipients of a replication alike."""
    recall = {"replace": {"abandon": 0.5}}
    sent = [play(10, count=2, recall=recall, replication=n).all("replacement_place") for n in range(40)]
    assert all(first == second for first, second in sent)
    assert 10 < sum(first == "present" for first, _ in sent) < 30


def test_r8_the_replacement_is_seen_by_rules_as_a_message_of_its_own():
    """R8: its own subject, size and attachment decide what rules do with it."""
    rules = [{"when": when, "move_to": "Junk"} for when in (
        {"has_attachment": True}, {"size_over": "1 MB"}, {"subject_contains": "wrong"},
    )]  # fmt: skip
    message = {"attachment": True, "size": "2 MB", "subject": "The wrong one"}
    plain = play(
        10, by_delay(original=5, replacement=5), rules=rules, message=message, recall={"replace": {}}
    )
    own = {"replace": {"attachment": False, "size": "1 kB", "subject": "The right one"}}
    other = play(10, by_delay(original=5, replacement=5), rules=rules, message=message, recall=own)
    assert [story.of(1, "seen", "replacement_seen") for story in (plain, other)] == [(-1, -1), (-1, 15)]


# --- R9 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opened", "news"), [(5, "failure"), (500, "success")])
def test_r9_1_one_report_each_counts_when_it_arrives(opened, news):
    """R9.1: processed at 30, on its way from 31, five seconds on the link."""
    story = play(10, by_delay(original=opened, request=300), automatic(20), latency=late(report=5))
    assert (story.outcome()[2], story.told()) == (30, [(36, news)])


def test_r9_1_reports_pass_the_servers_in_lanes_of_their_own():
    """R9.1: the service of the delivery stage and the latency, but no waiting behind each other."""
    stage = {"delivery": {"workers": 1, "service": {"report": "4s"}}}
    story = play(10, None, automatic(20), count=3, transport=stage, latency=late(report=5))
    assert [story.told(n) for n in (1, 2, 3)] == [[(40, "success")]] * 3


def test_r9_1_shared_lanes_let_reports_queue():
    """R9.1, model 3: `reports: shared`: one worker, 4 s each, served one after the other."""
    stage = {"delivery": {"workers": 1, "service": {"report": "4s"}}, "reports": "shared"}
    story = play(10, None, automatic(20), count=3, transport=stage)
    assert sorted(story.told(n)[0][0] for n in (1, 2, 3)) == [35, 39, 43]


def test_r9_2_untold_is_not_untrue():
    """R9.2: tell me off, or never processed: no report; the truth is another column."""
    off = play(10, None, automatic(20), recall={"tell_me": False}, count=2)
    never = play(10, None, {"kind": "web"})
    assert (off.all("told"), off.all("status")) == (["nothing"] * 2, ["succeeded"] * 2)
    assert never.of(1, "told", "status") == ("nothing", "pending")


def test_section_5_the_last_news_count():
    """Section 5: a DSN of the original at 1, the failure report at 11: the sender was last told of a failure."""
    story = play(10, None, automatic(0), transport={"delivery": {"failure": {"original": 1}}})
    assert (story.told(), story.of(1, "told", "told_first")) == (
        [(1, "bounce"), (11, "failure")],
        ("failure", 1),
    )


# --- H1 --------------------------------------------------------------------------------------------------------------


def test_h1_held_for_every_recipient_at_once():
    """H1: asked within the hold: nobody gets anything, in any organisation, whatever the account."""
    member = {"count": 1, "person": by_delay(original=0)}
    groups = [{"name": "in", **member}, {"name": "out", "organisation": "b.example", **member}]
    story = play(
        10, groups=groups, sender={"hold": "30s", "account": "other"}, recall={"system": "undo-send"}
    )
    assert [(story.outcome(n), story.places(n)) for n in (1, 2)] == [
        (("succeeded", "held", 10), ("held", "not_sent", "not_sent"))
    ] * 2
    assert story.all("told") == ["nothing"] * 2


def test_h1_the_right_message_may_follow_what_was_held():
    """H1, R8: she writes the right one instead, and it arrives alone."""
    sender = {"hold": "30s", "recall": {"system": "undo-send", "replace": {"compose": "9s"}}}
    assert play(10, sender=sender).places() == ("held", "not_sent", "present")


def test_h1_too_late_or_the_configured_recall():
    """H1: after the hold `undo-send` is too late for everybody; with another system the recall follows."""
    for system, outcome in (("undo-send", ("refused", "too_late", 40)), ("outlook", (*DELETED, 60))):
        story = play(40, None, automatic(20), sender={"hold": "30s", "recall": {"system": system}})
        assert (story.outcome(), story.of(1, "original_delivered")) == (outcome, 30)


@pytest.mark.parametrize("seed", range(3))
def test_section_5_every_copy_ends_in_one_place(seed):
    """Section 5, conservation: under losses, bounces, interception, rules, fetching and a horizon amid it all."""
    transport = {
        "delivery": {"workers": 50, "service": {"exponential": {"mean": "5s"}}, "failure": 0.3,
                     "retry": {"gaps": ["5s"], "attempts": 2}},
        "link": {"latency": {"exponential": {"mean": "20s"}}, "loss": 0.1},
        "outages": [{"stage": "delivery", "from": "20s", "for": "10s"}],
    }  # fmt: skip
    person = {
        "reads": {"delay": {"default": {"exponential": {"mean": "60s"}}}},
        "deletes": {"share": 0.3, "hard": True},
    }
    home = {"name": "home", "client": {"kind": "pop", "sync": {"fetch": "400s"}}}
    recall = {"intercept": True, "replace": {"compose": "20s"}}
    scene = {"transport": transport, "devices": [home], "recall": recall, "count": 300, "horizon": "120s"}
    story = play(15, person, automatic(20), seed=seed, **scene)
    never_came = {"intercepted", "bounced", "lost", "in_transit", "not_sent"}
    for kind in ("original", "request", "replacement"):
        places, ticks = story.all(f"{kind}_place"), story.all(f"{kind}_delivered")
        assert [place in never_came for place in places] == [tick < 0 for tick in ticks]
    places = {*story.all("original_place"), *story.all("request_place")}
    wanted = {
        "present",
        "removed_by_recall",
        "removed_by_person",
        "intercepted",
        "bounced",
        "lost",
        "fetched",
        "in_transit",
    }
    assert wanted - places == set()
