"""The weekly digest: once a week, and never forgotten."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.periods import Periods
from notifiers.chat import ChatBusyError, ChatRefusedError, InDoubtError
from notifiers.weekly import Schedule, Weekly
from tests.builders import Clock
from tests.notifiers.chat import TDA, FakeChat

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


@pytest.fixture
def clock():
    """Just before nine on the Monday of the builders' week."""
    return Clock(minute=-1)


@pytest.fixture
def chat():
    return FakeChat()


@pytest.fixture
def replica(engine, chat, clock):
    def make(channel=TDA):
        periods = Periods(engine)
        return Weekly(periods, MONDAY_NINE, lambda *period: period, {"slack": chat}, channel, clock)

    return make


def periods_of(chat):
    return [digest for _, digest in chat.digests]


def test_a_first_start_owes_no_digest_for_the_time_before_it(replica, chat):
    replica().round()

    assert chat.digests == []


def test_the_digest_comes_on_its_day_once_however_many_replicas_look(replica, chat, clock):
    replica().round()
    clock.move(minutes=1)

    for _ in range(3):
        replica().round()

    assert [channel for channel, _ in chat.digests] == [TDA]


def test_each_day_is_in_one_digest_also_when_one_came_ten_days_late(replica, chat, clock):
    replica().round()
    clock.now = utc(2026, 11, 9, 9)
    replica().round()
    for late in (utc(2026, 11, 19, 10), utc(2026, 11, 23, 9)):
        clock.now = late
        replica().round()

    ends = [utc(2026, 11, day, 9) for day in (9, 16, 23)]
    assert periods_of(chat) == [(utc(2026, 10, 26, 9), ends[0]), *pairwise(ends)]


def test_an_outage_of_weeks_is_one_digest(replica, chat, clock):
    replica().round()
    clock.now = utc(2026, 12, 2, 9)

    replica().round()

    assert periods_of(chat) == [(utc(2026, 10, 26, 9), utc(2026, 11, 30, 9))]


def test_a_period_across_the_change_of_clocks_has_no_gap(replica, chat, clock):
    clock.now = utc(2026, 10, 12, 8)
    replica().round()
    for monday in (utc(2026, 10, 19, 8), utc(2026, 10, 26, 9), utc(2026, 11, 2, 9)):
        clock.now = monday
        replica().round()

    (first, second), *rest = periods_of(chat)
    assert (first, second) == (utc(2026, 10, 12, 8), utc(2026, 10, 19, 8))
    assert rest == [(second, utc(2026, 10, 26, 9)), (utc(2026, 10, 26, 9), utc(2026, 11, 2, 9))]


def test_a_digest_that_the_first_version_sent_is_where_the_next_one_begins(
    engine, replica, chat, clock
):
    Periods(engine).claim_first("digest", "2026-10-26", clock())
    clock.move(minutes=1)

    replica().round()

    assert periods_of(chat) == [(utc(2026, 10, 26, 9), utc(2026, 11, 2, 9))]


@pytest.mark.parametrize("error", [ChatBusyError(timedelta(1)), ChatRefusedError("is_archived")])
def test_a_digest_that_could_not_be_sent_is_told_and_tried_again(
    replica, chat, clock, caplog, error
):
    replica().round()
    clock.move(minutes=1)
    chat.errors = [error]

    replica().round()
    replica().round()
    assert (chat.digests, "could not be sent" in caplog.text) == ([], True)

    clock.move(minutes=5)
    replica().round()
    assert len(chat.digests) == 1


def test_a_digest_whose_answer_is_lost_is_not_sent_again(replica, chat, clock):
    replica().round()
    clock.move(minutes=1)
    chat.lost = [InDoubtError("timed out")]
    replica().round()

    for _ in range(3):
        clock.move(minutes=6)
        replica().round()

    assert len(chat.digests) == 1


def test_without_a_channel_nothing_is_sent_or_counted_as_sent(replica, chat, clock):
    replica().round()
    clock.move(minutes=1)

    replica(channel=None).round()
    replica().round()

    assert len(chat.digests) == 1
