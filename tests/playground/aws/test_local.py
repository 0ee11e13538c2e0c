"""The local AWS starts, moves at its pace, and ends."""

import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from time import monotonic

import pytest

from playground.aws import AT_ONCE, Pace
from playground.aws.wire import AlreadyRunningError
from tests.playground.aws.world import ACCOUNTS, BUCKET_RULE, RULES, SharedWorld, World, running

SLOW = Pace(
    queue=timedelta(seconds=10),
    step=timedelta(seconds=10),
    evaluation=timedelta(minutes=2),
    maintenance=timedelta(days=1),
)


Alone = Callable[[Pace], AbstractContextManager[World]]


@pytest.fixture
def alone(shared_world: SharedWorld) -> Alone:
    """Start a local AWS with one account and one rule, at a pace of the test's own."""
    shared_world.end()
    return partial(running, rules={BUCKET_RULE: RULES[BUCKET_RULE]}, accounts=ACCOUNTS[:1])


def test_the_bots_credentials_are_the_tooling_accounts(alone: Alone) -> None:
    with alone(AT_ONCE) as world:
        identity = world.client("sts", None).get_caller_identity()

    assert identity["Account"] == "999900001111"


def test_messages_nobody_can_read_go_to_the_dead_letters_after_five_times(alone: Alone) -> None:
    with alone(AT_ONCE) as world:
        answer = world.client("sqs", None).get_queue_attributes(
            QueueUrl=world.aws.environment()["QUEUE_URLS"], AttributeNames=["RedrivePolicy"]
        )

    policy = answer["Attributes"]["RedrivePolicy"]
    assert "compliance-bot-dead-letters" in policy
    assert '"maxReceiveCount": 5' in policy


def test_a_change_is_seen_after_the_evaluation_delay_only(alone: Alone) -> None:
    with alone(SLOW) as world:
        world.bucket()
        world.aws.tick()
        early = world.messages()
        world.clock.move(SLOW.evaluation)
        world.aws.tick()

        assert early == []
        assert world.outcomes(BUCKET_RULE) == ["NON_COMPLIANT"]


def test_a_stopped_recorder_sees_nothing(alone: Alone) -> None:
    with alone(AT_ONCE) as world:
        world.config.stop_configuration_recorder(ConfigurationRecorderName="default")
        world.bucket()
        world.aws.tick()

        assert world.messages() == []


def test_the_thread_moves_the_account_and_tells_the_story(alone: Alone) -> None:
    with alone(AT_ONCE) as world:
        world.aws.run(world.bucket, every=timedelta(milliseconds=250))

        assert poll(lambda: world.outcomes(BUCKET_RULE))[0] == "NON_COMPLIANT"


def test_nothing_is_left_after_the_end(alone: Alone) -> None:
    before = set(threading.enumerate())

    with alone(AT_ONCE) as world:
        world.aws.run()

    assert [t for t in threading.enumerate() if t not in before and not t.daemon] == []
    host, port = world.aws.endpoint_url.removeprefix("http://").split(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1)


def test_two_at_a_time_are_refused(alone: Alone) -> None:
    with alone(AT_ONCE), pytest.raises(AlreadyRunningError), alone(AT_ONCE):
        pass


def poll(look, seconds=10):
    """Return what *look* finds as soon as it is something."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        found = look()
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError("nothing came in time")
