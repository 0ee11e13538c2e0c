"""Whether the database can be written, and not only read."""

import sqlite3

import pytest
import sqlalchemy as sa

from ledger.database import connect
from ledger.health import problem


def test_a_database_that_can_be_written_has_no_problem(engine):
    assert [problem(engine), problem(engine)] == ["", ""]


@pytest.mark.parametrize("pragma", ["query_only = 1", "max_page_count = 1"], ids=["only", "full"])
def test_a_database_that_can_only_be_read_has_one_and_the_log_says_which(tmp_path, pragma, caplog):
    engine = connect(f"sqlite:///{tmp_path}/ledger.db")
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        # Or the pages that the migrations left could be filled.
        db.execute("VACUUM")

    @sa.event.listens_for(engine, "checkout")
    def narrow(connection, *_):
        connection.execute(f"PRAGMA {pragma}")

    said = problem(engine)

    engine.dispose()
    assert said == "OperationalError"
    assert "readonly" in caplog.records[0].why or "full" in caplog.records[0].why
