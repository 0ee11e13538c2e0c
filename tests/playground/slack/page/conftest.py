"""A workspace with a small app connected to it, and browsers in which people sit."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from slack_sdk import WebClient

from playground.slack.server import start
from tests.playground.slack import world
from tests.playground.slack.page import app as small

_MANIFEST = Path(__file__).with_name("manifest.yaml")


@pytest.fixture(scope="module")
def _running():
    slack = start(_MANIFEST, port=0, strict=False)
    client = WebClient(slack.credentials.bot_token, base_url=f"{slack.url}/api/")
    bolt_app = small.bolt_app(client)
    with world.by_socket(slack, bolt_app):
        yield SimpleNamespace(slack=slack, client=client, app=bolt_app)
    slack.stop()


@pytest.fixture
def story(_running):
    """One card in #housing-compliance, in a workspace that is otherwise as at the start."""
    _running.slack.reset()
    _running.app.heard.clear()
    card = _running.client.chat_postMessage(
        channel=world.HOUSING, text="S3 bucket can be made public", blocks=small.CARD
    )
    return SimpleNamespace(**vars(_running), card=card["ts"], url=_running.slack.url)
