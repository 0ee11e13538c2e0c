"""Ledgers to measure on: new ones, and large ones that are filled once and used again.

The large ones are filled in the database's fastest way, with the rows that ``ledger/rows.py``
makes of findings: recorded one by one, a million would take ten minutes.
"""

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks import first_version
from benchmarks.surroundings import APPROVER, REGIONS, account, team
from compliance.allowlist import ANY, Entry, ExceptionClass
from compliance.change import Change, Compliance, FindingKey
from compliance.enforcement import excepted
from compliance.evaluating import first_seen
from compliance.finding import SETTLED, State
from config.allowlist import Parsed
from config.edits import add_entries
from ledger.database import connect
from ledger.rows import rule_digest, to_row
from ledger.tables import DIGEST_BYTES, LETTERS
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
#: Most of what AWS Config looks at is as it should be. What is not is excepted in some accounts.
_STATES = {
    State.COMPLIANT: 45,
    State.RESOLVED: 25,
    State.OPEN: 24,
    State.REOPENED: 3,
    State.FAILED: 1,
    State.NOT_VERIFIED: 2,
}
#: 32 letters; any odd number of this size scatters.
_ID_LETTERS, _ODD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 22_695_477
TEAMS, ACCOUNTS = 500, 500
#: A tenth of all findings: a third of those that break a rule.
_EXCEPTED_ACCOUNTS = ACCOUNTS // 3
_EXCEPTED_FOR = timedelta(days=60)
_COUNT = (
    "INSERT INTO counts (team, rule, account, region, state, applicable, resource_type,"
    " number) SELECT team, rule, account, region, state, compliance <> 'A',"
    " resource_type, count(*) FROM findings GROUP BY 1, 2, 3, 4, 5, 6, 7"
)


#: The columns of a finding, by name, and their values alone.
_Row = dict[str, Any]
_Values = tuple[Any, ...]


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
        return self._with_tables(self._empty_sqlite())

    def _empty_sqlite(self) -> str:
        return f"sqlite:///{self._folder}/ledger-{next(self._numbers)}.db"

    def new_postgresql(self) -> str:
        """Return the URL of a new ledger on a throw-away server, its tables made."""
        return self._with_tables(self._empty_postgresql())

    def _empty_postgresql(self) -> str:
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
        return self._server.replace("/postgres?", f"/{name}?")

    def sqlite(self, number: int) -> str:
        """Return the URL of a ledger with so many findings, filled once."""
        if ("SQLite", number) not in self._filled:
            url = self.new_sqlite()
            fill(url, number)
            self._filled["SQLite", number] = url
        return self._filled["SQLite", number]

    def both(self, number: int) -> dict[str, str]:
        """Return the URLs of such ledgers by the database, filled once, and side by side."""
        if {("SQLite", number), ("PostgreSQL", number)} - self._filled.keys():
            made = {"SQLite": self.new_sqlite(), "PostgreSQL": self.new_postgresql()}
            _side_by_side(fill, made.values(), number)
            self._filled |= {(database, number): url for database, url in made.items()}
        return {name: self._filled[name, number] for name in ("SQLite", "PostgreSQL")}

    def first_version(self, number: int) -> dict[str, str]:
        """Return the same for ledgers of the first version with so many of the same findings."""
        made = {"SQLite": self._empty_sqlite(), "PostgreSQL": self._empty_postgresql()}
        for url in made.values():
            first_version.make_tables(url)
        _side_by_side(fill_first_version, made.values(), number)
        return made

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


def write_exceptions(config: Path) -> None:
    """Write the allowlist that the filled ledgers are in line with, for a bot that enforces it."""
    entries = [
        _exception(account(each), rule) for each in range(_EXCEPTED_ACCOUNTS) for rule, _ in RULES
    ]
    (config / "allowlist.yaml").write_text(add_entries("", Parsed(), entries)[0])


def _exception(of_account: str, rule: str) -> Entry:
    return Entry(
        rule=rule,
        account=of_account,
        region=ANY,
        resource=ANY,
        exception_class=ExceptionClass.ACCEPTED_RISK,
        reason="Until the move to the new platform; nothing personal is stored here.",
        asked_by=f"Ana Torres <slack:{APPROVER}>",
        ticket="SEC-1234",
        expires=datetime.now(UTC).date() + _EXCEPTED_FOR,
    )


def fill(url: str, number: int) -> None:
    """Write *number* findings, all of which chat shows as they are, and how many are alike."""
    as_kept = ({**row, "compliance": LETTERS[row["compliance"]]} for row in _rows(number))
    _fill(url, as_kept, _COUNT)


def fill_first_version(url: str, number: int) -> None:
    _fill(url, first_version.rows(url, _rows(number)), first_version.DECIDED)


