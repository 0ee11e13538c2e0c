"""The council's resources: what is wrong at the start, and what happens later."""

from collections.abc import Iterator

import pytest

from playground.aws import AT_ONCE
from playground.aws.story import Story
from tests.playground.aws.world import BUCKET_RULE, HOUSING, World, running


@pytest.fixture
def told() -> Iterator[tuple[World, Story]]:
    with running(AT_ONCE) as world:
        story = Story(world.aws)
        story.begin()
        world.aws.tick()
        yield world, story


def test_ten_violations_are_there_at_the_start_one_of_them_a_public_bucket(
    told: tuple[World, Story],
) -> None:
    world, _ = told

    broken = [
        (message["awsAccountId"], message["configRuleName"], message["resourceId"])
        for message in world.messages()
        if message.get("newEvaluationResult", {}).get("complianceType") == "NON_COMPLIANT"
    ]

    assert len(broken) == 10
    assert (HOUSING, BUCKET_RULE, "housing-repairs-photos") in broken


def test_every_later_event_is_one_that_the_bot_hears_of(told: tuple[World, Story]) -> None:
    world, story = told
    silent = []
    world.messages()

    while name := story.advance():
        world.aws.tick()
        if not world.messages():
            silent.append(name)

    # Nobody has remediated it, so the deploy that makes it public again changes nothing.
    assert silent == ["housing-repairs-photos"]


def test_a_deploy_undoes_a_remediation(told: tuple[World, Story]) -> None:
    world, story = told
    world.start(BUCKET_RULE, "housing-repairs-photos")
    world.finish(BUCKET_RULE, "housing-repairs-photos")
    world.messages()

    while story.advance() != "housing-repairs-photos":
        world.aws.tick()
    world.messages()
    world.aws.tick()

    assert world.outcomes(BUCKET_RULE) == ["NON_COMPLIANT"]


def test_the_function_without_rights_for_tracing_fails_and_says_so(
    told: tuple[World, Story],
) -> None:
    world, _ = told
    world.start("lambda-function-xray-enabled", "rent-arrears-letters")

    execution = world.finish("lambda-function-xray-enabled", "rent-arrears-letters")

    assert execution["State"] == "FAILED"
    assert "PutTraceSegments" in execution["StepDetails"][0]["ErrorMessage"]
