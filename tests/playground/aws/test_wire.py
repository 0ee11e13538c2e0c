"""The server checks requests by AWS's model, also those that no client has checked."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.playground.aws.world import BUCKET_RULE, HOUSING, REGION, World


def test_a_missing_member_is_refused_by_the_server(world: World) -> None:
    unchecked = world.client("config", HOUSING, REGION, config=Config(parameter_validation=False))

    with pytest.raises(ClientError, match='"ResourceKeys"') as refused:
        unchecked.start_remediation_execution(ConfigRuleName=BUCKET_RULE)

    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_rule_name_too_long_for_the_call_is_refused(world: World) -> None:
    with pytest.raises(ClientError, match="less than or equal to 64"):
        world.config.get_compliance_details_by_config_rule(ConfigRuleName="r" * 65)


def test_times_are_answered_to_the_millisecond_that_the_notification_said(world: World) -> None:
    name = world.bucket()
    world.aws.tick()

    told = world.messages()[-1]["newEvaluationResult"]["resultRecordedTime"]
    answer = world.config.get_compliance_details_by_resource(
        ResourceType="AWS::S3::Bucket", ResourceId=name
    )

    recorded = answer["EvaluationResults"][0]["ResultRecordedTime"]
    assert f"{recorded.timestamp():.3f}"[-3:] == told[-4:-1]
