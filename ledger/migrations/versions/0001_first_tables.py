"""The ledger's first tables: findings and what was decided, done, shown and audited."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.types import UTC_TEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UTC_TEXT, nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_finding", "audit", ["finding"])
    op.create_table(
        "cards",
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("posted_at", UTC_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("finding"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("decided_at", UTC_TEXT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decisions_decided_at", "decisions", ["decided_at"])
    op.create_index("ix_decisions_finding", "decisions", ["finding"])
    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("resource_type", sa.String(length=256), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("resource_name", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("compliance", sa.String(length=16), nullable=False),
        sa.Column("recorded_at", UTC_TEXT, nullable=False),
        sa.Column("changed_at", UTC_TEXT, nullable=False),
        sa.Column("opened_at", UTC_TEXT, nullable=True),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("annotation", sa.Text(), nullable=False),
        sa.Column("rule_arn", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("until", UTC_TEXT, nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("mirrored_until", UTC_TEXT, nullable=True),
        sa.Column("mirror_due", UTC_TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("findings_by_age", "findings", ["opened_at", "state"])
    op.create_index(
        "findings_by_state", "findings", ["state", "team", "rule", "account", "opened_at"]
    )
    op.create_index(
        "findings_mirror_due",
        "findings",
        ["mirror_due"],
        sqlite_where=sa.text("mirror_due IS NOT NULL"),
        postgresql_where=sa.text("mirror_due IS NOT NULL"),
    )
    op.create_index(
        "findings_of_resource", "findings", ["account", "region", "resource_type", "resource_id"]
    )
    op.create_index(
        "findings_stale",
        "findings",
        ["team", "changed_at"],
        sqlite_where=sa.text("shown_version < version AND state != 'compliant'"),
        postgresql_where=sa.text("shown_version < version AND state != 'compliant'"),
    )
    op.create_table(
        "periods",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("leased_until", UTC_TEXT, nullable=False),
        sa.Column("done_at", UTC_TEXT, nullable=True),
        sa.PrimaryKeyConstraint("job", "period"),
    )
    op.create_table(
        "remediations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("claimed_at", UTC_TEXT, nullable=False),
        sa.Column("started_at", UTC_TEXT, nullable=True),
        sa.Column("ended_at", UTC_TEXT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_remediations_finding", "remediations", ["finding"])
    op.create_table(
        "resources",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("captured_at", UTC_TEXT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
