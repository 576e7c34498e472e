"""Quantiles of Student's t."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recallsim.estimate.student import normal_quantile, student_quantile

CONFIDENCES = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
FREEDOMS = (*range(1, 60), 79, 99, 199, 399, 999, 1999, 2000, 3999, 12_345, 99_999, 1_000_000)


def test_quantiles_equal_scipys_to_twelve_digits():
    """Every quantile that an interval of 1 to a million degrees of freedom needs is scipy's to 1e-12."""
    levels = [(df, (1 + confidence) / 2) for df in FREEDOMS for confidence in CONFIDENCES]
    worst = max(abs(student_quantile(p, df) / float(stats.t.ppf(p, df)) - 1) for df, p in levels)
    assert worst <= 1e-12


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 1_000_000), st.floats(0.5, 0.9999))
def test_quantiles_equal_scipys_anywhere(df, confidence):
    """The same holds between the tabulated points."""
    p = (1 + confidence) / 2
    assert student_quantile(p, df) == pytest.approx(float(stats.t.ppf(p, df)), rel=1e-12)


def test_one_and_two_degrees_of_freedom_have_closed_forms():
    """With one degree of freedom it is the Cauchy quantile, with two an algebraic one."""
    found = [student_quantile(0.975, 1), student_quantile(0.975, 2)]
    assert found == pytest.approx([math.tan(math.pi * 0.475), 0.95 * math.sqrt(2 / (1 - 0.95**2))], rel=1e-13)


def test_the_reference_numbers_of_the_tables():
    """t(.975, 9) and z(.975) are the tabulated ones."""
    found = [student_quantile(0.975, 9), normal_quantile(0.975)]
    assert found == pytest.approx([2.262157162798205, 1.959963984540054], rel=1e-15)


def test_the_quantile_is_odd_and_zero_at_a_half():
    """Below one half it is the mirror image of above."""
    found = [student_quantile(0.5, 7), student_quantile(0.1, 7) + student_quantile(0.9, 7)]
    assert found == [0.0, 0.0]


@pytest.mark.parametrize(
    "p, df, text",
    [
        (0.0, 5, "a quantile of Student's t was asked for p = 0.0; p must lie between 0 and 1"),
        (1.0, 5, "a quantile of Student's t was asked for p = 1.0; p must lie between 0 and 1"),
        (0.9, 0, "Student's t has no 0 degrees of freedom; give a finite number above 0"),
    ],
)
def test_what_has_no_quantile_is_refused(p, df, text):
    """A probability or a number of degrees of freedom out of range is an error that names it."""
    with pytest.raises(ValueError) as caught:
        student_quantile(p, df)
    assert str(caught.value) == text
