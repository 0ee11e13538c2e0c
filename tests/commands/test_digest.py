"""The weekly report."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from commands.digest import WEEK, digest
from commands.remediate import remediate
from commands.rules import rules
from compliance import life
from tests.builders import ID, RULE, change, member, move, rule


@pytest.fixture
def report(context, reports, clock):
    def ask():
        return digest(reports, context.catalogue, clock() - WEEK, clock())

    return ask


def headline(report):
    return {name: number for name, number in report.headline if number}


def test_before_anything_was_evaluated_there_is_no_share(report):
    assert report().share is None
    assert {row[1] for row in report().tables[0].rows} == {"no data"}


def test_the_share_is_of_all_that_is_evaluated(context, report):
    context.ledger.record([change(), *(change("COMPLIANT", resource=f"b{n}") for n in range(3))])

    assert report().share == 0.75
    assert report().unresolved == 1
    assert report().tables[1].rows == (("housing", "75%", "1", "0", "0"),)


def test_what_was_deleted_is_no_part_of_the_share(context, report, clock):
    context.ledger.record([change(), change(resource="deleted")])
    context.ledger.record([change("NOT_APPLICABLE", resource="never-ours")])
    context.ledger.record([change("NOT_APPLICABLE", minute=1, resource="deleted")])
    clock.move(minutes=1)

    assert report().share == 0
    assert report().tables[1].rows == (("housing", "0%", "1", "2", "1"),)


def test_a_team_whose_resources_are_all_deleted_still_has_its_week_told(context, report, clock):
    context.ledger.record([change()])
    context.ledger.record([change("NOT_APPLICABLE", minute=1)])
    clock.move(minutes=1)

    assert report().tables[1].rows == (("housing", "no data", "0", "1", "1"),)


def test_the_week_is_told_in_numbers(context, report, clock):
    context.ledger.record([change(), change(resource="second")])
    remediate(context, ID, member("slack:U0NOBODY"))
    remediate(context, ID, member())
    move(context.ledger, life.fail, note="no")
    clock.move(minutes=10)
    context.ledger.record([change("COMPLIANT", minute=10, resource="second")])
    clock.move(minutes=10)

    assert headline(report()) == {
        "New": 2,
        "Resolved": 1,
        "Remediations that failed": 1,
        "Presses refused": 1,
    }


def test_a_request_taken_back_is_neither_new_nor_reopened(context, report, clock):
    context.ledger.record([change()])
    move(context.ledger, life.ask, actor="slack:U1", needed=1)
    move(context.ledger, life.withdraw, note="Taken back.")
    clock.move(minutes=1)

    assert headline(report()) == {"New": 1}
    assert report().tables[1].rows == (("housing", "0%", "1", "1", "0"),)


def test_what_is_older_than_a_week_is_no_news(context, report, clock):
    context.ledger.record([change()])

    clock.move(days=8)

    assert headline(report()) == {}
    assert report().unresolved == 1


def test_exceptions_that_end_within_thirty_days_are_told(context, report, clock):
    context.ledger.record([change()])
    move(
        context.ledger,
        life.except_until,
        until=clock() + timedelta(days=29),
        note="",
        actor="slack:U1",
    )

    assert [each.id for each in report().lapsing] == [ID]


def test_rules_whose_review_is_due_are_asked_of_the_tda(context, reports, clock):
    old = replace(rule(), last_reviewed=date(2026, 1, 1))

    assert digest(reports, {RULE: old}, clock() - WEEK, clock()).reviews_due == (RULE,)


def test_the_catalogue_is_listed_and_says_what_is_due_for_review():
    table = rules({RULE: rule()}, date(2027, 6, 1))

    assert table.rows == ((RULE, "security", "high", "S3 bucket can be made public", "2026-10-01"),)
    assert table.closing == f"Due for review: {RULE}."
