"""The check at execution."""

import pytest

import compliance.finding as life
from commands.authorise import authorise
from compliance.authority import Actor, Standing
from compliance.request import Verb
from tests.builders import finding, member, request


def approved(*agreed):
    asked = life.ask(finding(), request("U0HANNAH", len(agreed)), finding().changed_at)
    for actor in agreed:
        asked = life.agree(asked, Verb.REMEDIATE, actor, finding().changed_at)
    return asked


def allowed(desk, subject, **people):
    verdict = authorise(desk, lambda user: people.get(user, member(user)), subject)
    return None if verdict is None else verdict.allowed


def test_those_who_decided_and_still_may_are_enough(desk):
    assert allowed(desk, approved("U0HARRY")) is True


@pytest.mark.parametrize("who", ["U0HANNAH", "U0HARRY"], ids=["asker", "who agreed"])
def test_one_who_was_deactivated_since_is_too_few(desk, who):
    gone = {who: Actor(who, standing=Standing.DEACTIVATED)}

    assert allowed(desk, approved("U0HARRY"), **gone) is False


def test_one_who_is_no_approver_any_more_is_too_few(desk):
    assert allowed(desk, approved("U0FORMER")) is False


def test_while_nobody_can_say_who_somebody_is_there_is_no_verdict(desk):
    assert allowed(desk, approved(), U0HANNAH=Actor("U0HANNAH")) is None
