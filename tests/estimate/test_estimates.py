"""Estimates of experiments, and the reasons ranked."""

import pytest

from recallsim.estimate.estimates import Estimate, estimate, measure
from recallsim.estimate.tally import tally
from transport.recall.codes import Reason, Status

GONE = {"status": Status.SUCCEEDED, "reason": Reason.DELETED_UNREAD}
READ = {"status": Status.FAILED, "reason": Reason.ALREADY_READ}


@pytest.fixture
def plan(make_plan):
    """Groups of two, one and none."""
    return make_plan(2, 1, 0, stages=("delivery",))


@pytest.fixture
def values(observe, plan):
    """Three replications with 3, 2 and 1 successes."""
    rows = [GONE, GONE, GONE, GONE, GONE, READ, GONE, READ, READ]
    return tally(observe(plan, rows, [{"peak_queue:delivery": 3}] * 3), plan).values


def found(values, plan, **options):
    """Estimates by group and metric."""
    return {(each.group, each.metric): each for each in estimate(values, plan, **options)}


def test_groups_come_in_order_and_all_comes_last(values, plan):
    """The estimates go group by group."""
    assert list(dict.fromkeys(each.group for each in estimate(values, plan))) == ["a", "b", "c", "all"]


def test_groups_that_are_named_are_estimated_alone(values, plan):
    """What is left out changes nothing in the others, and their order stays."""
    whole = estimate(values, plan)
    wanted = tuple(each for each in whole if each.group in ("b", "all"))
    assert estimate(values, plan, groups=("all", "b")) == wanted


def test_success_of_all_has_its_t_interval(values, plan):
    """Shares 1, 2/3 and 1/3 have the mean 2/3 and a standard error of 1/3 / sqrt 3, clipped at 0 and 1."""
    assert found(values, plan)["all", "success_rate"] == Estimate(
        "base", "all", "success_rate", 2 / 3, 0.0, 1.0, 3
    )
    it = measure(values, plan, "success_rate")
    assert [it.error, it.half_width] == pytest.approx([3**-1.5, 4.302652729911275 * 3**-1.5])


def test_reasons_that_occurred_are_reported_for_every_group(values, plan):
    """Two reasons occurred; each has a row in each group, other reasons have none."""
    rows = [key for key in found(values, plan) if key[1].startswith("reason:")]
    expected = [
        (group, f"reason:{name}")
        for group in ("a", "b", "c", "all")
        for name in ("deleted_unread", "already_read")
    ]
    assert rows == expected


def test_a_reason_that_did_not_occur_can_be_asked_for(values, plan):
    """It has the interval of three zeros."""
    it = found(values, plan, metrics=["reason:not_found"])["all", "reason:not_found"]
    assert (it.mean, it.low, it.high, it.degenerate) == (0.0, 0.0, pytest.approx(1 - 0.05 ** (1 / 3)), True)


def test_a_group_of_nobody_has_no_numbers(values, plan):
    """Its rates are None, from no replications."""
    assert found(values, plan)["c", "success_rate"] == Estimate(
        "base", "c", "success_rate", None, None, None, 0
    )


def test_what_concerns_all_has_no_row_for_groups(values, plan):
    """A queue is everybody's; correlations need two recipients; events need one."""
    rows = found(values, plan)
    of = {
        name: [g for g, metric in rows if metric == name]
        for name in ("peak_queue:delivery", "icc", "all_succeeded")
    }
    assert of == {"peak_queue:delivery": ["all"], "icc": ["a", "all"], "all_succeeded": ["a", "b", "all"]}


def test_events_are_shares_of_replications(values, plan):
    """All three succeeded in one of three replications, exactly two in one, and nobody saw it in any."""
    rows = found(values, plan, metrics=["success_count:2"])
    names = ("all_succeeded", "success_count:2", "none_saw")
    assert [rows["all", name].mean for name in names] == [1 / 3, 1 / 3, 1.0]


