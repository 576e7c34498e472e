"""Means with intervals over replications."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recallsim.estimate import intervals

LEVEL = 0.95


def ends(interval):
    """The interval's low and high end."""
    return [interval.low, interval.high]


def test_the_reference_sample_has_its_reference_interval():
    """The ten shares of the reference tables give mean .705 and their t interval, as counts and as floats."""
    hundredths = np.array([71, 68, 74, 69, 73, 70, 66, 72, 75, 67])
    expected = [0.705, 0.6833414941, 0.7266585059]
    as_counts = intervals.of_counts(hundredths, 100, rate=True, confidence=LEVEL)
    as_floats = intervals.of_values(hundredths / 100, rate=True, confidence=LEVEL)
    assert [as_counts.mean, *ends(as_counts)] == pytest.approx(expected, abs=5e-11)
    assert [as_floats.mean, *ends(as_floats)] == pytest.approx(expected, abs=5e-11)
    assert as_counts.error == pytest.approx(0.0302765035 / math.sqrt(10), abs=5e-11)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30).filter(lambda x: len(set(x)) > 1))
def test_counts_are_summed_exactly(counts):
    """Mean and standard error of counts are those of exact fractions."""
    found = intervals.of_counts(np.array(counts), 10**6, rate=False, confidence=LEVEL)
    error = statistics.stdev(counts) / math.sqrt(len(counts)) / 10**6
    assert [found.mean, found.error] == pytest.approx([sum(counts) / (len(counts) * 10**6), error], rel=1e-13)


def test_counts_too_large_for_sixty_four_bits_are_still_exact():
    """Squares that leave 64 bits are summed as whole numbers of any size."""
    counts = np.array([2**40, 2**40 + 2])
    found = intervals.of_counts(counts, 1, rate=False, confidence=LEVEL)
    assert [found.mean, found.error] == [2.0**40 + 1, 1.0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=40), st.integers(0, 2**32))
def test_the_order_of_floats_does_not_matter_where_sums_are_exact(values, seed):
    """Shuffled replications give the same bits, since the sums are rounded once."""
    shuffled = np.random.default_rng(seed).permutation(values)
    once, again = (intervals.of_values(x, rate=False, confidence=LEVEL) for x in (np.array(values), shuffled))
    assert once == again


def test_a_rate_is_clipped_to_zero_and_one_and_its_half_width_is_not():
    """The ends of a rate's interval stay within 0 and 1; the half-width that precision goes by stays whole."""
    found = intervals.of_counts(np.array([0, 0, 0, 1]), 2, rate=True, confidence=LEVEL)
    half = stats.t.ppf(0.975, 3) * 0.25 / 2
    assert [*ends(found), found.half_width] == pytest.approx([0.0, 0.125 + half, half])
    found = intervals.of_counts(np.array([5, 5, 5, 4]), 5, rate=True, confidence=LEVEL)
    assert found.high == 1.0


@pytest.mark.parametrize(
    "count, low, high",
    [(0, 0.0, 1 - 0.05**0.01), (10, 0.05**0.01, 1.0), (4, 0.4, 0.4)],
)
def test_a_rate_without_variance_has_the_interval_of_the_rule(count, low, high):
    """Over 100 equal replications the interval is one-sided at 0 and 1 and the point elsewhere, and says so."""
    found = intervals.of_counts(np.full(100, count), 10, rate=True, confidence=LEVEL)
    assert ([found.mean, *ends(found)], found.degenerate) == (pytest.approx([count / 10, low, high]), True)


def test_the_reference_upper_end_after_a_hundred_zeros():
    """1 - .05 ** (1 / 100) is 0.0295130496, as counts and as floats."""
    zeros = np.zeros(100)
    found = [
        intervals.of_counts(zeros.astype(np.int64), 7, rate=True, confidence=LEVEL).high,
        intervals.of_values(zeros, rate=True, confidence=LEVEL).high,
    ]
    assert found == pytest.approx([0.0295130496, 0.0295130496], abs=5e-11)


