"""Smaller methods that other apps than the bot call."""

from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.playground.slack import world
from tests.playground.slack.world import HOUSING


def test_a_reaction_is_taken_away_once(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=HOUSING, text="A card")["ts"]
    client.reactions_add(channel=HOUSING, timestamp=ts, name="eyes")

    client.reactions_remove(channel=HOUSING, timestamp=ts, name="eyes")

    assert "reactions" not in client.conversations_history(channel=HOUSING)["messages"][0]
    with pytest.raises(SlackApiError, match="no_reaction"):
        client.reactions_remove(channel=HOUSING, timestamp=ts, name="eyes")


def test_an_app_joins_a_public_channel_and_may_write_there(tmp_path: Path) -> None:
    manifest = world.manifest(tmp_path, scopes=["chat:write", "channels:join"])

    with world.running(manifest) as slack:
        client = world.client(slack)
        joined = client.conversations_join(channel="C0GENERAL")["channel"]
        again = client.conversations_join(channel="C0GENERAL")
        posted = client.chat_postMessage(channel="C0GENERAL", text="Hello")

    assert joined["is_member"]
    assert again["warning"] == "already_in_channel"
    assert posted["ok"]


def test_an_app_makes_a_channel_once(tmp_path: Path) -> None:
    manifest = world.manifest(tmp_path, scopes=["chat:write", "channels:manage"])

    with world.running(manifest) as slack:
        client = world.client(slack)
        made = client.conversations_create(name="incident-7")["channel"]
        posted = client.chat_postMessage(channel=made["id"], text="Hello")
        with pytest.raises(SlackApiError, match="name_taken"):
            client.conversations_create(name="incident-7")
        with pytest.raises(SlackApiError, match="invalid_name_specials"):
            client.conversations_create(name="Incident 8")
        with pytest.raises(SlackApiError, match="missing_scope"):
            client.conversations_create(name="hidden", is_private=True)

    assert made["is_member"]
    assert posted["ok"]
