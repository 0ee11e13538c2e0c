"""Why a remediation failed, in words that say what to do."""

import pytest

from compliance.failures import explain
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
