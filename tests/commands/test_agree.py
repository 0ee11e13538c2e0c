"""Agreeing to a request, and taking it back."""

import pytest

import compliance.finding as life
from commands.agree import agree, withdraw
from commands.answers import Done
from commands.remediate import remediate
from compliance.finding import State
from tests.builders import ID, PAIRED_RULE, change, member, move


@pytest.fixture
def asked(desk):
    """Hannah has asked for a remediation that one other person has to agree to."""
    desk.ledger.record([change(rule=PAIRED_RULE)])
    finding = next(desk.ledger.each([State.OPEN])).id
    remediate(desk, finding, member("U0HANNAH"))
    return finding


def state(desk, finding):
    return desk.ledger.find(finding).state


def test_a_second_approver_starts_what_the_first_asked_for(desk, asked):
    assert agree(desk, asked, member("U0HARRY")) == Done(
        "Agreed. The remediation is about to start."
    )
    assert state(desk, asked) is State.APPROVED


def test_nobody_agrees_to_their_own_request(desk, asked):
    answer = agree(desk, asked, member("U0HANNAH"))

    assert "somebody else has to agree" in answer.text
    assert state(desk, asked) is State.APPROVAL_PENDING


def test_a_person_who_may_not_decide_may_not_agree(desk, asked, reports):
    assert "Only the approvers" in agree(desk, asked, member("U0NOBODY")).text
    assert reports.history(asked)[-1]["action"] == "agree refused"


def test_of_several_who_are_needed_each_counts_once(desk):
    desk.ledger.record([change()])
    move(desk.ledger, life.ask, actor="U0HANNAH", needed=2)

    assert agree(desk, ID, member("U0HARRY")) == Done("Agreed: 1 of 2.")
    assert agree(desk, ID, member("U0HARRY")) == Done(
        "You agreed already. Somebody else has to agree as well."
    )
    agree(desk, ID, member("U0SAM", "S0SECURITY"))

    assert state(desk, ID) is State.APPROVED


def test_who_agreed_before_it_started_is_told_that_it_has(desk, asked):
    agree(desk, asked, member("U0HARRY"))
    move(desk.ledger, life.start, finding_id=asked)

    assert "running already" in agree(desk, asked, member("U0HARRY")).text


def test_any_approver_takes_a_request_back_and_then_nobody_has_decided(desk, asked):
    withdraw(desk, asked, member("U0HARRY"))

    found = desk.ledger.find(asked)
    assert (found.state, found.actor) == (State.OPEN, "")
    assert "withdrawn" in found.note


def test_what_runs_cannot_be_withdrawn(desk, asked):
    agree(desk, asked, member("U0HARRY"))
    move(desk.ledger, life.start, finding_id=asked)

    assert "running already" in withdraw(desk, asked, member()).text


def test_a_person_who_may_not_decide_withdraws_nothing(desk, asked):
    withdraw(desk, asked, member("U0NOBODY"))

    assert state(desk, asked) is State.APPROVAL_PENDING
