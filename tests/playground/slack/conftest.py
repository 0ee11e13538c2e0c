"""One workspace for each module of tests; every test gets it as at the start."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from playground.slack.server import LocalSlack
from tests.playground.slack import world


@pytest.fixture(scope="module")
def _shared_slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with world.running(world.manifest(tmp_path_factory.mktemp("slack"))) as slack:
        yield slack


@pytest.fixture
def slack(_shared_slack: LocalSlack) -> LocalSlack:
    _shared_slack.reset()
    return _shared_slack


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return world.client(slack)


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[world.Recorder]:
    """An app that is connected by Socket Mode and acknowledges all."""
    recorder = world.Recorder(slack)
    yield recorder
    recorder.close()
