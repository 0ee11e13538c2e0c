"""The bot's Slack side, on a small Slack of our own."""

import pytest

from commands.reception import Reception
from notifiers.slack import app as slack
from notifiers.slack.client import SlackChat, connect
from notifiers.slack.listeners import Listeners
from notifiers.slack.people import People
from tests.notifiers.slack.workspace import Workspace


@pytest.fixture
def workspace():
    workspace = Workspace()
    yield workspace
    workspace.close()


@pytest.fixture
def client(workspace):
    return connect("xoxb-test", workspace.url)


@pytest.fixture
def chat(client):
    return SlackChat(client)


@pytest.fixture
def people(client, context, clock):
    return People(client, context.teams.groups(), clock)


@pytest.fixture
def reception(context, reports, people):
    return Reception(context, reports, {}, people.fresh)


@pytest.fixture
def app(client, reception, people):
    return slack.build(client, "", Listeners(reception, people))
