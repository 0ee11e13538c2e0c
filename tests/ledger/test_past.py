"""How findings stood, from the audit log, on both databases."""

import pytest

from compliance import life
from compliance.finding import UNRESOLVED, State
from ledger.reports import Reports, Scope
from tests.builders import ID, at, change, move, reroute

STATES = UNRESOLVED | {State.EXCEPTED}


@pytest.fixture
def reports(engine):
    return Reports(engine)


def counted(reports, at, **scope):
    counts = reports.counts_at(at, Scope(**scope), STATES, by=("team",))
    return {(each.team, each.state): each.number for each in counts}


def test_what_has_happened_since_is_taken_back(engine, ledger, reports, clock):
    ledger.record([change(), change(resource="stays")])
    first = clock()
    clock.move(minutes=5)
    move(ledger, life.ask, needed=1)
    ledger.refuse(ID, "U2", "agree", "not an approver")
    second = clock()
    clock.move(minutes=5)
    reroute(engine, clock, lambda key, tags: "payments")
    clock.move(minutes=5)
    ledger.record([change("COMPLIANT", minute=14)])

    assert counted(reports, first) == {("housing", State.OPEN): 2}
    assert counted(reports, second) == {
        ("housing", State.OPEN): 1,
        ("housing", State.APPROVAL_PENDING): 1,
    }
    assert counted(reports, clock()) == {("payments", State.OPEN): 1}
    assert counted(reports, first, teams=frozenset({"payments"})) == {}
    stood = reports.past.oldest(second, STATES, Scope(teams=frozenset({"housing"})), 9, 0)
    assert {(each.key.resource_id, each.state, each.team) for each in stood} == {
        ("repairs-photos", State.APPROVAL_PENDING, "housing"),
        ("stays", State.OPEN, "housing"),
    }


def test_a_past_list_goes_by_the_violations_of_then(ledger, reports, clock):
    for minute, name in enumerate(("first", "second", "third"), 1):
        clock.move(minutes=1)
        ledger.record([change(resource=name, minute=minute)])
    then = clock()
    clock.move(minutes=30)
    ledger.record([change("COMPLIANT", resource="first", minute=20)])
    ledger.record([change("COMPLIANT", resource="second", minute=20)])
    ledger.record([change(resource="first", minute=25)])

    stood = reports.past.oldest(then, STATES, Scope(), 9, 0)

    assert [each.key.resource_id for each in stood] == ["first", "second", "third"]
    assert [each.opened_at for each in stood] == [at(1), at(2), at(3)]
    assert reports.past.oldest(then, STATES, Scope(), 1, 1) == stood[1:2]
