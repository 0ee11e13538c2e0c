"""What AWS Config answered about rules that are not known by their names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ANSWERED = ("arn", "identifier", "owner", "description", "created_by", "remediation")


def upgrade() -> None:
    time = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "config_rules",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("account", "region", "rule")),
        *(sa.Column(name, sa.Text, nullable=False) for name in _ANSWERED),
        sa.Column("answered_at", time),
        sa.Column("due", time, nullable=False),
        sa.Column("redraw_due", time),
    )
    op.create_index("config_rules_due", "config_rules", ["due"])
    op.create_index("config_rules_answered", "config_rules", ["answered_at"])
    waits = sa.text("redraw_due IS NOT NULL")
    op.create_index(
        "config_rules_redraw_due",
        "config_rules",
        ["redraw_due"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
