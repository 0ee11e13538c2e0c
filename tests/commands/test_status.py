"""Open findings, counted."""

import pytest

from commands.remediate import remediate
from commands.status import UNLISTED, status
from ledger.reports import Scope
from tests.builders import ID, PAIRED_RULE, change, member

BOTH = frozenset({"housing", "payments"})


@pytest.fixture
def filled(desk):
    """Two of housing's findings, one of them approved; one of payments'; one compliant."""
    desk.ledger._owner = lambda key, tags: (
        "payments" if key.account == "222233334444" else "housing"
    )
    desk.ledger.record(
        [
            change(minute=3),
            change(minute=1, resource="older", rule=PAIRED_RULE),
            change(minute=2, account="222233334444", rule="unknown-rule"),
            change("COMPLIANT", resource="fine"),
        ]
    )
    remediate(desk, ID, member())
    return desk


def ask(filled, reports, visible=BOTH, **scope):
    named = {name: frozenset({value}) for name, value in scope.items()}
    return status(reports, filled.catalogue, Scope(**named), visible)


def rows(report, title):
    [table] = [table for table in report.tables if table.title == title]
    return table.rows


def test_open_findings_are_counted_by_team(filled, reports):
    report = ask(filled, reports)

    assert report.total == 3
    assert rows(report, "By team") == (("housing", "2", "1", "0"), ("payments", "1", "0", "0"))


def test_rules_are_called_by_what_they_ask_and_unknown_ones_by_name(filled, reports):
    names = [row[0] for row in rows(ask(filled, reports), "By rule")]

    assert names == ["S3 bucket can be made public", "unknown-rule"]


def test_severities_come_the_most_severe_first(filled, reports):
    names = [row[0] for row in rows(ask(filled, reports), "By severity")]

    assert names == ["high", "not in the catalogue"]


def test_the_oldest_open_findings_are_listed(filled, reports):
    oldest = ask(filled, reports).oldest

    assert [each.key.resource_id for each in oldest] == [
        "older",
        "repairs-photos",
        "repairs-photos",
    ]


def test_of_other_teams_only_numbers_are_told(filled, reports):
    report = ask(filled, reports, visible=frozenset({"payments"}))

    assert report.total == 3
    assert {each.team for each in report.oldest} == {"payments"}
    assert report.note == UNLISTED


def test_a_question_about_one_team_is_answered_about_it(filled, reports):
    report = ask(filled, reports, teams="payments")

    assert (report.total, report.note) == (1, "")
    assert [each.team for each in report.oldest] == ["payments"]


def test_whoever_sees_nothing_of_a_team_gets_none_of_its_findings_listed(filled, reports):
    assert ask(filled, reports, visible=frozenset(), teams="housing").oldest == ()
