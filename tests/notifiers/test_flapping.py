"""What goes back and forth makes one note, however often and at whatever pace it does so."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.finding import State
from compliance.prose import plain
from ledger.database import connect
from ledger.store import Ledger
from tests.builders import ID, Clock, change, teams
from tests.conftest import owner
from tests.notifiers.chat import FakeChat
from tests.notifiers.test_herald import Office

#: Seconds between two changes: a storm, a deploy that fights a remediation, and every half hour.
GAPS = st.lists(st.sampled_from([1, 7, 60, 400, 1800]), min_size=1, max_size=10)


@pytest.fixture
def fresh(tmp_path):
    """An office with a new ledger for each example, so that none sees another's threads."""
    engines = []

    def begin():
        clock = Clock()
        engines.append(connect(f"sqlite:///{tmp_path}/{len(engines)}.db"))
        ledger = Ledger(engines[-1], clock, owner)
        office = Office(ledger, clock, FakeChat(), teams())
        ledger.record([change()])
        office.pass_time(70)
        return office

    yield begin
    for engine in engines:
        engine.dispose()


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=GAPS)
def test_flapping_makes_at_most_a_note_an_hour_and_the_last_word_is_true(fresh, gaps):
    office = fresh()
    began = office.clock.now
    for number, gap in enumerate(gaps):
        compliance = "NON_COMPLIANT" if number % 2 else "COMPLIANT"
        minute = 2 + (office.clock.now - began).total_seconds() / 60
        office.ledger.record([change(compliance, minute=minute)])
        office.pass_time(gap)
    office.pass_time(hours=1, minutes=1)

    hours = (office.clock.now - began) / timedelta(hours=1)
    news = [each for each in office.said if "Reminder" not in each]
    assert len(news) <= 2 + hours
    is_resolved = office.ledger.find(ID).state is State.RESOLVED
    assert ("Resolved." if is_resolved else "is non-compliant again") in news[-1]


def test_fifty_changes_within_a_minute_make_one_note_that_counts_them(fresh):
    office = fresh()
    for number in range(50):
        compliance = "NON_COMPLIANT" if number % 2 else "COMPLIANT"
        office.ledger.record([change(compliance, minute=2 + number / 100)])
    office.pass_time(minutes=5)

    [note] = office.said
    assert "back and forth 50 times" in note


def test_a_finding_that_came_back_calls_people_although_it_was_just_resolved(fresh):
    office = fresh()
    office.ledger.record([change("COMPLIANT", minute=2)])
    office.pass_time(60)
    office.ledger.record([change(minute=4)])
    office.pass_time(60)

    assert [bool(each.mentions) for each in office.replies()] == [False, True]
    assert "It was resolved and is non-compliant again" in plain(office.replies()[-1].text)