def test_a_mean_without_variance_is_a_point():
    """Where a time is the same in all replications, its interval is that time, whatever its size."""
    found = intervals.of_values(np.array([0.1, 0.1, 0.1]), rate=False, confidence=LEVEL)
    assert found == intervals.Interval(0.1, 0.1, 0.1, 0.0, 0.0, 3, True)


def test_one_replication_has_a_mean_and_no_interval():
    """The ends that do not exist are None, and nothing is called degenerate."""
    found = [
        intervals.of_counts(np.array([3]), 4, rate=True, confidence=LEVEL),
        intervals.of_values(np.array([np.nan, 0.75]), rate=True, confidence=LEVEL),
        intervals.of_quantile(np.array([3]), 0.5, confidence=LEVEL),
    ]
    expected = [intervals.Interval(mean, None, None, None, None, 1) for mean in (0.75, 0.75, 3.0)]
    assert found == expected


def test_values_that_do_not_exist_do_not_count():
    """Replications without a value are left out and counted out."""
    found = intervals.of_values(np.array([1.0, np.nan, 3.0]), rate=False, confidence=LEVEL)
    assert (found.mean, found.replications) == (2.0, 2)
    nothing = intervals.of_values(np.array([np.nan, np.nan]), rate=False, confidence=LEVEL)
    assert nothing == intervals.Interval(None, None, None, None, None, 0)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [2, 5, 6, 20, 44, 45, 100, 368, 369, 1000, 40_000])
def test_order_statistics_err_as_rarely_as_they_should(n, share):
    """The ranks are the narrowest whose tails are at most 2.5 % each, by scipy's binomial distribution."""
    lower, upper = intervals.order_ranks(n, share, LEVEL)
    below = stats.binom(n, share)
    fits = [rank for rank in range(1, n + 1) if below.cdf(rank - 1) <= 0.025] if n <= 1000 else [lower]
    assert lower == max(fits, default=0)
    tops = [rank for rank in range(1, n + 1) if below.sf(rank - 1) <= 0.025] if n <= 1000 else [upper]
    assert upper == min(tops, default=0)
    if n == 40_000:
        assert below.cdf(lower - 1) <= 0.025 < below.cdf(lower)
        assert below.sf(upper - 1) <= 0.025 < below.sf(upper - 2)


def test_a_quantile_is_a_count_that_occurred():
    """Nine of ten replications saw nine or fewer: the .9 quantile of 1..10 is 9, and its upper end does not exist."""
    found = intervals.of_quantile(np.arange(10, 0, -1), 0.9, confidence=LEVEL)
    assert found == intervals.Interval(9.0, 7.0, None, None, None, 10)


def test_the_median_of_many_lies_between_two_order_statistics():
    """Of 1..20 the median is 10 and its interval runs from the 6th to the 15th value."""
    found = intervals.of_quantile(np.arange(1, 21), 0.5, confidence=LEVEL)
    assert found == intervals.Interval(10.0, 6.0, 15.0, 4.5, None, 20)


def by_hand(shares, of, name):
    """Variance, intraclass correlation (analysis of variance) or design effect of a list of shares."""
    if name == "variance":
        return statistics.variance(shares)
    n, p = len(shares), statistics.fmean(shares)
    between = of * sum((x - p) ** 2 for x in shares) / (n - 1)
    within = sum(of * x * (1 - x) for x in shares) / (n * (of - 1))
    icc = (between - within) / (between + (of - 1) * within)
    return icc if name == "icc" else 1 + (of - 1) * icc


