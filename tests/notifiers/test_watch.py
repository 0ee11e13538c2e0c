"""A broken allowlist is told once, and so is its mending."""

from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.ineffective import EntryWarning
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
    return AllowlistWatch(lambda: file[0], {"slack": chat}, TDA)


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


@pytest.fixture
def odd():
    """What is odd about entries, in a list that a test changes."""
    return []


@pytest.fixture
def watch_of_entries(odd, chat):
    return AllowlistWatch(lambda: "", {"slack": chat}, TDA, lambda: tuple(odd))


def test_an_entry_without_its_effect_is_told_once_with_its_line_and_logged(
    watch_of_entries, odd, chat, caplog
):
    odd.append(EntryWarning(7, "no rule 'x' in the catalogue"))
    for _ in range(3):
        watch_of_entries.round()
    odd[0] = replace(odd[0], line=8)
    watch_of_entries.round()

    [(_, text)] = chat.notices
    assert "line 7: no rule 'x' in the catalogue" in text
    assert len(caplog.records) == 1


def test_an_entry_that_chat_did_not_take_is_told_later(watch_of_entries, odd, chat):
    odd.append(EntryWarning(7, "no rule 'x' in the catalogue"))
    chat.errors = [ChatBusyError(timedelta(seconds=1))]

    watch_of_entries.round()
    watch_of_entries.round()

    assert len(chat.notices) == 1


def test_of_many_odd_entries_one_message_names_the_first(watch_of_entries, odd, chat):
    odd += [EntryWarning(number, f"no rule 'x{number}'") for number in range(1, 31)]

    watch_of_entries.round()

    [(_, text)] = chat.notices
    assert len(text.splitlines()) == 12
    assert text.endswith("and 20 more; bot.py check names all")
