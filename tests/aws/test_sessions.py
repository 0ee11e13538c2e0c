"""The session of a decision, as AWS takes it."""

import json
import re

import pytest

from aws.sessions import DecisionSession, session_name, source_identity
from tests.builders import at

#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
TAKEN = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
ARN = "arn:aws:config:eu-west-2:111122223333:remediation-configuration/s3/1"
SESSION = DecisionSession("F-3K7Q2.remediate.now", "slack.U0HANNAH", ARN)


def test_a_session_is_called_after_its_decision():
    assert session_name(["F-3K7Q2"], "remediate", at(0)) == "F-3K7Q2.remediate.20261102T090000Z"


def test_a_session_about_several_findings_says_how_many_more():
    assert session_name(["F-1", "F-2", "F-3"], "remediate", at(0)).startswith("F-1+2.remediate.")


@pytest.mark.parametrize(
    ("people", "identity"),
    [
        (["slack:U0HANNAH"], "slack.U0HANNAH"),
        (["slack:U0HANNAH", "slack:U0SAM"], "slack.U0HANNAH+slack.U0SAM"),
        (["x"], "x."),
        (["aws:somebody"], "aws.somebody"),
    ],
)
def test_people_are_named_in_letters_that_aws_takes(people, identity):
    assert source_identity(people) == identity


def test_names_that_are_too_long_stay_different():
    first, second = (source_identity([f"teams:29:{'x' * 70}{end}"]) for end in ("1", "2"))

    assert first != second
    assert TAKEN.fullmatch(first)
    assert TAKEN.fullmatch(second)


def test_a_narrow_session_may_start_one_rules_remediation_and_nothing_else():
    asked = SESSION.parameters((), with_identity=True)

    [statement] = json.loads(asked["Policy"])["Statement"]
    assert statement["Resource"] == ARN
    assert "config:StartRemediationExecution" in statement["Action"]
    assert (asked["RoleSessionName"], asked["SourceIdentity"]) == (
        "F-3K7Q2.remediate.now",
        "slack.U0HANNAH",
    )


def test_a_wider_session_may_do_what_is_named():
    asked = SESSION.parameters(["ssm:StartAutomationExecution"], with_identity=True)

    _, wider = json.loads(asked["Policy"])["Statement"]
    assert wider["Action"] == ["ssm:StartAutomationExecution"]


def test_policy_and_identity_can_be_left_out():
    assert {"Policy", "SourceIdentity"}.isdisjoint(SESSION.parameters(None, with_identity=False))
