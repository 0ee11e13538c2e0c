"""A bot that starts while its repository is away goes on with what the ledger remembers."""

from datetime import date
from functools import cache, partial

import pytest

from compliance.allowlist import UnwritableAllowlistError
from config.faults import ConfigError
from config.keeper import Keeper
from ledger.database import connect
from ledger.remembered import Remembered, memory_of
from tests.builders import entry
from tests.config.test_git_shelf import (
    CATALOGUE,
    Person,
    add,
    git,
    person,
    remote,
    shelf_of,
    there,
)

__all__ = ["person", "remote"]

EXCEPTION = entry(id="E-1111", expires=date(2027, 3, 31))


@pytest.fixture
def memory(tmp_path):
    return Remembered(cache(partial(connect, f"sqlite:///{tmp_path}/ledger.db")), "here")


@pytest.fixture
def restart(remote, memory):
    return lambda: Keeper(shelf_of(remote), CATALOGUE, memory)


@pytest.fixture
def away(remote):
    """Take the repository away; what is returned brings it back."""

    def leave():
        gone = remote.rename(remote.with_name("gone"))
        return lambda: gone.rename(remote)

    return leave


@pytest.fixture
def known(restart, person):
    """A bot has run, and its last version is remembered."""
    keeper = restart()
    add(keeper, EXCEPTION)
    keeper.remember()
    return keeper


@pytest.mark.usefixtures("known")
def test_the_last_good_version_is_in_force_while_the_repository_is_away(restart, away, caplog):
    away()

    keeper = restart()
    for _ in range(3):
        keeper.refresh()

    assert keeper.current.entries == (EXCEPTION,)
    assert not keeper.current.is_newest
    assert "The last good version stays in force" in keeper.problem()
    assert caplog.text.count("cannot be read") == 1


@pytest.mark.usefixtures("known")
def test_what_is_decided_meanwhile_is_written_once_when_the_repository_is_back(
    restart, away, remote, person
):
    back = away()
    keeper = restart()
    decided = entry(resource="website-assets", id="E-2222")
    with pytest.raises(UnwritableAllowlistError):
        add(keeper, decided)
    back()
    Person(person.folder.with_name("other"), remote).adds("# By hand\n")

    for _ in range(2):
        add(keeper, decided)

    assert keeper.current.entries == (EXCEPTION, decided)
    assert keeper.current.is_newest
    assert keeper.problem() == ""
    assert there(remote).startswith("# By hand\n")
    assert there(remote).count("E-2222") == 1


def test_the_same_version_is_the_newest_once_it_is_seen(known, restart, away):
    back = away()
    keeper = restart()
    back()
    keeper.refresh()

    assert keeper.current.entries == known.current.entries
    assert keeper.current.is_newest
    assert keeper.problem() == ""


def test_of_a_repository_that_was_never_seen_nothing_is_known(restart, away, person):
    away()
    keeper = restart()

    assert keeper.current.is_unknown
    assert "No version of it is known yet" in keeper.problem()


@pytest.mark.usefixtures("known")
def test_a_broken_text_at_the_start_leaves_the_remembered_version_in_force(restart, person):
    git(person.folder, "pull", "-q", "origin", "main")
    person.commit("exceptions: [oops")

    keeper = restart()

    assert keeper.current.entries == (EXCEPTION,)
    assert "not valid YAML" in keeper.problem()


def test_a_broken_text_that_was_never_seen_whole_stops_the_start(restart, person):
    person.commit("exceptions: [oops")

    with pytest.raises(ConfigError, match="not valid YAML"):
        restart()


def test_a_version_of_another_place_is_not_remembered(known, remote, tmp_path, away):
    away()
    other = memory_of("elsewhere", cache(partial(connect, f"sqlite:///{tmp_path}/ledger.db")))

    assert Keeper(shelf_of(remote), CATALOGUE, other).current.is_unknown
