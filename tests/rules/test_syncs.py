"""A sync is one event: what a device hands in with it, and what it learns by it (model.md 3, recall.md 0 and S2)."""

import pytest
from scenes import automatic, by_delay, late, play

from transport.streams.draws import Draws
from transport.streams.purposes import POLL_PHASE

DELETED = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")
PERIOD = 100


def poll_of(seed):
    """The first poll of the second device of recipient 1."""
    return int(Draws(seed, 0).uniform(POLL_PHASE, 0, 1, 1) * PERIOD)


SEED = next(seed for seed in range(1000) if 5 <= poll_of(seed) <= 20)
POLL = poll_of(SEED)


def phone(sync=None, **delays):
    """A phone that polls, and opens messages so many seconds after it has fetched them."""
    reads = {"delay": {kind: f"{delay}s" for kind, delay in delays.items()}}
    return {
        "name": "phone",
        "client": {"kind": "mobile", "sync": sync or {"poll": f"{PERIOD}s"}},
        "reads": reads,
    }


def with_phone(idle_over, person, ask=2, **delays):
    """Outcome and story where the desktop processes the request at tick `idle_over`."""
    story = play(ask, person, automatic(idle_over - ask), devices=[phone(**delays)], seed=SEED)
    return story.outcome(), story


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_moves_are_at_the_mailbox_with_the_next_sync(shift):
    """R3: moved on the phone soon after one poll, the original lies elsewhere for the desktop from the next poll on."""
    tick = POLL + PERIOD + shift
    person = {"moves": {"share": 1, "after": "2s", "to": "Later"}}
    outcome, story = with_phone(tick, person, original=1)
    assert story.ticks("moves") == [POLL + 3]
    assert outcome == (*(DELETED if shift < 0 else ("failed", "different_folders")), tick)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_marking_unread_is_at_the_mailbox_with_the_next_sync(shift):
    """R4.3: the flag goes in with the second poll, marking unread (and nothing yet of reading it again) with the third."""
    tick = POLL + 2 * PERIOD + shift
    outcome, story = with_phone(tick, {"mark_unread": {"share": 1, "after": "120s"}}, original=40)
    assert story.ticks("marks unread")[0] == POLL + 160
    assert story.ticks("opens")[:2] == [POLL + 40, POLL + 200]
    assert outcome == (*(READ if shift < 0 else DELETED), tick)


def test_read_and_marked_unread_between_two_syncs_nobody_else_notices():
    """R4.3: the desktop's own person, who would open it at 90, finds it unread all the time."""
    person = by_delay(original=90) | {"mark_unread": {"share": 1, "after": "5s"}}
    story = play(None, person, devices=[phone(original=1)], seed=SEED)
    assert story.ticks("opens", device=0) == [90]
    assert story.ticks("opens", device=1)[:2] == [POLL + 1, POLL + 7]


@pytest.mark.parametrize(("shift", "reason"), [(-1, DELETED), (0, ("failed", "not_found"))])
def test_deletions_for_good_are_at_the_mailbox_with_the_next_sync(shift, reason):
    """R7.3: deleted on the phone, the copy is found by the desktop until the phone syncs."""
    tick = POLL + PERIOD + shift
    outcome, story = with_phone(tick, {"deletes": {"share": 1, "after": "2s", "hard": True}}, original=1)
    assert story.ticks("deletes") == [POLL + 3]
    assert (outcome, story.of(1, "original_removed")) == (
        (*reason, tick),
        tick if shift < 0 else POLL + PERIOD,
    )


@pytest.mark.parametrize("delay", [PERIOD - POLL, PERIOD - 1, PERIOD, PERIOD + 1])
def test_s2_a_removed_copy_stays_visible_until_the_next_sync(delay):
    """S2, seen after a success: removed at tick 60, read on the phone before its next poll, not at it or later."""
    outcome, story = with_phone(60, None, original=delay)
    seen = POLL + delay if delay < PERIOD else -1
    assert (outcome, story.of(1, "seen", "seen_after_removal")) == ((*DELETED, 60), (seen, int(seen > 0)))
    assert story.of(1, "seen_phase") == ("after_processing" if seen > 0 else "unseen")
    assert story.ticks("loses", message="original", device=1) == [POLL + PERIOD]


