"""The chain of the audit log."""

import json
import threading

import pytest
import sqlalchemy as sa

from ledger import audit
from ledger.audit import AuditRow
from ledger.tables import audit as table
from ledger.tables import in_force
from tests.builders import at, change

DETAIL = {"in_force": {"rule": "17", "team": "4"}, "why": "it was"}


def append(engine, *actions):
    with engine.begin() as db:
        audit.lock_tail(db)
        audit.append(
            db,
            [AuditRow(at(0), "F-3K7Q2", "U1", action, detail=DETAIL) for action in actions],
        )


def first_broken_link(engine):
    with engine.connect() as db:
        return audit.first_broken_link(db)


def test_an_untouched_log_is_whole(engine, ledger):
    ledger.record([change(resource=f"bucket-{number}") for number in range(5)])
    ledger.refuse("F-3K7Q2", "U1", "remediate", "not an approver: “Zoë”")
    append(engine, "one", "two")

    assert first_broken_link(engine) is None


@pytest.mark.parametrize(
    "change_made",
    [
        table.update().where(table.c.seq == 2).values(actor="nobody"),
        table.update().where(table.c.seq == 2).values(at=at(1)),
        table.update().where(table.c.seq == 2).values(detail='{"why": "other"}'),
        table.update().where(table.c.seq == 2).values(in_force=None),
        table.delete().where(table.c.seq == 1),
    ],
    ids=["actor", "time", "detail", "what was in force", "row before it taken out"],
)
def test_what_was_changed_afterwards_is_found_at_its_row(engine, change_made):
    append(engine, "one", "two", "three")

    with engine.begin() as db:
        db.execute(change_made)

    assert first_broken_link(engine) == 2


def test_what_was_in_force_is_kept_once_and_read_with_each_row(engine, reports):
    append(engine, "one", "two")
    append(engine, "three")

    assert [json.loads(row["detail"]) for row in reports.history("F-3K7Q2")] == [DETAIL] * 3
    with engine.connect() as db:
        assert len(db.execute(sa.select(in_force)).all()) == 1


def test_of_many_writers_at_once_none_forks_the_chain(engine):
    writers = [
        threading.Thread(target=append, args=(engine, f"a{number}", f"b{number}"))
        for number in range(6)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with engine.connect() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 12
    assert first_broken_link(engine) is None


def test_a_move_that_is_rolled_back_leaves_no_row(engine):
    with engine.connect() as db, db.begin() as transaction:
        audit.append(db, [AuditRow(at(0), "F-3K7Q2", "U1", "one")])
        transaction.rollback()

    append(engine, "two")

    with engine.connect() as db:
        assert db.execute(sa.select(table.c.action)).scalars().all() == ["two"]
    assert first_broken_link(engine) is None
