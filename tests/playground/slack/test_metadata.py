"""What a message carries for the app, and answers that a bot has to ask after."""

import time
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.faults import Fault
from playground.slack.server import LocalSlack
from tests.playground.slack import world
from tests.playground.slack.world import HOUSING

METADATA = {"event_type": "finding", "event_payload": {"post": "P-1"}}


def latest(client: WebClient, **asked: bool) -> dict:
    return client.conversations_history(channel=HOUSING, limit=1, **asked)["messages"][0]


def post(client: WebClient, **more: object) -> str:
    return client.chat_postMessage(channel=HOUSING, text="A card", **more)["ts"]


def test_an_apps_own_metadata_come_back_when_they_are_asked_for(client: WebClient) -> None:
    ts = post(client, metadata=METADATA)

    thread = client.conversations_replies(channel=HOUSING, ts=ts, include_all_metadata=True)

    assert latest(client, include_all_metadata=True)["metadata"] == METADATA
    assert thread["messages"][0]["metadata"] == METADATA
    assert "metadata" not in latest(client)


def test_metadata_stay_unless_others_are_sent(client: WebClient) -> None:
    ts = post(client, metadata=METADATA)
    other = {**METADATA, "event_payload": {"post": "P-2"}}

    client.chat_update(channel=HOUSING, ts=ts, text="Changed")
    kept = latest(client, include_all_metadata=True)["metadata"]
    client.chat_update(channel=HOUSING, ts=ts, text="Changed", metadata=other)

    assert kept == METADATA
    assert latest(client, include_all_metadata=True)["metadata"] == other


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "finding"}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "finding", "event_payload": {"x": "y" * 9000}}, "metadata_too_large"),
    ],
    ids=["no type", "no payload", "empty type", "too large"],
)
def test_metadata_of_a_wrong_form_are_refused(
    client: WebClient, metadata: dict, error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        post(client, metadata=metadata)


def test_without_the_scope_of_history_nothing_is_read(tmp_path: Path) -> None:
    manifest = world.manifest(tmp_path, scopes=["chat:write"])
    refused = pytest.raises(SlackApiError, match="missing_scope")

    with world.running(manifest) as slack, refused:
        latest(world.client(slack), include_all_metadata=True)


def test_blocks_that_are_too_long_together_are_refused_by_slacks_word(client: WebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}

    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        post(client, blocks=[section] * 5)


def test_a_post_whose_answer_is_lost_is_in_the_channel(
    slack: LocalSlack, client: WebClient
) -> None:
    slack.faults.set([Fault("chat.postMessage", lost=True, times=1)])

    with pytest.raises((HTTPException, OSError)):
        post(client, metadata=METADATA)

    assert latest(client, include_all_metadata=True)["metadata"] == METADATA


def test_a_post_whose_answer_is_late_is_in_the_channel_before_it(
    slack: LocalSlack, client: WebClient
) -> None:
    slack.faults.set([Fault("chat.postMessage", late=timedelta(seconds=0.3), times=1)])
    begun = time.monotonic()

    ts = post(client)

    assert time.monotonic() - begun >= 0.3
    assert latest(client)["ts"] == ts


def test_a_post_answered_500_is_in_the_channel(slack: LocalSlack, client: WebClient) -> None:
    slack.faults.set([Fault("chat.postMessage", status=500, after=True, times=1)])

    with pytest.raises(SlackApiError):
        post(client, metadata=METADATA)

    assert latest(client, include_all_metadata=True)["metadata"] == METADATA
