"""Durations, sizes and rates as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transport.errors import UnitError
from transport.units import format_duration, parse_duration, parse_rate, parse_size

UNITS = "us, ms, s, min, h, d or w"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0.0),
        ("90s", 90.0),
        ("5 min", 300.0),
        ("1h 30min", 5400.0),
        ("1 h 30 min", 5400.0),
        ("1h30min", 5400.0),
        ("40ms", 0.04),
        ("250us", 0.00025),
        ("2.5 d", 216_000.0),
        ("1w", 604_800.0),
        ("1e3 s", 1000.0),
        (" 7d ", 604_800.0),
    ],
)
def test_durations_are_read(text, seconds):
    """A number and a unit, or several of them, are a number of seconds."""
    observed = parse_duration(text)
    assert observed == seconds


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("90", f"'90' has no unit; use {UNITS}", "'90s' or '90min'?"),
        ("5 minuts", f"'5 minuts' has the unknown unit 'minuts'; use {UNITS}", "did you mean 'min'?"),
        ("5m", f"'5m' has the unknown unit 'm'; use {UNITS}", "did you mean 'min'?"),
        ("5 MIN", f"'5 MIN' has the unknown unit 'MIN'; use {UNITS}", "did you mean 'min'?"),
        (
            "1 month",
            f"'1 month' has the unknown unit 'month'; use {UNITS}",
            "their length varies: write days, as in '30d'",
        ),
        ("-3 min", "'-3 min' is negative; a duration is 0 or more", ""),
        ("", f"'' is not a duration; write a number and a unit ({UNITS})", "'90s' or '1h 30min'"),
        ("PT5M", f"'PT5M' is not a duration; write a number and a unit ({UNITS})", "'90s' or '1h 30min'"),
        ("1h 30", f"'1h 30' is not a duration; write a number and a unit ({UNITS})", "'90s' or '1h 30min'"),
        ("1,5 h", f"'1,5 h' is not a duration; write a number and a unit ({UNITS})", "'90s' or '1h 30min'"),
        ("1h 2h", "'1h 2h' names the unit 'h' twice", ""),
        ("1e99 d", "'1e99 d' is too long; the longest duration is some 300,000 years", ""),
    ],
)
def test_what_is_no_duration_is_refused(text, message, suggestion):
    """A refusal names the units there are and what was probably meant."""
    with pytest.raises(UnitError) as error:
        parse_duration(text)
    assert (str(error.value), error.value.help) == (message, suggestion)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0 B", 0),
        ("20 kB", 20_000),
        ("2 MB", 2_000_000),
        ("2mb", 2_000_000),
        ("1.5 MiB", 1_572_864),
        ("1GB", 10**9),
    ],
)
def test_sizes_are_read(text, size):
    """Decimal units are powers of 1000, binary ones of 1024."""
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2", "'2' has no unit; use B, kB, MB, GB, KiB, MiB or GiB"),
        ("2 TBs", "'2 TBs' has the unknown unit 'TBs'; use B, kB, MB, GB, KiB, MiB or GiB"),
        ("0.3 B", "'0.3 B' is not a whole number of bytes"),
        ("-1 MB", "'-1 MB' is negative; a size is 0 or more"),
        ("big", "'big' is not a size; write a number and a unit (B, kB, MB, GB, KiB, MiB or GiB)"),
    ],
)
def test_what_is_no_size_is_refused(text, message):
    """A refusal says which units of size there are."""
    with pytest.raises(UnitError) as error:
        parse_size(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1.6/min", 1.6 / 60), ("1/45min", 1 / 2700), ("22/s", 22.0), ("0/h", 0.0), ("3 / 1h 30min", 3 / 5400)],
)
def test_rates_are_read(text, rate):
    """A rate is a number over a unit or over a duration."""
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.6", f"'1.6' is not a rate; write a number, a slash and a unit ({UNITS})"),
        ("1/45", f"'45' has no unit; use {UNITS}"),
        ("1/0s", "'1/0s' divides by a time of 0"),
        ("-1/min", "'-1/min' is negative; a rate is 0 or more"),
        ("1/minute", f"'1minute' has the unknown unit 'minute'; use {UNITS}"),
    ],
)
def test_what_is_no_rate_is_refused(text, message):
    """A refusal says how a rate is written."""
    with pytest.raises(UnitError) as error:
        parse_rate(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (0.00025, "250 us"),
        (0.04, "40 ms"),
        (2.5, "2.5 s"),
        (90.0, "1 min 30 s"),
        (5400.0, "1 h 30 min"),
        (604_800.0, "7 d"),
        (3599.9999999, "1 h"),
        (float("inf"), "never"),
    ],
)
def test_durations_are_written(seconds, text):
    """A duration is written with at most two units."""
    assert format_duration(seconds) == text


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None, database=None)
def test_no_text_breaks_the_parsers(text):
    """Whatever the text, a parser gives a number or a UnitError."""
    observed = [number_or_refusal(parse, text) for parse in (parse_duration, parse_size, parse_rate)]
    assert all(isinstance(found, str) or found >= 0 for found in observed)


def number_or_refusal(parse, text):
    """What a parser makes of a text."""
    try:
        return parse(text)
    except UnitError as error:
        return str(error)


@given(st.floats(min_value=1e-6, max_value=1e9))
@settings(max_examples=300, deadline=None, database=None)
def test_what_is_written_is_read_again(seconds):
    """A written duration is read as the same number, to the digits that are written."""
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=2e-3)
