"""Rows: how many bytes a finding takes in the ledger, with its indexes and its share of counts."""

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.ledgers import Ledgers, findings_bytes

_FINDINGS = 1_000_000
#: Of what the first version's tables took for the same findings, measured on 27 November 2026.
_SQLITE_BEFORE, _POSTGRESQL_BEFORE = 782.0, 1117.0
_TARGET = 0.5


def measure(ledgers: Ledgers, number: int = _FINDINGS) -> Iterator[Figure]:
    for database, url, before in (
        ("SQLite", ledgers.sqlite(number), _SQLITE_BEFORE),
        ("PostgreSQL", ledgers.postgresql(number), _POSTGRESQL_BEFORE),
    ):
        each = findings_bytes(url) / number
        yield Figure(f"{database}, a finding of {number:,}", each, "bytes", before, _TARGET)
