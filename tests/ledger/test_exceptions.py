"""Which findings an exception is about."""

import pytest

from compliance import life
from compliance.finding import State
from ledger.exceptions import Exceptions
from tests.builders import ID, PAIRED_RULE, change, key, move


@pytest.fixture
def exceptions(engine):
    return Exceptions(engine)


def resource(**named):
    found = key(**named)
    return found.account, found.region, found.resource_type, found.resource_id


def test_a_resource_has_its_findings_of_all_rules_and_nobody_elses(ledger, exceptions):
    ledger.record([change(), change(rule=PAIRED_RULE), change(resource="other")])

    found = list(exceptions.of([resource()]))

    assert {each.key.resource_id for each in found} == {"repairs-photos"}
    assert len(found) == 2


def test_what_is_settled_is_not_looked_at(ledger, exceptions):
    ledger.record([change("COMPLIANT")])

    assert list(exceptions.of([resource()])) == []


def test_thousands_of_resources_are_asked_for_in_pages(ledger, exceptions):
    ledger.record([change(resource=f"bucket-{number}") for number in range(1200)])

    asked = [resource(resource=f"bucket-{number}") for number in range(1200)]

    assert len(list(exceptions.of(asked))) == 1200


def test_what_is_agreed_about_an_exception_is_found_and_a_remediation_is_not(ledger, exceptions):
    ledger.record([change(), change(resource="other"), change(resource="third")])
    for each in ledger.each([State.OPEN]):
        verb = "except" if each.id == ID else "remediate"
        move(ledger, life.ask, each.id, needed=1, verb=verb)
    assert exceptions.asked() == ()

    for each in ledger.each([State.APPROVAL_PENDING]):
        move(ledger, life.agree, each.id, actor="U2", verb=each.requests[0].verb)

    assert exceptions.asked() == (ID,)


@pytest.mark.parametrize("verb", ["extend", "revoke"])
def test_what_is_agreed_about_an_exception_in_force_is_found(ledger, exceptions, verb):
    ledger.record([change()])
    move(ledger, life.except_until, until=ledger.now(), note="")
    move(ledger, life.ask, verb=verb)

    assert exceptions.asked() == (ID,)


def test_a_request_waits_on_where_a_remediation_failed(ledger, exceptions):
    ledger.record([change()])
    move(ledger, life.ask, verb="except")
    move(ledger, life.ask)
    move(ledger, life.start)
    move(ledger, life.fail, note="No.")

    assert exceptions.asked() == (ID,)


def test_an_exception_that_began_is_asked_for_no_longer(ledger, exceptions):
    ledger.record([change()])
    move(ledger, life.ask, verb="except")
    move(ledger, life.except_until, until=ledger.now(), note="")

    assert exceptions.asked() == ()
