"""One server for each module of tests; every test gets it with no fault set and an empty queue."""

from collections.abc import Iterator

import pytest

from playground.aws import AT_ONCE
from tests.playground.aws.world import World, running


@pytest.fixture(scope="module")
def _shared_world() -> Iterator[World]:
    with running(AT_ONCE) as world:
        yield world


@pytest.fixture
def world(_shared_world: World) -> World:
    _shared_world.aws.faults.clear()
    _shared_world.aws.tick()
    _shared_world.messages()
    return _shared_world
