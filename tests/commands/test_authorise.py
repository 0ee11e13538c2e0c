"""The check at execution."""

from dataclasses import replace

import pytest

from commands.authorise import authorise
from compliance import life
from compliance.authority import Actor, Standing
from compliance.request import Verb
from tests.builders import RULE, finding, member, request, rule


def approved(*agreed, verb="remediate"):
    asked = life.ask(finding(), request("slack:U0HANNAH", len(agreed), verb), finding().changed_at)
    for actor in agreed:
        asked = life.agree(asked, Verb(verb), actor, finding().changed_at)
    return asked


def allowed(context, subject, people=None, verb=Verb.REMEDIATE):
    verdict = authorise(context, lambda user: (people or {}).get(user, member(user)), subject, verb)
    return None if verdict is None else verdict.allowed


def test_those_who_decided_and_still_may_are_enough(context):
    assert allowed(context, approved("slack:U0HARRY")) is True


@pytest.mark.parametrize("who", ["slack:U0HANNAH", "slack:U0HARRY"], ids=["asker", "who agreed"])
def test_one_who_was_deactivated_since_is_too_few(context, who):
    gone = {who: Actor(who, standing=Standing.DEACTIVATED)}

    assert allowed(context, approved("slack:U0HARRY"), gone) is False


def test_one_who_is_no_approver_any_more_is_too_few(context):
    assert allowed(context, approved("slack:U0FORMER")) is False


def test_while_nobody_can_say_who_somebody_is_there_is_no_verdict(context):
    assert allowed(context, approved(), {"slack:U0HANNAH": Actor("slack:U0HANNAH")}) is None


def test_an_exception_is_asked_afresh_as_well(context):
    asked = approved("slack:U0HARRY", verb="except")
    gone = {"slack:U0HARRY": Actor("slack:U0HARRY", standing=Standing.DEACTIVATED)}

    assert allowed(context, asked, verb=Verb.EXCEPT) is True
    assert allowed(context, asked, gone, Verb.EXCEPT) is False


def test_what_nobody_asks_for_is_not_authorised(context):
    assert allowed(context, approved(), verb=Verb.UNDO) is False


def test_a_rule_that_left_the_catalogue_authorises_nothing(context):
    assert allowed(replace(context, catalogue={}), approved()) is False


def test_a_rule_that_wants_more_people_by_now_says_how_many_are_missing(context):
    stricter = replace(context, catalogue={RULE: rule(approvers=2)})

    verdict = authorise(stricter, member, approved("slack:U0HARRY"))

    assert verdict.reason == "The rule's policy has changed: 1 more must agree."
