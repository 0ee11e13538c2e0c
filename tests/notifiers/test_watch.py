"""A broken allowlist is told once, and so is its mending."""

from datetime import timedelta

import pytest

from notifiers.chat import ChatBusyError
from notifiers.watch import MENDED, AllowlistWatch
from tests.notifiers.chat import TDA, FakeChat


@pytest.fixture
def file():
    """The file's problem, in a list that a test changes."""
    return [""]


@pytest.fixture
def chat():
    return FakeChat()


@pytest.fixture
def watch(file, chat):
    return AllowlistWatch(lambda: file[0], chat, TDA)


def test_a_fault_is_told_once_and_its_mending_once(watch, file, chat):
    for problem in ("", "line 3: oops", "line 3: oops", "", ""):
        file[0] = problem
        watch.round()

    (channel, broken), mended = chat.notices
    assert channel == TDA
    assert "line 3: oops" in broken
    assert mended == (TDA, MENDED)


def test_a_fault_that_chat_did_not_take_is_told_later(watch, file, chat):
    chat.errors = [ChatBusyError(timedelta(seconds=1))]
    file[0] = "line 3: oops"

    watch.round()
    watch.round()

    assert len(chat.notices) == 1
