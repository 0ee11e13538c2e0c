"""Why a remediation failed, in words that say what to do."""

import pytest

from compliance.failures import explain, is_session_too_narrow, read_refusal
from tests.builders import rule


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "The execution role does not have permissions to call PutTraceSegments on XRAY",
            "Give it xray:PutTraceSegments",
        ),
        ("KMS key arn:aws:kms:x is disabled", "encryption key cannot be used"),
        ("User: x is not authorized to perform: kms:Decrypt on KMS", "encryption key cannot"),
        ("User: x is not authorized to perform: rds:ModifyDBInstance", "(rds:ModifyDBInstance)"),
        ("Access Denied", "(s3:PutBucketPublicAccessBlock)"),
        ("AccessDeniedException", "lacks a permission"),
        ("The resource is already compliant", "next evaluation will resolve"),
        ("InvalidDBInstanceState: not in available state", "Wait until it is available"),
        ("Step timed out", "may have been made all the same"),
        ("An existing call must complete", "Another remediation"),
    ],
    ids=str,
)
def test_a_known_cause_is_told_with_its_cure_and_awss_own_words(said, told):
    explained = explain(said, rule())

    assert told in explained
    assert explained.endswith(f"AWS said: {said}")


def test_an_unknown_cause_is_told_in_awss_words_with_the_way_by_hand():
    assert explain(" Odd. ", rule()) == (
        f"AWS said: Odd. Correct the cause and press Remediate again. Or by hand: {rule().by_hand}"
    )


def test_silence_is_told_as_silence():
    assert "AWS gave no message." in explain("  ", None)


def test_a_missing_permission_that_nobody_names_is_left_unnamed_without_a_rule():
    assert "lacks a permission ()" not in explain("Access Denied", None)


_ASKED = "User: arn:aws:sts::111122223333:assumed-role/{role}/x is not authorized to perform: "


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            _ASKED.format(role="fix-sns-kms") + "SNS:SetTopicAttributes on resource: arn:x",
            "The runbook's role lacks a permission (sns:SetTopicAttributes).",
        ),
        (
            _ASKED.format(role="remediation-lambda-xray") + "lambda:UpdateFunctionConfiguration",
            "The runbook's role lacks a permission (lambda:UpdateFunctionConfiguration).",
        ),
        ("Topic arn:aws:sns:eu-west-2:111122223333:existing-orders does not exist", "AWS said:"),
        ("An error occurred (NotFound) for timeout-kms-concurrent", "AWS said:"),
        (
            _ASKED.format(role="fix") + "s3:Put with an explicit deny in a service control policy",
            "A policy of the organisation (service control policy) forbids this here (s3:Put).",
        ),
        (
            _ASKED.format(role="fix") + "s3:Put because no service control policy allows the "
            "s3:Put action",
            "A policy of the organisation",
        ),
        (
            _ASKED.format(role="fix") + "s3:Put with an explicit deny in a permissions boundary",
            "Something forbids this to the runbook's role (s3:Put): permissions boundary.",
        ),
        (
            _ASKED.format(role="fix") + "s3:Put because no permissions boundary allows the s3:Put "
            "action",
            "Something forbids this to the runbook's role (s3:Put): permissions boundary.",
        ),
        (
            "Access denied when attempting to assume role arn:aws:iam::1:role/fix",
            "The runbook's role cannot be assumed",
        ),
        (
            _ASKED.format(role="x") + "iam:PassRole on resource: arn:aws:iam::1:role/fix",
            "The runbook's role may not be handed to SSM Automation",
        ),
        ("Error code: ThrottlingException; more", "AWS had too much to do"),
        ("DisabledException", "The encryption key cannot be used."),
        ("KMSDisabledException: arn:x", "The encryption key cannot be used."),
        (
            "An error occurred (UnauthorizedOperation) when calling it",
            "The runbook's role lacks a permission (s3:PutBucketPublicAccessBlock).",
        ),
        (
            "Not allowed, because no identity-based policy allows the rds:Modify action",
            "The runbook's role lacks a permission (rds:Modify).",
        ),
        (
            _ASKED.format(role="x") + "sts:AssumeRole",
            "The runbook's role cannot be assumed",
        ),
        (
            _ASKED.format(role="fix") + "s3:Put with an explicit deny in a resource control policy",
            "A policy of the organisation (resource control policy) forbids",
        ),
        (
            _ASKED.format(role="fix") + "s3:Put because no VPC endpoint policy allows the s3:Put",
            "Something forbids this to the runbook's role (s3:Put): VPC endpoint policy.",
        ),
        (
            "Refused with an explicit deny in a session policy",
            "Something forbids this to the runbook's role (s3:PutBucketPublicAccessBlock): session",
        ),
        (
            _ASKED.format(role="x") + "sts:AssumeRole on resource: arn:aws:iam::1:role/fix-kms",
            "The runbook's role arn:aws:iam::1:role/fix-kms cannot be assumed",
        ),
        ("The defined assume role is unable to be assumed.", "The runbook's role cannot be"),
        (
            "An error occurred (InvalidDBInstanceState) when calling the ModifyDBInstance "
            "operation: Database timeout-xray is not in available state",
            "The database is busy",
        ),
    ],
)
def test_a_cause_is_read_from_awss_code_and_action_and_not_from_names(said, told):
    assert explain(said, rule()).startswith(told)


def test_who_forbids_is_read_from_awss_sentence():
    said = _ASKED.format(role="bot") + (
        "config:StartRemediationExecution because no session policy allows the "
        "config:StartRemediationExecution action"
    )

    assert is_session_too_narrow(said)
    assert read_refusal(said).action == "config:StartRemediationExecution"
    assert not is_session_too_narrow("Access Denied")


def test_without_a_rule_there_is_no_way_by_hand():
    assert explain("Odd.", None) == "AWS said: Odd. Correct the cause and press Remediate again."
