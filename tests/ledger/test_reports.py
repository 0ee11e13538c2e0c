"""Figures, counted by the database."""

import pytest

from compliance import life
from compliance.finding import UNRESOLVED, State
from ledger.reports import Reports, Scope
from tests.builders import ID, at, change, move


@pytest.fixture
def reports(engine):
    return Reports(engine)


@pytest.fixture
def filled(ledger):
    """Three open findings in two accounts, one under another rule, and a compliant resource."""
    ledger.record(
        [
            change(minute=3),
            change(minute=1, resource="older"),
            change(minute=2, account="222233334444", rule="other-rule"),
            change("COMPLIANT", resource="fine"),
        ]
    )
    return ledger


def numbers(reports, scope):
    return sorted(each.number for each in reports.counts(scope))


def test_findings_are_counted_by_team_rule_account_and_state(reports, filled):
    assert sorted((each.state, each.account, each.number) for each in reports.counts()) == [
        (State.COMPLIANT, "111122223333", 1),
        (State.OPEN, "111122223333", 2),
        (State.OPEN, "222233334444", 1),
    ]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(teams=frozenset({"payments"})), [1]),
        (Scope(rules=frozenset({"other-rule"})), [1]),
        (Scope(accounts=frozenset({"111122223333"})), [1, 2]),
        (Scope(rules=frozenset({"other-rule"}), accounts=frozenset({"111122223333"})), []),
    ],
    ids=["team", "rule", "account", "rule and account"],
)
def test_a_question_can_be_narrowed_down(reports, filled, scope, expected):
    assert numbers(reports, scope) == expected


def test_the_oldest_come_first_and_no_more_than_asked_for(reports, filled):
    found = reports.oldest(UNRESOLVED, limit=2)

    assert [each.opened_at for each in found] == [at(1), at(2)]


def test_moves_are_counted_within_their_span_only(reports, filled, clock):
    clock.move(minutes=10)
    move(filled, life.ask, actor="U1", needed=0)

    found = reports.transitions(at(10), at(20))

    assert [(each.from_state, each.to_state, each.number) for each in found] == [
        ("open", "approved", 1)
    ]
    assert reports.transitions(at(11), at(20)) == ()
    assert reports.transitions(at(9), at(10)) == ()


def test_exceptions_that_end_soon_are_listed_soonest_first(reports, filled):
    for finding, minute in zip(filled.each([State.OPEN]), (30, 10, 99), strict=True):
        named = {"until": at(minute), "note": "", "actor": "U1"}
        move(filled, life.except_until, finding_id=finding.id, **named)

    assert [each.until for each in reports.ending(at(60))] == [at(10), at(30)]


def test_the_history_of_one_finding_is_told_in_order(reports, filled):
    move(filled, life.ask, actor="U1", needed=0)
    filled.refuse(ID, "U2", "ignore", "not an approver")

    told = [(row["actor"], row["action"], row["to_state"]) for row in reports.history(ID)]

    assert told == [
        ("aws-config", "observed", "open"),
        ("U1", "ask", "approved"),
        ("U2", "ignore refused", ""),
    ]
