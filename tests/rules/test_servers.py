"""S1, outages, retries and the line: what the servers do to the messages of a recall, to the tick."""

import pytest
from scenes import automatic, by_delay, late, play

DELETED = ("succeeded", "deleted_unread")
INTERCEPTED = ("succeeded", "intercepted")
AROUND = (-1, 0, 1)


def delivery(**keys):
    return {"delivery": keys}


# --- S1 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", AROUND)
def test_race_s1_leaving_the_stage_against_the_request(shift):
    """S1: in service until 30 + shift, the request takes effect at 30: at one tick it is still in the servers' hands."""
    transport = delivery(service={"original": f"{30 + shift}s"})
    story = play(
        30, by_delay(original=5), automatic(0), transport=transport, recall={"intercept": True, "replace": {}}
    )
    if shift < 0:
        assert (story.outcome(), story.places()) == (
            (*DELETED, 30),
            ("removed_by_recall",) * 2 + ("present",),
        )
    else:
        assert (story.outcome(), story.places()) == ((*INTERCEPTED, 30), ("intercepted",) * 2 + ("present",))
        assert (story.of(1, "seen", "aware", "original_delivered"), story.told()) == (
            (-1, -1, -1),
            [(31, "success")],
        )


def test_s1_is_off_unless_the_policy_says_so():
    """S1: no Exchange does it: by default the original is delivered and the request waits for it."""
    story = play(10, by_delay(original=500), automatic(0), transport=delivery(service={"original": "30s"}))
    assert (story.outcome(), story.of(1, "overtaken")) == ((*DELETED, 30), 1)


def test_s1_what_waits_in_line_or_for_a_retry_or_in_an_outage_is_removed():
    """S1: waiting for a worker, for the next attempt, or for the end of an outage."""
    transports = [
        delivery(workers=1, service={"original": "20s"}),
        delivery(failure={"original": 1}, retry=["60s"]),
        delivery(service={"original": "5s"})
        | {"outages": [{"stage": "delivery", "from": "2s", "for": "60s"}]},
    ]
    recall = {"intercept": True}
    statuses = [
        play(10, None, automatic(0), count=3, transport=each, recall=recall).all("reason")
        for each in transports
    ]
    assert statuses == [["intercepted"] * 3] * 3


def test_s1_on_the_link_is_out_of_reach():
    """S1: past the last server the original cannot be removed; classic rules decide."""
    story = play(10, None, automatic(0), latency=late(original=30), recall={"intercept": True})
    assert story.outcome() == (*DELETED, 30)


def test_s1_takes_effect_as_each_batch_leaves_the_categorizer():
    """S1: batches of two leave the categorizer at 15 and 20; originals of the second are delivered at 18 by then."""
    transport = {
        "categorizer": {"workers": 1, "batch": 2, "service": {"request": "5s"}},
        "delivery": {"service": {"original": "18s"}},
    }
    story = play(10, None, automatic(0), count=4, transport=transport, recall={"intercept": True})
    assert [story.outcome(n) for n in (1, 2, 3, 4)] == [(*INTERCEPTED, 15)] * 2 + [(*DELETED, 20)] * 2


def test_s1_removes_an_original_that_is_not_expanded_yet():
    """S1: the original waits at the submission, whole; the request bypasses it and takes back every copy."""
    transport = {"submission": {"kinds": ["original"], "service": "50s"}}
    story = play(10, None, automatic(0), count=3, transport=transport, recall={"intercept": True})
    assert (story.all("reason"), story.all("original_place")) == (["intercepted"] * 3, ["intercepted"] * 3)


def test_s1_an_intercepted_recipient_of_another_organisation_never_hears_of_it():
    """S1, R6.1: what is still in a queue is removed, wherever it was to go."""
    story = play(
        10,
        by_delay(original=1, request=1),
        transport=delivery(service={"original": "30s"}),
        recall={"intercept": True},
        mailbox={"where": "other"},
    )
    assert (story.outcome(), story.of(1, "aware", "seen")) == ((*INTERCEPTED, 10), (-1, -1))


# --- outages ---------------------------------------------------------------------------------------------------------


