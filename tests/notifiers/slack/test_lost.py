"""The courier and the strict local Slack: answers that are lost, channels that are closed."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from compliance.channel import Channel, Message
from compliance.finding import State
from compliance.gathering import content_of_message
from ledger.closed import ClosedChannels
from ledger.messages import Messages
from notifiers.courier import Courier
from notifiers.slack.client import SlackChat
from notifiers.troubles import Troubles
from playground.slack.faults import Fault
from tests.builders import ID, change
from tests.playground.slack import world
from tests.playground.slack.world import HOUSING, texts

MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"


@pytest.fixture(scope="module")
def running():
    with world.running(MANIFEST, pace=world.PACE) as slack:
        yield slack


@pytest.fixture
def slack(running):
    running.reset()
    running.faults.set([])
    return running


@pytest.fixture
def chat(slack):
    client = world.client(slack)
    client.retry_handlers = []
    return SlackChat(client)


@pytest.fixture
def courier(context, clock, chat):
    messages = Messages(context.ledger.engine, context.teams, clock, timedelta())
    content = partial(content_of_message, catalogue=context.catalogue, accounts={})
    chats = {"slack": chat}
    return Courier(
        messages,
        content,
        chats,
        Troubles(chats, context.teams, ClosedChannels(context.ledger.engine, clock)),
        monotonic=lambda: clock.now.timestamp(),
        start=lambda work: work(),
    )


@pytest.fixture
def seconds(courier, clock):
    def pass_by(number):
        for _ in range(number):
            courier.round()
            clock.move(seconds=1)

    return pass_by


#: The answer comes after the post was made, and says nothing of it.
LOST = Fault("chat.postMessage", status=500, after=True, times=1)


def test_one_finding_is_one_card_although_the_answer_to_its_post_was_lost(slack, context, seconds):
    slack.faults.set([LOST])
    context.ledger.record([change()])
    seconds(5)

    context.ledger.record([change("COMPLIANT", minute=1)])
    seconds(3)

    [text] = texts(slack, HOUSING)
    assert "Resolved" in text
    assert context.ledger.find(ID).state is State.RESOLVED


def test_a_second_message_becomes_a_pointer_to_the_first(slack, context, seconds, courier, chat):
    context.ledger.record([change()])
    seconds(2)
    real = slack.workspace.messages(HOUSING)
    [first] = list(real)
    second = world.client(slack).chat_postMessage(channel=HOUSING, text="open", blocks=first.blocks)

    courier.adopt(ID, Message(Channel("slack", HOUSING), second["ts"]))

    pointer = texts(slack, HOUSING)[-1]
    assert pointer.startswith("This finding's card is in another message")
    assert first.ts.replace(".", "") in pointer


def test_a_channel_that_is_archived_is_reported_to_the_tda(slack, context, seconds):
    slack.faults.set([Fault("chat.postMessage", error="is_archived", times=1)])
    context.ledger.record([change()])

    seconds(2)

    [text] = texts(slack, "C0TDA")
    assert "C0HOUSING (team housing) takes no messages from the bot: is_archived" in text
