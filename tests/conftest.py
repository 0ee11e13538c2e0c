"""What every test can use."""

import time

import pytest


@pytest.fixture
def eventually():
    """Wait until something is so: the only place where a test waits for what runs beside it."""

    def wait(condition, within=20.0):
        deadline = time.monotonic() + within
        while not (found := condition()):
            assert time.monotonic() < deadline, "it did not come about in time"
            time.sleep(0.02)
        return found

    return wait
