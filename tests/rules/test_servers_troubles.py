"""What the servers do to a recall in trouble: refusals, duplicates, limits, hops, lists and their moderators."""

import pytest
from scenes import automatic, late, play

DELETED = ("succeeded", "deleted_unread")
DESK = {"kind": "outlook-desktop", **automatic(0)}


def group(name: str, count: int = 1, **keys: object) -> dict:
    """A group of desktop Outlooks that process requests by themselves at once."""
    return {"name": name, "count": count, "client": DESK} | keys


def refusing(kind: str, **keys: object) -> dict:
    fault = {"stage": "delivery", "fault": "reject", "kinds": [kind]} | keys
    return {"delivery": {"service": "1s"}, "faults": [fault]}


# --- refusals ------------------------------------------------------------------------------------------------------------


def test_r7_5_a_rejected_request():
    """R7.5: refused for good, the request is never delivered; the sender has a DSN and no report."""
    story = play(10, None, automatic(0), transport=refusing("request"))
    assert (story.outcome(), story.places()) == (
        ("failed", "request_not_delivered", 11),
        ("present", "rejected", "not_sent"),
    )
    assert story.told() == [(11 + 1 + 1, "bounce")]


def test_r7_3_a_rejected_original():
    """R7.3: an original that was refused was not delivered; the request finds that out."""
    story = play(10, None, automatic(0), transport=refusing("original"))
    assert (story.outcome(), story.places()) == (
        ("failed", "not_delivered", 11),
        ("rejected", "removed_by_recall", "not_sent"),
    )


@pytest.mark.parametrize(
    "shift, reason", [(-1, "request_not_delivered"), (0, "deleted_unread"), (1, "deleted_unread")]
)
def test_race_fault_window_against_the_request(shift, reason):
    """The window is half-open: a request whose attempt begins as it closes passes."""
    story = play(10, None, automatic(0), transport=refusing("request", **{"for": f"{10 - shift}s"}))
    assert story.of(1, "reason") == reason


def test_a_report_that_is_refused_is_never_heard():
    """Faults concern reports only if they are named, and only in shared lanes."""
    transport = refusing("report") | {"reports": "shared"}
    story = play(10, None, automatic(0), transport=transport)
    assert (story.outcome(), story.told()) == ((*DELETED, 11), [])


# --- duplicates ----------------------------------------------------------------------------------------------------------


def test_two_requests_for_one_message_are_one():
    """The second request is dropped by its message id: one decision, one report."""
    link = {"latency": late(request=5), "duplicate": 1}
    story = play(10, None, automatic(0), transport={"link": link})
    assert (story.outcome(), story.told()) == ((*DELETED, 15), [(16, "success")])
    assert story.ticks("delivers", message="request") == [15]


def test_a_duplicate_of_a_removed_original_does_not_bring_it_back():
    """The second copy of the original comes after the recall has removed the first, and is dropped."""
    latency = {"original": {"uniform": {"low": "0s", "high": "1000s"}}}
    transport = {"link": {"latency": latency, "duplicate": {"original": 1}}}
    story = play(400, None, automatic(0), transport=transport, count=200, horizon="1d")
    assert set(story.all("original_place")) == {"removed_by_recall"}
    assert len(story.ticks("delivers", message="original")) == 200


# --- limits --------------------------------------------------------------------------------------------------------------


def test_a_rate_limit_stretches_the_list():
    """One in two seconds: the last of ten originals comes after 18 s, and its request in its own turn after that."""
    story = play(5, None, automatic(0), transport={"delivery": {"limit": {"rate": "1/2s"}}}, count=10)
    assert sorted(story.all("original_delivered")) == list(range(0, 20, 2))
    assert sorted(story.all("request_delivered")) == list(range(20, 40, 2))


def test_connections_bound_the_workers():
    """The fewer of workers and connections serve at once."""
    ends = []
    for workers, connections in ((1, 3), (3, 1), ("unlimited", 2)):
        delivery = {"workers": workers, "service": "1s", "limit": {"connections": connections}}
        story = play(None, transport={"delivery": delivery}, count=6)
        ends.append(max(story.all("original_delivered")))
    assert ends == [6, 6, 3]


# --- hops ----------------------------------------------------------------------------------------------------------------


def filtered(**hop: object) -> dict:
    return {
        "hops": [{"name": "filter", "tnef": "stripped", **hop}],
        "routes": [{"groups": ["filtered"], "hops": ["filter"]}],
    }


BOTH = [group("filtered"), group("direct")]


def test_s9_a_hop_strips_the_request():
    """S9: the request becomes an ordinary mail: pending for those behind the hop, as ever for the others."""
    story = play(10, transport=filtered(), groups=BOTH)
    assert story.of(1, "status", "reason", "decided") == ("pending", "stripped_on_path", -1)
    assert story.of(1, "original_place", "request_place") == ("present", "present")
    assert story.outcome(2) == (*DELETED, 10)


def test_s9_a_stripped_request_never_reaches_the_agent():
    """S9: cloud recall never hears of it, so its attempts never begin: pending to the end, and no report of it."""
    story = play(10, transport=filtered(), groups=BOTH, recall={"system": "exchange-online"}, horizon="2d")
    assert story.of(1, "status", "reason", "told") == ("pending", "stripped_on_path", "nothing")
    assert story.of(2, "status", "told") == ("succeeded", "success")


