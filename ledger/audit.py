"""The audit log: each row carries the hash of the one before, so that a change to it shows."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from compliance.finding import Finding
from ledger.database import AUDIT_LOCK
from ledger.tables import audit, in_force

#: What stands in the first row's place of the hash before it.
_NO_HASH = bytes(32)
#: The part of a detail that is the same in very many rows, and is kept once.
_IN_FORCE = "in_force"
_INSERT = sa.insert(audit)
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(AUDIT_LOCK))
_NUMBERS = sa.select(in_force).where(in_force.c.hashes.in_(sa.bindparam("asked")))
_KEEP = sa.insert(in_force)
_WHOLE = sa.select(audit, in_force.c.hashes).outerjoin(in_force, in_force.c.id == audit.c.in_force)
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

    @classmethod
    def of_move(
        cls,
        at: datetime,
        move: tuple[Finding | None, Finding],
        actor: str,
        action: str,
        detail: Mapping[str, Any],
    ) -> "AuditRow":
        """Return the row of a finding's *move*, from nothing where it was not known before."""
        before, after = move
        was = before.state.value if before else ""
        return cls(at, after.id, actor, action, was, after.state.value, detail)


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
    findings would wait for one another. SQLite's write lock keeps them apart already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def append(connection: sa.Connection, rows: Sequence[AuditRow]) -> None:
    """Add *rows* to the log, in the transaction of the moves that they record.

    The transaction holds the lock of the log's tail.
    """
    if not rows:
        return
    values = []
    previous = _last_hash(connection)
    hashes_of = list(map(_hashes, rows))
    numbers = _numbers(connection, {*hashes_of} - {""})
    for row, hashes in zip(rows, hashes_of, strict=True):
        entry = {
            "at": row.at,
            "finding": row.finding,
            "actor": row.actor,
            "action": row.action,
            "from_state": row.from_state,
            "to_state": row.to_state,
            "detail": _text({name: row.detail[name] for name in row.detail if name != _IN_FORCE}),
        }
        previous = link(previous, entry, hashes)
        values.append({**entry, "in_force": numbers.get(hashes), "hash": previous})
    connection.execute(_INSERT, values)


def link(previous: bytes, entry: Mapping[str, Any], hashes: str = "") -> bytes:
    """Return the SHA-256 of *entry* behind the row whose hash is *previous*.

    *hashes* are of what was in force, empty where the detail has them itself.
    """
    at: datetime = entry["at"]
    parts = [previous.hex(), at.isoformat(timespec="microseconds")]
    parts += [
        entry[name] for name in ("finding", "actor", "action", "from_state", "to_state", "detail")
    ]
    parts += [hashes] if hashes else []
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def first_broken_link(connection: sa.Connection) -> int | None:
    """Return the number of the first row that was changed after it was written, None if none."""
    previous = _NO_HASH
    for row in connection.execute(_WHOLE.order_by(audit.c.seq)).mappings():
        previous = link(previous, dict(row), row["hashes"] or "")
        if previous != row["hash"]:
            return int(row["seq"])
    return None


def rows_about(connection: sa.Connection, finding: str) -> tuple[Mapping[str, Any], ...]:
    """Return the rows about a finding, oldest first, each with all of its detail."""
    query = _WHOLE.where(audit.c.finding == finding).order_by(audit.c.seq)
    return tuple(
        {**row, "detail": _with(row["detail"], row["hashes"])}
        for row in connection.execute(query).mappings()
    )


def _with(detail: str, hashes: str | None) -> str:
    return _text({**json.loads(detail), _IN_FORCE: json.loads(hashes)}) if hashes else detail


def _hashes(row: AuditRow) -> str:
    """Return what was in force, empty where the row does not say."""
    return _text(row.detail[_IN_FORCE]) if _IN_FORCE in row.detail else ""


#: The one text that stands for JSON's data, so that its hash does too.
_text = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _numbers(connection: sa.Connection, hashes: Collection[str]) -> dict[str, int]:
    """Return the number of each of *hashes*, of which new ones are kept from now on."""
    if not hashes:
        return {}
    known = _known_numbers(connection, hashes)
    if new := sorted(set(hashes) - known.keys()):
        connection.execute(_KEEP, [{"hashes": each} for each in new])
        known |= _known_numbers(connection, new)
    return known


def _known_numbers(connection: sa.Connection, hashes: Collection[str]) -> dict[str, int]:
    rows = connection.execute(_NUMBERS, {"asked": list(hashes)})
    return {row.hashes: row.id for row in rows}


def _last_hash(connection: sa.Connection) -> bytes:
    return bytes(connection.execute(_LAST).scalar() or _NO_HASH)
