"""What is recorded and evaluated, in which account and Region."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.playground.aws.world import BUCKET_RULE, HOUSING, PAYMENTS, World

IRELAND = "eu-west-1"
SOURCE = {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}


@pytest.fixture
def ireland(world: World) -> Iterator[Any]:
    """AWS Config in a Region that nobody has set up yet."""
    config = world.client("config", HOUSING, IRELAND)
    role = f"arn:aws:iam::{HOUSING}:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "config"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    yield config
    config.delete_config_rule(ConfigRuleName="topics")


def topic_in_ireland(world: World, name: str, **tags: str) -> str:
    sns = world.client("sns", HOUSING, IRELAND)
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return sns.create_topic(Name=name, Tags=listed)["TopicArn"]


def test_a_rule_put_by_hand_is_evaluated_in_its_own_region(world: World, ireland: Any) -> None:
    topic_in_ireland(world, "voids")
    ireland.put_config_rule(ConfigRule={"ConfigRuleName": "topics", "Source": SOURCE})
    world.aws.tick()

    message = world.messages()[-1]

    assert message["configRuleName"] == "topics"
    assert message["awsRegion"] == IRELAND


def test_a_rule_for_a_tag_looks_at_nothing_else(world: World, ireland: Any) -> None:
    topic_in_ireland(world, "untagged")
    tagged = topic_in_ireland(world, "tagged", Environment="production")
    scope = {"TagKey": "Environment", "TagValue": "production"}
    ireland.put_config_rule(
        ConfigRule={"ConfigRuleName": "topics", "Source": SOURCE, "Scope": scope}
    )
    world.aws.tick()

    found = ireland.get_compliance_details_by_config_rule(ConfigRuleName="topics")

    identified = [result["EvaluationResultIdentifier"] for result in found["EvaluationResults"]]
    assert [one["EvaluationResultQualifier"]["ResourceId"] for one in identified] == [tagged]


def test_a_rules_new_parameters_are_used_at_once(world: World) -> None:
    name = world.public_bucket()
    rule = world.config.describe_config_rules(ConfigRuleNames=[BUCKET_RULE])["ConfigRules"][0]
    changed = {key: rule[key] for key in ("ConfigRuleName", "Source", "Scope")}
    excluded = json.dumps({"excludedPublicBuckets": name})

    world.config.put_config_rule(ConfigRule={**changed, "InputParameters": excluded})
    world.aws.tick()

    assert world.outcomes(BUCKET_RULE)[-1] == "COMPLIANT"


def test_a_change_in_one_account_is_told_of_that_account_only(world: World) -> None:
    name = world.bucket(PAYMENTS)
    world.aws.tick()

    assert {(m["awsAccountId"], m["resourceId"]) for m in world.messages()[1:]} == {
        (PAYMENTS, name)
    }
