"""The audit log: each row carries the hash of the one before, so that a change to it shows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.finding import Finding
from ledger.database import AUDIT_LOCK
from ledger.tables import audit

#: What stands in the first row's place of the hash before it.
_NO_HASH = "0" * 64
_INSERT = sa.insert(audit)
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(AUDIT_LOCK))
_LAST = sa.select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that happened, or was refused, with who did it and the states before and after.

    *detail* is JSON's: what the row is about (``subject``), what AWS Config said (``evaluation``),
    who a person was at that moment (``person``), the hashes of the rule's and the team's entries
    (``in_force``), and what was given with a decision.
    """

    at: datetime
    finding: str
    actor: str
    action: str
    from_state: str = ""
    to_state: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def subject(finding: Finding) -> dict[str, str]:
    """Return what a row is about, so that it can be read without the ledger's other tables."""
    key = finding.key
    return {
        "account": key.account,
        "region": key.region,
        "rule": key.rule,
        "type": key.resource_type,
        "id": key.resource_id,
    }


def lock_tail(connection: sa.Connection) -> None:
    """Wait until this transaction is the only one that ends: the last thing it does before that.

    Two transactions that read the same last row would fork the chain, and two that count the same
    findings would wait for each other. SQLite's write lock keeps them apart already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def append(connection: sa.Connection, rows: Sequence[AuditRow]) -> None:
    """Add *rows* to the log, in the transaction of the moves that they record.

    It holds the lock of the log's tail.
    """
    if not rows:
        return
    values = []
    previous = _last_hash(connection)
    for row in rows:
        entry = {
            "at": row.at,
            "finding": row.finding,
            "actor": row.actor,
            "action": row.action,
            "from_state": row.from_state,
            "to_state": row.to_state,
            "detail": json.dumps(row.detail, sort_keys=True, separators=(",", ":")),
        }
        previous = link(previous, entry)
        values.append({**entry, "hash": previous})
    connection.execute(_INSERT, values)


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of *entry* behind the row whose hash is *previous*: hex SHA-256."""
    at: datetime = entry["at"]
    told = [previous, at.isoformat(timespec="microseconds")]
    told += [
        entry[name] for name in ("finding", "actor", "action", "from_state", "to_state", "detail")
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def first_broken_link(connection: sa.Connection) -> int | None:
    """Return the number of the first row that was changed after it was written, None if none."""
    previous = _NO_HASH
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        previous = link(previous, dict(row))
        if previous != row["hash"]:
            return int(row["seq"])
    return None


def _last_hash(connection: sa.Connection) -> str:
    return connection.execute(_LAST).scalar() or _NO_HASH
