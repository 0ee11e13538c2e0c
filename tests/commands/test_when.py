"""Ages and days as people type them."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.when import Age, read_as_at


@pytest.mark.parametrize(
    ("text", "age"),
    [
        (">30d", Age(True, timedelta(days=30))),
        ("30d", Age(True, timedelta(days=30))),
        ("< 12h", Age(False, timedelta(hours=12))),
        (">=2w", Age(True, timedelta(days=14))),
        ("<=1 Month", Age(False, timedelta(days=30))),
        (">90", Age(True, timedelta(days=90))),
    ],
)
def test_an_age_is_a_limit_and_a_side_of_it(text, age):
    assert Age.parse(text) == age
    assert age.negated().negated() == age


@pytest.mark.parametrize("text", ["", "old", ">d", "3x", "\u0663d", ">99999y", "1d2h"])
def test_what_is_not_an_age_is_none(text):
    assert Age.parse(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-01", datetime(2026, 10, 1, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-10-01t17:30", datetime(2026, 10, 1, 17, 30, tzinfo=UTC)),
        ("2026-10-01T17:30+02:00", datetime(2026, 10, 1, 15, 30, tzinfo=UTC)),
        ("2026-13-01", None),
        ("yesterday", None),
    ],
)
def test_a_day_is_its_last_moment_and_a_time_is_itself(text, moment):
    assert read_as_at(text) == moment
