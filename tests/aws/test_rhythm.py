"""How soon AWS Config looks again, by what it answers of its recorder and of the rule."""

from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber

from aws.errors import AwsDoubtError
from aws.rhythm import Rhythm, rhythm
from tests.builders import RULE, key

DAY, AT_ONCE = timedelta(days=1), Rhythm()
LAMBDA_DAILY = {"resourceTypes": ["AWS::Lambda::Function"], "recordingFrequency": "DAILY"}
BUCKETS_AT_ONCE = {"resourceTypes": ["AWS::S3::Bucket"], "recordingFrequency": "CONTINUOUS"}


def mode(frequency, *overrides):
    mode = {"recordingFrequency": frequency}
    return {**mode, "recordingModeOverrides": list(overrides)} if overrides else mode


def asked(modes, frequency=None):
    """Ask an AWS Config that has recorders of these *modes* and a rule of this *frequency*."""
    config = boto3.client("config", "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    recorders = [{"name": "default", **({"recordingMode": each} if each else {})} for each in modes]
    source = {"Owner": "AWS", "SourceIdentifier": "X"}
    rule = {"ConfigRuleName": RULE, "Source": source}
    if frequency:
        rule["MaximumExecutionFrequency"] = frequency
    with Stubber(config) as stubber:
        answer = {"ConfigurationRecorders": recorders}
        stubber.add_response("describe_configuration_recorders", answer)
        expected = {"ConfigRuleNames": [RULE]}
        stubber.add_response("describe_config_rules", {"ConfigRules": [rule]}, expected)
        return rhythm(config, key())


@pytest.mark.parametrize(
    ("modes", "within"),
    [
        ([mode("CONTINUOUS")], timedelta()),
        ([None], timedelta()),
        ([], timedelta()),
        ([mode("DAILY")], DAY),
        ([mode("CONTINUOUS", LAMBDA_DAILY)], timedelta()),
        ([mode("DAILY", LAMBDA_DAILY)], DAY),
        ([mode("DAILY", LAMBDA_DAILY, BUCKETS_AT_ONCE)], timedelta()),
        ([mode("CONTINUOUS"), mode("DAILY")], DAY),
    ],
    ids=["at once", "no mode", "no recorder", "daily", "another type daily", "daily, and another",
         "daily but for buckets", "a second recorder"],
)  # fmt: skip
def test_a_type_that_is_recorded_daily_is_seen_within_a_day(modes, within):
    said = asked(modes)

    assert said.within == within
    assert ("once a day" in said.why) == bool(within)


@pytest.mark.parametrize(
    ("frequency", "hours", "words"),
    [
        ("One_Hour", 1, "every hour"),
        ("Three_Hours", 3, "every 3 hours"),
        ("Six_Hours", 6, "every 6 hours"),
        ("Twelve_Hours", 12, "every 12 hours"),
        ("TwentyFour_Hours", 24, "every 24 hours"),
    ],
)
def test_a_periodic_rule_says_how_often_it_is_evaluated(frequency, hours, words):
    said = asked([mode("CONTINUOUS")], frequency)

    assert said.within == timedelta(hours=hours)
    assert words in said.why


def test_a_rule_that_follows_changes_is_evaluated_at_once():
    assert asked([mode("CONTINUOUS")]) == AT_ONCE


def test_an_answer_without_a_list_is_not_read_as_none():
    class Odd:
        def describe_configuration_recorders(self):
            return {}

    with pytest.raises(AwsDoubtError):
        rhythm(Odd(), key())
