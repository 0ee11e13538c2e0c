"""What every test can use."""

import os
import shutil
import time

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from commands.context import Context
from config.file_shelf import FileShelf
from config.keeper import Keeper
from ledger.database import connect
from ledger.reports import Reports
from ledger.store import Ledger
from ledger.tables import metadata
from tests import postgresql
from tests.browser import browser, new_page
from tests.builders import PAIRED_RULE, PAYMENTS, RULE, Clock, rule, teams
from tests.playground.aws.world import SharedWorld

# Named here, once, or every folder that imports them would start a browser of its own.
__all__ = ["browser", "new_page"]

#: What takes longest is begun first, so that no worker is left with it at the end.
LONGEST = ("tests/story/", "tests/terraform/", "tests/playground/slack/page/test_browser.py")

# A machine that has other work to do is no fault of what is tested.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    # Here, because it can only be imported where pytest-xdist is installed.
    from tests.workers import GroupScheduling

    return GroupScheduling(config, log)


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


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


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory):
    """A file with the ledger's tables and nothing in them."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    engine = connect(f"sqlite:///{path}")
    with engine.connect().execution_options(read_only=True) as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(tmp_path, empty_ledger):
    """A real ledger in a file, which need not survive that the machine loses its power."""
    engine = connect(f"sqlite:///{shutil.copy(empty_ledger, tmp_path / 'ledger.db')}")
    engine.dispose()
    sa.event.listen(engine, "connect", lambda db, _: db.execute("PRAGMA synchronous=OFF"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_url():
    """PostgreSQL at TEST_POSTGRESQL_URL, else one of our own; its tables are emptied.

    Of workers that run side by side each has a database of its own there.
    """
    if url := os.environ.get("TEST_POSTGRESQL_URL"):
        yield _database_of_worker(url, os.environ.get("PYTEST_XDIST_WORKER", ""))
        return
    folder = postgresql.binaries()
    if folder is None:
        pytest.skip("PostgreSQL's binaries are not installed")
    with postgresql.running(folder) as url:
        yield url


def _database_of_worker(url, worker):
    if not worker:
        return url
    name = f"{sa.make_url(url).database}_{worker}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        db.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_url):
    engine = connect(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture
def on_postgresql(postgresql_engine):
    tables = ", ".join(metadata.tables)
    with postgresql_engine.begin() as db:
        db.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return postgresql_engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def each_engine(request):
    """Each of the two databases in turn."""
    names = {"sqlite": "sqlite_engine", "postgresql": "on_postgresql"}
    return request.getfixturevalue(names[request.param])


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


def owner(key, tags):
    """A tag decides, else the account: of the two teams, payments has one."""
    return tags.get("Team", "payments" if key.account == PAYMENTS else "housing")


@pytest.fixture
def ledger(engine, clock):
    return Ledger(engine, clock, owner)


@pytest.fixture
def catalogue():
    """One rule that a press starts, and one that a second person agrees to."""
    return {RULE: rule(), PAIRED_RULE: rule(PAIRED_RULE, approvers=1)}


@pytest.fixture
def allowlist(tmp_path, catalogue):
    path = tmp_path / "allowlist.yaml"
    path.write_text("exceptions: []\n")
    return Keeper(FileShelf(path), catalogue)


@pytest.fixture
def context(ledger, catalogue, allowlist, clock):
    return Context(ledger, catalogue, teams(), allowlist, clock)


@pytest.fixture
def reports(engine):
    return Reports(engine)


@pytest.fixture(scope="session")
def shared_world():
    shared = SharedWorld()
    yield shared
    shared.end()


@pytest.fixture
def world(shared_world):
    """The local AWS, with no fault set and an empty queue."""
    return shared_world.get()
