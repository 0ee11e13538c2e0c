"""What others had to agree to, once they have."""

from dataclasses import replace
from datetime import date

import pytest

from commands.agree import agree
from commands.answers import Refused
from commands.carry_out import agree_and_carry_out, carry_out_exceptions
from commands.ignore import Ignore, ignore
from compliance.authority import Actor, Standing
from compliance.finding import State
from compliance.request import Verb
from tests.builders import PAIRED_RULE, change, member, rule

FORM = Ignore("accepted risk", "The public website's pictures.", "SEC-1", date(2026, 12, 1))
HANNAH, HARRY = "slack:U0HANNAH", "slack:U0HARRY"


@pytest.fixture
def asked(desk):
    """Hannah has asked for an exception that one other person has to agree to."""
    desk.ledger.record([change(rule=PAIRED_RULE)])
    [finding] = desk.ledger.each([State.OPEN])
    ignore(desk, finding.id, member(HANNAH), FORM)
    return finding.id


def agreed(desk, asked, person=member):
    return agree_and_carry_out(desk, person, asked, Verb.EXCEPT, member(HARRY))


def gone(user):
    """Hannah was deactivated after she asked."""
    return Actor(user, standing=Standing.DEACTIVATED) if user == HANNAH else member(user)


def test_an_agreed_exception_is_recorded_with_the_askers_words_and_both_names(desk, asked):
    answer = agreed(desk, asked)

    [entry] = desk.allowlist.current.entries
    assert answer.text == "Recorded in the allowlist until the end of 1 December 2026."
    assert (entry.asked_by, entry.reason, entry.ticket) == (HANNAH, FORM.reason, FORM.ticket)
    after = desk.ledger.find(asked)
    assert (after.state, after.decided.deciders) == (State.EXCEPTED, (HANNAH, HARRY))


def test_an_agreement_is_not_enough_from_the_asker(desk, asked):
    answer = agree_and_carry_out(desk, member, asked, Verb.EXCEPT, member(HANNAH))

    assert isinstance(answer, Refused)
    assert desk.allowlist.current.entries == ()


def test_who_was_deactivated_a_moment_ago_excepts_nothing(desk, asked):
    answer = agreed(desk, asked, gone)

    after = desk.ledger.find(asked)
    assert "This account is deactivated" in answer.text
    assert (after.state, after.requests) == (State.OPEN, ())
    assert desk.allowlist.current.entries == ()


def test_while_chat_cannot_say_who_agreed_the_request_waits(desk, asked):
    answer = agreed(desk, asked, Actor)

    assert "Chat cannot say just now who may decide" in answer.text
    assert desk.ledger.find(asked).state is State.APPROVAL_PENDING
    assert carry_out_exceptions(desk, member) == 1
    assert desk.ledger.find(asked).state is State.EXCEPTED


def test_a_stricter_policy_stops_what_was_agreed_before(desk, asked):
    agree(desk, asked, Verb.EXCEPT, member(HARRY))
    stricter = replace(desk, catalogue={PAIRED_RULE: rule(PAIRED_RULE, approvers=2)})

    carry_out_exceptions(stricter, member)

    assert desk.ledger.find(asked).state is State.OPEN
    assert "1 more must agree" in desk.ledger.find(asked).note


def test_what_is_not_agreed_is_left(desk, asked):
    assert carry_out_exceptions(desk, member) == 0
    assert desk.ledger.find(asked).state is State.APPROVAL_PENDING
