"""Smaller findings, requests with a verb, counts, and actors with their chat product."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNSETTLED = "state NOT IN ('compliant', 'resolved')"
#: Until now every person was Slack's, and AWS Config and the bot have names of their own.
SLACK_USER = re.compile(r"[UW][A-Z0-9]+")
#: Where a person's decision was for a remediation.
REMEDIATED = ("approved", "running", "applied", "waiting", "failed", "not verified", "resolved")
PAGE = 1000


def upgrade() -> None:
    db = op.get_bind()
    is_sqlite = db.dialect.name == "sqlite"
    if is_sqlite:
        db.connection.driver_connection.create_function(  # type: ignore[union-attr]
            "digest", 1, _digest, deterministic=True
        )
    _rebuild_findings(db, is_sqlite)
    _rebuild_resources(db, is_sqlite)
    if is_sqlite:
        _rebuild_for_sqlite()
    else:
        _widen_for_postgresql()
    _create_counts()
    op.create_table(
        "marks",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    # Its rows stand in the audit log as well, and nobody read them here.
    op.drop_table("decisions")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def _time() -> sa.types.TypeEngine[Any]:
    return sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def _micros(column: str) -> str:
    """Return SQLite's expression for the microseconds since 1970 of a time kept as text."""
    seconds = f"CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER)"
    return f"{seconds} * 1000000 + CAST(substr({column}, 21, 6) AS INTEGER)"