def down(begins, lasts):
    return {"outages": [{"stage": "delivery", "from": f"{begins}s", "for": f"{lasts}s"}]}


@pytest.mark.parametrize("workers", [1, "unlimited"])
@pytest.mark.parametrize("shift", AROUND)
def test_race_outage_against_the_end_of_service(shift, workers):
    """Outage: service from 0 to 10; down from 10 + shift for 5: at one tick it starts over, with the same draw."""
    story = play(None, transport=delivery(workers=workers, service="10s") | down(10 + shift, 5))
    assert story.of(1, "original_delivered") == (10 if shift > 0 else 10 + shift + 5 + 10)


def test_outage_starts_over_with_the_same_draw():
    """Outage: an exponential service of s ends at s, or, interrupted, at 500 + s."""
    stage = delivery(service={"exponential": {"mean": "50s"}})
    plain = play(None, transport=stage, count=50).all("original_delivered")
    broken = play(None, transport=stage | down(1, 499), count=50).all("original_delivered")
    assert broken == [tick if tick < 1 else 500 + tick for tick in plain]


@pytest.mark.parametrize("shift", AROUND)
def test_race_outage_against_arrival(shift):
    """Outage: the request comes at 10 + shift; down from 10 to 15: what comes from 10 on waits."""
    story = play(10 + shift, transport=delivery() | down(10, 5))
    assert story.of(1, "request_delivered") == (9 if shift < 0 else 15)


@pytest.mark.parametrize("shift", AROUND)
def test_race_outage_end_against_arrival(shift):
    """Outage: down from 5 to 10; what comes at 10 is served at once."""
    story = play(10 + shift, transport=delivery(service="2s") | down(5, 5))
    assert story.of(1, "request_delivered") == (12 if shift <= 0 else 13)


def test_outage_what_was_in_service_goes_first():
    """Outage: one worker; who was in service starts over before those who waited."""
    stage = delivery(workers=1, service="10s")
    plain = play(None, count=4, transport=stage).all("original_delivered")
    broken = play(None, count=4, transport=stage | down(15, 5)).all("original_delivered")
    assert sorted(plain) == [10, 20, 30, 40]
    assert broken == [{10: 10, 20: 30, 30: 40, 40: 50}[tick] for tick in plain]


def test_outage_what_was_in_service_goes_before_what_has_priority():
    """Outage: the original, in service from 0, starts over at 15, before the request of 10, which has priority over it."""
    stage = {"workers": 1, "service": "30s", "discipline": {"priority": ["request"]}}
    story = play(10, transport=delivery(**stage) | down(5, 10))
    assert story.of(1, "original_delivered", "request_delivered") == (45, 75)


@pytest.mark.parametrize(("begins", "lasts", "delivered"), [("500ms", "500ms", 5), ("400ms", "400ms", 3)])
def test_outage_both_its_times_are_rounded_by_themselves(begins, lasts, delivered):
    """Durations: from 500 ms for 500 ms is from tick 1 for a tick, and breaks off a service of 3; 400 ms are no tick."""
    stage = delivery(service="3s") | {"outages": [{"stage": "delivery", "from": begins, "for": lasts}]}
    assert play(None, transport=stage).of(1, "original_delivered") == delivered


# --- retries ---------------------------------------------------------------------------------------------------------


def failing(kind="original", **keys):
    report = {"service": {"report": "0s", "default": "2s"}}
    return delivery(failure={kind: 1}, **report, **keys)


@pytest.mark.parametrize(("attempts", "bounced"), [(1, 2), (2, 14), (3, 26), (4, 38)])
def test_retry_gaps_run_from_the_end_of_the_failed_attempt(attempts, bounced):
    """Retry: attempts of 2 s, gaps of 10 s; the last failure bounces at once, the DSN arrives a tick later."""
    story = play(None, transport=failing(retry={"gaps": ["10s"], "attempts": attempts}))
    assert (story.ticks("bounced"), story.told()) == ([bounced], [(bounced + 1, "bounce")])


