"""Which metrics there are, and how they may be asked for."""

import pytest

from recallsim.estimate.catalogue import check_metric, metric_names

RATES = [
    "success_rate",
    "failed_rate",
    "refused_rate",
    "pending_rate",
    "doomed_rate",
    "unseen_success_rate",
    "seen_success_rate",
    "seen_rate",
    "seen_before_notice_rate",
    "seen_before_request_rate",
    "seen_while_processing_rate",
    "seen_after_processing_rate",
    "seen_never_processed_rate",
    "seen_after_removal_rate",
    "failed_unseen_rate",
    "aware_rate",
    "aware_unseen_rate",
    "overtaken_rate",
]
TOLD = ["told_success_rate", "told_failure_rate", "told_bounce_rate", "told_success_though_seen_rate"]
REPLACED = [f"replacement_{end}_rate" for end in ("new_only", "both", "old_only", "none", "seen_first")]
NUMBERS = [
    "all_succeeded",
    "none_saw",
    "seen_count",
    "seen_count_p50",
    "seen_count_p90",
    "seen_count_p99",
    "forwarded_seen_count",
    "exposure_seconds",
    "decision_seconds_p50",
    "decision_seconds_p90",
    "decision_seconds_p99",
    "decision_seconds_mean_succeeded",
    "decision_seconds_mean_failed",
]
SPREAD = ["success_variance", "icc", "design_effect"]


def delivery(*kinds):
    """The names of the metrics about deliveries."""
    return [f"{what}_seconds:{kind}" for kind in kinds for what in ("delivery", "last_delivery")]


@pytest.fixture
def plan(make_plan):
    """Two groups, one stage and everything that can be on."""
    return make_plan(3, 2, stages=("delivery",))


def test_all_metrics_of_a_scenario_that_has_everything(plan):
    """With a replacement, reports and a stage, the whole list of the model comes."""
    stage = ["wait_seconds:delivery", "sojourn_seconds:delivery", "peak_queue:delivery"]
    kinds = delivery("original", "request", "replacement")
    assert list(metric_names(plan)) == [*RATES, *TOLD, *REPLACED, *NUMBERS, *kinds, *stage, *SPREAD]


def test_metrics_without_meaning_are_left_out(make_plan):
    """Without replacement, reports, forwards and stages only bounces are told and no ending is sorted by replacement."""
    plan = make_plan(3, has_replacement=False, tells=False, forwards=False)
    kinds = delivery("original", "request")
    numbers = [name for name in NUMBERS if name != "forwarded_seen_count"]
    assert list(metric_names(plan)) == [*RATES, "told_bounce_rate", *numbers, *kinds, *SPREAD]


def test_every_listed_metric_can_be_asked_for(plan):
    """What always comes may be named too."""
    for name in metric_names(plan):
        check_metric(name, plan)


@pytest.mark.parametrize(
    "name",
    [
        "waited_over:delivery:3min",
        "waited_over:delivery:0s:request",
        "waited_over:delivery:1h 30min",
        "wait_seconds:delivery:original",
        "sojourn_seconds:delivery:report",
        "success_count:0",
        "success_count:5",
        "reason:already_read",
    ],
)
def test_metrics_with_parameters_can_be_asked_for(plan, name):
    """Thresholds, kinds, numbers of successes and reasons are accepted."""
    assert check_metric(name, plan) is None


@pytest.mark.parametrize(
    "name, text",
    [
        ("sucess_rate", "there is no metric 'sucess_rate'; did you mean 'success_rate'?"),
        (
            "reason:already_red",
            "there is no metric 'reason:already_red'; did you mean 'reason:already_read'?",
        ),
        (
            "wait_seconds:delivry",
            "wait_seconds:delivry: the scenario has no stage 'delivry' (did you mean 'delivery'?); "
            "its stages are delivery",
        ),
        (
            "peak_queue:x",
            "peak_queue:x: the scenario has no stage 'x'; its stages are delivery",
        ),
        (
            "wait_seconds:delivery:reqest",
            "wait_seconds:delivery:reqest: no message is a 'reqest' (did you mean 'request'?); "
            "the kinds are original, request, replacement, report",
        ),
        (
            "waited_over:delivery",
            "waited_over:delivery: write waited_over:<stage>:<duration> or waited_over:<stage>:<duration>:<kind>, "
            "such as waited_over:delivery:3min:request",
        ),
        (
            "success_count:6",
            "success_count:6: write success_count:<k>, k being a whole number of recipients from 0 to 5",
        ),
        (
            "success_count",
            "success_count: write success_count:<k>, k being a whole number of recipients from 0 to 5",
        ),
        (
            "success_count:-1",
            "success_count:-1: write success_count:<k>, k being a whole number of recipients from 0 to 5",
        ),
    ],
)
def test_a_wrong_name_is_an_error_that_helps(plan, name, text):
    """The message names what was asked for and what there is."""
    with pytest.raises(ValueError) as caught:
        check_metric(name, plan)
    assert str(caught.value) == text


def test_a_duration_without_a_unit_is_an_error_that_names_the_metric(plan):
    """The reader of durations says what is wrong; the metric's name stands before it."""
    with pytest.raises(ValueError, match=r"^waited_over:delivery:3: .*min"):
        check_metric("waited_over:delivery:3", plan)


@pytest.mark.parametrize(
    "name, because",
    [
        ("told_success_rate", "the sender did not ask to be told (tell_me is off)"),
        ("replacement_both_rate", "the scenario sends no replacement"),
        ("delivery_seconds:replacement", "the scenario sends no replacement"),
        ("forwarded_seen_count", "nobody forwards anything in the scenario"),
    ],
)
def test_a_metric_without_meaning_says_why(make_plan, name, because):
    """Asking for what cannot be here names the reason rather than another metric."""
    with pytest.raises(ValueError) as caught:
        check_metric(name, make_plan(3, has_replacement=False, tells=False, forwards=False))
    assert str(caught.value) == f"the metric {name!r} has no meaning here: {because}"


def test_a_vague_name_is_answered_with_five_near_ones_at_most(make_plan):
    """A name that resembles several is answered with the nearest and with where all of them are found."""
    with pytest.raises(ValueError) as caught:
        check_metric("seconds_p50", make_plan(1))
    near = str(caught.value).split("near names are ")[-1].split(";")[0].split(", ")
    assert ("decision_seconds_p50" in str(caught.value), len(near) <= 5) == (True, True)


def test_nonsense_is_answered_with_the_list(make_plan):
    """A name like no other is answered with where to find the names."""
    with pytest.raises(
        ValueError,
        match=r"^there is no metric 'zzz'; `recallsim run SCENARIO --replications 1 --json` prints",
    ):
        check_metric("zzz", make_plan(1))
