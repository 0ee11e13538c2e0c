"""Findings follow the allowlist."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance import life
from compliance.allowlist import Allowlist
from compliance.enforcement import enforce, excepted
from compliance.finding import UNDECIDED, IllegalMoveError, State
from compliance.request import Verb
from tests.builders import at, entry, finding, request


def in_state(state):
    return replace(finding(), state=state)


@pytest.mark.parametrize("state", sorted({*UNDECIDED, State.APPROVAL_PENDING, State.APPROVED}))
def test_an_entry_excepts_whatever_has_not_been_started(state):
    after = enforce(in_state(state), Allowlist([entry()]), at(1))

    assert (after.state, after.until) == (State.EXCEPTED, datetime(2026, 12, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    "state", [State.RUNNING, State.APPLIED, State.WAITING, State.RESOLVED, State.COMPLIANT]
)
def test_what_is_under_way_or_over_is_let_be(state):
    before = in_state(state)

    assert enforce(before, Allowlist([entry()]), at(1)) is before


def test_a_running_remediation_cannot_be_excepted_by_a_person_either():
    with pytest.raises(IllegalMoveError):
        excepted(in_state(State.RUNNING), entry(), at(1))


def test_a_finding_without_entry_stays_as_it_is():
    assert enforce(before := finding(), Allowlist(), at(1)) is before


def test_what_is_excepted_already_is_not_excepted_again():
    once = enforce(finding(), Allowlist([entry()]), at(1))

    assert enforce(once, Allowlist([entry()]), at(2)) is once


def test_a_changed_end_or_reason_reaches_the_finding():
    once = enforce(finding(), Allowlist([entry()]), at(1))

    longer = enforce(once, Allowlist([entry(expires=date(2027, 1, 1))]), at(2))
    other = enforce(once, Allowlist([entry(reason="Another reason altogether.")]), at(2))

    assert longer.until == datetime(2027, 1, 2, tzinfo=UTC)
    assert "Another reason" in other.note


def test_the_card_says_kind_reason_and_ticket_and_who_asked():
    after = enforce(finding(), Allowlist([entry(ticket="SEC-9")]), at(1))

    assert after.note == f"Accepted risk: {entry().reason} (SEC-9)"
    assert after.actor == entry().asked_by


def test_an_exception_without_ticket_shows_none():
    assert "(" not in enforce(finding(), Allowlist([entry(ticket="")]), at(1)).note


def test_an_expired_exception_reopens_its_finding_and_says_so():
    once = enforce(finding(), Allowlist([entry()]), at(1))

    after = enforce(once, Allowlist([entry()]), datetime(2026, 12, 2, tzinfo=UTC))

    assert after.state is State.REOPENED
    assert "has ended" in after.note
    assert (after.opened_at, after.actor) == (finding().opened_at, "")


def test_an_entry_taken_out_by_hand_reopens_its_finding_and_says_so():
    once = enforce(finding(), Allowlist([entry()]), at(1))

    assert "taken out" in enforce(once, Allowlist(), at(2)).note


def test_a_request_under_exception_counts_no_more_when_it_ends():
    asked = life.agree(life.ask(finding(), request("U1", 2), at(1)), Verb.REMEDIATE, "U2", at(2))

    reopened = enforce(enforce(asked, Allowlist([entry()]), at(3)), Allowlist(), at(4))

    assert (reopened.requests, reopened.decided) == ((), None)


@pytest.mark.parametrize("known", [[], [entry(expires=date(2026, 11, 20))]], ids=["no", "an older"])
def test_a_list_that_could_not_be_read_ends_nothing_before_its_time(known):
    once = enforce(finding(), Allowlist([entry()]), at(1))
    older = Allowlist(known, is_newest=False)

    assert enforce(once, older, at(2)) is once
    assert enforce(once, older, once.until).state is State.REOPENED


def test_a_list_of_before_the_start_still_excepts_what_is_new():
    known = Allowlist([entry()], is_newest=False)

    assert enforce(finding(), known, at(1)).state is State.EXCEPTED