def jackknifed(shares, of, name):
    """A statistic and its standard error by brute force."""
    n = len(shares)
    left_out = [by_hand(shares[:i] + shares[i + 1 :], of, name) for i in range(n)]
    centre = statistics.fmean(left_out)
    return [by_hand(shares, of, name), math.sqrt((n - 1) / n * sum((x - centre) ** 2 for x in left_out))]


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 12), min_size=3, max_size=25).filter(lambda x: len(set(x)) > 1),
    name=st.sampled_from(["variance", "icc", "effect"]),
)
def test_leaving_one_out_in_closed_form_equals_leaving_it_out(counts, name):
    """The jackknife's point, error and ends equal those found by computing the statistic n times."""
    of = 12
    statistic = {
        "variance": intervals.variance_of_share,
        "icc": intervals.intraclass(of),
        "effect": intervals.design_effect(of),
    }[name]
    found = intervals.of_jackknife(np.array(counts), of, statistic, confidence=LEVEL)
    try:
        point, error = jackknifed([count / of for count in counts], of, name)
    except ZeroDivisionError:
        assert found.low is None
        return
    half = stats.t.ppf(0.975, len(counts) - 1) * error
    expected = [point, error, point - half, point + half]
    assert [found.mean, found.error, *ends(found)] == pytest.approx(expected, rel=1e-9, abs=1e-11)


def test_recipients_that_share_their_fate_have_a_correlation_of_one():
    """All or none of 8 in each replication: the correlation is 1 and the design effect 8."""
    counts = np.array([0, 8, 8, 0, 8, 0])
    found = [
        intervals.of_jackknife(counts, 8, of, confidence=LEVEL).mean
        for of in (intervals.intraclass(8), intervals.design_effect(8))
    ]
    assert found == pytest.approx([1.0, 8.0])


def test_where_all_succeed_there_is_no_correlation():
    """Without any failure the correlation does not exist and the variance is 0."""
    counts = np.full(5, 8)
    assert intervals.of_jackknife(counts, 8, intervals.intraclass(8), confidence=LEVEL) == intervals.nothing(
        5
    )
    found = intervals.of_jackknife(counts, 8, intervals.variance_of_share, confidence=LEVEL)
    assert found == intervals.Interval(0.0, 0.0, 0.0, 0.0, 0.0, 5, True)


def test_the_jackknife_needs_three_replications():
    """Two give a variance without an interval, one gives nothing."""
    two = intervals.of_jackknife(np.array([1, 3]), 4, intervals.variance_of_share, confidence=LEVEL)
    one = intervals.of_jackknife(np.array([1]), 4, intervals.variance_of_share, confidence=LEVEL)
    assert (two.mean, ends(two), one.mean) == (0.125, [None, None], None)


def shared_latency(chance, macro, n, of):
    """Counts of successes where one exponential latency a replication is shared by all its recipients (V19)."""
    shares = np.exp(-(5 + chance.exponential(20, (macro, n))) / 60)
    return chance.binomial(of, shares)


def test_the_interval_covers_where_recipients_share_a_latency():
    """Of 400 experiments of 50 replications, 92 to 97.5 % of the intervals hold the exact mean of V19a."""
    exact = 0.690033311
    counts = shared_latency(np.random.default_rng(20261120), 400, 50, 200)
    found = [intervals.of_counts(row, 200, rate=True, confidence=LEVEL) for row in counts]
    held = sum(each.low <= exact <= each.high for each in found)
    assert 0.92 * 400 <= held <= 0.975 * 400


@pytest.mark.parametrize(
    "name, exact", [("variance", 0.03265378606), ("icc", 0.1484102078), ("effect", 30.53363135)]
)
def test_shared_latencies_have_the_exact_variance_and_correlation(name, exact):
    """V19b to V19d: over 20,000 replications the estimates lie within 4.4 jackknife errors of the exact values."""
    counts = shared_latency(np.random.default_rng(20261120), 1, 20_000, 200)[0]
    statistic = {
        "variance": intervals.variance_of_share,
        "icc": intervals.intraclass(200),
        "effect": intervals.design_effect(200),
    }[name]
    found = intervals.of_jackknife(counts, 200, statistic, confidence=LEVEL)
    assert abs(found.mean - exact) / found.error <= 4.4


@pytest.mark.prove
def test_the_interval_covers_to_a_percent():
    """Of 10,000 experiments, 94 to 96 % of the intervals hold the exact mean."""
    exact = 0.690033311
    counts = shared_latency(np.random.default_rng(1), 10_000, 50, 200)
    found = [intervals.of_counts(row, 200, rate=True, confidence=LEVEL) for row in counts]
    held = sum(each.low <= exact <= each.high for each in found)
    assert 9_400 <= held <= 9_600
