"""Differences between runs under common random numbers: paired t, Holm, McNemar, what independent streams cost."""

import numpy as np
import pytest
from scipy import stats

from recallsim.estimate.holm import holm
from recallsim.estimate.mcnemar import Pairs, mcnemar, pairs
from recallsim.estimate.paired import difference, differences, independent_needed
from recallsim.estimate.stopping import Rule, Target
from recallsim.estimate.stopping_paired import DifferenceRule
from recallsim.estimate.student import student_tail
from recallsim.estimate.tally import tally, tally_names

X = np.array([0.71, 0.68, 0.74, 0.69, 0.73, 0.70, 0.66, 0.72, 0.75, 0.67])
Y = np.array([0.69, 0.67, 0.70, 0.68, 0.70, 0.69, 0.65, 0.69, 0.73, 0.66])


def test_the_paired_interval_is_the_textbooks():
    """The reference pair of samples has the difference 0.019 with the interval 0.0111 to 0.0269."""
    found = difference(Y, X, "success_rate")
    observed = (found.interval.mean, found.interval.low, found.interval.high)
    assert observed == pytest.approx((0.019, 0.0111274619, 0.0268725381), abs=1e-10)
    assert found.p_value == pytest.approx(stats.ttest_rel(X, Y).pvalue, rel=1e-12)


def test_only_replications_with_both_values_count():
    """A replication without a value in one of the runs is no pair."""
    first, second = np.append(Y, [np.nan, 0.3]), np.append(X, [0.9, np.nan])
    assert difference(first, second, "m") == difference(Y, X, "m")


def test_equal_runs_differ_by_exactly_nothing():
    """A against A: zero, with a width of zero and a p-value of one."""
    found = difference(X, X.copy(), "success_rate")
    observed = (
        found.interval.mean,
        found.interval.low,
        found.interval.high,
        found.p_value,
        found.independent,
    )
    assert observed == (0.0, 0.0, 0.0, 1.0, None)


def test_a_constant_difference_is_judged_by_its_signs():
    """Where all differences are equal and not 0, two of the 2^n changes of sign leave as much."""
    found = difference(np.zeros(10), np.ones(10), "success_rate")
    assert (found.interval.mean, found.interval.degenerate, found.p_value) == (1.0, True, 2.0**-9)


def test_one_replication_has_a_difference_and_no_interval():
    """With one pair there is neither interval nor p-value."""
    found = difference(Y[:1], X[:1], "m")
    assert (found.interval.low, found.p_value, found.independent) == (None, None, None)


@pytest.mark.parametrize("df", [1, 2, 9, 99, 1999, 2000, 100_000])
def test_the_tail_of_student_is_scipys(df):
    """The probability beyond t agrees with scipy's."""
    points = [0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0]
    observed = [student_tail(t, df) for t in points]
    assert observed == pytest.approx([float(stats.t.sf(t, df)) for t in points], rel=1e-9)


def test_holm_corrects_step_by_step():
    """Holm's values for five comparisons are the published ones, in any order."""
    values = [0.001, 0.012, 0.020, 0.041, 0.30]
    assert holm(values) == pytest.approx((0.005, 0.048, 0.06, 0.082, 0.30), abs=1e-15)
    assert holm(values[::-1]) == pytest.approx((0.30, 0.082, 0.06, 0.048, 0.005), abs=1e-15)
    assert holm([]) == ()
    assert holm([0.6, 0.7]) == (1.0, 1.0)


def test_mcnemar_is_the_exact_binomial():
    """12 changes against 3 have the p-value 0.03515625; large numbers agree with scipy."""
    assert (mcnemar(12, 3), mcnemar(3, 12), mcnemar(0, 0)) == (0.03515625, 0.03515625, 1.0)
    for gained, lost in ((500, 501), (700, 520), (49_000, 51_000), (4_998_000, 5_002_000)):
        expected = float(stats.binomtest(gained, gained + lost).pvalue)
        assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-7)


