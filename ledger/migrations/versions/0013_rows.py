"""Smaller rows: one index of a finding's key, audit rows that share what was in force."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PAGE = 1000
#: What is in one column from now on, and what of it is JSON already.
_TEXTS = ("copies", "decided", "runbook", "withdrawn_by", "copy_note", "care")
_JSON = {"copies", "decided", "runbook", "care"}
_UNSETTLED = "state NOT IN ('compliant', 'resolved')"
_LISTED = ["opened_at", "team", "rule", "account", "region", "state", "resource_type"]
_INDEXES = (
    ("findings_in_state", ["state", "id"], _UNSETTLED),
    ("findings_by_age", _LISTED, _UNSETTLED),
    ("findings_of_team", ["team", "opened_at"], _UNSETTLED),
    ("findings_of_account", ["account", "id"], _UNSETTLED),
    ("findings_stale", ["changed_at"], "shown_version < version AND state <> 'compliant'"),
    ("findings_until", ["until"], "until IS NOT NULL"),
    ("findings_asked", ["changed_at"], "requests <> ''"),
    ("findings_mirror_due", ["account", "region", "mirror_due"], "mirror_due IS NOT NULL"),
    ("findings_lookup_due", ["account", "region", "lookup_due"], "lookup_due IS NOT NULL"),
)


def upgrade() -> None:
    db = op.get_bind()
    is_sqlite = db.dialect.name == "sqlite"
    if is_sqlite:
        connection: Any = db.connection.driver_connection
        connection.create_function("rule_digest", 1, _rule_digest, deterministic=True)
        connection.create_function("from_hex", 1, _from_hex, deterministic=True)
    _rebuild_findings(is_sqlite)
    op.create_table(
        "in_force",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("hashes", sa.Text, nullable=False, unique=True),
    )
    op.add_column("audit", sa.Column("in_force", sa.Integer))
    if is_sqlite:
        _shorten_hashes_for_sqlite()
    else:
        op.execute("ALTER TABLE audit ALTER COLUMN hash TYPE bytea USING decode(hash, 'hex')")


def _rule_digest(rule: str) -> bytes:
    return hashlib.sha256(rule.encode("utf-8", "replace")).digest()[:8]


def _from_hex(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode())


def _rebuild_findings(is_sqlite: bool) -> None:
    """Write all findings anew, in an order of columns in which PostgreSQL pads the least."""
    for name, _, _ in _INDEXES:
        op.drop_index(name, "findings")
    op.drop_index("findings_of_resource", "findings")
    op.rename_table("findings", "earlier_findings")
    columns = _columns()
    op.create_table(
        "findings",
        *columns,
        sa.PrimaryKeyConstraint("id", name="findings_id"),
        sa.UniqueConstraint("resource", "rule_digest", name="findings_of_resource"),
    )
    values = {column.name: column.name for column in columns}
    values["rule_digest"] = "rule_digest(rule)"
    if not is_sqlite:
        values["rule_digest"] = "substring(sha256(convert_to(rule, 'UTF8')) from 1 for 8)"
    values["compliance"] = (
        "CASE compliance WHEN 'COMPLIANT' THEN 'C' WHEN 'NON_COMPLIANT' THEN 'N' ELSE 'A' END"
    )
    values["rest"] = "''"
    names, selected = ", ".join(values), ", ".join(values.values())
    op.execute(f"INSERT INTO findings ({names}) SELECT {selected} FROM earlier_findings")  # noqa: S608
    _fill_rest()
    op.drop_table("earlier_findings")
    for name, indexed, where in _INDEXES:
        only = sa.text(where)
        op.create_index(name, "findings", indexed, sqlite_where=only, postgresql_where=only)


def _fill_rest() -> None:
    """Put what few findings have into one column, as JSON."""
    db = op.get_bind()
    update = sa.text("UPDATE findings SET rest = :rest WHERE id = :id")
    last, some = "", " OR ".join([*(f"{name} <> ''" for name in _TEXTS), "step <> 0", "steps <> 0"])
    query = sa.text(
        f"SELECT id, step, steps, {', '.join(_TEXTS)} FROM earlier_findings"  # noqa: S608
        f" WHERE id > :last AND ({some}) ORDER BY id LIMIT {_PAGE}"
    )
    while page := db.execute(query, {"last": last}).mappings().all():
        db.execute(
            update, [{"id": row["id"], "rest": json.dumps(dict(_rest(row)))} for row in page]
        )
        last = page[-1]["id"]


def _rest(row: sa.RowMapping) -> Iterator[tuple[str, Any]]:
    for name in (*_TEXTS, "step", "steps"):
        if row[name]:
            yield name, json.loads(row[name]) if name in _JSON else row[name]


def _columns() -> list[sa.Column[Any]]:
    def needed(kind: Any, *names: str) -> list[sa.Column[Any]]:
        return [sa.Column(name, kind, nullable=False) for name in names]

    time = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    times = ("opened_at", "until", "made_at", "mirrored_until", "mirror_due", "lookup_due")
    return [
        *needed(time, "recorded_at", "changed_at"),
        *(sa.Column(name, time) for name in times),
        *needed(sa.Integer, "version", "shown_version"),
        *needed(sa.String(16), "id"),
        *needed(sa.LargeBinary(16), "resource"),
        *needed(sa.LargeBinary(8), "rule_digest"),
        *needed(sa.String(20), "state"),
        *needed(sa.String(1), "compliance"),
        *needed(sa.Text, "account", "region", "rule", "resource_type", "resource_id", "team"),
        *needed(sa.Text, "resource_name", "tags", "requests", "note", "rest", "aws_exception"),
    ]


def _shorten_hashes_for_sqlite() -> None:
    """Turn hashes from hex into bytes: the change of the type makes bytes of their digits."""
    with op.batch_alter_table("audit") as batch:
        batch.alter_column("hash", type_=sa.LargeBinary(32))
    op.execute("UPDATE audit SET hash = from_hex(hash)")
