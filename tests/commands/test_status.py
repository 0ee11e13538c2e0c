"""Findings, counted."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.answers import Refused
from commands.findings import findings
from commands.remediate import remediate
from commands.status import status
from compliance import life
from compliance.finding import IllegalMoveError, State
from compliance.stage import Stage
from tests.builders import ID, PAIRED_RULE, at, change, member, move
from tests.commands.shared import asked, view_of


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


@pytest.fixture
def ask(context, reports):
    def ask(text="", visible=("housing", "payments")):
        view = view_of(context, reports, visible)
        return status(view, *asked(view, f"status {text}"))

    return ask


def rows(report, title):
    [table] = [table for table in report.tables if table.title == title]
    return table.rows


def test_findings_are_counted_by_team_and_stage(filled, ask):
    report = ask()

    assert report.sums == ((Stage.OPEN, 2), (Stage.FIXING, 1))
    assert rows(report, "By team") == (
        ("housing", "1", "0", "1", "0", "2"),
        ("payments", "1", "0", "0", "0", "1"),
    )


def test_rules_are_called_by_what_they_ask_and_unknown_ones_by_name(filled, ask):
    names = [row[0] for row in rows(ask(), "By rule")]

    assert names == ["S3 bucket can be made public", "unknown-rule"]


def test_severities_come_the_most_severe_first(filled, ask):
    names = [row[0] for row in rows(ask(), "By severity")]

    assert names == ["high", "not rated"]


def test_the_oldest_unresolved_findings_are_listed(filled, ask):
    assert [each.resource for each in ask().oldest] == ["older", "repairs-photos", "repairs-photos"]


def test_of_other_teams_nothing_is_told_and_the_answer_says_so(filled, ask):
    report = ask(visible=["payments"])

    assert report.total == 1
    assert rows(report, "By team") == (("payments", "1", "0", "0", "0", "1"),)
    assert {each.team for each in report.oldest} == {"payments"}
    assert report.note.startswith("Only findings of payments are counted")


def test_a_question_about_one_team_is_answered_about_it(filled, ask):
    report = ask("team:payments")

    assert (report.total, report.note) == (1, "")
    assert [each.team for each in report.oldest] == ["payments"]


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("age:>2d", 1),
        ("age:<2d", 3),
        ("resource:older", 1),
        ("type:bucket -rule:unknown", 3),
        ("state:fixing", 1),
        ("age:>2d team:payments", 0),
    ],
)
def test_a_question_is_narrowed_down_by_what_only_the_findings_know(filled, ask, words, total):
    filled.ledger.record([change(minute=-60 * 24 * 5, resource="oldest")])

    report = ask(words)

    assert report.total == total
    assert all(row[-1] != "0" for table in report.tables for row in table.rows)


@pytest.mark.parametrize("visible", [[], ["payments"]], ids=["no team", "another team"])
def test_whoever_does_not_see_a_team_is_told_where_to_ask(filled, ask, context, reports, visible):
    view = view_of(context, reports, visible)
    question, narrowed = asked(view, "status team:housing")

    answer = narrowed if isinstance(narrowed, Refused) else status(view, question, narrowed)

    assert "Ask from" in answer.text


def moves(longest=25):
    """A step of a finding's life, and what AWS reports."""
    step = st.sampled_from(
        [
            (life.ask, {"needed": 0}),
            (life.ask, {"needed": 1}),
            (life.agree, {"actor": "U2"}),
            (life.withdraw, {"note": ""}),
            (life.start, {}),
            (life.apply, {}),
            (life.fail, {"note": "no"}),
            (life.except_until, {"until": at(9e4), "note": "why"}),
            (life.end_exception, {"note": "over"}),
            "NON_COMPLIANT",
            "COMPLIANT",
        ]
    )
    return st.lists(st.tuples(st.integers(0, 3), step), max_size=longest)


def walk(ledger, clock, steps):
    """Take *steps* with four findings; those that a finding's state does not allow are left out."""
    ids = {}
    for which, step in steps:
        clock.move(minutes=1)
        named = {
            "resource": f"b-{which}",
            "rule": PAIRED_RULE if which % 2 else "home-made",
            "account": "222233334444" if which > 1 else "111122223333",
        }
        if isinstance(step, str):
            minute = (clock() - at(0)).total_seconds() / 60
            ledger.record([change(step, minute=minute, **named)])
            ids = {each.key.resource_id: each.id for each in ledger.each(State)}
        elif named["resource"] in ids:
            take(ledger, step, ids[named["resource"]])


def take(ledger, step, finding_id):
    made, named = step
    try:
        move(ledger, made, finding_id=finding_id, **named)
    except IllegalMoveError:
        return


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(moves())
def test_the_stages_of_every_table_and_list_add_up_to_what_is_shown(
    context, reports, clock, ask, steps
):
    walk(context.ledger, clock, steps)
    view = view_of(context, reports)

    report = ask()
    listed = findings(view, *asked(view, "findings state:all"))

    assert report.total == len(listed.lines)
    for table in report.tables:
        numbers = [list(map(int, row[1:])) for row in table.rows]
        assert all(sum(stages) == of_all for *stages, of_all in numbers)
        assert sum(of_all for *_, of_all in numbers) == report.total
    for stage, number in report.sums:
        lines = findings(view, *asked(view, f'findings state:"{stage}"')).lines
        assert len(lines) == number
    assert sum(number for _, number in report.sums) == report.total
