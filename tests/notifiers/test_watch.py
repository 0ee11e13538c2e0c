"""A broken allowlist is told once, and so is its mending."""

from datetime import timedelta

import pytest

from notifiers.courier import ChatBusyError
from notifiers.watch import MENDED, AllowlistWatch


class Channel:
    """The TDA's channel, at our seam."""

    def __init__(self):
        self.said, self.errors = [], []

    def post_notice(self, channel, text):
        if self.errors:
            raise self.errors.pop(0)
        self.said.append(text)


@pytest.fixture
def file():
    """The file's problem, in a list that a test changes."""
    return [""]


@pytest.fixture
def channel():
    return Channel()


@pytest.fixture
def watch(file, channel):
    return AllowlistWatch(lambda: file[0], channel, "C0TDA")


def test_a_fault_is_told_once_and_its_mending_once(watch, file, channel):
    for problem in ("", "line 3: oops", "line 3: oops", "", ""):
        file[0] = problem
        watch.round()

    assert ["line 3: oops" in channel.said[0], *channel.said[1:]] == [True, MENDED]


def test_a_fault_that_chat_did_not_take_is_told_later(watch, file, channel):
    channel.errors = [ChatBusyError(timedelta(seconds=1))]
    file[0] = "line 3: oops"

    watch.round()
    watch.round()

    assert len(channel.said) == 1