def test_pairs_are_counted_bit_by_bit():
    """Each recipient of each replication is one pair; the bits that fill up the last byte are none."""
    chance = np.random.default_rng(5)
    first, second = chance.integers(0, 2, size=(2, 7, 13)).astype(bool)
    counted = pairs(np.packbits(first, axis=1), np.packbits(second, axis=1), 13)
    assert counted == Pairs(
        int((first & second).sum()),
        int((~first & second).sum()),
        int((first & ~second).sum()),
        int((~first & ~second).sum()),
    )


def test_pairs_of_other_recipients_are_refused():
    """Runs of other numbers of recipients have no pairs."""
    with pytest.raises(ValueError, match="do not hold pairs of 13 recipients"):
        pairs(np.zeros((7, 2), np.uint8), np.zeros((7, 3), np.uint8), 13)


@pytest.mark.parametrize("half_width", [0.5, 0.05, 0.004])
def test_independent_streams_need_the_least_number_that_is_enough(half_width):
    """One replication fewer would give a wider interval, by scipy's quantiles."""
    needed = independent_needed(0.01, 0.02, half_width, 0.95)

    def width(n):
        return float(stats.t.ppf(0.975, 2 * n - 2)) * (0.03 / n) ** 0.5

    assert width(needed) <= half_width * (1 + 1e-12)
    assert needed == 2 or width(needed - 1) > half_width


def test_every_metric_that_both_runs_have_is_compared(make_plan, at_random):
    """Groups and metrics of both plans are compared; the values are those of a plain subtraction."""
    plan, other = make_plan(3, 4, 2), make_plan(3, 4, 2, has_replacement=False)
    first = tally(at_random(plan, 8, 1), plan)
    second = tally(at_random(other, 8, 2), other)
    found = {
        (each.group, each.metric): each for each in differences(first.values, plan, second.values, other)
    }
    assert {group for group, _ in found} == {"a", "b", "c", "all"}
    assert not any(metric.startswith("replacement_") for _, metric in found)
    names = [metric for _, metric in found]
    assert not {"icc", "seen_count_p90", "success_variance"} & set(names)
    at = tally_names(plan).index("succeeded")
    succeeded = [values[:, 1, at] / 4 for values in (first.values, second.values)]
    assert found["b", "success_rate"] == difference(*succeeded, "success_rate", "b")


def rule_of(plan, *targets, **rest):
    return DifferenceRule(Rule(targets, minimum=2, maximum=40, step=2, **rest), (plan, plan), (False, False))


def test_a_comparison_stops_when_every_difference_is_known(make_plan, at_random):
    """All targets are held against the differences; a relative one is a share of the base."""
    plan = make_plan(30)
    first, second = (tally(at_random(plan, 40, seed), plan).values for seed in (1, 2))
    at = tally_names(plan).index("succeeded")
    widths = [
        difference(
            *(values[:n, 1, at] / 30 for values in (first, second)), "success_rate"
        ).interval.half_width
        for n in (20, 40)
    ]
    between = (widths[0] + widths[1]) / 2
    rule = rule_of(plan, Target(half_width=between))
    asked = [rule.satisfied([first[:n], second[:n]], []) for n in (20, 40)]
    assert asked == [False, True]
    share = between / float(first[:40, 1, at].mean() / 30)
    relative = rule_of(plan, Target(half_width=share, relative=True))
    assert relative.satisfied([first, second], [])
    assert not rule_of(plan, Target(half_width=between), Target("seen_rate", half_width=1e-6)).satisfied(
        [first, second], []
    )


def test_the_base_under_another_name_is_not_waited_for(make_plan, at_random):
    """A variant that equals the base by its fingerprint needs no precision."""
    plan = make_plan(30)
    values = tally(at_random(plan, 2, 1), plan).values
    same = DifferenceRule(Rule((Target(),), minimum=2), (plan, plan), (True, True))
    assert same.satisfied([values, values], [])
    assert not rule_of(plan, Target()).satisfied([values, values], [])


def test_a_quantile_over_replications_is_no_target_of_a_comparison(make_plan):
    """What no replication has by itself has no difference in each."""
    with pytest.raises(ValueError, match="seen_count_p90 has no value in a replication by itself"):
        rule_of(make_plan(30), Target("seen_count_p90", half_width=1.0)).check()
