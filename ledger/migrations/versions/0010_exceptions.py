"""Exceptions: when a resource was made, what AWS says of its copies, and what waits to be done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.add_column("findings", sa.Column("made_at", time))
    for name in ("copy_note", "aws_exception"):
        op.add_column("findings", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("resources", sa.Column("made_at", time))
    asked = sa.text("requests <> ''")
    op.create_index(
        "findings_asked",
        "findings",
        ["changed_at"],
        sqlite_where=asked,
        postgresql_where=asked,
    )
