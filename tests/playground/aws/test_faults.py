"""Answers of AWS Config that are lost, late, not AWS's at all, or less than they should be."""

from datetime import timedelta

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.playground.aws.world import BUCKET_RULE, World, key_of

START = "StartRemediationExecution"


def start_once(world: World, name: str, **settings: float) -> dict[str, object]:
    """Start as a client that repeats nothing does."""
    config = world._client("config", config=Config(retries={"total_max_attempts": 1}, **settings))
    return config.start_remediation_execution(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key_of(BUCKET_RULE, name)]
    )


def test_a_start_whose_answer_is_lost_was_taken(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.lose_answer(START)

    with pytest.raises(ConnectionClosedError):
        start_once(world, name)

    assert world.status(BUCKET_RULE, name)["State"] == "QUEUED"


def test_a_start_whose_answer_is_late_was_taken(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.delay_answer(START, timedelta(seconds=0.6))

    with pytest.raises(ReadTimeoutError):
        start_once(world, name, read_timeout=0.2)

    assert world.status(BUCKET_RULE, name)["State"] == "QUEUED"


def test_a_late_answer_holds_up_no_other_call(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.delay_answer(START, timedelta(seconds=30))

    with pytest.raises(ReadTimeoutError):
        start_once(world, name, read_timeout=0.2)

    assert world.finish(BUCKET_RULE, name)["State"] == "SUCCEEDED"


def test_a_page_of_a_proxy_looks_like_an_answer_and_nothing_was_started(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.answer_html(START)

    answer = start_once(world, name)

    status = world.config.describe_remediation_execution_status(
        ConfigRuleName=BUCKET_RULE, ResourceKeys=[key_of(BUCKET_RULE, name)]
    )
    # boto3 makes an empty success of whatever it cannot read.
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert status["RemediationExecutionStatuses"] == []


def test_a_throttled_start_starts_nothing(world: World) -> None:
    name = world.public_bucket()
    world.aws.faults.throttle(START)

    with pytest.raises(ClientError, match="Rate exceeded"):
        start_once(world, name)

    assert "FailedItems" not in start_once(world, name)


def test_a_resource_can_be_said_to_be_compliant_already(world: World) -> None:
    name, other = world.public_bucket(), world.public_bucket()
    world.aws.faults.already_compliant(name)

    assert "FailedItems" not in start_once(world, other)
    answer = start_once(world, name)
    assert answer["FailedItems"] == [key_of(BUCKET_RULE, name)]
    assert "already compliant" in str(answer["FailureMessage"])


def test_a_status_may_come_without_its_steps_and_times(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)
    world.aws.faults.leave_out("StepDetails", "InvocationTime")

    status = world.status(BUCKET_RULE, name)

    assert set(status) == {"ResourceKey", "State", "LastUpdatedTime"}
