"""Opening the ledger."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ledger.database import LedgerInUseError, LedgerOutOfReachError, connect, only_process
from ledger.tables import findings, metadata, periods
from tests.builders import ID, change

ROOT = Path(__file__).parents[2]
START = "import sys; from ledger.database import connect; connect(sys.argv[1])"


def test_the_migrations_make_the_tables_that_the_code_uses(engine):
    with engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_a_restart_finds_what_was_there(tmp_path, ledger, engine):
    ledger.record([change()])

    again = connect(engine.url.render_as_string(hide_password=False))

    with again.connect() as db:
        assert db.execute(sa.select(findings.c.id)).scalars().all() == [ID]
    again.dispose()


def test_a_folder_that_is_missing_is_made(tmp_path):
    connect(f"sqlite:///{tmp_path}/new/folder/ledger.db").dispose()

    assert (tmp_path / "new/folder/ledger.db").exists()


@pytest.fixture
def empty_postgresql(postgresql_url):
    server = sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql("CREATE DATABASE together")
    url = sa.make_url(postgresql_url).set(database="together")
    yield url.render_as_string(hide_password=False)
    with server.connect() as db:
        db.exec_driver_sql("DROP DATABASE together WITH (FORCE)")
    server.dispose()


@pytest.mark.postgresql
def test_replicas_that_start_together_on_an_empty_postgresql_all_come_up(empty_postgresql):
    # Processes, because Alembic's own context is one for the whole process.
    command = [sys.executable, "-c", START, empty_postgresql]

    replicas = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]

    assert [replica.wait() for replica in replicas] == [0, 0, 0]


def test_a_time_comes_back_as_the_same_moment_in_utc(engine):
    moment = datetime(2026, 11, 2, 12, 30, 0, 123456, timezone(timedelta(hours=2)))
    row = {"job": "j", "period": "p", "leased_until": moment}

    with engine.begin() as db:
        db.execute(sa.insert(periods).values(row))
        kept = db.execute(sa.select(periods.c.leased_until, periods.c.done_at)).one()

    assert kept.leased_until == moment
    assert kept.leased_until.utcoffset() == timedelta(0)
    assert kept.done_at is None


HOLD = """
import sys
from ledger.database import only_process
with only_process(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_on_the_same_file_is_refused_and_told_what_to_do(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.db"
    command = [sys.executable, "-c", HOLD, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdout.readline() == "held\n"

        with pytest.raises(LedgerInUseError, match="use PostgreSQL"), only_process(url):
            pass

        first.communicate("")
    with only_process(url):
        pass


def test_nothing_is_held_where_several_may_run():
    url = "postgresql+psycopg://nowhere/ledger"

    with only_process(url), only_process(url):
        pass


@pytest.mark.parametrize("path", ["notes.txt", "notes.txt/ledger.db"])
def test_a_path_that_cannot_hold_a_ledger_is_told(tmp_path, path):
    (tmp_path / "notes.txt").write_text("no database, " * 100)

    with pytest.raises(LedgerOutOfReachError, match="Correct DATABASE_URL"):
        connect(f"sqlite:///{tmp_path}/{path}")


def test_a_database_that_cannot_be_opened_is_told_without_its_password():
    url = "postgresql+psycopg://bot:secret@127.0.0.1:9/ledger"

    with pytest.raises(LedgerOutOfReachError, match="Correct DATABASE_URL") as raised:
        connect(url)

    assert "secret" not in str(raised.value)
