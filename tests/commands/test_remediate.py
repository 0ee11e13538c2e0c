"""Asking for a remediation."""

import json
import threading

import pytest

from commands.agree import agree
from commands.answers import Done, Refused
from commands.remediate import may_remediate, remediate
from compliance import life
from compliance.authority import Actor, Standing
from compliance.finding import State
from compliance.request import Verb
from tests.builders import (
    ID,
    PACK_ARN,
    PAIRED_RULE,
    change,
    config_rule,
    entry,
    member,
    move,
    rule,
    write,
)


@pytest.fixture
def opened(context):
    context.ledger.record([change()])
    return context


def state(context, finding_id=ID):
    return context.ledger.find(finding_id).state


def paired(context):
    """Open a finding whose remediation a second person has to agree to; return its id."""
    context.ledger.record([change(rule=PAIRED_RULE)])
    return next(context.ledger.each([State.OPEN])).id


def test_a_press_of_an_approver_approves(opened):
    assert isinstance(remediate(opened, ID, member()), Done)
    assert state(opened) is State.APPROVED
    assert opened.ledger.find(ID).actor == "slack:U0HANNAH"


def test_where_a_second_person_is_needed_a_press_asks(context):
    finding = paired(context)

    answer = remediate(context, finding, member())

    assert answer == Done("Asked. 1 more must agree before the remediation starts.")
    assert context.ledger.find(finding).state is State.APPROVAL_PENDING


@pytest.mark.parametrize(
    "actor",
    [
        member("slack:U0NOBODY"),
        Actor("slack:U0HANNAH", standing=Standing.GUEST),
        Actor("slack:U0HANNAH"),
    ],
    ids=["another team", "guest", "unknown"],
)
def test_a_denied_press_changes_nothing_says_who_could_and_is_audited(opened, reports, actor):
    answer = remediate(opened, ID, actor)

    assert (answer.users, answer.groups) == (
        ("slack:U0HANNAH", "slack:U0HARRY"),
        ("slack:S0SECURITY",),
    )
    assert state(opened) is State.OPEN
    assert reports.history(ID)[-1]["action"] == "remediate refused"


def test_of_two_presses_one_remediates_and_the_other_is_told_by_whom(opened):
    remediate(opened, ID, member("slack:U0HANNAH"))

    late = remediate(opened, ID, member("slack:U0HARRY"))

    assert late.decided_by == ("slack:U0HANNAH",)
    assert "approved already" in late.text


def test_of_two_presses_at_once_one_remediates(opened):
    together, answers = threading.Barrier(2), []

    def press(user):
        together.wait()
        answers.append(type(remediate(opened, ID, member(user))))

    presses = [
        threading.Thread(target=press, args=(user,)) for user in ("slack:U0HANNAH", "slack:U0HARRY")
    ]
    for each in presses:
        each.start()
    for each in presses:
        each.join()

    assert set(answers) == {Done, Refused}


def test_a_rule_that_aws_owns_takes_no_remediation_and_the_way_by_hand_is_told(context):
    context.ledger.record([change(rule_arn=PACK_ARN)])

    answer = remediate(context, ID, member())

    assert rule().by_hand in answer.text
    assert state(context) is State.OPEN


@pytest.fixture
def other(context):
    """The id of a finding of a rule that the catalogue has not."""
    context.ledger.record([change(rule="home-made")])
    return next(context.ledger.each([State.OPEN])).id


def test_a_rule_outside_the_catalogue_takes_no_remediation_before_aws_says_that_it_has_one(
    context, other
):
    answer = remediate(context, other, member())

    assert "has not answered yet" in answer.text
    assert state(context, other) is State.OPEN


def test_a_rule_outside_the_catalogue_takes_no_remediation_where_none_is_configured(context, other):
    context.known_rules.add([config_rule("home-made", remediation="")])

    answer = remediate(context, other, member())

    assert "no remediation configured" in answer.text
    assert "AWS Config's console" in answer.text


def test_a_rule_outside_the_catalogue_is_remediated_once_a_second_person_agrees(context, other):
    context.known_rules.add([config_rule("home-made")])

    asked = remediate(context, other, member())
    agreed = agree(context, other, Verb.REMEDIATE, member("slack:U0HARRY"))

    assert asked == Done("Asked. 1 more must agree before the remediation starts.")
    assert agreed == Done("Agreed. The remediation is about to start.")


def test_a_rule_outside_the_catalogue_that_an_aws_service_made_takes_no_remediation(context, other):
    context.known_rules.add([config_rule("home-made", created_by="config-conforms.amazonaws.com")])

    answer = remediate(context, other, member())

    assert answer.text.startswith("An AWS service owns this rule")


def test_what_the_allowlist_covers_is_not_remediated(opened):
    write(opened.allowlist, entry())

    assert "it covers this finding until 2026-12-01" in remediate(opened, ID, member()).text
    assert state(opened) is State.OPEN


def test_an_unknown_finding_is_named(context):
    assert "F-00000 is not a finding" in remediate(context, "F-00000", member()).text


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], "approved already"),
        ([life.start], "running already"),
        ([life.start, life.apply], "just been applied"),
    ],
    ids=["approved", "running", "applied"],
)
def test_a_late_press_is_told_what_has_happened_meanwhile(opened, steps, told):
    remediate(opened, ID, member())
    for step in steps:
        move(opened.ledger, step)

    assert told in remediate(opened, ID, member("slack:U0HARRY")).text


def test_looking_whether_one_may_remediate_changes_nothing(opened):
    before = opened.ledger.find(ID)

    assert may_remediate(opened, ID, member()) == (before, rule())
    assert opened.ledger.find(ID) == before


def test_who_may_not_remediate_now_is_told_before_any_form(opened):
    remediate(opened, ID, member())

    assert "approved already" in may_remediate(opened, ID, member("slack:U0HARRY")).text


def test_the_audit_log_keeps_who_chat_said_somebody_was_when_they_decided(opened, reports):
    remediate(opened, ID, Actor("slack:U0NOBODY", "Norman", Standing.GUEST))
    remediate(opened, ID, Actor("slack:U0SAM", "Sam", Standing.MEMBER, {"slack:S0SECURITY"}))

    persons = [json.loads(row["detail"])["person"] for row in reports.history(ID)[1:]]

    assert persons == [
        {"name": "Norman", "standing": "guest", "groups": []},
        {"name": "Sam", "standing": "member", "groups": ["slack:S0SECURITY"]},
    ]
