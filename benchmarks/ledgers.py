"""Ledgers to measure on: new ones, and large ones that are filled once and used again.

The large ones are filled in the database's fastest way, with the rows that ``ledger/rows.py``
makes of findings: recorded one by one, a million would take ten minutes.
"""

import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks.surroundings import REGIONS, account, team
from compliance.change import Change, Compliance, FindingKey
from compliance.finding import Finding, State, first_seen
from ledger.database import connect
from ledger.rows import to_row
from tests.postgresql import binaries, running

_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Rules of the shipped catalogue, each with the type of resource that it is about.
RULES = (
    ("s3-bucket-level-public-access-prohibited", "AWS::S3::Bucket"),
    ("rds-instance-public-access-check", "AWS::RDS::DBInstance"),
    ("rds-multi-az-support", "AWS::RDS::DBInstance"),
    ("rds-instance-deletion-protection-enabled", "AWS::RDS::DBInstance"),
    ("sns-encrypted-kms", "AWS::SNS::Topic"),
    ("lambda-function-xray-enabled", "AWS::Lambda::Function"),
    ("dynamodb-table-encrypted-kms", "AWS::DynamoDB::Table"),
    ("dynamodb-pitr-enabled", "AWS::DynamoDB::Table"),
)
#: Most of what AWS Config looks at is as it should be.
_STATES = {
    State.COMPLIANT: 45,
    State.RESOLVED: 25,
    State.OPEN: 20,
    State.REOPENED: 3,
    State.EXCEPTED: 4,
    State.FAILED: 1,
    State.NOT_VERIFIED: 2,
}
TEAMS, ACCOUNTS = 500, 500
_COUNT = (
    "INSERT INTO counts (team, rule, account, region, state, applicable, number)"
    " SELECT team, rule, account, region, state, compliance <> 'NOT_APPLICABLE', count(*)"
    " FROM findings GROUP BY 1, 2, 3, 4, 5, 6"
)


class Ledgers:
    """Makes ledgers, and keeps them until ``close``."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._folder = Path(self._ends.enter_context(TemporaryDirectory(prefix="bench-")))
        self._numbers = count(1)
        self._server = ""
        self._filled: dict[tuple[str, int], str] = {}

    def close(self) -> None:
        self._ends.close()

    def new_sqlite(self) -> str:
        """Return the URL of a new ledger on SQLite, its tables made."""
        return self._with_tables(f"sqlite:///{self._folder}/ledger-{next(self._numbers)}.db")

    def new_postgresql(self) -> str:
        """Return the URL of a new database on a throw-away server."""
        if not self._server:
            folder = binaries()
            if folder is None:
                raise FileNotFoundError("no PostgreSQL: see requirements/test.txt")
            self._server = self._ends.enter_context(running(folder))
        name = f"ledger_{next(self._numbers)}"
        engine = sa.create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            db.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self._with_tables(self._server.replace("/postgres?", f"/{name}?"))

    def sqlite(self, number: int) -> str:
        """Return the URL of a ledger with so many findings, filled once."""
        return self._once("SQLite", number)

    def postgresql(self, number: int) -> str:
        return self._once("PostgreSQL", number)

    def _once(self, database: str, number: int) -> str:
        if (database, number) not in self._filled:
            url = self.new_sqlite() if database == "SQLite" else self.new_postgresql()
            fill(url, number)
            self._filled[database, number] = url
        return self._filled[database, number]

    @staticmethod
    def _with_tables(url: str) -> str:
        connect(url).dispose()
        return url


@contextmanager
def all_ledgers() -> Iterator[Ledgers]:
    ledgers = Ledgers()
    try:
        yield ledgers
    finally:
        ledgers.close()


def fill(url: str, number: int) -> None:
    """Write *number* findings, all of which chat shows as they are, and how many are alike."""
    rows = _rows(number)
    if url.startswith("sqlite:"):
        _fill_sqlite(sa.make_url(url).database or "", rows)
    else:
        _fill_postgresql(url, rows)


def _fill_sqlite(path: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    columns, marks = ", ".join(first), ", ".join("?" * len(first))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous=OFF")
        insert = f"INSERT INTO findings ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
        db.execute(insert, _numbers(first))
        db.executemany(insert, map(_numbers, rows))
        db.execute(_COUNT)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _numbers(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a row as SQLite keeps it: times as microseconds since 1970."""
    return tuple(
        (each - _EPOCH) // _MICROSECOND if isinstance(each, datetime) else each
        for each in row.values()
    )


def _fill_postgresql(url: str, rows: Iterator[dict[str, Any]]) -> None:
    plain = url.replace("postgresql+psycopg:", "postgresql:")
    first = next(rows)
    with psycopg.connect(plain) as db:
        copy_in = f"COPY findings ({', '.join(first)}) FROM STDIN"
        with db.cursor().copy(copy_in) as copy:
            copy.write_row(tuple(first.values()))
            for row in rows:
                copy.write_row(tuple(row.values()))
        db.execute(_COUNT)
    with psycopg.connect(plain, autocommit=True) as db:
        # It does so by itself after a while; SQLite never does.
        db.execute("VACUUM ANALYZE findings")
        db.execute("VACUUM ANALYZE counts")


def _rows(number: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(number)  # noqa: S311 - the same findings each time is what is wanted
    states = chance.choices(list(_STATES), list(_STATES.values()), k=number)
    for each, state in enumerate(states):
        finding = _finding(each, state)
        until = finding.until
        yield {
            **to_row(finding),
            "shown_version": finding.version,
            "mirrored_until": until,
            "mirror_due": None,
            "lookup_due": None,
        }


def _finding(number: int, state: State) -> Finding:
    is_broken = state not in {State.COMPLIANT, State.RESOLVED}
    of_account = number % ACCOUNTS
    rule, resource_type = RULES[number // ACCOUNTS % len(RULES)]
    region = REGIONS[number // (ACCOUNTS * len(RULES)) % len(REGIONS)]
    key = FindingKey(account(of_account), region, rule, resource_type, f"resource-{number:07d}")
    compliance = Compliance.NON_COMPLIANT if is_broken else Compliance.COMPLIANT
    moment = _START + timedelta(seconds=number * 7919 % 2_000_000)
    change = Change(key, compliance, moment)
    seen = first_seen(change, f"F-{number:09d}", team(of_account % TEAMS), moment)
    return replace(
        seen,
        state=state,
        opened_at=None if state is State.COMPLIANT else moment,
        until=moment + timedelta(days=90) if state is State.EXCEPTED else None,
        resource_name=f"name-of-{number:07d}" if is_broken else "",
    )


def findings_bytes(url: str) -> int:
    """Return how many bytes the findings take in the database, their indexes and counts too."""
    if url.startswith("sqlite:"):
        with sqlite3.connect(sa.make_url(url).database or "") as db:
            return int(
                db.execute(
                    "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema"
                    " WHERE tbl_name IN ('findings', 'counts'))"
                ).fetchone()[0]
            )
    engine = sa.create_engine(url)
    with engine.connect() as db:
        query = sa.text(
            "SELECT pg_total_relation_size('findings') + pg_total_relation_size('counts')"
        )
        size = int(db.execute(query).scalar_one())
    engine.dispose()
    return size


