"""What goes wrong on request, and no more often than asked."""

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.world import BUCKET_RULE, World


def test_an_execution_fails_at_the_step_and_with_the_words_asked_for(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.fail_execution(2, "Access Denied: s3:GetBucketPublicAccessBlock")
    world.start(BUCKET_RULE, name)

    execution = world.finish(BUCKET_RULE, name)

    assert execution["State"] == "FAILED"
    assert [step["State"] for step in execution["StepDetails"]] == ["SUCCEEDED", "FAILED"]
    assert execution["StepDetails"][1]["ErrorMessage"].startswith("Access Denied")


def test_a_failure_meant_for_one_resource_leaves_others_alone(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.fail_execution(1, "no", resource_id="another-bucket")
    world.start(BUCKET_RULE, name)

    assert world.finish(BUCKET_RULE, name)["State"] == "SUCCEEDED"


def test_a_denied_call_is_denied_once(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.deny("StartRemediationExecution", "config:StartRemediationExecution")

    with pytest.raises(ClientError, match="InsufficientPermissionsException"):
        world.start(BUCKET_RULE, name)

    assert "FailedItems" not in world.start(BUCKET_RULE, name)


def test_a_throttled_call_is_throttled_as_often_as_asked(world: World) -> None:
    world.aws.faults.throttle("DescribeConfigRules", times=2)

    answer = world.config.describe_config_rules()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2


def test_a_missed_change_stays_non_compliant_until_it_is_seen(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.miss_evaluation()
    world.start(BUCKET_RULE, name)

    execution = world.finish(BUCKET_RULE, name)
    missed = world.messages()
    world.aws.faults.clear()
    world.aws.tick()

    assert execution["State"] == "SUCCEEDED"
    assert missed == []
    assert world.outcomes(BUCKET_RULE) == ["COMPLIANT"]
