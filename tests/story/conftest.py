"""Two demos, one that Slack reaches by its socket and one that it calls."""

import pytest

from tests.story import world


@pytest.fixture(scope="session", params=["socket", "http"])
def demo(request, tmp_path_factory):
    with world.running(tmp_path_factory.mktemp("demo"), request.param == "http") as running:
        yield running
