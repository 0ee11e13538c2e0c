"""The ledger's databases: every test of the store runs on both."""

import os

import pytest
import sqlalchemy as sa

from ledger.database import connect
from ledger.tables import metadata
from tests import postgresql


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
def engine(request):
    names = {"sqlite": "sqlite_engine", "postgresql": "on_postgresql"}
    return request.getfixturevalue(names[request.param])