def _rebuild_findings(db: sa.Connection, is_sqlite: bool) -> None:
    def digest(text: str) -> str:
        if is_sqlite:
            return f"digest({text})"
        return f"substring(sha256(convert_to({text}, 'UTF8')) from 1 for 16)"

    for name in ("by_age", "by_state", "mirror_due", "of_resource", "stale", "lookup_due"):
        op.drop_index(f"findings_{name}")
    op.rename_table("findings", "first_findings")
    op.create_table(
        "findings",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("resource", sa.LargeBinary(16), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("account", "region", "rule", "resource_type", "resource_id")
        ),
        sa.Column("resource_name", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("compliance", sa.String(16), nullable=False),
        sa.Column("recorded_at", _time(), nullable=False),
        sa.Column("changed_at", _time(), nullable=False),
        sa.Column("opened_at", _time()),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("copies", sa.Text, nullable=False),
        sa.Column("requests", sa.Text, nullable=False),
        sa.Column("decided", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("until", _time()),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("shown_version", sa.Integer, nullable=False),
        sa.Column("mirrored_until", _time()),
        sa.Column("mirror_due", _time()),
        sa.Column("lookup_due", _time()),
    )
    resource = "account || '|' || region || '|' || resource_type || '|' || resource_id"
    same = ("account", "region", "rule", "resource_type", "resource_id", "resource_name", "state",
            "version", "compliance", "team", "note", "step", "steps", "shown_version")  # fmt: skip
    times = ("recorded_at", "changed_at", "opened_at", "until", "mirrored_until", "mirror_due",
             "lookup_due")  # fmt: skip
    values = {
        "id": "id",
        "key": digest("key"),
        "resource": digest(resource),
        "tags": "CASE tags WHEN '{}' THEN '' ELSE tags END",
        "copies": "''",
        "requests": "''",
        "decided": "''",
        **{name: name for name in same},
        **{name: _micros(name) if is_sqlite else name for name in times},
    }
    _copy(values, "findings", "first_findings")
    _tell_copies(db)
    _tell_requests(db)
    op.drop_table("first_findings")
    with op.batch_alter_table("findings") as batch:
        batch.create_primary_key("findings_pkey", ["id"])
        batch.create_unique_constraint("findings_key_key", ["key"])
    op.create_index("findings_of_resource", "findings", ["resource"])
    for name, columns, where in (
        ("findings_in_state", ["state", "id"], UNSETTLED),
        ("findings_by_age", ["opened_at"], UNSETTLED),
        ("findings_of_team", ["team", "opened_at"], UNSETTLED),
        ("findings_of_account", ["account", "id"], UNSETTLED),
        ("findings_stale", ["changed_at"], "shown_version < version AND state <> 'compliant'"),
        ("findings_until", ["until"], "until IS NOT NULL"),
        ("findings_mirror_due", ["account", "region", "mirror_due"], "mirror_due IS NOT NULL"),
        ("findings_lookup_due", ["account", "region", "lookup_due"], "lookup_due IS NOT NULL"),
    ):
        _partial_index(name, "findings", columns, where)


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _copy(values: Mapping[str, str], table: str, source: str) -> None:
    """Fill *table* with *values*, SQL by column, of each row of *source*."""
    columns, selected = ", ".join(f'"{name}"' for name in values), ", ".join(values.values())
    op.execute(sa.text(f"INSERT INTO {table} ({columns}) SELECT {selected} FROM {source}"))  # noqa: S608


def _tell_copies(db: sa.Connection) -> None:
    """Write down the AWS Config rule where its owner or its annotation is to be kept."""
    query = sa.text(
        "SELECT first_findings.id, first_findings.rule, first_findings.compliance,"
        " findings.recorded_at, annotation, rule_arn"
        " FROM first_findings JOIN findings ON findings.id = first_findings.id"
        " WHERE annotation <> '' OR rule_arn LIKE '%/aws-service-rule/%'"
    ).columns(recorded_at=_Moment())
    _update(
        db,
        "copies",
        (
            (
                row.id,
                [
                    {
                        "rule": row.rule,
                        "compliance": row.compliance,
                        "recorded_at": row.recorded_at.isoformat(),
                        "service_linked": "/aws-service-rule/" in row.rule_arn,
                        "annotation": row.annotation,
                    }
                ],
            )
            for row in db.execute(query)
        ),
    )


def _tell_requests(db: sa.Connection) -> None:
    """Write down what was asked and decided as requests with their verbs."""
    query = sa.text(
        "SELECT first_findings.id, first_findings.state, actor, needed, agreed,"
        " findings.changed_at FROM first_findings"
        " JOIN findings ON findings.id = first_findings.id WHERE actor <> ''"
    ).columns(changed_at=_Moment())
    waiting: list[tuple[str, Any]] = []
    decided: list[tuple[str, Any]] = []
    for row in db.execute(query):
        request = {
            "verb": "except" if row.state == "excepted" else "remediate",
            "actor": _person(row.actor),
            "needed": row.needed if row.state != "excepted" else 0,
            "asked_at": row.changed_at.isoformat(),
            "agreed": [_person(each) for each in json.loads(row.agreed)],
            "detail": {},
        }
        if row.state == "approval pending":
            waiting.append((row.id, [request]))
        elif row.state in (*REMEDIATED, "excepted"):
            decided.append((row.id, request))
    _update(db, "requests", waiting)
    _update(db, "decided", decided)


def _person(actor: str) -> str:
    return f"slack:{actor}" if SLACK_USER.fullmatch(actor) else actor


class _Moment(sa.types.TypeDecorator[Any]):
    """Reads a time as revision 0004 keeps it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(_time().dialect_impl(dialect))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        from ledger.tables import UtcDateTime

        return UtcDateTime().process_result_value(value, dialect)


def _update(db: sa.Connection, column: str, values: Iterable[tuple[str, Any]]) -> None:
    statement = sa.text(f"UPDATE findings SET {column} = :value WHERE id = :id")  # noqa: S608
    rows = [{"id": each, "value": json.dumps(value)} for each, value in values]
    for start in range(0, len(rows), PAGE):
        db.execute(statement, rows[start : start + PAGE])


def _rebuild_resources(db: sa.Connection, is_sqlite: bool) -> None:
    op.rename_table("resources", "first_resources")
    op.create_table(
        "resources",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("captured_at", _time(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("arn", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    key = "digest(key)" if is_sqlite else "substring(sha256(convert_to(key, 'UTF8')) from 1 for 16)"
    captured = _micros("captured_at") if is_sqlite else "captured_at"
    same = {name: name for name in ("name", "arn", "tags", "deleted")}
    _copy({"key": key, "captured_at": captured, **same}, "resources", "first_resources")
    op.drop_table("first_resources")
    with op.batch_alter_table("resources") as batch:
        batch.create_primary_key("resources_pkey", ["key"])


def _rebuild_for_sqlite() -> None:
    """Keep the times of the other tables as numbers too, and ids of any length."""
    tables: dict[str, list[sa.Column[Any]]] = {
        "audit": [
            sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("at", sa.BigInteger, nullable=False),
            sa.Column("finding", sa.String(16), nullable=False),
            sa.Column("actor", sa.Text, nullable=False),
            sa.Column("action", sa.String(32), nullable=False),
            sa.Column("from_state", sa.String(20), nullable=False),
            sa.Column("to_state", sa.String(20), nullable=False),
            sa.Column("detail", sa.Text, nullable=False),
            sa.Column("hash", sa.String(64), nullable=False),
        ],
        "remediations": [
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("finding", sa.String(16), nullable=False),
            sa.Column("claimed_at", sa.BigInteger, nullable=False),
            sa.Column("started_at", sa.BigInteger),
            sa.Column("ended_at", sa.BigInteger),
        ],
        "cards": [
            sa.Column("finding", sa.String(16), primary_key=True),
            sa.Column("team", sa.Text, nullable=False),
            sa.Column("channel", sa.Text, nullable=False),
            sa.Column("message", sa.Text, nullable=False),
            sa.Column("posted_at", sa.BigInteger, nullable=False),
            sa.Column("leased_until", sa.BigInteger),
        ],
        "periods": [
            sa.Column("job", sa.String(32), primary_key=True),
            sa.Column("period", sa.String(32), primary_key=True),
            sa.Column("leased_until", sa.BigInteger, nullable=False),
            sa.Column("done_at", sa.BigInteger),
        ],
    }
    for name in ("ix_audit_at", "ix_audit_finding", "ix_remediations_finding", "cards_by_age",
                 "cards_of_message"):  # fmt: skip
        op.drop_index(name)
    for name, columns in tables.items():
        op.rename_table(name, f"first_{name}")
        op.create_table(name, *columns)
        _copy(
            {
                column.name: _micros(f'"{column.name}"')
                if isinstance(column.type, sa.BigInteger)
                else f'"{column.name}"'
                for column in columns
            },
            name,
            f"first_{name}",
        )
        op.drop_table(f"first_{name}")
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_finding", "audit", ["finding"])
    op.create_index("ix_remediations_finding", "remediations", ["finding"])
    op.create_index("cards_by_age", "cards", ["posted_at"])
    op.create_index("cards_of_message", "cards", ["channel", "message"])


def _widen_for_postgresql() -> None:
    for table, column in (("audit", "actor"), ("cards", "team"), ("cards", "channel"),
                          ("cards", "message")):  # fmt: skip
        op.alter_column(table, column, type_=sa.Text)
    for column in ("asked_by", "outcome", "message"):
        op.drop_column("remediations", column)


def _create_counts() -> None:
    key = ("team", "rule", "account", "region", "state", "applicable")
    op.create_table(
        "counts",
        *(sa.Column(name, sa.Text, primary_key=True) for name in key[:4]),
        sa.Column("state", sa.String(20), primary_key=True),
        sa.Column("applicable", sa.Boolean, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_index("counts_in_state", "counts", ["state", "team", "rule", "number"])
    op.execute(
        "INSERT INTO counts (team, rule, account, region, state, applicable, number)"
        " SELECT team, rule, account, region, state, compliance <> 'NOT_APPLICABLE', count(*)"
        " FROM findings GROUP BY 1, 2, 3, 4, 5, 6"
    )
