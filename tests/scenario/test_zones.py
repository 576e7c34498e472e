"""Time zones: of the sender and of groups, and what was meant by one that there is not."""

import pytest

NONE = "write one of the time zone database, as Europe/Oslo or UTC"
OSLO = "did you mean 'Europe/Oslo'?"


@pytest.mark.parametrize("key", ["recipients.groups.desk.timezone={}", "start=Tue 10:40 {}", "start={{any: office, timezone: {}}}"])  # fmt: skip
@pytest.mark.parametrize(
    ("zone", "hint"),
    [("Foo/Bar", NONE), ("Europe/Olso", OSLO), ("europe/olso", OSLO), ("Oslo", OSLO), ("../x", NONE)],
)
def test_a_zone_that_there_is_not_is_refused_with_what_was_meant(complaint, small, key, zone, hint):
    """Wherever a zone is taken, an unknown one is an error in words."""
    observed = complaint(small, key.format(zone))
    assert observed.count("error:") == 1
    assert observed.partition(f"'{zone}' is not a time zone\n  help: ")[2] == hint


def test_a_number_is_no_zone(complaint, small):
    """A zone is a text."""
    assert "recipients.groups.desk.timezone: expected a text, found 3" in complaint(
        small, "recipients.groups.desk.timezone=3"
    )
