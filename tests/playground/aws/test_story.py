"""The council's resources: what is wrong at the start, and what happens later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from playground.aws import AT_ONCE
from playground.aws.story import Story
from tests.playground.aws.world import BUCKET_RULE, HOUSING, SharedWorld, World, running


@dataclass(frozen=True)
class Told:
    """A world in which the story has begun, and what was said until then."""

    world: World
    story: Story
    at_first: list[dict[str, Any]]


@pytest.fixture(scope="module")
def told(shared_world: SharedWorld) -> Iterator[Told]:
    shared_world.end()
    with running(AT_ONCE) as world:
        story = Story(world.aws, pause=timedelta())
        story.begin()
        world.aws.tick()
        yield Told(world, story, world.messages())


def broken(messages: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (message["awsAccountId"], message["configRuleName"], message["resourceId"])
        for message in messages
        if message.get("newEvaluationResult", {}).get("complianceType") == "NON_COMPLIANT"
    ]


def test_eleven_violations_are_there_at_the_start_one_of_them_a_public_bucket(told: Told) -> None:
    assert len(broken(told.at_first)) == 11
    assert (HOUSING, BUCKET_RULE, "housing-repairs-photos") in broken(told.at_first)


def test_every_later_event_is_heard_and_a_deploy_undoes_a_remediation(told: Told) -> None:
    told.world.start(BUCKET_RULE, "housing-repairs-photos")
    told.world.finish(BUCKET_RULE, "housing-repairs-photos")
    told.world.messages()
    heard = {}

    while names := told.story.advance():
        told.world.aws.tick()
        heard[names] = told.world.messages()

    assert [names for names, messages in heard.items() if len(messages) < len(names)] == []
    deployed = heard["housing-repairs-photos",]
    assert broken(deployed) == [(HOUSING, BUCKET_RULE, "housing-repairs-photos")]


def test_the_function_without_rights_for_tracing_fails_and_says_so(told: Told) -> None:
    told.world.start("lambda-function-xray-enabled", "rent-arrears-letters")

    execution = told.world.finish("lambda-function-xray-enabled", "rent-arrears-letters")

    assert execution["State"] == "FAILED"
    assert "PutTraceSegments" in execution["StepDetails"][0]["ErrorMessage"]


def test_played_again_everything_that_was_broken_at_first_is_news(told: Told) -> None:
    told.story.mend()
    told.world.aws.tick()
    told.world.messages()

    told.story.advance()
    told.world.aws.tick()

    assert sorted(broken(told.world.messages())) == sorted(broken(told.at_first))
