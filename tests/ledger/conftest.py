"""The ledger's databases: every test of the store runs on both."""

import os

import pytest
import sqlalchemy as sa

from ledger.database import connect
from ledger.tables import metadata
from tests import postgresql


@pytest.fixture(scope="session")
def postgresql_url():
    """PostgreSQL at TEST_POSTGRESQL_URL, else one of our own; its tables are emptied."""
    if url := os.environ.get("TEST_POSTGRESQL_URL"):
        yield url
        return
    folder = postgresql.binaries()
    if folder is None:
        pytest.skip("PostgreSQL's binaries are not installed")
    with postgresql.running(folder) as url:
        yield url


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
