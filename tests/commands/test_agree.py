"""Agreeing to a request, and taking it back."""

from dataclasses import replace

import pytest

from commands.agree import AGREED_ALREADY, NOT_ASKED, agree, withdraw
from commands.answers import Done, Refused
from commands.remediate import remediate
from compliance import life
from compliance.finding import State
from compliance.request import Verb
from compliance.routing import Teams
from tests.builders import ID, PAIRED_RULE, change, member, move


@pytest.fixture
def asked(context):
    """Hannah has asked for a remediation that one other person has to agree to."""
    context.ledger.record([change(rule=PAIRED_RULE)])
    finding = next(context.ledger.each([State.OPEN])).id
    remediate(context, finding, member("slack:U0HANNAH"))
    return finding


def state(context, finding):
    return context.ledger.find(finding).state


def test_a_second_approver_starts_what_the_first_asked_for(context, asked):
    assert agree(context, asked, Verb.REMEDIATE, member("slack:U0HARRY")) == Done(
        "Agreed. The remediation is about to start."
    )
    assert state(context, asked) is State.APPROVED


def test_nobody_agrees_to_their_own_request(context, asked):
    answer = agree(context, asked, Verb.REMEDIATE, member("slack:U0HANNAH"))

    assert "somebody else has to agree" in answer.text
    assert state(context, asked) is State.APPROVAL_PENDING


def test_a_refusal_names_only_those_who_really_can_agree(context, asked):
    answer = agree(context, asked, Verb.REMEDIATE, member("slack:U0HANNAH"))

    assert (answer.users, answer.groups) == (("slack:U0HARRY",), ("slack:S0SECURITY",))


def test_where_nobody_else_can_agree_the_refusal_says_what_to_do(context, asked):
    housing = replace(
        context.team(context.ledger.find(asked)), approvers=frozenset({"slack:U0HANNAH"})
    )
    alone = replace(context, teams=Teams((housing,), "housing"))

    answer = agree(alone, asked, Verb.REMEDIATE, member("slack:U0HANNAH"))

    assert "Add approvers in teams.yaml" in answer.text


@pytest.mark.parametrize("verb", [Verb.EXCEPT, Verb.EXTEND, Verb.REVOKE, Verb.UNDO])
def test_what_nobody_asks_for_is_neither_agreed_to_nor_withdrawn(context, asked, verb):
    answers = [
        decide(context, asked, verb, member("slack:U0HARRY")) for decide in (agree, withdraw)
    ]

    assert answers == [Refused(NOT_ASKED.format(noun=verb.noun), about=asked)] * 2
    assert state(context, asked) is State.APPROVAL_PENDING


#: Where each verb can be asked for, and what an agreement to it does not do by itself.
ASKED = {
    Verb.EXCEPT: State.OPEN,
    Verb.EXTEND: State.EXCEPTED,
    Verb.REVOKE: State.EXCEPTED,
    Verb.UNDO: State.RESOLVED,
}


@pytest.mark.parametrize("verb", ASKED)
def test_a_request_of_any_verb_is_agreed_to_once_and_waits_to_be_carried_out(context, clock, verb):
    context.ledger.record([change()])
    if ASKED[verb] is State.EXCEPTED:
        move(context.ledger, life.except_until, until=clock(), note="")
    if ASKED[verb] is State.RESOLVED:
        context.ledger.record([change("COMPLIANT", minute=1)])
    move(context.ledger, life.ask, actor="slack:U0HANNAH", needed=1, verb=verb.value)

    agreed = [agree(context, ID, verb, member(who)) for who in ("slack:U0HANNAH", "slack:U0HARRY")]

    assert "somebody else has to agree" in agreed[0].text
    assert agreed[1] == Done(f"Agreed. The {verb.noun} is about to be carried out.")
    assert context.ledger.find(ID).request(verb).deciders == ("slack:U0HANNAH", "slack:U0HARRY")


def test_a_withdrawn_request_leaves_that_of_another_verb(context, asked):
    move(context.ledger, life.ask, asked, actor="slack:U0HARRY", needed=1, verb="except")

    withdraw(context, asked, Verb.REMEDIATE, member())

    left = context.ledger.find(asked)
    assert [each.verb for each in left.requests] == [Verb.EXCEPT]
    assert left.state is State.APPROVAL_PENDING


def test_a_person_who_may_not_decide_may_not_agree(context, asked, reports):
    assert (
        "Only the approvers" in agree(context, asked, Verb.REMEDIATE, member("slack:U0NOBODY")).text
    )
    assert reports.history(asked)[-1]["action"] == "agree refused"


def test_of_several_who_are_needed_each_counts_once(context):
    context.ledger.record([change()])
    move(context.ledger, life.ask, actor="slack:U0HANNAH", needed=2)

    assert agree(context, ID, Verb.REMEDIATE, member("slack:U0HARRY")) == Done("Agreed: 1 of 2.")
    again = agree(context, ID, Verb.REMEDIATE, member("slack:U0HARRY"))
    assert again == Refused(AGREED_ALREADY, groups=("slack:S0SECURITY",), about=ID)
    agree(context, ID, Verb.REMEDIATE, member("slack:U0SAM", "slack:S0SECURITY"))

    assert state(context, ID) is State.APPROVED


def test_who_agreed_before_it_started_is_told_that_it_has(context, asked):
    agree(context, asked, Verb.REMEDIATE, member("slack:U0HARRY"))
    move(context.ledger, life.start, finding_id=asked)

    assert "running already" in agree(context, asked, Verb.REMEDIATE, member("slack:U0HARRY")).text


def test_any_approver_takes_a_request_back_and_then_nobody_has_decided(context, asked):
    withdraw(context, asked, Verb.REMEDIATE, member("slack:U0HARRY"))

    found = context.ledger.find(asked)
    assert (found.state, found.actor) == (State.OPEN, "")
    assert "withdrawn" in found.note


def test_what_runs_cannot_be_withdrawn(context, asked):
    agree(context, asked, Verb.REMEDIATE, member("slack:U0HARRY"))
    move(context.ledger, life.start, finding_id=asked)

    assert "running already" in withdraw(context, asked, Verb.REMEDIATE, member()).text


def test_a_person_who_may_not_decide_withdraws_nothing(context, asked):
    withdraw(context, asked, Verb.REMEDIATE, member("slack:U0NOBODY"))

    assert state(context, asked) is State.APPROVAL_PENDING
