"""Every rule's way from a violation to its mended resource."""

from datetime import timedelta

import pytest

from tests.playground.aws.world import BUCKET_RULE, MENDED, MULTI_AZ_RULE, RULES, World, violate


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_violation_is_told_remediated_and_told_mended(world: World, rule: str) -> None:
    resource_id = violate(world, rule)
    world.aws.tick()
    before = world.outcomes(rule)
    world.start(rule, resource_id)

    execution = world.finish(rule, resource_id)
    world.clock.move(timedelta(days=1))
    world.aws.tick()  # the maintenance window, for a database that waits for it
    world.aws.tick()

    assert before == ["NON_COMPLIANT"]
    assert execution["State"] == "SUCCEEDED"
    assert MENDED[rule](world, resource_id)
    assert world.outcomes(rule) == ["COMPLIANT"]


def test_the_steps_are_seen_one_after_another(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)
    seen = []

    for _ in range(4):
        status = world.status(BUCKET_RULE, name)
        seen.append((status["State"], [step["State"] for step in status["StepDetails"]]))
        world.aws.tick()

    assert seen == [
        ("QUEUED", ["PENDING", "PENDING"]),
        ("IN_PROGRESS", ["IN_PROGRESS", "PENDING"]),
        ("IN_PROGRESS", ["SUCCEEDED", "IN_PROGRESS"]),
        ("SUCCEEDED", ["SUCCEEDED", "SUCCEEDED"]),
    ]


def test_each_step_has_its_times(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)

    steps = world.finish(BUCKET_RULE, name)["StepDetails"]

    assert all(step["StartTime"] < step["StopTime"] for step in steps)


def test_a_runbook_whose_resource_is_gone_fails_with_the_services_words(world: World) -> None:
    name = world.public_bucket()
    world.start(BUCKET_RULE, name)
    world.client("s3").delete_bucket(Bucket=name)

    execution = world.finish(BUCKET_RULE, name)

    assert execution["State"] == "FAILED"
    assert "NoSuchBucket" in execution["StepDetails"][0]["ErrorMessage"]


def test_multi_az_without_apply_immediately_waits_for_the_window(world: World) -> None:
    resource_id = violate(world, MULTI_AZ_RULE)
    world.aws.tick()
    config = world.config
    found = config.describe_remediation_configurations(ConfigRuleNames=[MULTI_AZ_RULE])
    remediation = found["RemediationConfigurations"][0]
    del remediation["Arn"]
    parameters = {k: v for k, v in remediation["Parameters"].items() if k != "ApplyImmediately"}
    config.put_remediation_configurations(
        RemediationConfigurations=[{**remediation, "Parameters": parameters}]
    )
    world.messages()
    world.start(MULTI_AZ_RULE, resource_id)

    execution = world.finish(MULTI_AZ_RULE, resource_id)
    waiting = world.outcomes(MULTI_AZ_RULE)
    world.clock.move(timedelta(days=1))
    world.aws.tick()
    world.aws.tick()

    config.put_remediation_configurations(RemediationConfigurations=[remediation])
    assert execution["State"] == "SUCCEEDED"
    assert waiting == []
    assert world.outcomes(MULTI_AZ_RULE) == ["COMPLIANT"]
