"""What is kept of observations, on rows written by hand."""

import numpy as np
import pytest

from recallsim.estimate.blocks import ObservationError
from recallsim.estimate.tally import curve_times, tally, tally_names
from transport.recall.codes import Place, Reason, SeenPhase, Status, Told

WEEK = 7 * 86_400 * 10**6

DELETED = {
    "status": Status.SUCCEEDED,
    "reason": Reason.DELETED_UNREAD,
    "decided": 130,
    "original_delivered": 12,
    "original_removed": 130,
    "request_delivered": 110,
    "original_place": Place.REMOVED_BY_RECALL,
    "replacement_place": Place.PRESENT,
    "replacement_delivered": 125,
    "replacement_seen": 140,
    "aware": 130,
    "told": Told.SUCCESS,
    "told_first": 150,
}
READ = {
    "status": Status.FAILED,
    "reason": Reason.ALREADY_READ,
    "decided": 200,
    "original_delivered": 14,
    "request_delivered": 116,
    "original_place": Place.PRESENT,
    "seen": 40,
    "seen_level": 3,
    "seen_phase": SeenPhase.BEFORE_NOTICE,
    "seen_people": 1,
    "told": Told.FAILURE,
    "told_first": 210,
}
OPEN = {
    "original_delivered": 20,
    "doomed": 1,
    "seen": 300,
    "seen_level": 2,
    "seen_phase": SeenPhase.NEVER_PROCESSED,
}


@pytest.fixture
def plan(make_plan):
    """Two and one recipients, ticks of half a second, one stage."""
    return make_plan(2, 1, stages=("delivery",), horizon=400, metrics=("waited_over:delivery:3s",))


@pytest.fixture
def seen_by_hand(observe, plan):
    """One replication: deleted unread, already read, pending."""
    return observe(
        plan,
        [DELETED, READ, OPEN | {"seen_people": 2}],
        [{"released": 10, "noticed": 60, "asked": 100, "replaced": 120, "peak_queue:delivery": 4}],
        first=17,
        waits={(0, 0): [0, 6, 7], (0, 1): [8, -1, -1]},
        sojourns={(0, 0): [2, 9, 8]},
    )


def test_every_column_of_three_recipients(plan, seen_by_hand):
    """Counts, sums of ticks and final values are what one counts by hand; what is not named is 0."""
    found = tally(seen_by_hand, plan)
    expected = {
        "recipients": [2, 1, 3],
        "succeeded": [1, 0, 1],
        "failed": [1, 0, 1],
        "pending": [0, 1, 1],
        "reason:deleted_unread": [1, 0, 1],
        "reason:already_read": [1, 0, 1],
        "doomed": [0, 1, 1],
        "seen": [1, 1, 2],
        "unseen_success": [1, 0, 1],
        "seen_before_notice": [1, 0, 1],
        "seen_never_processed": [0, 1, 1],
        "level_none": [1, 0, 1],
        "level_shown": [0, 1, 1],
        "level_opened": [1, 0, 1],
        "seen_people": [1, 2, 3],
        "aware": [1, 0, 1],
        "aware_unseen": [1, 0, 1],
        "told_nothing": [0, 1, 1],
        "told_success": [1, 0, 1],
        "told_failure": [1, 0, 1],
        "replacement_new_only": [1, 0, 1],
        "replacement_old_only": [1, 0, 1],
        "replacement_none": [0, 1, 1],
        "replacement_seen_first": [1, 0, 1],
        "exposure_ticks": [118 + 386, 380, 884],
        "delivered:original": [2, 1, 3],
        "delivery_ticks:original": [6, 10, 16],
        "last_delivery_ticks:original": [4, 10, 10],
        "delivered:request": [2, 0, 2],
        "delivery_ticks:request": [26, 0, 26],
        "last_delivery_ticks:request": [16, None, 16],
        "delivered:replacement": [1, 0, 1],
        "delivery_ticks:replacement": [5, 0, 5],
        "last_delivery_ticks:replacement": [5, None, 5],
        "decided_succeeded": [1, 0, 1],
        "decision_ticks_succeeded": [30, 0, 30],
        "decided_failed": [1, 0, 1],
        "decision_ticks_failed": [100, 0, 100],
        "decision_p50_ticks": [30, None, 100.5],
        "decision_p90_ticks": [100.5, None, None],
        "decision_p99_ticks": [100.5, None, None],
        "jobs:delivery:original": [2, 1, 3],
        "wait_ticks:delivery:original": [6, 7, 13],
        "served:delivery:original": [2, 1, 3],
        "sojourn_ticks:delivery:original": [11, 8, 19],
        "jobs:delivery:request": [1, 0, 1],
        "wait_ticks:delivery:request": [8, 0, 8],
        "peak_queue:delivery": [None, None, 4],
        "over:delivery:6:original": [0, 1, 1],
        "over:delivery:6:request": [1, 0, 1],
    }
    names = tally_names(plan)
    rows = {name: found.values[0, :, place].tolist() for place, name in enumerate(names)}
    shown = {name: [None if value != value else value for value in row] for name, row in rows.items()}
    assert {name: row for name, row in shown.items() if row != [0, 0, 0]} == expected
    assert found.first == 17