def _side_by_side(work: Callable[[str, int], None], urls: Iterable[str], number: int) -> None:
    """Do *work* for each of *urls*, in a process of its own: rows are made by Python."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for done in [pool.submit(work, url, number) for url in urls]:
            done.result()


def _fill(url: str, rows: Iterator[_Row], then: str = "SELECT 1") -> None:
    """Write *rows*, all of the same columns, and do *then*."""
    first = next(rows)
    values = (tuple(row.values()) for row in chain([first], rows))
    if url.startswith("sqlite:"):
        _fill_sqlite(sa.make_url(url).database or "", tuple(first), values, then)
    else:
        _fill_postgresql(url, tuple(first), values, then)


def _fill_sqlite(path: str, columns: Sequence[str], rows: Iterator[_Values], then: str) -> None:
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO findings ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - ours
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    # Times are kept as microseconds since 1970.
    sqlite3.register_adapter(datetime, lambda moment: (moment - _EPOCH) // _MICROSECOND)
    with db:
        db.executemany(insert, rows)
        db.execute(then)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _fill_postgresql(url: str, columns: Sequence[str], rows: Iterator[_Values], then: str) -> None:
    plain = url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(plain) as db:
        with db.cursor().copy(f"COPY findings ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        db.execute(then)
    with psycopg.connect(plain, autocommit=True) as db:
        # It does so by itself after a while; SQLite never does.
        db.execute("VACUUM ANALYZE")


def _rows(number: int) -> Iterator[_Row]:
    """Yield rows made of one finding of each state: only what makes findings different is new."""
    chance = random.Random(number)  # noqa: S311 - the same findings each time is what is wanted
    states = chance.choices(list(_STATES), list(_STATES.values()), k=number)
    like = {state: _row_of(state) for state in (*_STATES, State.EXCEPTED)}
    for each, state in enumerate(states):
        of_account = each % ACCOUNTS
        is_excepted = of_account < _EXCEPTED_ACCOUNTS and state not in SETTLED
        row = dict(like[State.EXCEPTED if is_excepted else state])
        row["rule"], row["resource_type"] = RULES[each // ACCOUNTS % len(RULES)]
        row["region"] = REGIONS[each // (ACCOUNTS * len(RULES)) % len(REGIONS)]
        row["id"], row["resource_id"] = _short_id(each), f"resource-{each:07d}"
        row["resource"] = chance.randbytes(DIGEST_BYTES)
        row["rule_digest"] = rule_digest(row["rule"])
        row["account"], row["team"] = account(of_account), team(of_account % TEAMS)
        row["opened_at"] = row["opened_at"] and _START + timedelta(seconds=each * 7919 % 2_000_000)
        yield row


def _short_id(number: int) -> str:
    """Return an id like the bot's, another for each number, in no order."""
    scattered = number * _ODD % len(_ID_LETTERS) ** 5
    letters = (scattered // len(_ID_LETTERS) ** place for place in range(5))
    return "F-" + "".join(_ID_LETTERS[each % len(_ID_LETTERS)] for each in letters)


def _row_of(state: State) -> dict[str, Any]:
    is_broken = state not in SETTLED
    key = FindingKey(account(0), REGIONS[0], *RULES[0], "resource-0000000")
    compliance = Compliance.NON_COMPLIANT if is_broken else Compliance.COMPLIANT
    seen = first_seen(Change(key, compliance, _START), "F-000000000", team(0), _START)
    finding = replace(
        seen,
        state=State.OPEN if state is State.EXCEPTED else state,
        opened_at=None if state is State.COMPLIANT else _START,
        resource_name="name-of-0000000" if is_broken else "",
    )
    if state is State.EXCEPTED:
        finding = excepted(finding, _exception(account(0), RULES[0][0]), _START)
    courier = {"shown_version": finding.version, "mirrored_until": None}
    return {**to_row(finding), **courier, "mirror_due": None, "lookup_due": None}


def findings_bytes(url: str) -> int:
    """Return how many bytes the findings take in the database, their indexes and counts too.

    And what was decided about them, which had a table of its own in the first version.
    """
    if url.startswith("sqlite:"):
        with sqlite3.connect(sa.make_url(url).database or "") as db:
            return int(
                db.execute(
                    "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema"
                    " WHERE tbl_name IN ('findings', 'counts', 'decisions'))"
                ).fetchone()[0]
            )
    engine = sa.create_engine(url)
    with engine.connect() as db:
        query = sa.text(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relname IN ('findings', 'counts', 'decisions') AND relkind = 'r'"
        )
        size = int(db.execute(query).scalar_one())
    engine.dispose()
    return size
