"""Two that want the same rows of PostgreSQL: one waits for the other, and never both."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from compliance.channel import Message
from compliance.finding import State, short_ids
from compliance.routing import Teams
from ledger.messages import Messages
from ledger.stale import Turn
from ledger.store import Ledger
from ledger.storms import STORM
from ledger.tables import findings
from tests.builders import at, change, reroute
from tests.notifiers.chat import HOUSING, PAYMENTS, TEAMS, FakeChat, Rounds, team

pytestmark = pytest.mark.postgresql


def waiting(engine):
    """Whether somebody waits for a row that another one has locked."""
    with engine.connect() as db:
        return db.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar()


@pytest.fixture
def meeting(on_postgresql, eventually):
    """Run *work* while somebody else locks two findings, the lower id first, as batches do."""

    def meet(work, first, second):
        failed = []

        def run():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                failed.append(error)

        worker = threading.Thread(target=run)
        with on_postgresql.connect() as db:
            _lock(db, first)
            worker.start()
            eventually(lambda: waiting(on_postgresql))
            _lock(db, second)
            db.rollback()
        worker.join()
        return failed

    return meet


def _lock(db, finding_id):
    db.execute(sa.select(findings).where(findings.c.id == finding_id).with_for_update())


@pytest.fixture
def stormy(on_postgresql, clock):
    """A ledger on PostgreSQL with a storm whose oldest findings have the highest ids."""
    ledger = Ledger(on_postgresql, clock, lambda key, tags: "housing")
    some = [change(resource=f"bucket-{each}") for each in range(STORM + 1)]
    by_id = sorted(some, key=lambda each: short_ids(each.key)[0], reverse=True)
    for minute, each in enumerate(by_id):
        ledger.record([replace(each, recorded_at=at(minute - 60))])
    return ledger


def test_a_note_waits_for_a_batch_and_the_batch_for_the_note_but_never_both(
    stormy, meeting, on_postgresql, clock
):
    chat, messages = FakeChat(), Messages(on_postgresql, TEAMS, clock, timedelta())
    courier = Rounds(on_postgresql, messages, TEAMS, chat, clock)
    low, *_, high = sorted(each.id for each in stormy.each([State.OPEN]))

    failed = meeting(courier.round, low, high)

    assert failed == []
    assert len(chat.posts) == 1


def payments(key, tags):
    return "payments"


def test_a_new_routing_waits_for_a_batch_and_loses_nothing(stormy, meeting, on_postgresql, clock):
    low, *_, high = sorted(each.id for each in stormy.each([State.OPEN]))

    failed = meeting(partial(reroute, on_postgresql, clock, payments), low, high)

    assert failed == []
    assert {each.team for each in stormy.each([State.OPEN])} == {"payments"}


def test_of_two_channels_that_are_noted_at_once_the_later_sees_that_all_show_it(
    on_postgresql, clock, eventually
):
    both = Teams((team("housing", HOUSING, PAYMENTS),), "housing", ())
    messages = Messages(on_postgresql, both, clock, timedelta())
    Ledger(on_postgresql, clock, lambda key, tags: "housing").record([change()])
    notes = [
        partial(messages.shown, messages.take(each, {"housing"}, Turn.NEW), Message(each, "1"))
        for each in (HOUSING, PAYMENTS)
    ]
    later = threading.Thread(target=notes[1])

    @sa.event.listens_for(on_postgresql, "commit", once=True)
    def meet(_connection):
        # The first has noted its channel, and nobody sees that yet.
        later.start()
        eventually(lambda: waiting(on_postgresql) or not later.is_alive())

    notes[0]()
    later.join()

    assert messages.stale() == {}