def test_s2_what_was_seen_before_the_removal_is_not_seen_after_it():
    """S2: opened on the phone before the desktop removed it: an ordinary seen success, for the flag was not handed in."""
    outcome, story = with_phone(60, None, original=1)
    assert (outcome, story.of(1, "seen", "seen_after_removal")) == ((*DELETED, 60), (POLL + 1, 0))


def test_a_device_in_touch_loses_a_removed_copy_at_once():
    """Visible, `push`: there is nothing left to read a second after the removal."""
    story = play(2, None, automatic(58), devices=[phone("push", original=61)])
    assert (story.outcome(), story.of(1, "seen")) == ((*DELETED, 60), -1)


@pytest.mark.parametrize(("back", "reason"), [("09:01", READ), ("09:03", DELETED)])
def test_a_laptop_away_hands_in_when_it_is_back(back, reason):
    """Section 0: read on a laptop without a net at 30; the desktop decides at 120, after or before the laptop is back."""
    hours = [{"days": "Mon", "from": "08:59", "to": "09:00"}, {"days": "Mon", "from": back, "to": "24:00"}]
    laptop = {
        "name": "laptop",
        "client": {"kind": "web", "online": {"hours": "net"}},
        "reads": {"delay": {"original": "31s"}},
    }
    story = play(
        10,
        None,
        automatic(62),
        devices=[laptop],
        start="Mon 08:59 UTC",
        calendars={"net": hours},
        latency=late(original=59),
    )
    assert (story.of(1, "seen"), story.outcome()) == (90, (*reason, 121))


def test_a_shared_mailbox_hears_of_flags_when_the_program_syncs():
    """R6.4, section 0: two readers with cached programs: each goes by the mailbox and by the own flag."""
    box = {"kind": "shared", "readers": 2}
    story = play(None, by_delay(original=5), {"sync": "cached"}, mailbox=box)
    assert story.of(1, "seen_people") == 2
    assert play(None, by_delay(original=5), mailbox=box).of(1, "seen_people") == 1


CLOUD = {"system": "exchange-online"}


@pytest.mark.parametrize(("opened", "seen"), [(89, 89), (90, 90), (119, 119), (120, -1), (150, -1)])
def test_s2_a_laptop_away_shows_what_the_cloud_has_removed(opened, seen):
    """S2: removed at 90 by the servers, from a laptop that is away from 60 to 120: shown there until it is back."""
    net = [{"days": "Mon", "from": "09:00", "to": "09:01"}, {"days": "Mon", "from": "09:02", "to": "24:00"}]
    client = {"kind": "web", "online": {"hours": "net"}}
    story = play(90, by_delay(original=opened), client, recall=CLOUD, calendars={"net": net})
    assert story.outcome()[::2] == ("succeeded", 90)
    assert story.of(1, "seen", "seen_after_removal") == (seen, int(seen >= 90))
    assert story.ticks("loses", message="original") == [120]


@pytest.mark.parametrize(
    ("opened", "reason"), [(30, "already_read"), (70, "already_read"), (71, "deleted_unread")]
)
def test_s3_the_servers_go_by_what_a_device_has_handed_in(opened, reason):
    """S3, section 0: a cached program hands a flag in 30 s later: one set at 70 is there at 100, one set at 71 is not."""
    recall = CLOUD | {"recall_read_messages": False}
    story = play(100, by_delay(original=opened - 30), {"sync": "cached"}, recall=recall)
    assert (story.outcome()[1:], story.of(1, "seen")) == ((reason, 100), opened)
