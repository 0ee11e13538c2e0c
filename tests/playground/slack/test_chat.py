"""chat.* and reactions.add, called by Slack's own client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.server import LocalSlack
from tests.playground.slack.world import (
    EXTERNAL,
    GENERAL,
    HANNAH,
    HOUSING,
    PAYMENTS,
    actions,
    button,
    texts,
)


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        call(**arguments)
    return str(raised.value.response["error"])


def test_a_message_is_posted_by_channel_id_and_by_name(slack: LocalSlack, client: WebClient):
    by_id = client.chat_postMessage(channel=HOUSING, text="by id")
    by_name = client.chat_postMessage(channel="#housing-compliance", text="by name")

    assert by_id["channel"] == by_name["channel"] == HOUSING
    assert by_id["message"]["bot_id"] == slack.credentials.bot_id
    assert texts(slack, HOUSING) == ["by id", "by name"]


def test_a_message_to_a_person_goes_to_their_direct_message(slack: LocalSlack, client: WebClient):
    sent = client.chat_postMessage(channel=HANNAH, text="psst")

    opened = client.conversations_open(users=HANNAH)
    assert sent["channel"] == opened["channel"]["id"]
    assert texts(slack, sent["channel"]) == ["psst"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": GENERAL, "text": "x"}, "not_in_channel"),
        ({"channel": HOUSING}, "no_text"),
        ({"channel": HOUSING, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": HOUSING, "text": "x", "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"channel": HOUSING, "text": "x", "blocks": [{"type": "wat"}]}, "invalid_blocks"),
        ({"channel": HOUSING, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": HOUSING, "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": HOUSING, "text": "x", "metadata": {"nope": 1}}, "invalid_metadata_schema"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_cannot_be_posted_is_refused_by_name(
    client: WebClient, arguments: dict[str, Any], error: str
):
    assert refused(client.api_call, api_method="chat.postMessage", json=arguments) == error


def test_nothing_is_posted_to_an_archived_channel(slack: LocalSlack, client: WebClient):
    slack.workspace.channels[HOUSING].is_archived = True

    assert refused(client.chat_postMessage, channel=HOUSING, text="x") == "is_archived"


def test_wrong_blocks_are_explained_with_a_pointer(client: WebClient):
    broken = [{"type": "section"}]

    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=HOUSING, text="x", blocks=broken)

    messages = raised.value.response["response_metadata"]["messages"]
    assert "json-pointer:/blocks/0" in messages[0]


def test_a_long_text_is_cut_when_posted_and_refused_when_updated(client: WebClient):
    sent = client.chat_postMessage(channel=HOUSING, text="x" * 40_001)

    assert len(sent["message"]["text"]) == 40_000
    again = {"channel": HOUSING, "ts": sent["ts"], "text": "x" * 4_001}
    assert refused(client.chat_update, **again) == "msg_too_long"


def test_more_than_a_message_a_second_to_one_channel_is_limited(
    slack: LocalSlack, client: WebClient
):
    for number in range(3):
        client.chat_postMessage(channel=HOUSING, text=str(number))

    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=HOUSING, text="too soon")

    assert raised.value.response.status_code == 429
    assert raised.value.response["error"] == "ratelimited"
    seconds = int(raised.value.response.headers["Retry-After"])
    client.chat_postMessage(channel=PAYMENTS, text="another channel")
    slack.workspace.clock.advance(timedelta(seconds=seconds))
    client.chat_postMessage(channel=HOUSING, text="in time")


def test_an_update_without_blocks_takes_them_away_and_is_marked(
    slack: LocalSlack, client: WebClient
):
    sent = client.chat_postMessage(channel=HOUSING, text="card", blocks=[actions(button())])

    client.chat_update(channel=HOUSING, ts=sent["ts"], text="done")

    message = slack.workspace.message(HOUSING, sent["ts"])
    assert (message.text, list(message.blocks)) == ("done", [])
    assert message.edited


def test_an_update_with_blocks_is_not_marked_and_keeps_the_metadata(
    slack: LocalSlack, client: WebClient
):
    metadata = {"event_type": "finding", "event_payload": {"id": "F-1"}}
    sent = client.chat_postMessage(channel=HOUSING, text="card", metadata=metadata)

    client.chat_update(channel=HOUSING, ts=sent["ts"], text="card", blocks=[actions(button())])

    message = slack.workspace.message(HOUSING, sent["ts"])
    assert message.metadata == metadata
    assert not message.edited


def test_only_the_apps_own_messages_are_changed(slack: LocalSlack, client: WebClient):
    slack.do(slack.acting.say(HANNAH, HOUSING, "mine"))
    ts = next(slack.workspace.messages(HOUSING)).ts

    assert refused(client.chat_update, channel=HOUSING, ts=ts, text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=HOUSING, ts=ts) == "cant_delete_message"


def test_a_message_that_is_not_there_is_neither_updated_nor_deleted(client: WebClient):
    nowhere = {"channel": HOUSING, "ts": "1.000001"}

    assert refused(client.chat_update, **nowhere, text="x") == "message_not_found"
    assert refused(client.chat_delete, **nowhere) == "message_not_found"
    link = {"channel": HOUSING, "message_ts": "1.000001"}
    assert refused(client.chat_getPermalink, **link) == "message_not_found"


def test_a_deleted_message_is_gone(slack: LocalSlack, client: WebClient):
    sent = client.chat_postMessage(channel=HOUSING, text="oops")

    client.chat_delete(channel=HOUSING, ts=sent["ts"])

    assert texts(slack, HOUSING) == []


def test_an_ephemeral_message_is_seen_by_its_reader_alone(slack: LocalSlack, client: WebClient):
    sent = client.chat_postEphemeral(channel=HOUSING, user=HANNAH, text="for you")

    assert texts(slack, HOUSING, HANNAH) == ["for you"]
    assert texts(slack, HOUSING, EXTERNAL) == []
    assert client.conversations_history(channel=HOUSING)["messages"] == []
    again = {"channel": HOUSING, "ts": sent["message_ts"], "text": "x"}
    assert refused(client.chat_update, **again) == "message_not_found"


def test_an_ephemeral_message_needs_a_reader_in_the_channel(client: WebClient):
    arguments = {"channel": PAYMENTS, "user": HANNAH, "text": "x"}

    assert refused(client.chat_postEphemeral, **arguments) == "user_not_in_channel"


def test_a_permalink_leads_to_the_message(slack: LocalSlack, client: WebClient):
    sent = client.chat_postMessage(channel=HOUSING, text="x")

    link = client.chat_getPermalink(channel=HOUSING, message_ts=sent["ts"])["permalink"]

    assert link == f"{slack.url}/archives/{HOUSING}/p{sent['ts'].replace('.', '')}"


def test_a_reaction_is_added_once(slack: LocalSlack, client: WebClient):
    sent = client.chat_postMessage(channel=HOUSING, text="x")
    reaction = {"channel": HOUSING, "timestamp": sent["ts"], "name": "eyes"}

    client.reactions_add(**reaction)

    message = slack.workspace.message(HOUSING, sent["ts"])
    assert message.reactions == {"eyes": [slack.credentials.bot_user]}
    assert refused(client.reactions_add, **reaction) == "already_reacted"
