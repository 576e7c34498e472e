"""Numbers as people read them."""

import pytest

from recallsim.reporting.numbers import Measure, cell, count, duration, measure_of, percent, plural
from recallsim.reporting.plain import ASCII, UNICODE


@pytest.mark.parametrize(
    "metric, mean, low, high, written",
    [
        ("success_rate", 0.621, 0.608, 0.634, "62.1 % ±1.3"),
        ("success_rate", 0.0, 0.0, 0.0247, "0 % ≤2.5"),
        ("success_rate", 0.005, 0.0, 0.012, "0.5 % (0–1.2)"),
        ("peak_queue:delivery", 197.0, 197.0, 197.0, "197"),
        ("seen_count_p50", 122.0, 116.0, 127.0, "122 (116–127)"),
        ("success_rate", 1.0, 0.9753, 1.0, "100 % ≥97.5"),
        ("success_rate", 0.002, 0.0019, 0.0021, "0.20 % ±0.01"),
        ("success_rate", 0.5, None, None, "50.0 %"),
        ("success_rate", 0.5, 0.5, 0.5, "50.0 %"),
        ("success_rate", None, None, None, "–"),
        ("success_rate", float("nan"), float("nan"), float("nan"), "–"),
        ("reason:already_read", 0.3, 0.2, 0.4, "30 % ±10"),
        ("exposure_seconds", 7200.0, 6840.0, 7560.0, "2.0 h ±0.1"),
        ("wait_seconds:delivery", 0.0425, 0.0415, 0.0435, "42.5 ms ±1.0"),
        ("seen_count", 1040.0, 1008.0, 1072.0, "1,040 ±32"),
        ("icc", 0.00432, 0.00419, 0.00445, "0.0043 ±0.0001"),
        ("decision_seconds_p50", 0.0, 0.0, 0.0, "0 s"),
    ],
)
def test_an_estimate_is_written_with_its_unit_and_interval(given, metric, mean, low, high, written):
    """A cell shows the number in a fitting unit, and the half-width or both ends of its interval."""
    assert str(cell(given(metric, mean, low=low, high=high), UNICODE)) == written


def test_ascii_has_a_stand_in_for_every_sign(given):
    """Without Unicode, plus-minus and dashes are written with what there is."""
    symmetric, clipped = given("success_rate", 0.5, 0.1), given("success_rate", 0.0, low=0.0, high=0.1)
    assert (str(cell(symmetric, ASCII)), str(cell(clipped, ASCII))) == ("50 % +-10", "0 % <=10")


@pytest.mark.parametrize(
    "metric, measure",
    [
        ("told_success_though_seen_rate", Measure.RATE),
        ("waited_over:delivery:3min", Measure.RATE),
        ("success_count:7", Measure.RATE),
        ("all_succeeded", Measure.RATE),
        ("last_delivery_seconds:request", Measure.SECONDS),
        ("seen_count_p90", Measure.COUNT),
        ("peak_queue:delivery", Measure.COUNT),
        ("design_effect", Measure.NUMBER),
    ],
)
def test_the_name_of_a_metric_tells_what_it_counts(metric, measure):
    """Rates, times, counts and plain numbers are told apart by name."""
    assert measure_of(metric) is measure


@pytest.mark.parametrize(
    "seconds, written",
    [
        (0.0, "0 s"),
        (0.04, "40 ms"),
        (1.0, "1 s"),
        (90.0, "1.5 min"),
        (59.99, "1 min"),
        (59.0, "59 s"),
        (604800.0, "7 d"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_fits(seconds, written):
    """Durations are short and have a unit."""
    assert duration(seconds) == written


def test_counts_and_shares_are_written_with_separators_and_units():
    """Thousands are separated; small means keep one place; nouns agree."""
    written = (count(2000), count(3.26), percent(0.406), plural(1, "recipient"), plural(2, "recipient"))
    assert written == ("2,000", "3.3", "40.6 %", "1 recipient", "2 recipients")