def test_success_counts_of_groups_that_are_too_small_are_absent(values, plan):
    """Two recipients cannot have three successes."""
    rows = found(values, plan, metrics=["success_count:3"])
    assert [group for group, metric in rows if metric == "success_count:3"] == ["all"]


def test_a_group_called_all_is_reported_once(make_plan, observe):
    """A scenario whose only group is `all` has one set of rows."""
    plan = make_plan(2, names=["all"])
    rows = estimate(tally(observe(plan, [GONE, READ]), plan).values, plan)
    assert len({each.metric for each in rows}) == len(rows)


def test_the_variant_and_the_confidence_are_passed_on(values, plan):
    """The rows carry the variant, and the interval is that of the confidence."""
    narrow = found(values, plan, confidence=0.5, variant="sooner")["all", "success_rate"]
    half = 0.8164965809277261 * 3**-1.5
    assert (narrow.variant, narrow.low) == ("sooner", pytest.approx(2 / 3 - half))


def test_no_replications_give_no_numbers(values, plan):
    """An experiment stopped before its first replication has rows of None."""
    rows = estimate(values[:0], plan)
    assert {(each.mean, each.low, each.replications) for each in rows} == {(None, None, 0)}


@pytest.mark.parametrize(
    "options, text",
    [
        ({"confidence": 1.0}, "the confidence is 1.0; it must lie between 0 and 1, such as 0.95"),
        (
            {"metrics": ["waited_over:delivery:1min"]},
            "waited_over:delivery:1min: such waits were not counted while the replications ran; "
            "name it under `metrics:` and run them anew",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused(values, plan, options, text):
    """A confidence of 1 and a threshold that nobody counted are errors."""
    with pytest.raises(ValueError) as caught:
        estimate(values, plan, **options)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "metric, group, text",
    [
        ("success_rate", "d", "success_rate: there is no group 'd'; there are a, b, c, all"),
        (
            "peak_queue:delivery",
            "a",
            "peak_queue:delivery concerns all recipients together; leave the group 'a' out",
        ),
        ("icc", "b", "icc has no meaning for the group 'b', which has 1 recipients"),
    ],
)
def test_a_metric_that_a_group_does_not_have_is_refused(values, plan, metric, group, text):
    """Unknown groups, everybody's queue and a correlation of one are errors."""
    with pytest.raises(ValueError) as caught:
        measure(values, plan, metric, group)
    assert str(caught.value) == text


def test_values_of_another_plan_are_refused(values, make_plan):
    """The shape of the values gives away that they belong elsewhere."""
    with pytest.raises(
        ValueError, match=r"^the tallied values have the shape \(3, 4, \d+\); this plan's have"
    ):
        estimate(values, make_plan(3))


def test_a_quantile_beyond_the_horizon_in_one_replication_has_no_mean(make_plan, observe):
    """Undecided recipients count as beyond the horizon; one replication without the number leaves none at all."""
    plan = make_plan(2)
    done = {**GONE, "decided": 8}
    always = tally(observe(plan, [done, done, done, done]), plan).values
    once_not = tally(observe(plan, [done, done, done, {}]), plan).values
    means = [
        [found(values, plan)["all", f"decision_seconds_p{percent}"].mean for percent in (50, 90)]
        for values in (always, once_not)
    ]
    assert means == [[4.0, 4.0], [4.0, None]]


def test_what_cannot_be_negative_has_no_interval_below_zero(make_plan, observe):
    """Seconds, counts and the variance end at 0; the correlation may go below it."""
    plan = make_plan(2)
    rows = [GONE, READ, GONE, READ, GONE, READ, GONE, GONE | {"seen_people": 1, "original_removed": 900}]
    rows = [{"original_delivered": 0, "original_removed": 1, **row} for row in rows]
    it = found(tally(observe(plan, rows), plan).values, plan)
    names = ("exposure_seconds", "seen_count", "success_variance")
    assert [it["all", name].low for name in names] == [0.0, 0.0, 0.0]
    assert it["all", "icc"].low < 0.0
