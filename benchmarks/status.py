"""Status: what ``/compliance status`` asks of a ledger with many findings.

Measured is the time that its questions take in ``ledger/reports.py``: the database's work, and
reading its rows. SQLite always; PostgreSQL where TEST_POSTGRESQL_URL names an empty database, whose
tables are dropped again.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks.figures import Figure, median
from commands.status import status
from compliance.change import Change, Compliance, FindingKey
from compliance.finding import Finding, State, first_seen
from compliance.routing import Team, Teams
from ledger.database import connect
from ledger.reports import EVERYTHING, Reports, Scope
from ledger.rows import to_row
from ledger.tables import findings, metadata

_FINDINGS = 100_000
_RUNS = 21
_TARGET_MILLISECONDS = 50.0
_START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_TEAMS, _ACCOUNTS, _RULES = 20, 50, 8
#: Most of what AWS Config looks at is as it should be.
_STATES = {
    State.COMPLIANT: 45,
    State.RESOLVED: 25,
    State.OPEN: 20,
    State.REOPENED: 3,
    State.EXCEPTED: 4,
    State.WAITING: 1,
    State.FAILED: 1,
    State.NOT_VERIFIED: 1,
}


def measure(number: int = _FINDINGS, runs: int = _RUNS) -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        yield from _on("SQLite", f"sqlite:///{folder}/ledger.db", number, runs)
    if url := os.environ.get("TEST_POSTGRESQL_URL"):
        yield from _on("PostgreSQL", url, number, runs)


def _on(database: str, url: str, number: int, runs: int) -> Iterator[Figure]:
    engine = connect(url)
    try:
        _fill(engine, number)
        for who, scope, visible in _ASKED:
            seen = [_milliseconds(engine, scope, visible) for _ in range(runs)]
            name = f"{database}, {number:,} findings, {who}"
            yield Figure(name, median(seen), "ms", target=_TARGET_MILLISECONDS)
    finally:
        with engine.begin() as db:
            metadata.drop_all(db)
            db.exec_driver_sql("DROP TABLE alembic_version")
        engine.dispose()


def _team(account: int) -> str:
    return f"team-{account % _TEAMS:02d}"


_ALL_TEAMS = frozenset(map(_team, range(_ACCOUNTS)))
_EVERY = Teams(
    tuple(Team(name, "", frozenset(), frozenset(), ()) for name in sorted(_ALL_TEAMS)), _team(0)
)
_OWN = frozenset({_team(7)})
_ASKED = (
    ("an analyst about everything", EVERYTHING, _ALL_TEAMS),
    ("an engineer about everything", EVERYTHING, _OWN),
    ("an engineer about their team", Scope(teams=_OWN), _OWN),
)


class _Timed(Reports):
    """The reports, and how long their questions have taken."""

    seconds = 0.0

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:  # type: ignore[override]
        began = time.perf_counter()
        with super()._reading() as connection:
            yield connection
        self.seconds += time.perf_counter() - began


def _milliseconds(engine: sa.Engine, scope: Scope, visible: frozenset[str]) -> float:
    reports = _Timed(engine)
    status(reports, {}, _EVERY, scope, visible)
    return reports.seconds * 1000


def _fill(engine: sa.Engine, number: int) -> None:
    chance = random.Random(number)  # noqa: S311 - the same findings each time is what is wanted
    states = chance.choices(list(_STATES), list(_STATES.values()), k=number)
    with engine.begin() as db:
        rows = [_row(place, state) for place, state in enumerate(states)]
        db.execute(sa.insert(findings), rows)
        if db.dialect.name == "postgresql":
            # It does so by itself after a while; SQLite never does.
            db.exec_driver_sql("ANALYZE findings")


def _row(place: int, state: State) -> dict[str, Any]:
    broken = state is not State.COMPLIANT
    key = FindingKey(
        account=f"{place % _ACCOUNTS:012d}",
        region="eu-west-2",
        rule=f"rule-{place // _ACCOUNTS % _RULES:02d}",
        resource_type="AWS::S3::Bucket",
        resource_id=f"resource-{place:06d}",
    )
    compliance = Compliance.NON_COMPLIANT if broken else Compliance.COMPLIANT
    moment = _START + timedelta(seconds=place * 7919 % 10_000_000)
    return to_row(_finding(Change(key, compliance, moment), place, state))


def _finding(change: Change, place: int, state: State) -> Finding:
    team = _team(int(change.key.account))
    return replace(first_seen(change, f"F-{place:09d}", team, change.recorded_at), state=state)
