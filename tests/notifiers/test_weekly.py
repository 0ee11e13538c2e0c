"""The weekly digest: once a week, and never forgotten."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.periods import Periods
from notifiers.courier import ChatBusyError, ChatRefusedError
from notifiers.weekly import Schedule, Weekly
from tests.builders import Clock

LONDON = ZoneInfo("Europe/London")
MONDAY_NINE = Schedule(0, time(9), LONDON)


def utc(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(2026, 11, 2, 9, 0), utc(2026, 11, 2, 9)),
        (utc(2026, 11, 2, 8, 59), utc(2026, 10, 26, 9)),
        (utc(2026, 11, 8, 23, 0), utc(2026, 11, 2, 9)),
        (utc(2026, 7, 6, 8, 0), utc(2026, 7, 6, 8)),
        (utc(2026, 10, 25, 12, 0), utc(2026, 10, 19, 8)),
        (utc(2027, 3, 29, 8, 0), utc(2027, 3, 29, 8)),
    ],
    ids=["on time", "a minute early", "Sunday", "summer", "day the clocks go back",
         "day after the clocks go forward"],
)  # fmt: skip
def test_the_last_scheduled_moment_is_nine_in_london_summer_and_winter(now, expected):
    assert MONDAY_NINE.last(now) == expected


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside it


@given(st.integers(0, 6), st.times(), MOMENTS)
def test_the_last_moment_is_within_the_week_before(weekday, at, now):
    at = at.replace(tzinfo=None, fold=0)

    found = Schedule(weekday, at, LONDON).last(now)

    # An hour more or less where the clocks changed in between.
    assert timedelta(hours=-1) <= now - found <= timedelta(days=7, hours=1)
    assert found.astimezone(LONDON).weekday() in {weekday, (weekday + 1) % 7}


class Channel:
    """The channel of the TDA, at our seam."""

    def __init__(self):
        self.sent, self.errors = [], []

    def post_digest(self, channel, digest):
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((channel, digest))


@pytest.fixture
def clock():
    """Just before nine on the Monday of the builders' week."""
    return Clock(minute=-1)


@pytest.fixture
def tda():
    return Channel()


@pytest.fixture
def replica(engine, tda, clock):
    def make(channel="C0TDA"):
        return Weekly(Periods(engine), MONDAY_NINE, lambda now: "report", tda, channel, clock)

    return make


def test_a_first_start_owes_no_digest_for_the_time_before_it(replica, tda):
    replica().round()

    assert tda.sent == []


def test_the_digest_comes_on_its_day_once_however_many_replicas_look(replica, tda, clock):
    replica().round()
    clock.move(minutes=1)

    for _ in range(3):
        replica().round()

    assert tda.sent == [("C0TDA", "report")]


def test_a_week_in_which_the_bot_was_down_is_made_up_for(replica, tda, clock):
    replica().round()
    clock.move(days=3)

    replica().round()

    assert len(tda.sent) == 1


@pytest.mark.parametrize("error", [ChatBusyError(timedelta(1)), ChatRefusedError("is_archived")])
def test_a_digest_that_could_not_be_sent_is_told_and_tried_again(
    replica, tda, clock, caplog, error
):
    replica().round()
    clock.move(minutes=1)
    tda.errors = [error]

    replica().round()
    replica().round()
    assert (tda.sent, "could not be sent" in caplog.text) == ([], True)

    clock.move(minutes=5)
    replica().round()
    assert len(tda.sent) == 1


def test_without_a_channel_nothing_is_sent_or_counted_as_sent(replica, tda, clock):
    replica().round()
    clock.move(minutes=1)

    replica(channel="").round()
    replica().round()

    assert len(tda.sent) == 1