def test_retry_the_last_gap_repeats():
    """Retry: gaps 1, 5, 5, 5 after attempts of 2 s: ends at 2, 5, 12, 19, 26."""
    story = play(None, transport=failing(retry={"gaps": ["1s", "5s"], "attempts": 5}))
    assert story.ticks("bounced") == [26]


@pytest.mark.parametrize(
    ("give_up", "bounced"),
    [(11, 11), (12, 14), (13, 14), (14, 14), (15, 15), (23, 23), (24, 26), (25, 26), (26, 26), (27, 27)],
)
def test_race_retry_against_giving_up(give_up, bounced):
    """Retry: attempts of 2 s would start at 12, 24, 36: one may start at the limit itself, else it bounces at the limit."""
    story = play(None, transport=failing(retry=["10s"], give_up=f"{give_up}s"))
    assert story.ticks("bounced") == [bounced]


def test_without_retries_the_first_failure_bounces():
    """Retry: none given."""
    assert play(None, transport=failing()).ticks("bounced") == [2]


def test_a_failed_attempt_holds_its_worker():
    """Retry: one worker, the original fails from 0 to 2 and again from 12 to 14; the request of 1 is served from 2 on."""
    story = play(1, transport=failing(workers=1, retry={"gaps": ["10s"], "attempts": 2}))
    assert (story.of(1, "request_delivered"), story.ticks("bounced")) == (4, [14])


def test_r7_1_a_retry_lets_the_request_overtake():
    """R7.1: the request passes an original that waits for its next attempt."""
    story = play(1, None, automatic(0), transport=failing(retry={"gaps": ["10s"], "attempts": 2}))
    assert (story.outcome(), story.of(1, "overtaken")) == (("failed", "not_delivered", 14), 1)


# --- the line --------------------------------------------------------------------------------------------------------


def test_jobs_that_enter_at_one_tick_queue_in_the_same_order_for_every_kind():
    """Ticks: the line is drawn per recipient, the same for original, request and replacement."""
    stage = delivery(workers=1, service={"report": "0s", "default": "3s"})
    story = play(100, count=12, transport=stage, recall={"replace": {"compose": "100s"}})
    places = [
        [tick - start for tick in story.all(f"{kind}_delivered")]
        for kind, start in (("original", 0), ("request", 100), ("replacement", 200))
    ]
    assert sorted(places[0]) == list(range(3, 39, 3))
    assert places[0] == places[1] == places[2] != sorted(places[0])


def test_the_line_of_one_tick_is_drawn_anew_in_each_replication():
    """Ticks: no group is served first: over replications the first recipient has every place."""
    stage = delivery(workers=1, service={"report": "0s", "default": "3s"})
    firsts = {
        play(None, count=4, transport=stage, replication=replication).of(1, "original_delivered")
        for replication in range(25)
    }
    assert firsts == {3, 6, 9, 12}


def test_a_request_and_a_replacement_of_one_tick_queue_behind_each_other():
    """Ranks: request before replacement where both enter at one tick, for each recipient."""
    stage = delivery(workers=1, service={"report": "0s", "default": "3s"})
    story = play(100, transport=stage, recall={"replace": {}})
    assert story.of(1, "request_delivered", "replacement_delivered") == (103, 106)


def test_priority_lets_requests_go_first_without_preemption():
    """Stage: the request of tick 4 goes before all originals but the one in service."""
    stage = delivery(
        workers=1, service={"report": "0s", "default": "3s"}, discipline={"priority": ["request"]}
    )
    story = play(4, count=4, transport=stage)
    assert sorted(story.all("request_delivered")) == [9, 12, 15, 18]
    assert sorted(story.all("original_delivered")) == [3, 6, 21, 24]


def test_waits_and_peak_of_a_stage():
    """Stage: of four originals at one worker of 3 s, three wait, for 3, 6 and 9 ticks."""
    stage = delivery(workers=1, service="3s")
    story = play(None, count=4, transport=stage)
    assert (sorted(story.waits[0, 0]), sorted(story.sojourns[0, 0])) == ([0, 3, 6, 9], [3, 6, 9, 12])
    assert story.moment("peak_queue:delivery") == 3