def test_the_curves_of_three_recipients(plan, seen_by_hand):
    """By the horizon two had seen it, two were decided, two told about; by 20 s only the first opening has happened."""
    curves = tally(seen_by_hand, plan).curves
    by_20_s = min(i for i, time in enumerate(curve_times(plan)) if time >= 20)
    assert curves[0, :, :, -1].tolist() == [[1, 2, 2], [1, 0, 0], [2, 2, 2]]
    assert curves[0, :, :, by_20_s].tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_names_are_unique_and_as_many_as_columns(plan, seen_by_hand):
    """Each column of the values has one name."""
    names = tally_names(plan)
    assert (len(set(names)), len(names)) == (len(names), tally(seen_by_hand, plan).values.shape[2])


def test_a_threshold_asked_for_twice_is_counted_once(make_plan):
    """Two spellings of one duration are one column."""
    plan = make_plan(
        1, stages=("delivery",), metrics=("waited_over:delivery:60s", "waited_over:delivery:1min:original")
    )
    names = [name for name in tally_names(plan) if name.startswith("over:")]
    assert names == [f"over:delivery:120:{kind}" for kind in ("original", "request", "replacement")]


def test_sums_of_ticks_beyond_sixty_four_bits_do_not_wrap(make_plan, observe):
    """Four recipients exposed for nearly 2 ** 61 ticks each sum to nearly 2 ** 63 and stay positive."""
    plan = make_plan(4, horizon=2**61)
    rows = [{"original_delivered": 1, "original_removed": 2**61 - at} for at in range(4)]
    values = tally(observe(plan, rows), plan).values
    assert values[0, -1, tally_names(plan).index("exposure_ticks")] == float(4 * 2**61 - 10)


def test_asking_before_anything_is_decided_counts_from_the_ask(make_plan, observe):
    """A decision at the ask itself, such as a refusal, took 0 s; one that came before it took none either."""
    plan = make_plan(2)
    rows = [{"status": Status.FAILED, "decided": 50}, {"status": Status.FAILED, "decided": 20}]
    values = tally(observe(plan, rows, [{"asked": 50}]), plan).values
    names = tally_names(plan)
    columns = ("decided_failed", "decision_ticks_failed", "decision_p50_ticks", "decision_p99_ticks")
    assert [values[0, 0, names.index(name)] for name in columns] == [2, 0, 0, 0]


def without(observation, **changes):
    """An observation with some recipients' columns replaced."""
    return type(observation)(
        {**observation.recipients, **changes},
        observation.replications,
        observation.waits,
        observation.sojourns,
    )


@pytest.mark.parametrize(
    "column, cells, text",
    [
        ("reason", [1, 2, 99], f"the column 'reason' holds 99, which is none of its {max(Reason) + 1} codes"),
        ("seen_level", [0, 3, -1], "the column 'seen_level' holds -1, which is none of its 5 codes"),
        (
            "seen_phase",
            [0, 0, 5],
            "row 1 was first shown the original at tick 40, yet its phase is unseen",
        ),
        ("group", [0, 1, 1], "groups are not as the plan says: row 1 holds 1 instead of 0"),
        ("replication", [17, 17, 18], "recipients are not in order: row 2 holds 18 instead of 17"),
        ("decided", [130, 401, -1], "the column 'decided' holds tick 401, after the horizon at 400"),
        ("told", [0, 0], "the column 'told' has 2 rows; 1 replications of 3 recipients make 3"),
    ],
)
def test_an_observation_that_contradicts_itself_is_refused(plan, seen_by_hand, column, cells, text):
    """A column out of range, of the wrong length or at odds with another is an error of the engine that says which."""
    with pytest.raises(ObservationError) as caught:
        tally(without(seen_by_hand, **{column: np.array(cells)}), plan)
    assert str(caught.value) == text


def test_a_delivery_of_what_was_not_sent_is_refused(plan, seen_by_hand):
    """A request cannot arrive in a replication in which the sender never asked."""
    seen_by_hand.replications["asked"][0] = -1
    with pytest.raises(ObservationError) as caught:
        tally(seen_by_hand, plan)
    assert str(caught.value) == "a request was delivered in a replication in which none was submitted"
