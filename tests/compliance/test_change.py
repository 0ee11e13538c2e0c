"""What AWS Config reports of one resource."""

from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.change import Compliance, Copy, ResourceFacts, is_ahead
from tests.builders import PACK_ARN, at, change, key


def test_a_key_is_written_with_bars_between_its_parts():
    assert str(key()) == "|".join(
        ("111122223333", "eu-west-2", key().rule, "AWS::S3::Bucket", "repairs-photos")
    )


@pytest.mark.parametrize(
    ("invoked", "evaluated"),
    [(None, 5), (3, 3), (7, 5)],
    ids=["not said", "before it was recorded", "after it was recorded"],
)
def test_a_result_is_of_no_later_than_its_rule_was_called_and_it_was_recorded(invoked, evaluated):
    called_at = None if invoked is None else at(invoked)
    result = replace(change(minute=5), invoked_at=called_at)

    assert result.evaluated_at == at(evaluated)


def test_a_rule_of_an_aws_service_is_known_by_its_arn():
    assert change(rule_arn=PACK_ARN).service_linked
    assert not change(rule_arn=PACK_ARN.replace("aws-service-rule/", "")).service_linked


def test_what_is_not_said_of_a_rule_or_a_resource_is_not_so():
    copy = Copy("a-rule", Compliance.COMPLIANT, at(0))
    facts = ResourceFacts("111122223333", "eu-west-2", "AWS::S3::Bucket", "b", at(0))

    assert not copy.service_linked
    assert not facts.deleted


@pytest.mark.parametrize(("seconds", "ahead"), [(-9, False), (300, False), (301, True)])
def test_a_time_is_ahead_where_clocks_do_not_differ_by_so_much(seconds, ahead):
    assert is_ahead(at(0) + timedelta(seconds=seconds), at(0)) is ahead
