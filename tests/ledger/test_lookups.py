"""Which resources AWS Config has to be asked about, and which accounts there were, on both."""

import pytest
import sqlalchemy as sa

from compliance.finding import State
from ledger.database import connect
from ledger.lookups import Lookups
from ledger.watched import Watched
from tests.builders import ID, at, change

HERE = change().key.account, change().key.region
THERE = ("222233334444", "eu-west-2")


@pytest.fixture
def lookups(engine, clock):
    return Lookups(engine, clock)


def test_each_account_and_region_has_its_own_page(lookups, ledger):
    ledger.record([change(resource=f"bucket-{number}") for number in range(150)])
    ledger.record([change(account=THERE[0])])

    assert sorted(lookups.places()) == [HERE, THERE]
    assert [len(lookups.due(*place)) for place in (HERE, THERE)] == [100, 1]


def test_what_was_answered_is_not_due(lookups, ledger):
    ledger.record([change(), change(account=THERE[0])])

    lookups.answered([ID])

    assert lookups.places() == (THERE,)


def test_a_place_that_is_postponed_is_due_later_as_a_whole(lookups, ledger, clock):
    ledger.record([change(), change(resource="other"), change(account=THERE[0])])

    lookups.postpone(*HERE, at(5))

    assert lookups.places() == (THERE,)
    clock.move(minutes=5)
    assert len(lookups.due(*HERE)) == 2


def test_what_is_in_doubt_is_due_at_once(lookups, ledger):
    ledger.record([change()])
    lookups.answered([ID])

    lookups.doubt([ID])

    assert [each.id for each in lookups.due(*HERE)] == [ID]


def test_what_is_not_settled_in_a_place_is_read_in_pages(lookups, ledger):
    ledger.record([change(resource=f"bucket-{number}") for number in range(250)])
    ledger.record([change("COMPLIANT", resource="well"), change(region="eu-west-1")])

    assert len(list(lookups.unresolved(*HERE))) == 250
    assert len(list(lookups.unresolved(HERE[0]))) == 251
    assert {each.state for each in lookups.unresolved(HERE[0])} == {State.OPEN}


def test_an_account_is_gone_that_was_there_before(engine):
    watched = Watched(engine)
    watched.note({"1", "2"})

    assert watched.gone({"1", "3"}) == {"2"}
    assert Watched(engine).gone({"2"}) == {"1"}


def test_an_account_has_returned_until_it_has_been_read(engine):
    watched = Watched(engine)
    watched.note({"1", "2"})
    watched.note({"1"})

    watched.note({"1", "2"})
    before = watched.returned({"1", "2"})
    watched.note({"1", "2"}, read={"2"})

    assert (before, watched.returned({"1", "2"})) == ({"2"}, frozenset())


def test_no_question_about_one_account_reads_the_findings_of_the_others(sqlite_plans, clock):
    engine, plans = sqlite_plans
    lookups = Lookups(engine, clock)

    lookups.places()
    lookups.due(*HERE)
    list(lookups.unresolved(*HERE))
    list(lookups.nameless(*HERE))

    assert plans() == [
        "SCAN findings USING COVERING INDEX findings_lookup_due",
        "SEARCH findings USING INDEX findings_lookup_due (account=? AND region=? AND lookup_due<?)",
        "SEARCH findings USING INDEX findings_of_account (account=? AND id>?)",
        "SEARCH findings USING INDEX findings_of_account (account=? AND id>?)",
    ]


@pytest.fixture
def sqlite_plans(tmp_path):
    """A ledger on SQLite, and how it goes about what it was asked."""
    engine, asked = connect(f"sqlite:///{tmp_path / 'ledger.db'}"), []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, *_):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    def plans():
        with engine.connect() as db:
            explained = (
                db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                for statement, parameters in list(asked)
            )
            return [row.detail for rows in explained for row in rows]

    yield engine, plans
    engine.dispose()