def test_s9_exempt_requests_go_round_the_hop():
    """S9: with requests and reports exempt, as the vendor's script has it, the recall works and takes no longer."""
    story = play(10, transport=filtered(exempt=["request", "report"], service="60s"), groups=BOTH)
    assert story.outcome(2) == (*DELETED, 10)
    assert (story.outcome(1), story.of(1, "overtaken")) == ((*DELETED, 60), 1)


def test_s9_a_request_that_bounced_at_the_hop_was_never_stripped():
    """R7.5: the hop's own failures come first."""
    story = play(10, transport=filtered(failure={"request": 1}), groups=BOTH)
    assert story.of(1, "status", "reason") == ("failed", "request_not_delivered")


def test_an_external_gateway():
    """Mail to partners takes the gateway with its own retries in place of the delivery stage."""
    transport = {
        "delivery": {"service": "5s"},
        "hops": [{"name": "gateway", "extends": "retry-rfc-5321.yaml", "greylist": "300s"}],
        "routes": [{"groups": ["partners"], "hops": ["gateway"], "bypass": ["delivery"]}],
    }
    groups = [group("partners", organisation="partner.example"), group("direct")]
    story = play(10, transport=transport, groups=groups, horizon="1d")
    assert story.all("original_delivered") == [1800, 5]
    assert story.outcome(1) == ("failed", "other_organisation", 1810)


# --- lists ---------------------------------------------------------------------------------------------------------------


def moderated(**keys: object) -> dict:
    return {"lists": [{"name": "staff", "members": ["listed"], "moderation": keys}]}


LISTED = [group("listed", 2), group("others")]


def test_moderators_hold_original_and_request():
    """Each waits for a moderator of its own; what is let pass comes a tick after the moderator looked."""
    story = play(10, transport=moderated(reads=late(original=60, request=20)), groups=LISTED)
    assert story.all("original_delivered") == [61, 61, 0]
    assert [story.outcome(number) for number in (1, 2, 3)] == [(*DELETED, 61), (*DELETED, 61), (*DELETED, 10)]


def test_r7_1_requests_that_are_not_moderated_overtake():
    """R7.1: a request that goes round the moderators is there before its original, and waits."""
    story = play(10, transport=moderated(reads="60s", moderate_recall=False), groups=LISTED)
    assert (story.all("overtaken"), story.outcome(1)) == ([1, 1, 0], (*DELETED, 61))


def test_r7_3_moderated_away():
    """R7.3: the moderator refuses the original: nobody on the list gets it, the request finds it was not delivered."""
    transport = moderated(reads=late(original=60, request=80), approve={"original": 0})
    story = play(10, transport=transport, groups=LISTED)
    assert story.all("original_place") == ["rejected", "rejected", "removed_by_recall"]
    assert story.outcome(1) == ("failed", "not_delivered", 91)
    assert story.told(1) == [(61, "bounce"), (92, "failure")]


def test_r7_5_a_request_that_moderators_refuse():
    """R7.5: the original is there and the request was refused."""
    transport = moderated(reads=late(request=80), approve={"request": 0})
    story = play(10, transport=transport, groups=LISTED)
    assert (story.outcome(1), story.places(1)) == (
        ("failed", "request_not_delivered", 90),
        ("present", "rejected", "not_sent"),
    )


@pytest.mark.parametrize("reads, place", [("299s", "present"), ("300s", "present"), ("301s", "bounced")])
def test_race_moderators_against_the_expiry(reads, place):
    """A decision on the last tick still counts; later the message goes back with a DSN."""
    story = play(None, transport=moderated(reads=reads, expires="300s"), groups=LISTED)
    assert (story.of(1, "original_place"), story.told(1)) == (
        place,
        [] if place == "present" else [(301, "bounce")],
    )


def test_moderators_have_five_days_unless_the_scenario_says_otherwise():
    """Exchange documentation: a message in the arbitration mailbox expires after five days."""
    story = play(None, transport=moderated(reads="6d"), groups=LISTED, horizon="7d")
    assert story.ticks("bounced", message="original", recipient=1) == [5 * 86_400]


def test_the_first_of_several_moderators_decides():
    """Each looks after a time of their own; the earliest counts, so more moderators are never slower."""
    reads = {"exponential": {"mean": "100s"}}
    ticks = [
        play(None, transport=moderated(reads=reads, moderators=many), groups=LISTED, horizon="1d").of(
            1, "original_delivered"
        )
        for many in (1, 2, 4, 8, 16)
    ]
    assert ticks == sorted(ticks, reverse=True)
    assert ticks[-1] < ticks[0]


def test_s1_originals_in_moderation_are_removed():
    """S1: with servers that intercept, the request removes what waits for a moderator."""
    transport = moderated(reads="60s", moderate_recall=False)
    story = play(10, transport=transport, groups=LISTED, recall={"intercept": True})
    assert story.outcome(1) == ("succeeded", "intercepted", 10)
    assert story.places(1) == ("intercepted", "intercepted", "not_sent")


def test_r9_3_a_list_keeps_the_reports_on_its_members_back():
    """R9.3: report redirection off: the recall ends the same, and no report of a member reaches the sender."""
    lists = [{"name": "staff", "members": ["listed"], "reports_to": "none"}]
    story = play(10, transport={"lists": lists}, groups=LISTED)
    assert [story.outcome(number) for number in (1, 2, 3)] == [(*DELETED, 10)] * 3
    assert (story.told(1), story.told(3)) == ([], [(11, "success")])
