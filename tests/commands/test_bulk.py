"""Deciding about all findings of one message at once."""

from datetime import date, timedelta

import pytest

import compliance.finding as life
from commands.answers import Done, Refused
from commands.bulk import agree_all, ignore_all, may_decide_all, members, remediate_all
from commands.ignore import Ignore
from compliance.authority import Actor, Standing
from compliance.card import Button
from compliance.finding import State
from ledger.cards import Cards, Posted
from tests.builders import PAIRED_RULE, change, entry, member, move

FORM = Ignore("accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1))


def record(desk, *resources, **named):
    desk.ledger.record([change(resource=each, **named) for each in resources])


@pytest.fixture
def group(desk, clock):
    """Eleven findings in one message; the id of one of them."""
    return post(desk, clock)


def post(desk, clock, **named):
    record(desk, *(f"bucket-{number}" for number in range(11)), **named)
    cards = Cards(desk.ledger.engine, clock, timedelta())
    delivery = cards.take(desk.teams["housing"])
    cards.shown(delivery, Posted("C0HOUSING", "1.1"))
    return delivery.findings[0].id


def states(desk):
    return [each.state for each in desk.ledger.each(State)]


def test_all_of_a_message_are_remediated_in_the_actors_name(desk, reports, group, clock):
    answer = remediate_all(desk, reports, group, member(), clock())

    assert answer == Done("11 findings: Approved. The card shows each step.")
    assert {(each.state, each.actor) for each in desk.ledger.each(State)} == {
        (State.APPROVED, "U0HANNAH")
    }


def test_what_was_decided_already_is_left_and_told(desk, reports, group, clock):
    move(desk.ledger, life.ask, group, actor="U1", needed=0)

    answer = remediate_all(desk, reports, group, member(), clock())

    assert answer.text.splitlines() == [
        "10 findings: Approved. The card shows each step.",
        "Left as before: 1 approved.",
    ]


def test_what_cannot_be_done_says_why_beside_what_was(desk, reports, group, clock):
    desk.allowlist.add(entry(resource=desk.ledger.find(group).key.resource_id))

    answer = remediate_all(desk, reports, group, member(), clock())

    assert "10 findings: Approved." in answer.text
    assert "1 finding: An exception covers this finding until 2026-12-01." in answer.text


def test_all_of_a_message_are_ignored_with_one_reason(desk, reports, group, clock):
    answer = ignore_all(desk, reports, group, member(), clock(), FORM)

    assert "11 findings: Recorded in the allowlist until the end of 1 December 2026." in answer.text
    assert set(states(desk)) == {State.EXCEPTED}
    assert {each.reason for each in desk.allowlist.entries()} == {FORM.reason}


def test_an_exception_that_holds_already_is_not_written_again(desk, reports, group, clock):
    ignore_all(desk, reports, group, member(), clock(), FORM)

    answer = ignore_all(desk, reports, group, member(), clock(), FORM)

    assert answer == Refused("Left as before: 11 excepted.")
    assert len(desk.allowlist.entries()) == 11


def test_a_second_person_agrees_to_all(desk, reports, clock):
    group = post(desk, clock, rule=PAIRED_RULE)
    asked = remediate_all(desk, reports, group, member(), clock())

    alone = agree_all(desk, reports, group, member(), clock())
    together = agree_all(desk, reports, group, member("U0HARRY"), clock())

    assert "1 more must agree" in asked.text
    assert "somebody else has to agree" in alone.text
    assert together == Done("11 findings: Agreed. The remediation is about to start.")


@pytest.mark.parametrize("actor", [member("U0NOBODY"), Actor("U0HANNAH", standing=Standing.GUEST)])
def test_whoever_may_not_decide_about_one_decides_about_none(desk, reports, group, clock, actor):
    answers = [
        may_decide_all(desk, reports, group, actor, Button.REMEDIATE),
        remediate_all(desk, reports, group, actor, clock()),
        ignore_all(desk, reports, group, actor, clock(), FORM),
        agree_all(desk, reports, group, actor, clock()),
    ]

    assert all(isinstance(answer, Refused) for answer in answers)
    assert set(states(desk)) == {State.OPEN}
    assert len(reports.history(group)) == 1 + len(answers)


def test_what_joined_after_the_form_was_opened_is_not_decided_about(desk, reports, group, clock):
    opened_at = clock()
    clock.move(seconds=5)
    record(desk, "late")
    cards = Cards(desk.ledger.engine, clock, timedelta())
    cards.shown(cards.take(desk.teams["housing"]), Posted("C0HOUSING", "1.1"))

    remediate_all(desk, reports, group, member(), opened_at)

    assert len(reports.beside(group)) == 12
    assert sorted(states(desk)) == [State.APPROVED] * 11 + [State.OPEN]


def test_a_form_is_about_those_that_can_still_be_decided(desk, reports, group, clock):
    move(desk.ledger, life.ask, group, actor="U1", needed=0)

    assert len(may_decide_all(desk, reports, group, member(), Button.REMEDIATE)) == 10


def test_when_all_was_decided_no_form_is_shown(desk, reports, group, clock):
    remediate_all(desk, reports, group, member(), clock())

    answer = may_decide_all(desk, reports, group, member(), Button.REMEDIATE)

    assert "11 approved" in answer.text


def test_a_finding_that_is_in_no_message_is_told(desk, reports, clock):
    record(desk, "bucket")
    [finding] = desk.ledger.each(State)

    answer = remediate_all(desk, reports, finding.id, member(), clock())

    assert "not in one message any more" in answer.text


def test_the_list_is_for_those_who_see_the_teams_findings(reports, group):
    assert len(members(reports, group, frozenset({"housing"}))) == 11
    assert isinstance(members(reports, group, frozenset({"payments"})), Refused)
