"""Findings follow the allowlist."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance import life
from compliance.allowlist import Allowlist
from compliance.enforcement import REVOKED, TAKEN_OUT, enforce, excepted, kept
from compliance.finding import UNDECIDED, IllegalMoveError, State
from compliance.request import Request, Verb
from tests.builders import RULE, at, entry, finding, request


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


UNDER = entry(id="E-1", asked_by="Hannah <slack:U0HANNAH>", agreed_by=("Harry <slack:U0HARRY>",))
BY_HAND = replace(UNDER, id="")


def asked(verb, state=State.APPROVAL_PENDING, needed=0, actor="slack:U0HANNAH", **detail):
    made = Request(verb, actor, needed, at(0), (), detail, hindrance="The file is away.")
    return replace(finding(), state=state, requests=(made,))


@pytest.mark.parametrize(
    ("before", "covered_by", "led"),
    [
        (asked(Verb.EXCEPT, id="E-1"), UNDER, True),
        (asked(Verb.EXCEPT, id="E-2"), UNDER, False),
        (asked(Verb.EXCEPT, needed=1, id="E-1"), UNDER, False),
        (asked(Verb.EXCEPT), BY_HAND, True),
        (asked(Verb.EXCEPT, actor="slack:U0HARRY"), BY_HAND, False),
        (asked(Verb.EXTEND, State.EXCEPTED, id="E-1", expires="2026-12-01"), UNDER, True),
        (asked(Verb.EXTEND, State.EXCEPTED, id="E-1", expires="2026-12-02"), UNDER, False),
        (asked(Verb.EXTEND, State.EXCEPTED, id="E-2", expires="2026-12-01"), UNDER, False),
        (asked(Verb.REMEDIATE, id="E-1"), UNDER, False),
    ],
    ids=["its request", "another's", "not agreed", "by who asked", "by another", "its extension",
         "another end", "of another", "a remediation"],
)  # fmt: skip
def test_the_request_that_led_to_an_entry_is_the_decision(before, covered_by, led):
    after = enforce(before, Allowlist([covered_by]), at(1))

    [made] = before.requests
    people = "slack:U0HANNAH", 0, at(1), ("slack:U0HARRY",)
    by_hand = Request(Verb.EXCEPT, *people, kept(covered_by))
    assert after.decided == (replace(made, hindrance="") if led else by_hand)


def test_a_decision_stays_while_its_entry_is_written_anew():
    once = enforce(asked(Verb.EXCEPT, id="E-1"), Allowlist([UNDER]), at(1))
    edited = replace(UNDER, reason="Another reason altogether, in a sentence.")

    assert enforce(once, Allowlist([edited]), at(2)).decided == once.decided
    other = enforce(once, Allowlist([replace(edited, id="E-2")]), at(2))
    assert other.decided.detail["id"] == "E-2"


def test_what_is_kept_of_an_entry_is_all_that_cards_and_auditors_read():
    days = {"first_asked": date(2026, 6, 1), "first_expires": date(2026, 9, 1), "renewals": 1}

    assert kept(UNDER) == {
        "id": "E-1", "class": "accepted risk", "reason": UNDER.reason, "ticket": "SEC-1",
        "control": "", "expires": "2026-12-01", "renewals": 0, "first_asked": "",
        "first_expires": "",
    }  # fmt: skip
    again = {"first_asked": "2026-06-01", "first_expires": "2026-09-01", "renewals": 1}
    assert kept(entry(id="E-1", **days)).items() >= again.items()


OLDER = Allowlist([entry(created=date(2026, 10, 1))])


def made_again(state=State.OPEN):
    return replace(in_state(state), made_at=datetime(2026, 10, 15, tzinfo=UTC))


@pytest.mark.parametrize("state", [State.OPEN, State.REOPENED])
def test_an_entry_for_a_resource_of_before_is_said_once_and_covers_nothing(state):
    after = enforce(made_again(state), OLDER, at(1))

    assert (after.state, OLDER.entries[0].known_as in after.note) == (state, True)
    assert enforce(after, OLDER, at(2)) is after


@pytest.mark.parametrize("state", [State.FAILED, State.APPROVAL_PENDING])
def test_what_somebody_asked_for_keeps_its_note(state):
    before = made_again(state)

    assert enforce(before, OLDER, at(1)) is before


def test_an_exception_ends_where_its_resource_was_made_again():
    once = enforce(finding(), Allowlist([entry()]), at(1))

    after = enforce(replace(once, made_at=made_again().made_at), OLDER, at(2))

    assert (after.state, "another one had its name" in after.note) == (State.REOPENED, True)


@pytest.mark.parametrize(("needed", "note"), [(0, REVOKED), (1, TAKEN_OUT)], ids=["agreed", "not"])
def test_an_agreed_revocation_is_the_decision_that_ended_an_exception(needed, note):
    revoked = asked(Verb.REVOKE, State.EXCEPTED, needed)

    after = enforce(revoked, Allowlist(), at(2))

    assert (after.note, after.decided) == (note, None if needed else revoked.requests[0])


def test_of_entries_for_a_rule_and_its_copy_the_longest_counts():
    copy = replace(finding().copies[0], rule="a-copy")
    both = replace(finding(), copies=(*finding().copies, copy))
    longest = date(2026, 12, 24)

    for rules in (("a-copy", RULE), (RULE, "a-copy")):
        known = [entry(rule=rules[0], expires=longest), entry(rule=rules[1])]
        assert enforce(both, Allowlist(known), at(1)).until.date() == date(2026, 12, 25)
