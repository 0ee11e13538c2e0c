"""Open findings, counted."""

import pytest

from commands.answers import Refused
from commands.remediate import remediate
from commands.status import status
from ledger.reports import Scope
from tests.builders import ID, PAIRED_RULE, change, member

BOTH = frozenset({"housing", "payments"})


@pytest.fixture
def filled(context):
    """Two of housing's findings, one of them approved; one of payments'; one compliant."""
    context.ledger.record(
        [
            change(minute=3),
            change(minute=1, resource="older", rule=PAIRED_RULE),
            change(minute=2, account="222233334444", rule="unknown-rule"),
            change("COMPLIANT", resource="fine"),
        ]
    )
    remediate(context, ID, member())
    return context


def ask(filled, reports, visible=BOTH, **scope):
    named = {name: frozenset({value}) for name, value in scope.items()}
    return status(reports, filled.catalogue, filled.teams, Scope(**named), visible)


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

    assert names == ["high", "not rated"]


def test_the_oldest_open_findings_are_listed(filled, reports):
    oldest = ask(filled, reports).oldest

    assert [each.resource for each in oldest] == [
        "older",
        "repairs-photos",
        "repairs-photos",
    ]


def test_of_other_teams_nothing_is_told_and_the_answer_says_so(filled, reports):
    report = ask(filled, reports, visible=frozenset({"payments"}))

    assert report.total == 1
    assert rows(report, "By team") == (("payments", "1", "0", "0"),)
    assert {each.team for each in report.oldest} == {"payments"}
    assert report.note.startswith("Only findings of payments are counted")


def test_a_question_about_one_team_is_answered_about_it(filled, reports):
    report = ask(filled, reports, teams="payments")

    assert (report.total, report.note) == (1, "")
    assert [each.team for each in report.oldest] == ["payments"]


@pytest.mark.parametrize(
    ("visible", "told"),
    [(frozenset(), "You approve for no team"), (frozenset({"payments"}), "of payments only")],
    ids=["no team", "another team"],
)
def test_whoever_does_not_see_a_team_is_told_where_to_ask(filled, reports, visible, told):
    answer = ask(filled, reports, visible=visible, teams="housing")

    assert isinstance(answer, Refused)
    assert told in answer.text
